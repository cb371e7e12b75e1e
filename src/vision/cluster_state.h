/* The groups of cluster.h while they grow: what is in them, what they may not be joined with, how alike they are. */
#ifndef TT_VISION_CLUSTER_STATE_H
#define TT_VISION_CLUSTER_STATE_H

#include "vision/cluster.h"

#include <stdbool.h>

struct tt_photos { /* ascending, each once; of a group of one face that face's alone and list is NULL */
	uint32_t *list;
	uint32_t n;
};

struct tt_groups {
	const struct tt_cluster_input *in;
	const tt_face_vector *vectors; /* what means are taken of; from the start those given */
	size_t n;
	bool *good;       /* of each face: it counts for likeness */
	uint32_t *photo;  /* photos numbered from 0 */
	uint32_t *parent; /* union-find; a group is named by its root */
	uint32_t *next;   /* ring of a group's faces */
	uint32_t *weight; /* good faces of a root */
	int32_t **sum;    /* of a root's good vectors; NULL while there is at most one */
	uint32_t *one;    /* the good face of a root of weight 1 */
	int64_t *label;   /* of a root: person by the user's word */
	struct tt_photos *photos;
	/* rules of each face: rule[first_rule[i] … first_rule[i + 1]) */
	uint32_t *first_rule;
	struct tt_cluster_rule {
		uint32_t face;  /* never together with it, or TT_SIMILAR_NONE */
		int64_t person; /* never together with this label */
	} * rules;
	bool *ruled; /* of a root: some face of it has rules */
	size_t refused;
};

int tt_groups_open(struct tt_groups *g, const struct tt_cluster_input *in, double min_quality,
		   struct tt_err *err) TT_CHECKED;
void tt_groups_done(struct tt_groups *g);
uint32_t tt_groups_find(struct tt_groups *g, uint32_t face);
/* Are some of their faces said to be different? */
bool tt_groups_contradict(struct tt_groups *g, uint32_t a, uint32_t b);
/* May likeness join these roots? */
bool tt_groups_allowed(struct tt_groups *g, uint32_t a, uint32_t b);
/* Is a group with this face's root kept from a person by "not Ann"? */
bool tt_groups_barred(struct tt_groups *g, uint32_t root, int64_t person);
/* Mean cosine × 127² between the good faces of two roots, both of weight ≥ 1. */
double tt_groups_mean(const struct tt_groups *g, uint32_t a, uint32_t b);
/* Dot of a vector and the sum of a root's good ones. */
int64_t tt_groups_dot(const struct tt_groups *g, uint32_t root, const int8_t *vector);
/* Means are of these vectors from now on; borrowed. */
void tt_groups_draw(struct tt_groups *g, const tt_face_vector *vectors);
/* Joins two roots; *root is the lower one. Nothing has changed after TT_ENOMEM. */
int tt_groups_join(struct tt_groups *g, uint32_t a, uint32_t b, uint32_t *root, struct tt_err *err) TT_CHECKED;
/* Gives the groups of *out that nobody spoke for the persons they were before (cluster_persons.c). */
int tt_cluster_keep_persons(struct tt_groups *g, struct tt_cluster_output *out, struct tt_err *err) TT_CHECKED;

#endif
