/* The eight orientations of EXIF 2.32 (tag 0x0112) applied to pixels. */
#include "media/format.h"

#include "base/alloc.h"

#include <string.h>

/* For each orientation: does x run backwards in the stored picture, does y, and are the axes swapped first. */
static const struct {
	bool swap, flip_x, flip_y;
} turns[9] = {
	[2] = { false, true, false }, [3] = { false, true, true }, [4] = { false, false, true },
	[5] = { true, false, false }, [6] = { true, false, true }, [7] = { true, true, true },
	[8] = { true, true, false },
};

int tt_pixels_turn(struct tt_pixels *px, unsigned orientation, struct tt_err *err)
{
	struct tt_pixels to = { .rgb = NULL };
	uint32_t width = px->width, height = px->height;
	int rc;

	if (orientation < 2 || orientation > 8)
		return 0;
	rc = turns[orientation].swap ? tt_pixels_new(&to, height, width, err) : tt_pixels_new(&to, width, height, err);
	if (rc < 0)
		return rc;
	for (uint32_t y = 0; y < to.height; y++) {
		uint8_t *out = to.rgb + (size_t)y * to.width * 3;

		for (uint32_t x = 0; x < to.width; x++, out += 3) {
			uint32_t sx = turns[orientation].swap ? y : x, sy = turns[orientation].swap ? x : y;

			if (turns[orientation].flip_x)
				sx = width - 1 - sx;
			if (turns[orientation].flip_y)
				sy = height - 1 - sy;
			memcpy(out, px->rgb + ((size_t)sy * width + sx) * 3, 3);
		}
	}
	free(px->rgb);
	px->rgb = to.rgb;
	px->width = to.width;
	px->height = to.height;
	return 0;
}
