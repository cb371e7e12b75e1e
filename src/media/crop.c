/* Pictures of faces for lists and pages. Interface: media.h. */
#include "base/alloc.h"
#include "media/resample.h"
#include "media/webp.h"

#include <math.h>
#include <string.h>

#define MARGIN 1.5F /* side of the square, in the longer side of the box */

enum { QUALITY = 80, METHOD = 2 };

/* Where a square of this side begins on an axis, moved inside. */
static uint32_t begin_of(float middle, uint32_t side, uint32_t length)
{
	float at = middle * (float)length - (float)side / 2;

	return at <= 0 ? 0 : at >= (float)(length - side) ? length - side : (uint32_t)at;
}

static int cut(const struct tt_plane *plane, const float box[4], struct tt_pixels *out, struct tt_err *err)
{
	uint32_t shorter = plane->width < plane->height ? plane->width : plane->height;
	float wanted = MARGIN * fmaxf(box[2] * (float)plane->width, box[3] * (float)plane->height);
	uint32_t side = !(wanted < (float)shorter) ? shorter : wanted < 1 ? 1 : (uint32_t)wanted;
	uint32_t left = begin_of(box[0] + box[2] / 2, side, plane->width);
	uint32_t top = begin_of(box[1] + box[3] / 2, side, plane->height);
	int rc = tt_pixels_new(out, side, side, err);

	for (size_t y = 0; rc == 0 && y < side; y++)
		memcpy(out->rgb + y * side * 3, plane->rgb + ((top + y) * plane->width + left) * 3, (size_t)side * 3);
	return rc;
}

static int crop(const struct tt_plane *plane, const float box[4], uint8_t **out, size_t *size, struct tt_err *err)
{
	TT_SCOPED(tt_pixels_done) struct tt_pixels px = { .rgb = NULL }, small = { .rgb = NULL };
	uint32_t side;
	int rc = cut(plane, box, &px, err);

	if (rc < 0)
		return rc;
	side = px.width < TT_FACE_CROP_SIDE ? px.width : TT_FACE_CROP_SIDE;
	rc = tt_pixels_new(&small, side, side, err);
	if (rc == 0)
		rc = tt_resample(&px, side, side, small.rgb, err);
	return rc < 0 ? rc : tt_webp_encode(small.rgb, side, side, QUALITY, METHOD, out, size, err);
}

int tt_media_face_crop(const struct tt_plane *plane, const float box[4], uint8_t **out, size_t *size,
		       struct tt_err *err)
{
	bool good = plane->rgb && box[2] > 0 && box[3] > 0;
	int rc;

	for (int i = 0; i < 4; i++)
		good = good && isfinite(box[i]);
	if (!good)
		return tt_err_set(err, TT_EINVALID, "a face has no size");
	rc = crop(plane, box, out, size, err);
	/* The plane is there already: it is the machine that has no room, not the picture that is too large. */
	return rc == TT_ETOOBIG ? tt_err_set(err, TT_ENOMEM, "out of memory") : rc;
}
