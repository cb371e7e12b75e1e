/* Average link: the two groups with the highest mean cosine are joined first (cluster.c says over what). */
#ifndef TT_VISION_CLUSTER_LINK_H
#define TT_VISION_CLUSTER_LINK_H

#include "vision/cluster_state.h"

struct tt_near { /* faces whose groups may be joined with a root's */
	uint32_t *list;
	uint32_t n;
	bool own; /* else it lies in the shared array */
};

struct tt_link { /* the best other root of a root when it was looked for */
	double mean;
	uint32_t a, b;
	uint32_t age_a, age_b; /* joins of each until then */
};

struct tt_linker {
	struct tt_groups groups;
	const struct tt_cluster_opts *opts;
	struct tt_same calibration;  /* of the drawn vectors */
	tt_face_vector *vectors;     /* each drawn to its neighbours */
	struct tt_similar_hit *hits; /* k of each face */
	double least;                /* mean dot from which on groups are joined */
	struct tt_near *near;
	uint32_t *shared; /* first lists of neighbours */
	uint32_t *age, *stamp, stamps;
	struct tt_link *heap;
	size_t links, room;
	size_t steps;
};

/* A heap: the highest mean first, then the lower faces. */
int tt_linker_push(struct tt_linker *l, struct tt_link link, struct tt_err *err) TT_CHECKED;
struct tt_link tt_linker_pop(struct tt_linker *l);
/* Joins until no mean reaches `least`; groups and hits are given. TT_ENOMEM, TT_EBUSY. */
int tt_linker_join_all(struct tt_linker *l, struct tt_err *err) TT_CHECKED;
void tt_linker_done(struct tt_linker *l);

#endif
