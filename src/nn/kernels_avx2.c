#include "nn/kernels.h"

#if defined(__x86_64__)
#define KERNEL_TARGET __attribute__((target("avx2,fma")))
#define KERNEL_WORD "avx2"
#define KERNEL_TABLE avx2_kernels
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
