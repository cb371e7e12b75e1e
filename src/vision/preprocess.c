#include "vision/preprocess.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

/* Pillow's resampling (src/libImaging/Resample.c, HPND licence) described, not copied: each output pixel is a weighted
 * sum of the input pixels under a cubic (a = -0.5) stretched by the scale where it shrinks; weights in 22-bit fixed
 * point; rows first, each pass rounded to 8 bits. */
#define FRACTION_BITS 22
#define CUBIC_A (-0.5)
#define CUBIC_SUPPORT 2.0

struct axis {
	uint32_t in, out, first, count; /* only the outputs first … first + count - 1 are made */
	uint32_t taps;                  /* most weights of one output */
	uint32_t *from, *used;          /* by output: the first input and how many */
	int32_t *weight;                /* by output: taps of them */
};

static double cubic(double x)
{
	x = fabs(x);
	if (x < 1)
		return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
	if (x < 2)
		return (((x - 5) * x + 8) * x - 4) * CUBIC_A;
	return 0;
}

static uint32_t axis_taps(uint32_t in, uint32_t out)
{
	double scale = (double)in / out;

	return (uint32_t)ceil(CUBIC_SUPPORT * (scale < 1 ? 1 : scale)) * 2 + 1;
}

static size_t axis_bytes(const struct axis *a)
{
	return (size_t)a->count * (a->taps + 2) * 4;
}

/* p holds axis_bytes(); w holds a->taps doubles. */
static void axis_make(struct axis *a, void *p, double *w)
{
	double scale = (double)a->in / a->out, stretch = scale < 1 ? 1 : scale, support = CUBIC_SUPPORT * stretch;

	a->from = p;
	a->used = a->from + a->count;
	a->weight = (int32_t *)(a->used + a->count);
	for (uint32_t i = 0; i < a->count; i++) {
		double centre = (a->first + i + 0.5) * scale, sum = 0;
		int32_t low = (int32_t)(centre - support + 0.5), high = (int32_t)(centre + support + 0.5), n;

		low = low < 0 ? 0 : low;
		n = (high > (int32_t)a->in ? (int32_t)a->in : high) - low;
		for (int32_t k = 0; k < n; k++) {
			w[k] = cubic((k + low - centre + 0.5) * (1.0 / stretch));
			sum += w[k];
		}
		for (int32_t k = 0; k < n; k++) {
			double f = (sum != 0 ? w[k] / sum : w[k]) * (1 << FRACTION_BITS);

			a->weight[(size_t)i * a->taps + k] = (int32_t)(f < 0 ? f - 0.5 : f + 0.5);
		}
		a->from[i] = (uint32_t)low;
		a->used[i] = (uint32_t)n;
	}
}

static uint8_t rounded(int32_t sum)
{
	int32_t v = sum >> FRACTION_BITS;

	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* One row of pixels from `in`; out: a->count pixels. */
static void across(const struct axis *a, const uint8_t *in, uint8_t *out)
{
	for (uint32_t i = 0; i < a->count; i++, out += 3) {
		const int32_t *w = a->weight + (size_t)i * a->taps;
		const uint8_t *p = in + 3 * (size_t)a->from[i];
		int32_t r = 1 << (FRACTION_BITS - 1), g = r, b = r;

		for (uint32_t k = 0; k < a->used[i]; k++, p += 3) {
			r += p[0] * w[k];
			g += p[1] * w[k];
			b += p[2] * w[k];
		}
		out[0] = rounded(r);
		out[1] = rounded(g);
		out[2] = rounded(b);
	}
}

/* Output row i from the rows in `in`, each `bytes` long and beginning with input row `top`. */
static void down(const struct axis *a, uint32_t i, const uint8_t *in, uint32_t top, size_t bytes, uint8_t *out)
{
	const int32_t *w = a->weight + (size_t)i * a->taps;
	const uint8_t *p = in + (a->from[i] - top) * bytes;

	for (size_t j = 0; j < bytes; j++) {
		int32_t sum = 1 << (FRACTION_BITS - 1);

		for (uint32_t k = 0; k < a->used[i]; k++)
			sum += p[k * bytes + j] * w[k];
		out[j] = rounded(sum);
	}
}

void tt_resize_scratch_done(struct tt_resize_scratch *s)
{
	free(s->p);
	*s = (struct tt_resize_scratch){ 0 };
}

static int reserve(struct tt_resize_scratch *s, size_t n, struct tt_err *err)
{
	void *p;

	if (n <= s->size)
		return 0;
	p = tt_alloc_aligned(64, n);
	if (!p)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	free(s->p);
	s->p = p;
	s->size = n;
	return 0;
}

/* Python's round(): halves to the even side. */
static uint32_t side_of(uint32_t side, uint32_t shorter, uint32_t resize)
{
	double n = nearbyint(side * ((double)resize / shorter));

	return n < resize ? resize : (uint32_t)n;
}

static void crop(const struct tt_plane *in, const struct axis *x, const struct axis *y, uint8_t *out)
{
	for (uint32_t i = 0; i < y->count; i++)
		memcpy(out + (size_t)i * x->count * 3, in->rgb + ((size_t)(y->first + i) * in->width + x->first) * 3,
		       (size_t)x->count * 3);
}

/* A side that keeps its length is not filtered, as in Pillow. */
static void resample(const struct tt_plane *in, const struct axis *x, const struct axis *y, uint8_t *rows, uint8_t *out)
{
	uint32_t top = y->in == y->out ? y->first : y->from[0], last = y->count - 1;
	uint32_t end = y->in == y->out ? y->first + y->count : y->from[last] + y->used[last];
	size_t bytes = (size_t)x->count * 3;

	for (uint32_t i = top; i < end; i++) {
		const uint8_t *row = in->rgb + (size_t)i * in->width * 3;

		if (x->in == x->out)
			memcpy(rows + (i - top) * bytes, row + (size_t)x->first * 3, bytes);
		else
			across(x, row, rows + (i - top) * bytes);
	}
	for (uint32_t i = 0; i < y->count; i++) {
		if (y->in == y->out)
			memcpy(out + i * bytes, rows + i * bytes, bytes);
		else
			down(y, i, rows, top, bytes, out + i * bytes);
	}
}

int tt_resize_crop(const struct tt_plane *in, const struct tt_input_spec *spec, struct tt_resize_scratch *scratch,
		   uint8_t *out, struct tt_err *err)
{
	uint32_t shorter = in->width < in->height ? in->width : in->height;
	struct axis x = { .in = in->width, .count = spec->crop }, y = { .in = in->height, .count = spec->crop };
	size_t taps, doubles, rows;
	uint8_t *p;
	int rc;

	if (shorter == 0 || in->width > UINT16_MAX || in->height > UINT16_MAX)
		return tt_err_set(err, TT_EINVALID, "a picture of %u x %u", in->width, in->height);
	if (spec->crop == 0 || spec->crop > spec->resize || spec->resize > TT_INPUT_MAX)
		return tt_err_set(err, TT_EINVALID, "the model wants %u of %u px", spec->crop, spec->resize);
	x.out = side_of(x.in, shorter, spec->resize);
	y.out = side_of(y.in, shorter, spec->resize);
	x.first = (x.out - spec->crop) / 2;
	y.first = (y.out - spec->crop) / 2;
	if (x.in == x.out && y.in == y.out) {
		crop(in, &x, &y, out);
		return 0;
	}
	x.taps = axis_taps(x.in, x.out);
	y.taps = axis_taps(y.in, y.out);
	taps = x.taps > y.taps ? x.taps : y.taps;
	doubles = taps * sizeof(double);
	rows = (size_t)in->height * x.count * 3;
	rc = reserve(scratch, doubles + axis_bytes(&x) + axis_bytes(&y) + rows, err);
	if (rc < 0)
		return rc;
	p = scratch->p;
	axis_make(&x, p + doubles, (double *)p);
	axis_make(&y, p + doubles + axis_bytes(&x), (double *)p);
	resample(in, &x, &y, p + doubles + axis_bytes(&x) + axis_bytes(&y), out);
	return 0;
}

void tt_normalise(const uint8_t *rgb, const struct tt_input_spec *spec, float *out)
{
	size_t pixels = (size_t)spec->crop * spec->crop;

	for (int c = 0; c < 3; c++) {
		float scale = 1 / (255 * spec->std[c]), shift = -spec->mean[c] / spec->std[c];

		for (size_t i = 0; i < pixels; i++)
			out[c * pixels + i] = rgb[3 * i + c] * scale + shift;
	}
}
