/* Camera raws by LibRaw: the JPEG preview that nearly every camera puts inside is both faster and nearer to what the
 * photographer saw; without a large one the sensor data is developed at half size. */
#include "media/format.h"

#include "base/alloc.h"

#include <libraw/libraw.h>
#include <string.h>

enum { PREVIEW_MIN_SIDE = 1000 }; /* px, the longer side: below it the sensor data gives more */

static void raw_closep(libraw_data_t **raw)
{
	if (*raw)
		libraw_close(*raw);
}

static int fail(struct tt_err *err, int rc)
{
	if (rc == LIBRAW_UNSUFFICIENT_MEMORY)
		return tt_pixels_no_memory(err);
	if (rc == LIBRAW_IO_ERROR || rc == LIBRAW_DATA_ERROR)
		return tt_err_set(err, TT_EINVALID, "camera raw is cut short or damaged");
	return tt_err_set(err, TT_EINVALID, "camera raw cannot be read: %s", libraw_strerror(rc));
}

static int raw_open(libraw_data_t **out, const struct tt_source *src, struct tt_err *err)
{
	int rc;

	*out = libraw_init(LIBRAW_OPIONS_NO_DATAERR_CALLBACK | LIBRAW_OPIONS_NO_MEMERR_CALLBACK);
	if (!*out)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = libraw_open_buffer(*out, (void *)src->p, src->n);
	return rc == LIBRAW_SUCCESS ? 0 : fail(err, rc);
}

/* LibRaw's flip: 0 none, 3 half a turn, 5 a quarter left, 6 a quarter right -> EXIF's orientation. */
static uint8_t turn_of(int flip)
{
	return flip == 3 ? 3 : flip == 5 ? 8 : flip == 6 ? 6 : 1;
}

static int raw_facts(const struct tt_source *src, struct tt_header *h, struct tt_facts *f, struct tt_err *err)
{
	TT_SCOPED(raw_closep) libraw_data_t *raw = NULL;
	int rc = raw_open(&raw, src, err);

	(void)f;
	if (rc < 0)
		return rc;
	libraw_adjust_sizes_info_only(raw);
	h->width = raw->sizes.iwidth;
	h->height = raw->sizes.iheight;
	h->frames = 1;
	return tt_check_size(src->limits, h->width, h->height, err);
}

static int bitmap_thumb(const libraw_data_t *raw, struct tt_pixels *out, struct tt_err *err)
{
	size_t n = (size_t)raw->thumbnail.twidth * raw->thumbnail.theight * 3;
	int rc;

	if (raw->thumbnail.tlength < n)
		return tt_err_set(err, TT_EINVALID, "the preview inside is cut short");
	rc = tt_pixels_new(out, raw->thumbnail.twidth, raw->thumbnail.theight, err);
	if (rc == 0)
		memcpy(out->rgb, raw->thumbnail.thumb, n);
	return rc;
}

static int preview(libraw_data_t *raw, const struct tt_source *src, struct tt_pixels *out, struct tt_err *err)
{
	int rc = libraw_unpack_thumb(raw);

	if (rc != LIBRAW_SUCCESS)
		return fail(err, rc);
	if (raw->thumbnail.tformat == LIBRAW_THUMBNAIL_JPEG)
		return tt_jpeg_pixels((const uint8_t *)raw->thumbnail.thumb, raw->thumbnail.tlength, src->limits, out,
				      err);
	if (raw->thumbnail.tformat == LIBRAW_THUMBNAIL_BITMAP && raw->thumbnail.tcolors == 3)
		return bitmap_thumb(raw, out, err);
	return tt_err_set(err, TT_EINVALID, "the preview inside is of an unknown kind");
}

static int copy_developed(libraw_data_t *raw, struct tt_pixels *out, struct tt_err *err)
{
	int code = 0, rc;
	libraw_processed_image_t *image = libraw_dcraw_make_mem_image(raw, &code);

	if (!image)
		return fail(err, code);
	if (image->type != LIBRAW_IMAGE_BITMAP || image->bits != 8 || (image->colors != 3 && image->colors != 1)) {
		libraw_dcraw_clear_mem(image);
		return tt_err_set(err, TT_EINVALID, "camera raw cannot be read: %d colours", image->colors);
	}
	rc = tt_pixels_new(out, image->width, image->height, err);
	if (rc == 0 && image->colors == 3)
		memcpy(out->rgb, image->data, (size_t)image->width * image->height * 3);
	for (size_t i = 0; rc == 0 && image->colors == 1 && i < (size_t)image->width * image->height; i++)
		memset(out->rgb + 3 * i, image->data[i], 3);
	libraw_dcraw_clear_mem(image);
	return rc;
}

static int develop(libraw_data_t *raw, struct tt_pixels *out, struct tt_err *err)
{
	int rc;

	raw->params.half_size = 1;
	raw->params.use_camera_wb = 1;
	raw->params.output_bps = 8;
	raw->params.user_flip = 0; /* turned by the caller, as the preview is */
	rc = libraw_unpack(raw);
	if (rc == LIBRAW_SUCCESS)
		rc = libraw_dcraw_process(raw);
	return rc == LIBRAW_SUCCESS ? copy_developed(raw, out, err) : fail(err, rc);
}

static bool is_large(const struct tt_pixels *px, const struct tt_header *h)
{
	uint32_t longer = px->width > px->height ? px->width : px->height;

	return longer >= PREVIEW_MIN_SIDE || (longer * 2 >= h->width && longer * 2 >= h->height);
}

/* LibRaw forgets the whole file when one step fails: each way to the pixels opens it anew. */
static int develop_anew(const struct tt_source *src, struct tt_pixels *out, struct tt_err *err)
{
	TT_SCOPED(raw_closep) libraw_data_t *raw = NULL;
	int rc = raw_open(&raw, src, err);

	return rc < 0 ? rc : develop(raw, out, err);
}

static int raw_pixels(const struct tt_source *src, const struct tt_header *h, struct tt_pixels *out, struct tt_err *err)
{
	TT_SCOPED(raw_closep) libraw_data_t *raw = NULL;
	TT_SCOPED(tt_pixels_done) struct tt_pixels small = { .rgb = NULL };
	struct tt_err ignored = { 0 };
	uint8_t turn;
	int rc = raw_open(&raw, src, err);

	if (rc < 0)
		return rc;
	turn = turn_of(raw->sizes.flip);
	if (preview(raw, src, &small, &ignored) < 0)
		tt_pixels_done(&small);
	if (!small.rgb || !is_large(&small, h)) {
		rc = develop_anew(src, out, err);
		if (rc < 0 && !small.rgb)
			return rc;
	}
	if (!out->rgb) { /* the preview; a small one is still better than none */
		*out = small;
		small = (struct tt_pixels){ .rgb = NULL };
	}
	return tt_pixels_turn(out, turn, err);
}

const struct tt_format tt_format_raw = { raw_facts, raw_pixels, false };
