/* A part of a plane, resized to fill the top left of a grey canvas: the detector's input. Triangle filter, stretched
 * where it shrinks so that every pixel counts (as Pillow's BILINEAR); in floats, not rounded between. Pure; any thread.
 */
#ifndef TT_VISION_FIT_H
#define TT_VISION_FIT_H

#include "media/media.h"

struct tt_part { /* px, inside of the plane, not empty */
	uint32_t x, y, w, h;
};

struct tt_canvas {
	uint32_t width, height;  /* px */
	uint32_t used_w, used_h; /* by the picture */
	float scale;             /* canvas px for one of the plane */
};

/* The canvas whose longer side holds `side` px of picture, sides multiples of `align`. */
struct tt_canvas tt_fit_canvas(uint32_t w, uint32_t h, uint32_t side, uint32_t align);
/* Bytes of scratch that tt_fit() needs. */
size_t tt_fit_scratch(const struct tt_canvas *c, const struct tt_part *part);
/* out: 3 × height × width floats, (x - 127.5) / 127.5, 0 outside of the picture. */
void tt_fit(float *out, const struct tt_canvas *c, const struct tt_plane *plane, const struct tt_part *part,
	    void *scratch);

#endif
