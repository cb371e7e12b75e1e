/* How alike faces are: dot products of int8 vectors and the exact k most alike of many, for any number of faces.
 *
 * A vector has TT_SIMILAR_DIM int8 values, a unit vector × 127; the dot product of two is their cosine × 127².
 * Kernels (AMX, AVX-512 VNNI, AVX2, plain C) are chosen at run time and give the same integers; results depend neither
 * on them nor on the number of threads. Pure functions: any thread. Memory beside input and output: 128 KiB plus the
 * queries' room, for each thread. */
#ifndef TT_VISION_SIMILAR_H
#define TT_VISION_SIMILAR_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define TT_SIMILAR_DIM 256
#define TT_SIMILAR_K_MAX 1024
#define TT_SIMILAR_NONE UINT32_MAX

typedef int8_t tt_face_vector[TT_SIMILAR_DIM];

int32_t tt_similar_dot(const int8_t *a, const int8_t *b);
static inline float tt_similar_cosine(int32_t dot)
{
	return (float)dot * (1.0f / (127.0f * 127.0f));
}
/* The unit vector of v (any length but 0, which gives zeros) × 127, rounded to the nearest. */
void tt_similar_quantise(const float v[TT_SIMILAR_DIM], int8_t out[TT_SIMILAR_DIM]);
/* out[i] = dot of query and vectors[i]. */
void tt_similar_row(const int8_t *query, const tt_face_vector *vectors, size_t n, int32_t *out);

struct tt_similar_hit {
	uint32_t index; /* of a vector; TT_SIMILAR_NONE where there are fewer than k */
	int32_t dot;
};

struct tt_similar_job {
	const tt_face_vector *queries;
	size_t n_queries;
	const tt_face_vector *vectors;
	size_t n_vectors;
	unsigned k;       /* 1 … TT_SIMILAR_K_MAX */
	int32_t least;    /* only dots from here on; INT32_MIN for all */
	size_t self;      /* query i is vectors[self + i] and not its own hit; SIZE_MAX: queries are others */
	unsigned threads; /* 0: all cores */
	/* Called from one thread at a time with 0…1; not 0 stops the work: TT_EBUSY. May be NULL. */
	int (*progress)(void *ctx, double done);
	void *ctx;
};

/* hits: n_queries rows of k, the most alike first, equal ones by index. TT_EINVALID, TT_ENOMEM, TT_EBUSY. */
int tt_similar_topk(const struct tt_similar_job *job, struct tt_similar_hit *hits, struct tt_err *err) TT_CHECKED;

#endif
