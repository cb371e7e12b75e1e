#include "nn/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
#define KERNEL_WORD "avx512"
#define KERNEL_TABLE avx512_kernels
#define LANES 16
#define WIDEN_I8(p) ((ivec)_mm512_cvtepi8_epi32(_mm_loadu_si128((const void *)(p))))
#define WIDEN_U8(p) ((ivec)_mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)(p))))
#define NARROW_U8(p, n) _mm_storeu_si128((void *)(p), _mm512_cvtepi32_epi8((__m512i)(n)))
#include "nn/kernels_body.inc"

const struct tt_kernels *tt_kernels_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
			       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
		       ? &avx512_kernels
		       : NULL;
}
#else
const struct tt_kernels *tt_kernels_avx512(void)
{
	return NULL;
}
#endif
