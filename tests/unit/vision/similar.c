/* Dot products and the k most alike: every kernel, every number of threads, the same integers. */
#include "vision/similar_kernels.h"

#include "base/alloc.h"
#include "base/fault.h"
#include "blobs.h"
#include "test.h"

#include <string.h>

enum { N = 1237, K = 9 };

static tt_face_vector vectors[N];

static int make_vectors(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < N; i++)
		blob_make(&vectors[i], i / 7, i, .5f);
	memset(vectors[3], -128, sizeof vectors[3]); /* the ends of int8 */
	memset(vectors[4], 127, sizeof vectors[4]);
	memset(vectors[5], -128, sizeof vectors[5]);
	memcpy(vectors[900], vectors[17], sizeof vectors[900]); /* equal ones go by index */
	return 0;
}

static void test_kernels_agree(void **state)
{
	const struct tt_similar_kernels *list[TT_SIMILAR_KERNELS];
	unsigned count = tt_similar_kernels(list);
	static int32_t want[N], got[N];

	(void)state;
	for (unsigned q = 0; q < 8; q++) {
		for (unsigned i = 0; i < N; i++)
			want[i] = tt_similar_dot(vectors[q], vectors[i]);
		for (unsigned k = 0; k < count; k++) {
			list[k]->row(vectors[q], vectors, N, got);
			CHECK_ROW(memcmp(want, got, sizeof want) == 0, list[k]->name);
		}
	}
}

static void slow_topk(struct tt_similar_hit *out, size_t query, int32_t least)
{
	for (unsigned k = 0; k < K; k++) {
		struct tt_similar_hit best = { TT_SIMILAR_NONE, INT32_MIN };

		for (uint32_t i = 0; i < N; i++) {
			int32_t dot = tt_similar_dot(vectors[query], vectors[i]);
			bool had = i == query || dot < least;

			for (unsigned j = 0; j < k; j++)
				had |= out[j].index == i;
			if (!had && (best.index == TT_SIMILAR_NONE || dot > best.dot))
				best = (struct tt_similar_hit){ i, dot };
		}
		out[k] = best;
	}
}

static void test_topk_is_exact(void **state)
{
	const struct tt_similar_kernels *list[TT_SIMILAR_KERNELS];
	unsigned count = tt_similar_kernels(list);
	static struct tt_similar_hit want[N][K], got[N][K];
	const int32_t leasts[] = { INT32_MIN, 4000, 127 * 127 * 2 };
	struct tt_err err;

	(void)state;
	for (unsigned row = 0; row < TT_LEN(leasts); row++) {
		for (size_t i = 0; i < N; i++)
			slow_topk(want[i], i, leasts[row]);
		for (unsigned k = 0; k < count; k++)
			for (unsigned threads = 1; threads <= 5; threads += 2) {
				struct tt_similar_job job = { vectors, N, vectors, N, K, leasts[row], 0, threads };

				memset(got, 0xee, sizeof got);
				CHECK(tt_similar_topk_with(list[k], &job, got[0], &err) == 0);
				CHECK_ROW(memcmp(want, got, sizeof want) == 0, list[k]->name);
			}
	}
}

static void test_fewer_than_k(void **state)
{
	struct tt_similar_job job = { vectors + 20, 1, vectors, 2, 4, INT32_MIN, SIZE_MAX, 1 };
	struct tt_similar_hit hits[4];
	struct tt_err err;

	(void)state;
	CHECK(tt_similar_topk(&job, hits, &err) == 0);
	CHECK(hits[1].index != TT_SIMILAR_NONE && hits[2].index == TT_SIMILAR_NONE && hits[3].index == TT_SIMILAR_NONE);
	job.n_vectors = 0;
	CHECK(tt_similar_topk(&job, hits, &err) == 0 && hits[0].index == TT_SIMILAR_NONE);
	job.k = 0;
	CHECK(tt_similar_topk(&job, hits, &err) == TT_EINVALID);
}

static int stop_at_half(void *ctx, double done)
{
	*(double *)ctx = done;
	return done > .5;
}

static void test_stops(void **state)
{
	static struct tt_similar_hit hits[N][K];
	double last = 0;
	struct tt_similar_job job = { vectors, N, vectors, N, K, INT32_MIN, 0, 2, stop_at_half, &last };
	struct tt_err err;

	(void)state;
	CHECK(tt_similar_topk(&job, hits[0], &err) == TT_EBUSY);
	CHECK(last > .5 && last <= 1);
}

static void test_without_memory(void **state)
{
	static struct tt_similar_hit hits[N][K];
	struct tt_similar_job job = { vectors, N, vectors, N, K, INT32_MIN, 0, 2 };
	struct tt_err err;
	long n = 0;

	(void)state;
	for (int rc = TT_ENOMEM; rc < 0; n++) {
		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_similar_topk(&job, hits[0], &err);
		if (!tt_fault_disarm(TT_FAULT_ALLOC))
			break;
		CHECK(rc == TT_ENOMEM);
	}
	CHECK(n > 1);
}

static void test_quantise(void **state)
{
	float v[TT_SIMILAR_DIM] = { 0 };
	int8_t out[TT_SIMILAR_DIM];

	(void)state;
	tt_similar_quantise(v, out);
	CHECK(out[0] == 0 && out[255] == 0);
	v[0] = 3e-3f;
	v[255] = -4e-3f;
	tt_similar_quantise(v, out);
	CHECK(out[0] == 76 && out[255] == -102 && out[7] == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernels_agree),  cmocka_unit_test(test_topk_is_exact),
		cmocka_unit_test(test_fewer_than_k),   cmocka_unit_test(test_stops),
		cmocka_unit_test(test_without_memory), cmocka_unit_test(test_quantise),
	};

	return cmocka_run_group_tests(tests, make_vectors, NULL);
}
