#define KERNEL_TARGET
#define KERNEL_WORD "plain"
#define KERNEL_TABLE plain_kernels
#define LANES 8
#define WIDEN(p) ((ivec){ (p)[0], (p)[1], (p)[2], (p)[3], (p)[4], (p)[5], (p)[6], (p)[7] })
#define WIDEN_I8(p) WIDEN(p)
#define WIDEN_U8(p) WIDEN(p)
#define NARROW_U8(p, n)                                                                                                \
	do {                                                                                                           \
		ivec n_ = (n);                                                                                         \
		for (int k_ = 0; k_ < LANES; k_++)                                                                     \
			(p)[k_] = (uint8_t)n_[k_];                                                                     \
	} while (0)
#include "nn/kernels_body.inc"

const struct tt_kernels *tt_kernels_plain(void)
{
	return &plain_kernels;
}

const struct tt_kernels *tt_kernels_best(uint32_t block)
{
	const struct tt_kernels *wide = block % 16 ? NULL : tt_kernels_avx512(), *k = wide ? wide : tt_kernels_avx2();

	return k ? k : &plain_kernels;
}

static size_t place(const struct tt_view *v, size_t c, size_t p)
{
	return (c / v->block) * v->block * v->pixels + p * v->block + c % v->block;
}

void tt_to_plain(float *dst, const void *x, struct tt_number number, const struct tt_view *v)
{
	bool steps = number.type == TT_DT_I8 || number.type == TT_DT_U8;

	for (size_t c = 0; c < v->c; c++)
		for (size_t p = 0; p < v->pixels; p++) {
			float f = load_one(x, place(v, c, p), number.type);

			*dst++ = steps ? f * number.step : f;
		}
}

static int8_t to_step(float f)
{
	return (int8_t)(f >= 127 ? 127 : f <= -127 ? -127 : f < 0 ? f - .5f : f + .5f);
}

void tt_from_plain(void *dst, const float *x, struct tt_number number, const struct tt_view *v)
{
	float per_step = 1 / number.step;

	for (size_t c = 0; c < v->c; c++)
		for (size_t p = 0; p < v->pixels; p++, x++) {
			size_t at = place(v, c, p);

			if (number.type == TT_DT_I8)
				((int8_t *)dst)[at] = to_step(*x * per_step);
			else
				store_one(dst, at, number.type, *x);
		}
}
