/* Our own operators between the convolutions: they only move memory, so the library's calls would cost more than the
 * work. One photo at a time, pure, any thread. The instructions (AVX-512, AVX2 or plain) are chosen once by the CPU. */
#ifndef TT_NN_KERNELS_H
#define TT_NN_KERNELS_H

#include "nn/dtype.h"

#include <stdbool.h>
#include <stddef.h>

/* One photo: channels in blocks of `block` (the whole of c for rows-columns-channels, 1 for plain planes), each block
 * pixels × block numbers. c is a multiple of block. */
struct tt_view {
	uint32_t c, pixels, block;
};

/* Type and, for int8, the size of one step. */
struct tt_number {
	enum tt_dtype type; /* TT_DT_F32, TT_DT_BF16, TT_DT_I8 or TT_DT_U8 */
	float step;
};

struct tt_se_args {
	void *dst;
	const void *x, *residual; /* residual may be NULL; dst may be x */
	const float *scale;       /* by channel */
	struct tt_number dst_number, x_number, residual_number;
	bool relu;
};

struct tt_kernels {
	const char *name;
	/* out[c] = mean over the pixels */
	void (*mean)(float *out, const void *x, struct tt_number number, const struct tt_view *v);
	/* out[c] = sum over the pixels of x * w; w in the order of x */
	void (*weighted)(float *out, const void *x, struct tt_number number, const float *w, const struct tt_view *v);
	/* dst = x * scale + residual, perhaps relu */
	void (*scale_add)(const struct tt_se_args *a, const struct tt_view *v);
	/* dst = x * scale + shift, perhaps relu; float32 and bfloat16 */
	void (*affine)(void *dst, const void *x, enum tt_dtype type, const float *scale, const float *shift, bool relu,
		       const struct tt_view *v);
	/* dst = a + b (b may be NULL), perhaps relu; float32 and bfloat16 */
	void (*add)(void *dst, const void *a, const void *b, enum tt_dtype type, size_t n, bool relu);
	/* y[o] = w[o][0…in-1] · x + bias[o] (bias may be NULL), perhaps relu */
	void (*matvec)(float *y, const float *w, const float *x, const float *bias, size_t out, size_t in, bool relu);
	/* y[o] = bias[o] + sum over i of x[i] * w[i][o]: few rows, many columns */
	void (*vecmat)(float *y, const float *w, const float *x, const float *bias, size_t out, size_t in);
};

const struct tt_kernels *tt_kernels_plain(void);
const struct tt_kernels *tt_kernels_avx2(void); /* NULL where the CPU or the architecture lacks it */
const struct tt_kernels *tt_kernels_avx512(void);
/* For layouts of blocks of so many channels. */
const struct tt_kernels *tt_kernels_best(uint32_t block);

/* Conversions of a whole batch's photo between layouts, single-threaded and plain. */
void tt_to_plain(float *dst, const void *x, struct tt_number number, const struct tt_view *v);
void tt_from_plain(void *dst, const float *x, struct tt_number number, const struct tt_view *v);

#endif
