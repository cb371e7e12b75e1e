/* JPEG by libjpeg-turbo: the inverse DCT itself scales down, so that a 24 megapixel photo never exists at full size.
 * What it cannot give as RGB (CMYK, YCCK) goes through libvips, which knows their profiles. */
#include "media/format.h"

#include "base/alloc.h"
#include "media/vips_load.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

enum {
	SCANS_MAX = 100, /* a progressive bomb asks for thousands of passes over all coefficients */
	ICC_MAX = 4 << 20,
	APP2 = JPEG_APP0 + 2,
};

struct jpeg {
	struct jpeg_decompress_struct d;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf on_error;
	char message[JMSG_LENGTH_MAX];
};

static void on_error(j_common_ptr c)
{
	struct jpeg *j = (struct jpeg *)c->client_data;

	c->err->format_message(c, j->message);
	longjmp(j->on_error, 1);
}

/* Damaged data is decoded as far as it goes: a photo with a grey end is worth more than none. */
static void on_message(j_common_ptr c, int level)
{
	(void)c;
	(void)level;
}

static void on_progress(j_common_ptr c)
{
	struct jpeg *j = (struct jpeg *)c->client_data;

	if (j->d.input_scan_number > SCANS_MAX) {
		snprintf(j->message, sizeof j->message, "more than %d scans", SCANS_MAX);
		longjmp(j->on_error, 1);
	}
}

static void open_jpeg(struct jpeg *j, const uint8_t *p, size_t n)
{
	j->d.err = jpeg_std_error(&j->errors);
	j->errors.error_exit = on_error;
	j->errors.emit_message = on_message;
	j->d.client_data = j;
	jpeg_create_decompress(&j->d);
	j->progress.progress_monitor = on_progress;
	j->d.progress = &j->progress;
	jpeg_mem_src(&j->d, p, n);
	jpeg_save_markers(&j->d, APP2, 0xffff);
}

int tt_jpeg_header(const uint8_t *p, size_t n, uint32_t *width, uint32_t *height, struct tt_err *err)
{
	struct jpeg *j = tt_calloc(1, sizeof *j);

	if (!j)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (setjmp(j->on_error)) {
		tt_err_set(err, TT_EINVALID, "is a broken JPEG: %s", j->message);
		jpeg_destroy_decompress(&j->d);
		free(j);
		return TT_EINVALID;
	}
	open_jpeg(j, p, n);
	(void)jpeg_read_header(&j->d, TRUE);
	*width = j->d.image_width;
	*height = j->d.image_height;
	jpeg_destroy_decompress(&j->d);
	free(j);
	return 0;
}

/* The smallest of turbo's scales that is not below the base size. 1/8, 1/4 and 1/2 have SIMD code, 3/8 gives so many
 * pixels less that its plain code is still quicker than 1/2. */
static void choose_scale(struct jpeg_decompress_struct *d)
{
	static const unsigned nums[] = { 1, 2, 3, 4 };
	uint32_t width, height;

	tt_base_size(d->image_width, d->image_height, &width, &height);
	d->scale_denom = 8;
	for (size_t i = 0; i < TT_LEN(nums); i++) {
		d->scale_num = nums[i];
		jpeg_calc_output_dimensions(d);
		if (d->output_width >= width && d->output_height >= height)
			return;
	}
	d->scale_num = 8;
}

static void keep_profile(struct jpeg *j, struct tt_pixels *out)
{
	JOCTET *icc = NULL;
	unsigned n = 0;

	if (!jpeg_read_icc_profile(&j->d, &icc, &n))
		return;
	if (n > ICC_MAX) {
		free(icc);
		return;
	}
	out->icc = icc;
	out->icc_size = n;
}

static bool needs_vips(const struct jpeg_decompress_struct *d)
{
	return d->jpeg_color_space == JCS_CMYK || d->jpeg_color_space == JCS_YCCK || d->num_components == 4 ||
	       d->num_components == 2;
}

static int read_rows(struct jpeg *j, struct tt_pixels *out, struct tt_err *err)
{
	size_t stride;
	int rc;

	j->d.out_color_space = JCS_RGB;
	j->d.dct_method = JDCT_ISLOW;
	choose_scale(&j->d);
	keep_profile(j, out);
	(void)jpeg_start_decompress(&j->d);
	rc = tt_pixels_new(out, j->d.output_width, j->d.output_height, err);
	if (rc < 0)
		return rc;
	stride = (size_t)out->width * 3;
	memset(out->rgb, 128, stride * out->height);
	while (j->d.output_scanline < out->height) {
		JSAMPROW row = out->rgb + stride * j->d.output_scanline;

		(void)jpeg_read_scanlines(&j->d, &row, 1);
	}
	return 0;
}

int tt_jpeg_pixels(const uint8_t *p, size_t n, const struct tt_media_limits *limits, struct tt_pixels *out,
		   struct tt_err *err)
{
	struct jpeg *j = tt_calloc(1, sizeof *j);
	bool other = false;
	int rc;

	if (!j)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	*out = (struct tt_pixels){ .rgb = NULL };
	if (setjmp(j->on_error)) {
		rc = tt_err_set(err, TT_EINVALID, "is a broken JPEG: %s", j->message);
	} else {
		open_jpeg(j, p, n);
		(void)jpeg_read_header(&j->d, TRUE);
		rc = tt_check_size(limits, j->d.image_width, j->d.image_height, err);
		other = rc == 0 && needs_vips(&j->d);
		if (rc == 0 && !other)
			rc = read_rows(j, out, err);
	}
	jpeg_destroy_decompress(&j->d);
	free(j);
	if (rc < 0)
		tt_pixels_done(out);
	return other ? tt_vips_pixels(p, n, out, err) : rc;
}

static int jpeg_facts(const struct tt_source *src, struct tt_header *h, struct tt_facts *f, struct tt_err *err)
{
	(void)f;
	h->frames = 1;
	return tt_jpeg_header(src->p, src->n, &h->width, &h->height, err);
}

static int jpeg_pixels(const struct tt_source *src, const struct tt_header *h, struct tt_pixels *out,
		       struct tt_err *err)
{
	(void)h;
	return tt_jpeg_pixels(src->p, src->n, src->limits, out, err);
}

const struct tt_format tt_format_jpeg = { jpeg_facts, jpeg_pixels, true };
