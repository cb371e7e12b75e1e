/* Unit vectors of persons with known truth: a random direction each, and faces scattered about it. */
#ifndef TT_TESTS_UNIT_VISION_BLOBS_H
#define TT_TESTS_UNIT_VISION_BLOBS_H

#include "vision/similar.h"

#include <math.h>

static inline float blob_dice(uint64_t *seed) /* about normal, mean 0, deviation 1 */
{
	float sum = 0;

	for (unsigned i = 0; i < 4; i++) {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		sum += (float)(*seed >> 40) / (float)(1 << 24) - .5f;
	}
	return sum * 1.7320508f;
}

/* Faces of one person have a mean cosine of about `alike` to each other. */
static inline void blob_make(tt_face_vector *out, uint32_t person, uint32_t face, float alike)
{
	uint64_t middle = 7919u * (uint64_t)person + 1, seed = 104729u * (uint64_t)face + 5;
	float v[TT_SIMILAR_DIM], near = sqrtf(alike), far = sqrtf(1 - alike);

	for (unsigned i = 0; i < 8; i++) {
		blob_dice(&middle);
		blob_dice(&seed);
	}
	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		v[d] = near * blob_dice(&middle) + far * blob_dice(&seed);
	tt_similar_quantise(v, *out);
}

#endif
