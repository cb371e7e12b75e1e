/* Rows for learning from corrections: what the network saw of each photo (blobs of vision/head.h, not looked into
 * here), what users said, and what was learnt. Facts are only read. Errors: see store.h. */
#ifndef TT_STORE_LEARN_H
#define TT_STORE_LEARN_H

#include "store/class.h"
#include "store/photos.h"

/* A photo with features of one model version. */
struct tt_learn_photo {
	int64_t photo, fact; /* fact: the one that holds, 0 for none */
	uint8_t sha256[32];
	int cls; /* what the fact says */
	struct tt_str features;
	float shipped[TT_STORE_CLASSES]; /* what the shipped model says */
};
/* Those that the owner put into one of the five classes, newest first. */
int tt_store_learn_corrected(struct tt_store *s, int64_t owner, const char *model_version, unsigned limit,
			     struct tt_arena *arena, struct tt_learn_photo **out, size_t *count,
			     struct tt_err *err) TT_CHECKED;
/* Those of which the owner said nothing: a sample, the same each time. */
int tt_store_learn_others(struct tt_store *s, int64_t owner, const char *model_version, unsigned limit,
			  struct tt_arena *arena, struct tt_learn_photo **out, size_t *count,
			  struct tt_err *err) TT_CHECKED;
/* Those whose guess has another version than `wanted`, in order of id after `after`. */
int tt_store_learn_stale(struct tt_store *s, int64_t owner, const char *model_version, const char *wanted,
			 int64_t after, unsigned limit, struct tt_arena *arena, struct tt_learn_photo **out,
			 size_t *count, struct tt_err *err) TT_CHECKED;
/* New guesses for these photos and what they show, in one transaction. Photos that are gone do not count. */
int tt_store_learn_guess(struct tt_store *s, int64_t owner, const struct tt_learn_photo *photos,
			 const struct tt_guess *guesses, size_t n, struct tt_err *err) TT_CHECKED;
/* Version of the model that most of the owner's features are of; TT_ENOTFOUND when there are none. */
int tt_store_learn_model(struct tt_store *s, int64_t owner, struct tt_arena *arena, const char **out,
			 struct tt_err *err) TT_CHECKED;

/* ---- heads.c: what was learnt */

struct tt_learnt {
	int64_t version; /* counts up for each owner */
	const char *model_version;
	struct tt_str weights; /* empty when it is not in use */
	int64_t made_at, corrections, right_before, right_after, last_fact;
	bool active;
};
/* Adds the next version, which takes the place of the active one if it is active itself. */
int tt_store_head_add(struct tt_store *s, int64_t owner, const struct tt_learnt *head, int64_t *version,
		      struct tt_err *err) TT_CHECKED;
/* The one in use with this model; TT_ENOTFOUND. */
int tt_store_head_active(struct tt_store *s, int64_t owner, const char *model_version, struct tt_arena *arena,
			 struct tt_learnt *out, struct tt_err *err) TT_CHECKED;
/* Newest first, without weights, at most TT_PAGE_MAX. */
int tt_store_heads(struct tt_store *s, int64_t owner, struct tt_arena *arena, struct tt_learnt **out, size_t *count,
		   struct tt_err *err) TT_CHECKED;
/* Back to the shipped model; *changed 0: it is in use already. */
int tt_store_head_undo(struct tt_store *s, int64_t owner, int64_t *changed, struct tt_err *err) TT_CHECKED;

struct tt_learn_counts {
	int64_t corrections; /* photos that the owner put into one of the five */
	int64_t fresh;       /* of these, said after the last try of this model */
};
int tt_store_learn_counts(struct tt_store *s, int64_t owner, const char *model_version, struct tt_learn_counts *out,
			  struct tt_err *err) TT_CHECKED;

#endif
