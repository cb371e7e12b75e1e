/* The kernels of nn/kernels.h, compiled once for each instruction set: the including file defines KERNEL_TARGET (an
 * attribute), KERNEL_TABLE (the name of the table) and KERNEL_WORD (its text). Eight lanes at a time in the compilers'
 * vector extension, which becomes whatever the target has; channels beyond the last full eight go one by one. */
#include "base/err.h"
#include "nn/kernels.h"

#include <string.h>

/* Vectors are only passed between functions that are inlined here. */
#pragma GCC diagnostic ignored "-Wpsabi"

#define KERNEL_INLINE KERNEL_TARGET __attribute__((always_inline)) static inline

typedef float f8 __attribute__((vector_size(32)));
typedef uint32_t u8x32 __attribute__((vector_size(32)));
typedef int32_t s8x32 __attribute__((vector_size(32)));
typedef uint16_t u8x16 __attribute__((vector_size(16)));
typedef int8_t s8x8 __attribute__((vector_size(8)));
typedef uint8_t u8x8 __attribute__((vector_size(8)));

KERNEL_INLINE f8 spread(float f)
{
	return (f8){ f, f, f, f, f, f, f, f };
}

KERNEL_INLINE f8 at_least(f8 x, f8 least)
{
	s8x32 take = x > least;

	return (f8)(((s8x32)x & take) | ((s8x32)least & ~take));
}

KERNEL_INLINE f8 at_most(f8 x, f8 most)
{
	s8x32 take = x < most;

	return (f8)(((s8x32)x & take) | ((s8x32)most & ~take));
}

KERNEL_INLINE f8 load_f32(const float *p)
{
	f8 v;

	memcpy(&v, p, sizeof v);
	return v;
}

KERNEL_INLINE f8 load(const void *base, size_t i, const enum tt_dtype type)
{
	if (type == TT_DT_BF16) {
		u8x16 h;

		memcpy(&h, (const uint16_t *)base + i, sizeof h);
		return (f8)(__builtin_convertvector(h, u8x32) << 16);
	}
	if (type == TT_DT_I8) {
		s8x8 b;

		memcpy(&b, (const int8_t *)base + i, sizeof b);
		return __builtin_convertvector(b, f8);
	}
	if (type == TT_DT_U8) {
		u8x8 b;

		memcpy(&b, (const uint8_t *)base + i, sizeof b);
		return __builtin_convertvector(b, f8);
	}
	return load_f32((const float *)base + i);
}

KERNEL_INLINE void store(void *base, size_t i, const enum tt_dtype type, f8 v)
{
	if (type == TT_DT_BF16) {
		u8x32 u = (u8x32)v;
		u8x16 h = __builtin_convertvector((u + 0x7fff + ((u >> 16) & 1)) >> 16, u8x16);

		memcpy((uint16_t *)base + i, &h, sizeof h);
	} else if (type == TT_DT_U8) {
		s8x32 n = __builtin_convertvector(at_most(at_least(v, spread(0)) + .5f, spread(255)), s8x32);
		u8x8 b = __builtin_convertvector(n, u8x8);

		memcpy((uint8_t *)base + i, &b, sizeof b);
	} else {
		memcpy((float *)base + i, &v, sizeof v);
	}
}

KERNEL_INLINE float load_one(const void *base, size_t i, const enum tt_dtype type)
{
	switch (type) {
	case TT_DT_BF16:
		return tt_bf16_to_f32(((const uint16_t *)base)[i]);
	case TT_DT_I8:
		return ((const int8_t *)base)[i];
	case TT_DT_U8:
		return ((const uint8_t *)base)[i];
	default:
		return ((const float *)base)[i];
	}
}

KERNEL_INLINE void store_one(void *base, size_t i, const enum tt_dtype type, float v)
{
	if (type == TT_DT_BF16)
		((uint16_t *)base)[i] = tt_f32_to_bf16(v);
	else if (type == TT_DT_U8)
		((uint8_t *)base)[i] = (uint8_t)(v <= 0 ? 0 : v >= 254.5f ? 255 : v + .5f);
	else
		((float *)base)[i] = v;
}

/* Sums over the pixels of eight neighbouring channels at once. */
KERNEL_INLINE void mean_typed(float *out, const void *x, const enum tt_dtype type, float factor,
			      const struct tt_view *v)
{
	for (size_t c0 = 0; c0 < v->c; c0 += v->block) {
		size_t base = c0 * v->pixels, j = 0;

		for (; j + 8 <= v->block; j += 8) {
			f8 sum = spread(0);

			for (size_t p = 0; p < v->pixels; p++)
				sum += load(x, base + p * v->block + j, type);
			sum *= factor;
			memcpy(out + c0 + j, &sum, sizeof sum);
		}
		for (; j < v->block; j++) {
			float sum = 0;

			for (size_t p = 0; p < v->pixels; p++)
				sum += load_one(x, base + p * v->block + j, type);
			out[c0 + j] = sum * factor;
		}
	}
}

KERNEL_TARGET static void mean(float *out, const void *x, struct tt_number number, const struct tt_view *v)
{
	float factor = number.step / (float)v->pixels;

	if (number.type == TT_DT_F32)
		mean_typed(out, x, TT_DT_F32, factor, v);
	else if (number.type == TT_DT_BF16)
		mean_typed(out, x, TT_DT_BF16, factor, v);
	else if (number.type == TT_DT_I8)
		mean_typed(out, x, TT_DT_I8, factor, v);
	else
		mean_typed(out, x, TT_DT_U8, factor, v);
}

/* For int8, `x_step`, `r_step` are the steps in units of the result's. */
KERNEL_INLINE void scale_add_typed(const struct tt_se_args *a, const enum tt_dtype xt, const enum tt_dtype rt,
				   const enum tt_dtype dt, const bool residual, const struct tt_view *v)
{
	const float x_step = a->x_number.step / a->dst_number.step,
		    r_step = a->residual_number.step / a->dst_number.step;
	const float least = a->relu ? 0 : -__builtin_inff();

	for (size_t c0 = 0; c0 < v->c; c0 += v->block) {
		const float *scale = a->scale + c0;

		for (size_t p = 0; p < v->pixels; p++) {
			size_t at = c0 * v->pixels + p * v->block, j = 0;

			for (; j + 8 <= v->block; j += 8) {
				f8 y = load(a->x, at + j, xt) * (load_f32(scale + j) * x_step);

				if (residual)
					y += load(a->residual, at + j, rt) * r_step;
				store(a->dst, at + j, dt, at_least(y, spread(least)));
			}
			for (; j < v->block; j++) {
				float y = load_one(a->x, at + j, xt) * (scale[j] * x_step);

				if (residual)
					y += load_one(a->residual, at + j, rt) * r_step;
				store_one(a->dst, at + j, dt, y > least ? y : least);
			}
		}
	}
}

KERNEL_TARGET static void scale_add(const struct tt_se_args *a, const struct tt_view *v)
{
	if (a->x_number.type == TT_DT_F32 && a->residual)
		scale_add_typed(a, TT_DT_F32, TT_DT_F32, TT_DT_F32, true, v);
	else if (a->x_number.type == TT_DT_F32)
		scale_add_typed(a, TT_DT_F32, TT_DT_F32, TT_DT_F32, false, v);
	else if (a->x_number.type == TT_DT_BF16 && a->residual)
		scale_add_typed(a, TT_DT_BF16, TT_DT_BF16, TT_DT_BF16, true, v);
	else if (a->x_number.type == TT_DT_BF16)
		scale_add_typed(a, TT_DT_BF16, TT_DT_BF16, TT_DT_BF16, false, v);
	else if (a->residual && a->residual_number.type == TT_DT_I8)
		scale_add_typed(a, TT_DT_I8, TT_DT_I8, TT_DT_U8, true, v);
	else if (a->residual)
		scale_add_typed(a, TT_DT_I8, TT_DT_U8, TT_DT_U8, true, v);
	else
		scale_add_typed(a, TT_DT_I8, TT_DT_U8, TT_DT_U8, false, v);
}

KERNEL_INLINE void affine_typed(void *dst, const void *x, const enum tt_dtype type, const float *scale,
				const float *shift, float least, const struct tt_view *v)
{
	for (size_t c0 = 0; c0 < v->c; c0 += v->block)
		for (size_t p = 0; p < v->pixels; p++) {
			size_t at = c0 * v->pixels + p * v->block, j = 0;

			for (; j + 8 <= v->block; j += 8)
				store(dst, at + j, type,
				      at_least(load(x, at + j, type) * load_f32(scale + c0 + j) +
						       load_f32(shift + c0 + j),
					       spread(least)));
			for (; j < v->block; j++) {
				float y = load_one(x, at + j, type) * scale[c0 + j] + shift[c0 + j];

				store_one(dst, at + j, type, y > least ? y : least);
			}
		}
}

KERNEL_TARGET static void affine(void *dst, const void *x, enum tt_dtype type, const float *scale, const float *shift,
				 bool relu, const struct tt_view *v)
{
	float least = relu ? 0 : -__builtin_inff();

	if (type == TT_DT_BF16)
		affine_typed(dst, x, TT_DT_BF16, scale, shift, least, v);
	else
		affine_typed(dst, x, TT_DT_F32, scale, shift, least, v);
}

KERNEL_INLINE void add_typed(void *dst, const void *a, const void *b, const enum tt_dtype type, size_t n, float least)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		f8 y = load(a, i, type);

		if (b)
			y += load(b, i, type);
		store(dst, i, type, at_least(y, spread(least)));
	}
	for (; i < n; i++) {
		float y = load_one(a, i, type) + (b ? load_one(b, i, type) : 0);

		store_one(dst, i, type, y > least ? y : least);
	}
}

KERNEL_TARGET static void add(void *dst, const void *a, const void *b, enum tt_dtype type, size_t n, bool relu)
{
	float least = relu ? 0 : -__builtin_inff();

	if (type == TT_DT_BF16)
		add_typed(dst, a, b, TT_DT_BF16, n, least);
	else
		add_typed(dst, a, b, TT_DT_F32, n, least);
}

KERNEL_TARGET static void matvec(float *y, const float *w, const float *x, const float *bias, size_t out, size_t in,
				 bool relu)
{
	for (size_t o = 0; o < out; o++, w += in) {
		f8 sum = spread(0), more = spread(0);
		size_t i = 0;
		float s;

		for (; i + 16 <= in; i += 16) {
			sum += load_f32(w + i) * load_f32(x + i);
			more += load_f32(w + i + 8) * load_f32(x + i + 8);
		}
		sum += more;
		s = (sum[0] + sum[4]) + (sum[1] + sum[5]) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
		for (; i < in; i++)
			s += w[i] * x[i];
		s += bias ? bias[o] : 0;
		y[o] = relu && !(s > 0) ? 0 : s;
	}
}

KERNEL_TARGET static void vecmat(float *y, const float *w, const float *x, const float *bias, size_t out, size_t in)
{
	size_t o = 0;

	for (; o + 8 <= out; o += 8) {
		f8 sum = load_f32(bias + o);

		for (size_t i = 0; i < in; i++)
			sum += x[i] * load_f32(w + i * out + o);
		memcpy(y + o, &sum, sizeof sum);
	}
	for (; o < out; o++) {
		y[o] = bias[o];
		for (size_t i = 0; i < in; i++)
			y[o] += x[i] * w[i * out + o];
	}
}

static const struct tt_kernels KERNEL_TABLE = {
	.name = KERNEL_WORD,
	.mean = mean,
	.scale_add = scale_add,
	.affine = affine,
	.add = add,
	.matvec = matvec,
	.vecmat = vecmat,
};
