/* Sizes, limits and plain buffers of pixels. */
#include "media/format.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <math.h>

enum { SPARE = 64 }; /* bytes behind the last row: vector code of FFmpeg writes whole registers */

void tt_pixels_done(struct tt_pixels *px)
{
	free(px->rgb);
	free(px->icc);
	*px = (struct tt_pixels){ .rgb = NULL };
}

int tt_pixels_no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ETOOBIG, "the picture needs more memory than a decoder may take (worker.max_memory)");
}

int tt_pixels_new(struct tt_pixels *px, uint32_t width, uint32_t height, struct tt_err *err)
{
	size_t n;

	if (width == 0 || height == 0)
		return tt_err_set(err, TT_EINVALID, "the picture has no size");
	if (__builtin_mul_overflow((size_t)width, height, &n) || __builtin_mul_overflow(n, (size_t)3, &n))
		return tt_err_set(err, TT_ETOOBIG, "the picture is too large");
	px->rgb = tt_alloc(n + SPARE);
	if (!px->rgb)
		return tt_pixels_no_memory(err);
	px->width = width;
	px->height = height;
	return 0;
}

void tt_pixels_flatten_row(uint8_t *to, const uint8_t *rgba, size_t count)
{
	for (size_t i = 0; i < count; i++, rgba += 4, to += 3) {
		unsigned a = rgba[3], white = 255 * (255 - a) + 127;

		for (int c = 0; c < 3; c++)
			to[c] = (uint8_t)((rgba[c] * a + white) / 255);
	}
}

void tt_base_size(uint32_t width, uint32_t height, uint32_t *base_width, uint32_t *base_height)
{
	uint32_t longer = width > height ? width : height, shorter = width > height ? height : width;
	double by_long = (double)TT_PREVIEW_SIDE / longer, by_short = (double)TT_PLANE_SIDE / shorter;
	double scale = by_long > by_short ? by_long : by_short;

	if (scale >= 1) {
		*base_width = width;
		*base_height = height;
		return;
	}
	*base_width = (uint32_t)lround(width * scale);
	*base_height = (uint32_t)lround(height * scale);
	if (*base_width == 0)
		*base_width = 1;
	if (*base_height == 0)
		*base_height = 1;
}

int tt_check_size(const struct tt_media_limits *limits, uint64_t width, uint64_t height, struct tt_err *err)
{
	if (width == 0 || height == 0)
		return tt_err_set(err, TT_EINVALID, "the picture has no size");
	if (width > limits->max_side || height > limits->max_side)
		return tt_err_set(err, TT_ETOOBIG,
				  "%" PRIu64 " × %" PRIu64 " pixels: a side is over media.max_side (%" PRIu32 ")",
				  width, height, limits->max_side);
	if (width * height > limits->max_pixels)
		return tt_err_set(err, TT_ETOOBIG,
				  "%" PRIu64 " × %" PRIu64 " pixels is over media.max_pixels (%" PRIu64 ")", width,
				  height, limits->max_pixels);
	return 0;
}
