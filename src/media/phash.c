/* Perceptual hash by discrete cosine transform (Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash
 * Functions", §3.2.1). */
#include "media/hashes.h"

#include "media/resample.h"

#include <math.h>
#include <stdlib.h>

enum { SIDE = 32, LOW = 8 };

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Small pictures are spread to 32×32 by their nearest pixels, larger ones averaged. */
static int to_grey(const struct tt_pixels *px, double grey[SIDE][SIDE], struct tt_err *err)
{
	uint32_t width = px->width < SIDE ? px->width : SIDE, height = px->height < SIDE ? px->height : SIDE;
	uint8_t small[SIDE * SIDE * 3];
	int rc = tt_resample(px, width, height, small, err);

	if (rc < 0)
		return rc;
	for (uint32_t y = 0; y < SIDE; y++) {
		for (uint32_t x = 0; x < SIDE; x++) {
			const uint8_t *p = small + ((y * height / SIDE) * width + x * width / SIDE) * 3;

			grey[y][x] = 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
		}
	}
	return 0;
}

static double coefficient(double grey[SIDE][SIDE], double cosine[LOW][SIDE], unsigned u, unsigned v)
{
	double sum = 0;

	for (unsigned y = 0; y < SIDE; y++)
		for (unsigned x = 0; x < SIDE; x++)
			sum += grey[y][x] * cosine[u][x] * cosine[v][y];
	return sum;
}

int tt_phash(const struct tt_pixels *px, uint64_t *out, struct tt_err *err)
{
	double grey[SIDE][SIDE], cosine[LOW][SIDE], low[LOW * LOW], sorted[LOW * LOW - 1], median;
	uint64_t bits = 0;
	int rc = to_grey(px, grey, err);

	if (rc < 0)
		return rc;
	for (unsigned u = 0; u < LOW; u++)
		for (unsigned x = 0; x < SIDE; x++)
			cosine[u][x] = cos((2 * x + 1) * u * M_PI / (2 * SIDE));
	for (unsigned v = 0; v < LOW; v++)
		for (unsigned u = 0; u < LOW; u++)
			low[v * LOW + u] = coefficient(grey, cosine, u, v);
	for (unsigned i = 1; i < LOW * LOW; i++)
		sorted[i - 1] = low[i];
	qsort(sorted, TT_LEN(sorted), sizeof sorted[0], by_value);
	median = sorted[TT_LEN(sorted) / 2];
	for (unsigned i = 1; i < LOW * LOW; i++)
		if (low[i] > median)
			bits |= (uint64_t)1 << i;
	*out = bits;
	return 0;
}
