/* Learning from corrections: what a user said of the own photos becomes a small head of the user's own, which speaks in
 * place of the shipped one. The model's file and the facts are only read.
 *
 * A head is fitted on the corrections (what the user said) together with a sample of the other photos (what the shipped
 * model said, so that it does not forget), both from stored features, so that it takes a second or two. Left-out
 * corrections judge it: it comes into use only where it is right more often than the shipped head. Then all guesses of
 * that owner are made again from the stored features, batch by batch; undoing makes them again as they were. Guesses
 * say who made them: "MODEL+uN" for the N-th head. */
#ifndef TT_LEARN_LEARN_H
#define TT_LEARN_LEARN_H

#include "base/err.h"
#include "vision/classifier.h"

#include <stdbool.h>
#include <stdint.h>

struct tt_learn;
struct tt_own_head;
struct tt_store;

struct tt_learn_opts {
	bool automatic;           /* conf learn.automatic */
	unsigned min_corrections; /* conf learn.min_corrections */
	unsigned every;           /* conf learn.every */
	unsigned max_corrections; /* conf learn.max_corrections */
	unsigned rehearsal;       /* conf learn.rehearsal */
	unsigned class_examples;  /* conf learn.class_examples */
	unsigned classes;         /* conf learn.classes */
};

/* ---- one owner, at once, in the caller's thread */

enum tt_learn_outcome { TT_LEARN_TOO_FEW, TT_LEARN_NOT_BETTER, TT_LEARN_BETTER };

struct tt_learn_report {
	enum tt_learn_outcome outcome;
	int64_t version; /* 0: too few, nothing was tried */
	int64_t corrections, rehearsed;
	int64_t right_before, right_after; /* of the corrections, each while it was left out */
};
/* Fits and judges; a better head is in use on return, though the guesses are still to be made. */
int tt_learn_fit(struct tt_store *s, int64_t owner, const char *model_version, const struct tt_learn_opts *opts,
		 struct tt_learn_report *out, struct tt_err *err) TT_CHECKED;
/* The head in use and the version of its guesses; head NULL: the shipped one. */
int tt_learn_load(struct tt_store *s, int64_t owner, const char *model_version, struct tt_own_head **head,
		  char version[TT_GUESS_VERSION_SIZE], struct tt_err *err) TT_CHECKED;
void tt_learn_head_free(struct tt_own_head *head); /* NULL is fine */
/* Makes every guess again that is of another version; a transaction for each batch. go_on (may be NULL) is asked
 * between them. */
int tt_learn_apply(struct tt_store *s, int64_t owner, const char *model_version, bool (*go_on)(void *ctx), void *ctx,
		   int64_t *made, struct tt_err *err) TT_CHECKED;

/* ---- a thread that does so whenever there is something to learn; it sleeps otherwise */

struct tt_learn_deps {
	struct tt_store *store;     /* borrowed, as all of this */
	const char *model_version;  /* of the shipped model */
	void (*changed)(void *ctx); /* guesses were made again; any thread, must not block; may be NULL */
	void (*failed)(void *ctx, int64_t owner, const struct tt_err *err); /* for the log; may be NULL */
	void *ctx;
};
/* Reads the heads in use, and finishes what the last process began. */
int tt_learn_start(struct tt_learn **out, const struct tt_learn_deps *deps, const struct tt_learn_opts *opts,
		   struct tt_err *err) TT_CHECKED;
/* From any thread: the owner said something / wants it tried now, however few corrections are new. */
void tt_learn_wake(struct tt_learn *l, int64_t owner);
void tt_learn_try(struct tt_learn *l, int64_t owner);
/* A guess was stored that an earlier head had made. */
void tt_learn_stale(struct tt_learn *l, int64_t owner);
/* Something was said of a class of the owner's own, or there are photos that its classes have not looked at. */
void tt_learn_classes(struct tt_learn *l, int64_t owner);
/* Another process may have learnt. */
void tt_learn_reload(struct tt_learn *l);
/* Back to the shipped model; the guesses follow in the background. */
int tt_learn_undo(struct tt_learn *l, int64_t owner, struct tt_err *err) TT_CHECKED;
const struct tt_learn_opts *tt_learn_options(const struct tt_learn *l);
bool tt_learn_busy(struct tt_learn *l, int64_t owner); /* at work for this owner, or about to be */
/* The owner's own head, if there is one, speaks over what the shipped one said; version is written only then. */
void tt_learn_adjust(struct tt_learn *l, int64_t owner, const struct tt_features *features, struct tt_classified *c,
		     char version[TT_GUESS_VERSION_SIZE]);
void tt_learn_stop(struct tt_learn *l); /* NULL is fine */

#endif
