/* What the user said. Facts are appended and never changed but for undone_at; they belong to the content (SHA-256), not
 * to the photo's row. What is shown is the newest fact that is not undone, else the guess: store/shown.h keeps the
 * photo's row up to date in the same transaction. Errors: see store.h. */
#ifndef TT_STORE_FACTS_H
#define TT_STORE_FACTS_H

#include "store/class.h"
#include "store/store.h"

struct tt_fact {
	int64_t id;
	int64_t photo;         /* 0 when it was deleted for good */
	int cls;               /* or TT_NO_CLASS */
	int64_t at, undone_at; /* undone_at 0: it holds */
};

/* The photo shows this class (TT_NO_CLASS: none of the five). */
int tt_store_fact_add(struct tt_store *s, int64_t owner, int64_t photo, int cls, int64_t now, int64_t *fact,
		      struct tt_err *err) TT_CHECKED;
int tt_store_fact_undo(struct tt_store *s, int64_t owner, int64_t fact, int64_t now, struct tt_err *err) TT_CHECKED;
/* ---- for taking them to another library */

struct tt_correction {
	int64_t id;
	uint8_t sha256[32]; /* of the photo */
	int cls;            /* or TT_NO_CLASS */
	int64_t at;
	bool undone;
};
/* Every one behind `after`, in the order in which they were said; limit is not bounded by TT_PAGE_MAX. */
int tt_store_corrections(struct tt_store *s, int64_t owner, int64_t after, unsigned limit, struct tt_arena *arena,
			 struct tt_correction **out, size_t *count, struct tt_err *err) TT_CHECKED;
/* Appends all n in one transaction, and photos that are there show them; ids and `undone` are not looked at. */
int tt_store_corrections_add(struct tt_store *s, int64_t owner, const struct tt_correction *all, size_t n,
			     struct tt_err *err) TT_CHECKED;

/* Newest first; before: id of the last one of the page before, 0 for the first page. *more: there is another page. */
int tt_store_facts(struct tt_store *s, int64_t owner, int64_t before, unsigned limit, struct tt_arena *arena,
		   struct tt_fact **out, size_t *count, bool *more, struct tt_err *err) TT_CHECKED;

#endif
