/* Faces that stand for a person, and which person a new face is.
 *
 * Arrays in, arrays out; persons and photos are named by the caller's numbers. Deterministic. Pure functions: any
 * thread. TT_EINVALID, TT_ENOMEM. */
#ifndef TT_VISION_GALLERY_H
#define TT_VISION_GALLERY_H

#include "vision/same.h"
#include "vision/similar.h"

#include <stdbool.h>

/* ---- representatives */

struct tt_gallery_face {
	const int8_t *vector;
	float quality; /* 0…1 */
	int8_t pose;   /* -1 turned left, 0 frontal, 1 turned right */
	int16_t year;  /* 0 when unknown */
	bool said;     /* by the user's word */
};

/* Up to room (≤ 64) of a person's faces: the one nearest to all first, then the one nearest to all of each pose and
 * five years, then those farthest from the chosen; what is unlike the rest stands for nobody unless the user said it.
 * chosen: indices, *count ≤ room. */
int tt_gallery_choose(const struct tt_gallery_face *faces, size_t n, unsigned room, uint32_t *chosen, unsigned *count,
		      struct tt_err *err) TT_CHECKED;

/* ---- assignment on arrival */

struct tt_gallery { /* all persons' representatives, those of one person side by side */
	const tt_face_vector *vectors;
	const float *quality;
	size_t n;
	const uint32_t *first; /* persons + 1 offsets into vectors, ascending; the last is n */
	size_t persons;
};

struct tt_gallery_pair {
	uint32_t face, person;
};

struct tt_gallery_query { /* the new faces of one photo */
	const tt_face_vector *vectors;
	const float *quality;
	size_t n;              /* ≤ 4096 */
	const uint32_t *taken; /* persons that already have a face in this photo */
	size_t n_taken;
	const struct tt_gallery_pair *barred; /* "this is not Ann" */
	size_t n_barred;
	double confidence; /* a face joins from this probability on */
};

struct tt_gallery_found {
	uint32_t person;   /* TT_SIMILAR_NONE: nobody known */
	float probability; /* of that person, else of the best one */
	uint32_t best;     /* the most probable person, taken or not; TT_SIMILAR_NONE without any */
};

/* A face's likeness to a person is the mean of its best three cosines to the representatives. No two faces get one
 * person: the surest pair goes first. out: n rows. */
int tt_gallery_assign(const struct tt_gallery *g, const struct tt_same *same, const struct tt_gallery_query *q,
		      struct tt_gallery_found *out, struct tt_err *err) TT_CHECKED;

/* Does this face, which is nobody known, recur? Looks for it among the unknown faces: those of other photos, at most
 * one a photo, that are the same person with at least this confidence and are good enough. with: indices, surest
 * first, room for `room`; *count is 0 unless with the face itself there are at least `recur` good ones. */
struct tt_gallery_unknown {
	const tt_face_vector *vectors;
	const float *quality;
	const int64_t *photo;
	size_t n;
	double confidence, min_quality;
	unsigned recur; /* from 2 */
};
int tt_gallery_recurs(const struct tt_gallery_unknown *u, const struct tt_same *same, const int8_t *vector,
		      float quality, int64_t photo, uint32_t *with, size_t room, size_t *count,
		      struct tt_err *err) TT_CHECKED;

#endif
