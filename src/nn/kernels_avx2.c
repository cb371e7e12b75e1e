#include "nn/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL_TARGET __attribute__((target("avx2,fma")))
#define KERNEL_WORD "avx2"
#define KERNEL_TABLE avx2_kernels
#define LANES 8
#define WIDEN_I8(p) ((ivec)_mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)(p))))
#define WIDEN_U8(p) ((ivec)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)(p))))
#define NARROW_U8(p, n) narrow(p, (__m256i)(n))

__attribute__((target("avx2"), always_inline)) static inline void narrow(uint8_t *p, __m256i n)
{
	__m128i words = _mm_packus_epi32(_mm256_castsi256_si128(n), _mm256_extracti128_si256(n, 1));

	_mm_storel_epi64((__m128i *)p, _mm_packus_epi16(words, words));
}

#include "nn/kernels_body.inc"

const struct tt_kernels *tt_kernels_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &avx2_kernels : NULL;
}
#else
const struct tt_kernels *tt_kernels_avx2(void)
{
	return NULL;
}
#endif
