#include "media/resample.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));

/* For each output position: which inputs count and how much. */
struct taps {
	uint32_t *first;
	float *weight; /* `width` for each position */
	uint32_t width;
};

static void taps_done(struct taps *t)
{
	free(t->first);
	free(t->weight);
}

static double cubic(double x)
{
	x = fabs(x);
	if (x < 1)
		return (1.5 * x - 2.5) * x * x + 1;
	if (x < 2)
		return ((-0.5 * x + 2.5) * x - 4) * x + 2;
	return 0;
}

static void fill_taps(struct taps *t, uint32_t from, uint32_t to)
{
	double scale = (double)from / to, support = 2 * scale;

	for (uint32_t i = 0; i < to; i++) {
		double centre = (i + 0.5) * scale, sum = 0;
		int64_t begin = (int64_t)floor(centre - support + 0.5);
		float *w = t->weight + (size_t)i * t->width;

		if (begin < 0)
			begin = 0;
		if (begin + t->width > from)
			begin = (int64_t)from - t->width;
		t->first[i] = (uint32_t)begin;
		for (uint32_t k = 0; k < t->width; k++) {
			double v = cubic(((double)begin + k + 0.5 - centre) / scale);

			w[k] = (float)v;
			sum += v;
		}
		for (uint32_t k = 0; k < t->width; k++)
			w[k] = (float)(w[k] / sum);
	}
}

static int taps_new(struct taps *t, uint32_t from, uint32_t to, struct tt_err *err)
{
	double scale = (double)from / to;

	t->width = (uint32_t)ceil(4 * scale) + 1;
	if (t->width > from)
		t->width = from;
	t->first = tt_alloc(sizeof *t->first * to);
	t->weight = tt_alloc(sizeof *t->weight * to * t->width);
	if (!t->first || !t->weight)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	fill_taps(t, from, to);
	return 0;
}

#ifdef __SSE2__
static inline void put_pixel(uint8_t *to, v4 sum)
{
	__m128i v = _mm_cvtps_epi32((__m128)sum);
	uint32_t rgbx;

	v = _mm_packs_epi32(v, v);
	rgbx = (uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(v, v)); /* clamped to 0…255 on the way */
	memcpy(to, &rgbx, 3);
}
#else
static inline void put_pixel(uint8_t *to, v4 sum)
{
	for (int c = 0; c < 3; c++)
		to[c] = sum[c] <= 0 ? 0 : sum[c] >= 255 ? 255 : (uint8_t)(sum[c] + 0.5f);
}
#endif

/* Σ weight × row, down one column for all columns at once: the inner loop is plain and becomes vector code. */
static void mix_rows(float *restrict sum, const uint8_t *rows, size_t stride, const float *weight, uint32_t count)
{
	memset(sum, 0, stride * sizeof *sum);
	for (uint32_t k = 0; k < count; k++) {
		const uint8_t *restrict row = rows + k * stride;
		float w = weight[k];

		if (w == 0)
			continue;
		for (size_t x = 0; x < stride; x++)
			sum[x] += w * row[x];
	}
}

/* Three channels at a time in a vector of four: the fourth lane reads the next pixel and is thrown away. */
static void mix_columns(uint8_t *to, const float *row, const struct taps *t, uint32_t width)
{
	for (uint32_t x = 0; x < width; x++, to += 3) {
		const float *in = row + (size_t)t->first[x] * 3, *w = t->weight + (size_t)x * t->width;
		v4 sum = { 0, 0, 0, 0 };

		for (uint32_t k = 0; k < t->width; k++, in += 3)
			sum += *(const v4 *)in * w[k];
		put_pixel(to, sum);
	}
}

int tt_resample(const struct tt_pixels *from, uint32_t width, uint32_t height, uint8_t *to, struct tt_err *err)
{
	TT_SCOPED(taps_done) struct taps across = { .first = NULL }, down = { .first = NULL };
	TT_SCOPED(tt_freep) float *row = NULL;
	size_t stride = (size_t)from->width * 3;
	int rc;

	if (width == from->width && height == from->height) {
		memcpy(to, from->rgb, stride * height);
		return 0;
	}
	if (width == 0 || height == 0 || width > from->width || height > from->height)
		return tt_err_set(err, TT_EINTERNAL, "resample: %u × %u from %u × %u", width, height, from->width,
				  from->height);
	rc = taps_new(&across, from->width, width, err);
	if (rc == 0)
		rc = taps_new(&down, from->height, height, err);
	if (rc < 0)
		return rc;
	row = tt_alloc((stride + 4) * sizeof *row);
	if (!row)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	memset(row + stride, 0, 4 * sizeof *row);
	for (uint32_t y = 0; y < height; y++, to += (size_t)width * 3) {
		mix_rows(row, from->rgb + stride * down.first[y], stride, down.weight + (size_t)y * down.width,
			 down.width);
		mix_columns(to, row, &across, width);
	}
	return 0;
}
