#include "train/augment.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

struct box {
	double x, y, w, h; /* in pixels of the source */
};

static int room(float **p, size_t *have, size_t want, struct tt_err *err)
{
	float *q;

	if (want <= *have)
		return 0;
	q = tt_realloc(*p, want * sizeof *q);
	if (!q)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory for a picture");
	*p = q;
	*have = want;
	return 0;
}

void tt_augment_scratch_done(struct tt_augment_scratch *s)
{
	free(s->rows);
	free(s->tap);
	free(s->small);
	*s = (struct tt_augment_scratch){ 0 };
}

/* Triangle filter, widened when it makes smaller, so that nothing aliases. Writes the weights of output i and the first
 * source index; returns how many. */
static unsigned taps(double start, double length, unsigned size, unsigned out, unsigned i, float *w, unsigned *first)
{
	double scale = length / out, reach = scale > 1 ? scale : 1, centre = start + (i + 0.5) * scale, sum = 0;
	long lo = lround(floor(centre - reach + 0.5)), hi = lround(ceil(centre + reach - 0.5));
	unsigned n;

	lo = lo < 0 ? 0 : lo;
	lo = lo > (long)size - 1 ? (long)size - 1 : lo;
	hi = hi > (long)size - 1 ? (long)size - 1 : hi;
	n = hi < lo ? 1 : (unsigned)(hi - lo + 1);
	for (unsigned k = 0; k < n; k++) {
		double d = 1 - fabs((double)lo + k + 0.5 - centre) / reach;

		w[k] = (float)(d > 0 ? d : 0);
		sum += (double)w[k];
	}
	if (!(sum > 0)) {
		w[0] = 1;
		sum = 1;
	}
	for (unsigned k = 0; k < n; k++)
		w[k] = (float)((double)w[k] / sum);
	*first = (unsigned)lo;
	return n;
}

/* One row of the source to `ow` pixels; src is bytes or floats. */
static void one_row(const uint8_t *bytes, const float *floats, const struct box *b, unsigned w, unsigned ow, float *tap,
		    float *to)
{
	for (unsigned i = 0; i < ow; i++) {
		unsigned first, n = taps(b->x, b->w, w, ow, i, tap, &first);
		float sum[3] = { 0 };

		for (unsigned k = 0; k < n; k++)
			for (unsigned c = 0; c < 3; c++)
				sum[c] += tap[k] *
					  (bytes ? (float)bytes[3 * (first + k) + c] : floats[3 * (first + k) + c]);
		memcpy(to + 3 * (size_t)i, sum, sizeof sum);
	}
}

/* The box of a w × h picture to ow × oh floats. */
static int resample(const uint8_t *bytes, const float *floats, unsigned w, unsigned h, const struct box *b, unsigned ow,
		    unsigned oh, struct tt_augment_scratch *s, float *out, struct tt_err *err)
{
	long y0 = lround(floor(b->y - b->h / oh - 1)), y1 = lround(ceil(b->y + b->h + b->h / oh + 1));
	size_t line = 3 * (size_t)ow;
	int rc;

	y0 = y0 < 0 ? 0 : y0;
	y1 = y1 > (long)h ? (long)h : y1;
	rc = room(&s->rows, &s->rows_room, line * (size_t)(y1 - y0), err);
	rc = rc ? rc : room(&s->tap, &s->tap_room, (size_t)w + h + 8, err);
	if (rc < 0)
		return rc;
	for (long y = y0; y < y1; y++)
		one_row(bytes ? bytes + 3 * (size_t)y * w : NULL, bytes ? NULL : floats + 3 * (size_t)y * w, b, w, ow,
			s->tap, s->rows + line * (size_t)(y - y0));
	for (unsigned i = 0; i < oh; i++) {
		unsigned first, n = taps(b->y, b->h, h, oh, i, s->tap, &first);
		float *to = out + line * i;

		memset(to, 0, line * sizeof *to);
		for (unsigned k = 0; k < n; k++) {
			const float *row = s->rows + line * (size_t)((long)(first + k) - y0);

			for (size_t c = 0; c < line; c++)
				to[c] += s->tap[k] * row[c];
		}
	}
	return 0;
}

static void normalise(const struct tt_augment *a, float *v)
{
	for (size_t i = 0; i < (size_t)a->side * a->side; i++)
		for (unsigned c = 0; c < 3; c++)
			v[3 * i + c] = (v[3 * i + c] / 255.0f - a->mean[c]) / a->std[c];
}

static void flip(unsigned side, float *v)
{
	for (unsigned y = 0; y < side; y++)
		for (unsigned x = 0; x < side / 2; x++)
			for (unsigned c = 0; c < 3; c++) {
				float *p = v + 3 * ((size_t)y * side + x) + c;
				float *q = v + 3 * ((size_t)y * side + side - 1 - x) + c, t = *p;

				*p = *q;
				*q = t;
			}
}

static float clamp(float v)
{
	return v < 0 ? 0 : v > 255 ? 255 : v;
}

static void colour(const struct tt_augment *a, struct tt_rng *r, float *v)
{
	float bright = (float)tt_rng_range(r, 1 - a->colour, 1 + a->colour),
	      contrast = (float)tt_rng_range(r, 1 - a->colour, 1 + a->colour);
	float vivid = (float)tt_rng_range(r, 1 - a->colour, 1 + a->colour);
	size_t n = (size_t)a->side * a->side;
	double sum = 0;
	float mean;

	for (size_t i = 0; i < 3 * n; i++)
		sum += (double)v[i];
	mean = bright * (float)(sum / (double)(3 * n));
	for (size_t i = 0; i < n; i++) {
		float p[3], grey;

		for (unsigned c = 0; c < 3; c++)
			p[c] = (v[3 * i + c] * bright - mean) * contrast + mean;
		grey = 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
		for (unsigned c = 0; c < 3; c++)
			v[3 * i + c] = clamp(grey + (p[c] - grey) * vivid);
	}
}

static struct box pick(const struct tt_augment *a, const struct tt_pixels *in, struct tt_rng *r)
{
	for (unsigned n = 0; n < 10; n++) {
		double area = (double)in->w * in->h * tt_rng_range(r, a->area_min, 1);
		double ratio = exp(tt_rng_range(r, -log(a->ratio_max), log(a->ratio_max)));
		double w = round(sqrt(area * ratio)), h = round(sqrt(area / ratio));

		if (w >= 1 && h >= 1 && w <= in->w && h <= in->h)
			return (struct box){ tt_rng_below(r, in->w - (uint32_t)w + 1),
					     tt_rng_below(r, in->h - (uint32_t)h + 1), w, h };
	}
	if (in->w < in->h)
		return (struct box){ 0, tt_rng_below(r, in->h - in->w + 1), in->w, in->w };
	return (struct box){ tt_rng_below(r, in->w - in->h + 1), 0, in->h, in->h };
}

int tt_augment_view(const struct tt_augment *a, const struct tt_pixels *in, struct tt_rng *r,
		    struct tt_augment_scratch *s, float *out, struct tt_err *err)
{
	struct box b = pick(a, in, r);
	double less = tt_rng_unit(r) < a->soften ? tt_rng_range(r, 0.35, 0.8) : 1;
	int rc;

	if (less < 1) {
		unsigned w = (unsigned)fmax(8, b.w * less), h = (unsigned)fmax(8, b.h * less);
		struct box all = { 0, 0, w, h };

		rc = room(&s->small, &s->small_room, 3 * (size_t)w * h, err);
		rc = rc ? rc : resample(in->rgb, NULL, in->w, in->h, &b, w, h, s, s->small, err);
		rc = rc ? rc : resample(NULL, s->small, w, h, &all, a->side, a->side, s, out, err);
	} else {
		rc = resample(in->rgb, NULL, in->w, in->h, &b, a->side, a->side, s, out, err);
	}
	if (rc < 0)
		return rc;
	if (tt_rng_unit(r) < 0.5)
		flip(a->side, out);
	colour(a, r, out);
	normalise(a, out);
	return 0;
}

int tt_augment_middle(const struct tt_augment *a, unsigned resize, const struct tt_pixels *in,
		      struct tt_augment_scratch *s, float *out, struct tt_err *err)
{
	double part = (in->w < in->h ? in->w : in->h) * (double)a->side / resize;
	struct box b = { (in->w - part) / 2, (in->h - part) / 2, part, part };
	int rc = resample(in->rgb, NULL, in->w, in->h, &b, a->side, a->side, s, out, err);

	if (rc == 0)
		normalise(a, out);
	return rc;
}

double tt_augment_cutmix(unsigned n, unsigned side, struct tt_rng *r, struct tt_augment_scratch *s, float *views)
{
	unsigned cut = (unsigned)(side * sqrt(tt_rng_unit(r))); /* Beta(1, 1) */
	unsigned x = tt_rng_below(r, side - cut + 1), y = tt_rng_below(r, side - cut + 1);
	size_t photo = 3 * (size_t)side * side, row = 3 * (size_t)side, bytes = 3 * (size_t)cut * sizeof *views;
	float *kept = s->small;

	if (n < 2 || cut == 0 || room(&s->small, &s->small_room, 3 * (size_t)cut * cut, NULL) < 0)
		return 1;
	kept = s->small;
	for (unsigned k = 0; k < cut; k++)
		memcpy(kept + 3 * (size_t)k * cut, views + (y + k) * row + 3 * (size_t)x, bytes);
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < cut; k++) {
			size_t at = (y + k) * row + 3 * (size_t)x;

			memcpy(views + i * photo + at,
			       i + 1 < n ? views + (i + 1) * photo + at : kept + 3 * (size_t)k * cut, bytes);
		}
	return 1 - (double)cut * cut / ((double)side * side);
}

int tt_augment_shrink(const struct tt_pixels *in, unsigned side, unsigned longest, struct tt_augment_scratch *s,
		      struct tt_pixels *out, struct tt_err *err)
{
	unsigned small = in->w < in->h ? in->w : in->h;
	double scale = small > side ? (double)side / small : 1;
	unsigned w = (unsigned)lround(in->w * scale), h = (unsigned)lround(in->h * scale);
	unsigned kw = w > longest ? longest : w, kh = h > longest ? longest : h;
	struct box b = { (w - kw) / 2.0 / scale, (h - kh) / 2.0 / scale, kw / scale, kh / scale };
	size_t count = 3 * (size_t)kw * kh;
	uint8_t *bytes;
	int rc = room(&s->small, &s->small_room, count, err);

	rc = rc ? rc : resample(in->rgb, NULL, in->w, in->h, &b, kw, kh, s, s->small, err);
	if (rc < 0)
		return rc;
	bytes = tt_alloc(count);
	if (!bytes)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory for a picture");
	for (size_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)(clamp(s->small[i]) + 0.5f);
	*out = (struct tt_pixels){ kw, kh, bytes };
	return 0;
}
