#include "vision/fit.h"

#include <math.h>
#include <string.h>

#define MIDDLE 127.5f

struct taps { /* of one output: inputs from, from + 1, … */
	uint32_t from, count;
};

static uint32_t up_to(double side, uint32_t align)
{
	return ((uint32_t)side + align - 1) / align * align;
}

struct tt_canvas tt_fit_canvas(uint32_t w, uint32_t h, uint32_t side, uint32_t align)
{
	double scale = (double)side / (w > h ? w : h), fw = fmax(1, nearbyint(w * scale)),
	       fh = fmax(1, nearbyint(h * scale));

	return (struct tt_canvas){ up_to(fw, align), up_to(fh, align), (uint32_t)fw, (uint32_t)fh, (float)scale };
}

static uint32_t most_taps(uint32_t in, uint32_t out)
{
	double scale = (double)in / out;

	return (uint32_t)ceil(scale < 1 ? 1 : scale) * 2 + 1;
}

/* Weights of output i, which sum to 1. */
static struct taps weigh(float *weight, uint32_t i, uint32_t in, uint32_t out)
{
	double scale = (double)in / out, stretch = scale < 1 ? 1 : scale, centre = (i + .5) * scale, sum = 0;
	int64_t low = (int64_t)floor(centre - stretch + .5), high = (int64_t)floor(centre + stretch + .5);
	struct taps t;

	low = low < 0 ? 0 : low;
	high = high > in ? in : high;
	t = (struct taps){ (uint32_t)low, (uint32_t)(high - low) };
	for (uint32_t k = 0; k < t.count; k++) {
		double w = 1 - fabs((double)(low + k) + .5 - centre) / stretch;

		weight[k] = (float)(w > 0 ? w : 0);
		sum += weight[k];
	}
	for (uint32_t k = 0; k < t.count; k++)
		weight[k] /= (float)sum;
	return t;
}

size_t tt_fit_scratch(const struct tt_canvas *c, const struct tt_part *part)
{
	uint32_t across = most_taps(part->w, c->used_w), down = most_taps(part->h, c->used_h);

	return ((size_t)part->w * 3 + (size_t)c->used_w * across + down) * sizeof(float) +
	       c->used_w * sizeof(struct taps);
}

static void add_row(float *row, const uint8_t *rgb, size_t n, float weight)
{
	for (size_t i = 0; i < n; i++)
		row[i] += weight * (float)rgb[i];
}

static void across(float *out, size_t plane, const float *row, const struct taps *taps, const float *weight,
		   uint32_t stride, uint32_t n)
{
	for (uint32_t j = 0; j < n; j++, weight += stride) {
		const float *p = row + 3 * (size_t)taps[j].from;
		float r = 0, g = 0, b = 0;

		for (uint32_t k = 0; k < taps[j].count; k++, p += 3) {
			r += weight[k] * p[0];
			g += weight[k] * p[1];
			b += weight[k] * p[2];
		}
		out[j] = (r - MIDDLE) / MIDDLE;
		out[plane + j] = (g - MIDDLE) / MIDDLE;
		out[2 * plane + j] = (b - MIDDLE) / MIDDLE;
	}
}

void tt_fit(float *out, const struct tt_canvas *c, const struct tt_plane *plane, const struct tt_part *part,
	    void *scratch)
{
	uint32_t stride = most_taps(part->w, c->used_w);
	size_t numbers = (size_t)part->w * 3, pixels = (size_t)c->width * c->height;
	float *row = scratch, *weight = row + numbers, *down = weight + (size_t)c->used_w * stride;
	struct taps *taps = (struct taps *)(down + most_taps(part->h, c->used_h));

	memset(out, 0, 3 * pixels * sizeof *out);
	for (uint32_t j = 0; j < c->used_w; j++)
		taps[j] = weigh(weight + (size_t)j * stride, j, part->w, c->used_w);
	for (uint32_t i = 0; i < c->used_h; i++) {
		struct taps t = weigh(down, i, part->h, c->used_h);

		memset(row, 0, numbers * sizeof *row);
		for (uint32_t k = 0; k < t.count; k++)
			add_row(row, plane->rgb + 3 * ((size_t)(part->y + t.from + k) * plane->width + part->x),
				numbers, down[k]);
		across(out + (size_t)i * c->width, pixels, row, taps, weight, stride, c->used_w);
	}
}
