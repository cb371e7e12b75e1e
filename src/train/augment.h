/* Views of a photo for training and judging: what a random crop, size, flip and colour make of it (Szegedy et al.
 * 2015), or the plain middle. Pixels are RGB, 8 bit, rows packed; a view is side × side × 3 floats, channels innermost,
 * normalised. Pure but for the scratch; one scratch, one thread. */
#ifndef TT_TRAIN_AUGMENT_H
#define TT_TRAIN_AUGMENT_H

#include "base/err.h"
#include "train/rng.h"

#include <stddef.h>
#include <stdint.h>

struct tt_pixels {
	uint32_t w, h;
	const uint8_t *rgb;
};

struct tt_augment {
	unsigned side;
	double area_min;  /* share of the photo that a crop keeps at least */
	double ratio_max; /* of width to height of a crop, and its inverse */
	double colour;    /* brightness, contrast and saturation vary by 1 ± this */
	double soften;    /* how often a photo is shown as if it came from a smaller one */
	float mean[3], std[3];
};

struct tt_augment_scratch {
	float *rows, *tap;
	float *small;
	size_t rows_room, tap_room, small_room;
};

void tt_augment_scratch_done(struct tt_augment_scratch *s);
int tt_augment_view(const struct tt_augment *a, const struct tt_pixels *in, struct tt_rng *r,
		    struct tt_augment_scratch *s, float *out, struct tt_err *err) TT_CHECKED;
/* The short side taken to `resize`, the middle side × side. */
int tt_augment_middle(const struct tt_augment *a, unsigned resize, const struct tt_pixels *in,
		      struct tt_augment_scratch *s, float *out, struct tt_err *err) TT_CHECKED;
/* n views in a row: the same box of each is replaced by its successor's. Returns the share that stays. */
double tt_augment_cutmix(unsigned n, unsigned side, struct tt_rng *r, struct tt_augment_scratch *s, float *views);
/* A photo scaled so that its short side is `side` (never enlarged), at most `longest` px of the long side's middle
 * kept. *out is malloc()ed. */
int tt_augment_shrink(const struct tt_pixels *in, unsigned side, unsigned longest, struct tt_augment_scratch *s,
		      struct tt_pixels *out, struct tt_err *err) TT_CHECKED;

#endif
