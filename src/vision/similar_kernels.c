/* Dot products of int8 vectors: plain C, AVX2, AVX-512 VNNI, AMX. */
#include "vision/similar_kernels.h"

#include <stdbool.h>
#include <string.h>

enum { QUERIES = 12 }; /* of a tile, but for AMX: with their sums they fit 32 registers */

static void plain_tile(const struct tt_similar_panel *panel, const tt_face_vector *queries, unsigned n,
		       const int32_t *least, int32_t (*dots)[TT_SIMILAR_PANEL], uint16_t *hits)
{
	for (unsigned q = 0; q < n; q++) {
		memset(dots[q], 0, sizeof dots[q]);
		for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
			for (unsigned v = 0; v < TT_SIMILAR_PANEL; v++)
				dots[q][v] += panel->v[d / 4][v][d % 4] * queries[q][d];
		hits[q] = 0;
		for (unsigned v = 0; v < TT_SIMILAR_PANEL; v++)
			hits[q] |= (uint16_t)((dots[q][v] >= least[q]) << v);
	}
}

static void plain_row(const int8_t *query, const tt_face_vector *vectors, size_t n, int32_t *out)
{
	for (size_t i = 0; i < n; i++) {
		out[i] = 0;
		for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
			out[i] += query[d] * vectors[i][d];
	}
}

static const struct tt_similar_kernels plain_kernels = { "plain", QUERIES, NULL, NULL, plain_tile, plain_row };

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AVX2 __attribute__((target("avx2")))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

/* Four int8 of a query as two pairs of int16: those at even and those at odd places. */
static void widen_query(const int8_t *query, int32_t (*pairs)[2])
{
	for (unsigned d = 0; d < TT_SIMILAR_DIM; d += 4) {
		const int16_t even[2] = { query[d], query[d + 2] }, odd[2] = { query[d + 1], query[d + 3] };

		memcpy(&pairs[d / 4][0], even, sizeof even);
		memcpy(&pairs[d / 4][1], odd, sizeof odd);
	}
}

AVX2 static void avx2_tile(const struct tt_similar_panel *panel, const tt_face_vector *queries, unsigned n,
			   const int32_t *least, int32_t (*dots)[TT_SIMILAR_PANEL], uint16_t *hits)
{
	int32_t pairs[TT_SIMILAR_DIM / 4][2];

	for (unsigned q = 0; q < n; q++) {
		__m256i low = _mm256_setzero_si256(), high = low, limit = _mm256_set1_epi32(least[q]);

		widen_query(queries[q], pairs);
		for (unsigned g = 0; g < TT_SIMILAR_DIM / 4; g++) {
			__m256i even = _mm256_set1_epi32(pairs[g][0]), odd = _mm256_set1_epi32(pairs[g][1]);
			__m256i a = _mm256_loadu_si256((const __m256i *)panel->v[g]);
			__m256i b = _mm256_loadu_si256((const __m256i *)panel->v[g] + 1);

			low = _mm256_add_epi32(low,
					       _mm256_madd_epi16(_mm256_srai_epi16(_mm256_slli_epi16(a, 8), 8), even));
			low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_srai_epi16(a, 8), odd));
			high = _mm256_add_epi32(high,
						_mm256_madd_epi16(_mm256_srai_epi16(_mm256_slli_epi16(b, 8), 8), even));
			high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_srai_epi16(b, 8), odd));
		}
		_mm256_storeu_si256((__m256i *)dots[q], low);
		_mm256_storeu_si256((__m256i *)dots[q] + 1, high);
		unsigned under = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(limit, low))) |
				 (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(limit, high)))
					 << 8;
		hits[q] = (uint16_t)~under;
	}
}

AVX2 static void avx2_row(const int8_t *query, const tt_face_vector *vectors, size_t n, int32_t *out)
{
	__m256i q[TT_SIMILAR_DIM / 16];

	for (unsigned g = 0; g < TT_SIMILAR_DIM / 16; g++)
		q[g] = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)query + g));
	for (size_t i = 0; i < n; i++) {
		__m256i sum = _mm256_setzero_si256();
		__m128i half;

		for (unsigned g = 0; g < TT_SIMILAR_DIM / 16; g++) {
			__m128i v = _mm_loadu_si128((const __m128i *)vectors[i] + g);

			sum = _mm256_add_epi32(sum, _mm256_madd_epi16(q[g], _mm256_cvtepi8_epi16(v)));
		}
		half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
		half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
		half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
		out[i] = _mm_cvtsi128_si32(half);
	}
}

static const struct tt_similar_kernels avx2_kernels = { "avx2", QUERIES, NULL, NULL, avx2_tile, avx2_row };

VNNI static int32_t sum_of(const int8_t *v)
{
	const __m512i ones = _mm512_set1_epi8(1);
	__m512i sum = _mm512_setzero_si512();

	for (unsigned g = 0; g < TT_SIMILAR_DIM / 64; g++)
		sum = _mm512_dpbusd_epi32(sum, ones, _mm512_loadu_si512(v + 64 * g));
	return _mm512_reduce_add_epi32(sum);
}

/* dpbusd multiplies unsigned by signed: the vectors go in with 128 added, which adds 128 times the query's sum. */
VNNI static void vnni_tile(const struct tt_similar_panel *panel, const tt_face_vector *queries, unsigned n,
			   const int32_t *least, int32_t (*dots)[TT_SIMILAR_PANEL], uint16_t *hits)
{
	const __m512i flip = _mm512_set1_epi8((char)0x80);
	const int8_t *q[QUERIES];
	__m512i sum[QUERIES];

	for (unsigned i = 0; i < QUERIES; i++) {
		q[i] = queries[i < n ? i : 0];
		sum[i] = _mm512_set1_epi32(-128 * sum_of(q[i]));
	}
	for (unsigned g = 0; g < TT_SIMILAR_DIM / 4; g++) {
		__m512i v = _mm512_xor_si512(_mm512_loadu_si512(panel->v[g]), flip);

#pragma GCC unroll 12
		for (unsigned i = 0; i < QUERIES; i++) {
			int32_t four;

			memcpy(&four, q[i] + 4 * g, sizeof four);
			sum[i] = _mm512_dpbusd_epi32(sum[i], v, _mm512_set1_epi32(four));
		}
	}
	for (unsigned i = 0; i < n; i++) {
		_mm512_storeu_si512(dots[i], sum[i]);
		hits[i] = _mm512_cmpge_epi32_mask(sum[i], _mm512_set1_epi32(least[i]));
	}
}

VNNI static void vnni_row(const int8_t *query, const tt_face_vector *vectors, size_t n, int32_t *out)
{
	const __m512i flip = _mm512_set1_epi8((char)0x80);
	int32_t start = -128 * sum_of(query);
	__m512i q[TT_SIMILAR_DIM / 64];

	for (unsigned g = 0; g < TT_SIMILAR_DIM / 64; g++)
		q[g] = _mm512_loadu_si512(query + 64 * g);
	for (size_t i = 0; i < n; i++) {
		__m512i sum = _mm512_setzero_si512();

		for (unsigned g = 0; g < TT_SIMILAR_DIM / 64; g++)
			sum = _mm512_dpbusd_epi32(sum, _mm512_xor_si512(_mm512_loadu_si512(vectors[i] + 64 * g), flip),
						  q[g]);
		out[i] = start + _mm512_reduce_add_epi32(sum);
	}
}

static const struct tt_similar_kernels vnni_kernels = { "avx512-vnni", QUERIES, NULL, NULL, vnni_tile, vnni_row };

/* AMX (Intel, Architecture Instruction Set Extensions, chapter 3): a tile has 16 rows of 64 bytes. Tiles 0 and 1 sum up
 * the dots of 16 queries each, 2 and 3 hold 64 values of these queries, 4 the same values of the 16 vectors. */
#define AMX __attribute__((target("amx-tile,amx-int8,avx512f")))

enum { AMX_ROWS = 16, AMX_BYTES = 64, AMX_TILES = 5, XFEATURE_TILE_DATA = 18, ARCH_REQ_XCOMP_PERM = 0x1023 };

AMX static void amx_begin(void)
{
	struct {
		uint8_t palette, start_row, reserved[14];
		uint16_t bytes[16];
		uint8_t rows[16];
	} config = { .palette = 1 };

	for (unsigned i = 0; i < AMX_TILES; i++) {
		config.bytes[i] = AMX_BYTES;
		config.rows[i] = AMX_ROWS;
	}
	_tile_loadconfig(&config);
}

AMX static void amx_end(void)
{
	_tile_release();
}

AMX static void amx_tile(const struct tt_similar_panel *panel, const tt_face_vector *queries, unsigned n,
			 const int32_t *least, int32_t (*dots)[TT_SIMILAR_PANEL], uint16_t *hits)
{
	tt_face_vector filled[2 * AMX_ROWS];

	if (n < 2 * AMX_ROWS) { /* tiles are read and written whole */
		memcpy(filled, queries, n * sizeof *filled);
		memset(filled + n, 0, (2 * AMX_ROWS - n) * sizeof *filled);
		queries = filled;
	}
	_tile_zero(0);
	_tile_zero(1);
	for (unsigned d = 0; d < TT_SIMILAR_DIM; d += AMX_BYTES) {
		_tile_loadd(4, panel->v[d / 4], AMX_BYTES);
		_tile_loadd(2, queries[0] + d, TT_SIMILAR_DIM);
		_tile_dpbssd(0, 2, 4);
		_tile_loadd(3, queries[AMX_ROWS] + d, TT_SIMILAR_DIM);
		_tile_dpbssd(1, 3, 4);
	}
	_tile_stored(0, dots[0], AMX_BYTES);
	_tile_stored(1, dots[AMX_ROWS], AMX_BYTES);
	for (unsigned i = 0; i < n; i++)
		hits[i] = _mm512_cmpge_epi32_mask(_mm512_loadu_si512(dots[i]), _mm512_set1_epi32(least[i]));
}

static const struct tt_similar_kernels amx_kernels = { "amx", 2 * AMX_ROWS, amx_begin, amx_end, amx_tile, vnni_row };

/* Whether the processor has it and the kernel lets this process use the tiles. */
static bool may_use_amx(void)
{
	const unsigned tile = 1u << 24, int8 = 1u << 25;
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & tile) && (d & int8) &&
	       syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_TILE_DATA) == 0;
}

unsigned tt_similar_kernels(const struct tt_similar_kernels *list[TT_SIMILAR_KERNELS])
{
	unsigned n = 0;

	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni")) {
		if (may_use_amx())
			list[n++] = &amx_kernels;
		list[n++] = &vnni_kernels;
	}
	if (__builtin_cpu_supports("avx2"))
		list[n++] = &avx2_kernels;
	list[n++] = &plain_kernels;
	return n;
}
#else
unsigned tt_similar_kernels(const struct tt_similar_kernels *list[TT_SIMILAR_KERNELS])
{
	list[0] = &plain_kernels;
	return 1;
}
#endif
