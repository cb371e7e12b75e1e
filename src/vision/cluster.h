/* All faces of an owner into persons, anew.
 *
 * Each face is drawn towards its nearest neighbours, as far as they are surely like it and of other photos; then
 * average link over the exact graph of k nearest neighbours: the two groups with the highest mean cosine between their
 * faces are joined first, until no mean reaches what `confidence` asks for. What the user said and what cannot be is
 * honoured always:
 *  - faces said to be one person are together, those said to be different persons never, whatever the pairs say;
 *  - `different` pairs are never together, `same` pairs always, unless that is against what was said, against a
 *    different pair or against an earlier pair: what is set aside like that is counted as refused;
 *  - two faces of one photo are never joined by likeness (the user's word may).
 * Faces below min_quality found no group and bridge none: each joins the nearest group afterwards, or nobody. Groups
 * with fewer than `recur` photos are nobody yet, unless the user said who they are.
 * A group keeps the person that most of its faces had before (the greatest overlap first); what was said wins.
 *
 * Deterministic: the same input gives the same output for any number of threads; the order of faces only decides
 * between equal means. Pure: any thread. Memory beside input and output: about (24·k + 1,000) bytes a face.
 * TT_EINVALID, TT_ENOMEM, TT_EBUSY when progress stopped it. */
#ifndef TT_VISION_CLUSTER_H
#define TT_VISION_CLUSTER_H

#include "vision/same.h"
#include "vision/similar.h"

struct tt_cluster_pair {
	uint32_t a, b; /* faces */
};

struct tt_cluster_input {
	const tt_face_vector *vectors;
	const float *quality;    /* 0…1 */
	const int64_t *photo;    /* each face's photo */
	const int64_t *said;     /* person by the user's word, 0 none; NULL: none at all */
	const int64_t *previous; /* person until now, 0 none; NULL: none at all */
	size_t n;
	const struct tt_cluster_pair *same, *different;
	size_t n_same, n_different;
	/* "this is not Ann": the face is in no group that keeps this person or has a face said to be it */
	const struct tt_cluster_not {
		uint32_t face;
		int64_t person;
	} * nots;
	size_t n_nots;
};

struct tt_cluster_opts {
	double confidence; /* 0…1 */
	double min_quality;
	unsigned neighbours; /* k, 1 … TT_SIMILAR_K_MAX */
	unsigned recur;      /* photos */
	unsigned threads;    /* 0: all cores */
	struct tt_same calibration;
	int (*progress)(void *ctx, double done); /* as in tt_similar_job; may be NULL */
	void *ctx;
};

struct tt_cluster_output {
	uint32_t *group; /* of each face, TT_SIMILAR_NONE for nobody yet */
	float *sure;     /* probability that the face belongs to its group */
	size_t groups;   /* numbered by their first face */
	int64_t *person; /* of each group: said, else kept from before, else 0 (new) */
	size_t refused;  /* pairs and words that contradict others */
};

int tt_cluster(const struct tt_cluster_input *in, const struct tt_cluster_opts *opts, struct tt_cluster_output *out,
	       struct tt_err *err) TT_CHECKED;
void tt_cluster_done(struct tt_cluster_output *out);

#endif
