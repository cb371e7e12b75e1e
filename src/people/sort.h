/* Inside people/: new guesses from vectors. A pure function of a state that was loaded with vectors and replayed; its
 * known[].guess and guess_confidence are changed, new persons are added. One thread at a time. */
#ifndef TT_PEOPLE_SORT_H
#define TT_PEOPLE_SORT_H

#include "people/people.h"
#include "people/state.h"

/* All faces anew. Uses up the vectors. */
int tt_sort_all(struct tt_people_state *st, const struct tt_people_opts *opts, int (*progress)(void *ctx, double done),
		void *ctx, struct tt_err *err) TT_CHECKED;
/* The faces behind `after` that are nobody yet: each to the person whose gallery it is like, or with others that are
 * nobody to a new one. */
int tt_sort_new(struct tt_people_state *st, const struct tt_people_opts *opts, int64_t after,
		struct tt_err *err) TT_CHECKED;

/* Representatives of all persons that are shown, those of one person side by side. */
struct tt_people_gallery {
	uint32_t *face;  /* for each representative: index of its face */
	uint32_t *first; /* persons + 1 offsets */
	int *person;     /* for each person of the gallery: its index in the state */
	size_t n, persons;
};
/* by_word: persons before any merge, as guesses are; else as they are shown. room: for each of them. */
int tt_people_gallery(struct tt_people_state *st, bool by_word, unsigned room, struct tt_people_gallery *out,
		      struct tt_err *err) TT_CHECKED;
bool tt_face_counts(const struct tt_people_state *st, size_t face); /* shown, with a vector */

#endif
