/* From a plane of any size to the network's input: the short side is resized to `resize` px by Pillow's bicubic filter
 * with antialiasing (8-bit result, bit for bit as Pillow 9 does it), the middle crop × crop px are taken, scaled to 0…1
 * and normalised by channel. The PyTorch twin (tools/reference) does the same. Any thread. */
#ifndef TT_VISION_PREPROCESS_H
#define TT_VISION_PREPROCESS_H

#include "media/media.h"

#define TT_INPUT_MAX 1024 /* px: the largest resize or crop that a model file may ask for */

struct tt_input_spec {
	uint32_t resize, crop;
	float mean[3], std[3];
};

/* Scratch that grows to what is needed and is kept; one call at a time. Zeroed to start with. */
struct tt_resize_scratch {
	void *p;
	size_t size;
};

void tt_resize_scratch_done(struct tt_resize_scratch *s);

/* out: crop × crop × 3 bytes, rows packed. */
int tt_resize_crop(const struct tt_plane *in, const struct tt_input_spec *spec, struct tt_resize_scratch *scratch,
		   uint8_t *out, struct tt_err *err) TT_CHECKED;
/* out: 3 × crop × crop floats. rgb: crop × crop × 3. */
void tt_normalise(const uint8_t *rgb, const struct tt_input_spec *spec, float *out);

#endif
