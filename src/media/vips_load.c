#include "media/vips_load.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>
#include <vips/vips.h>

enum { ICC_MAX = 4 << 20 };

/* The loaders that may see bytes from outside; all others are blocked. */
static const char *const allowed[] = { "VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
				       "VipsForeignLoadNsgif", "VipsForeignLoadTiff" };

/* The error buffer is global to the process: taken out and cleared at once, one line of it. */
static int fail(struct tt_err *err, const char *what)
{
	char *text = vips_error_buffer_copy();
	int code;

	text[strcspn(text, "\n")] = '\0';
	if (strstr(text, "out of memory"))
		code = tt_pixels_no_memory(err);
	else
		code = tt_err_set(err, TT_EINVALID, "%s: %s", what,
				  text[0] == '\0' || strstr(text, "not in a known format") ? "the file is broken"
											   : text);
	g_free(text);
	return code;
}

static void unrefp(VipsImage **image)
{
	g_clear_object(image);
}

int tt_vips_start(struct tt_err *err)
{
	/* The modules of libvips (ImageMagick, Poppler, OpenSlide, …) are not wanted: they are looked for below this
	 * prefix. */
	g_setenv("VIPSHOME", "/nonexistent", TRUE);
	if (vips_init("tintype"))
		return fail(err, "libvips");
	vips_concurrency_set(1);
	vips_cache_set_max(0);
	vips_block_untrusted_set(TRUE);
	vips_operation_block_set("VipsForeignLoad", TRUE);
	for (size_t i = 0; i < TT_LEN(allowed); i++)
		vips_operation_block_set(allowed[i], FALSE);
	return 0;
}

static int count_frames(VipsImage *image)
{
	int pages = vips_image_get_n_pages(image);

	return pages > 0 ? pages : 1;
}

static double read_duration(VipsImage *image)
{
	int *delays, n;
	double ms = 0;

	if (!vips_image_get_typeof(image, "delay") || vips_image_get_array_int(image, "delay", &delays, &n)) {
		vips_error_clear();
		return 0;
	}
	for (int i = 0; i < n; i++)
		ms += delays[i] > 0 ? delays[i] : 0;
	return ms / 1000;
}

static int vips_facts(const struct tt_source *src, struct tt_header *h, struct tt_facts *f, struct tt_err *err)
{
	TT_SCOPED(unrefp) VipsImage *image = vips_image_new_from_buffer(src->p, src->n, "", NULL);

	(void)f;
	if (!image)
		return fail(err, "cannot be read");
	h->width = (uint32_t)vips_image_get_width(image);
	h->height = (uint32_t)vips_image_get_height(image);
	h->frames = src->sniffed.type == TT_MEDIA_TIFF ? 1 : (uint32_t)count_frames(image);
	if (h->frames > 1)
		h->duration_s = read_duration(image);
	vips_error_clear();
	return 0;
}

/* Anything -> three bands of 8 bits in sRGB, alpha on white. */
static int to_rgb(VipsImage *in, VipsImage **out)
{
	TT_SCOPED(unrefp) VipsImage *flat = NULL, *srgb = NULL, *bands = NULL;
	double white[] = { 255, 255, 255 };
	VipsArrayDouble *background;
	int rc;

	if (vips_colourspace(in, &srgb, VIPS_INTERPRETATION_sRGB, NULL))
		return -1;
	background = vips_array_double_new(white, 3);
	rc = vips_image_hasalpha(srgb) ? vips_flatten(srgb, &flat, "background", background, NULL)
				       : vips_copy(srgb, &flat, NULL);
	vips_area_unref(VIPS_AREA(background));
	if (rc)
		return -1;
	if (vips_image_get_bands(flat) > 3 ? vips_extract_band(flat, &bands, 0, "n", 3, NULL)
					   : vips_copy(flat, &bands, NULL))
		return -1;
	return vips_cast(bands, out, VIPS_FORMAT_UCHAR, NULL);
}

/* libvips turns all it is told to export through the Lab space, which rounds: only what is no RGB needs that. */
static bool is_far_from_rgb(VipsImage *image)
{
	VipsInterpretation is = vips_image_get_interpretation(image);

	return is == VIPS_INTERPRETATION_CMYK || is == VIPS_INTERPRETATION_LAB || is == VIPS_INTERPRETATION_LABS;
}

static int shrink(const uint8_t *p, size_t n, VipsImage *head, VipsImage **out)
{
	uint32_t width, height;

	tt_base_size((uint32_t)vips_image_get_width(head), (uint32_t)vips_image_get_height(head), &width, &height);
	if (is_far_from_rgb(head))
		return vips_thumbnail_buffer((void *)p, n, out, (int)width, "height", (int)height, "size",
					     VIPS_SIZE_FORCE, "no_rotate", TRUE, "export_profile", "srgb", NULL);
	return vips_thumbnail_buffer((void *)p, n, out, (int)width, "height", (int)height, "size", VIPS_SIZE_FORCE,
				     "no_rotate", TRUE, NULL);
}

static void keep_profile(VipsImage *image, struct tt_pixels *out)
{
	const void *icc;
	size_t n;

	if (!vips_image_get_typeof(image, VIPS_META_ICC_NAME) ||
	    vips_image_get_blob(image, VIPS_META_ICC_NAME, &icc, &n) || n > ICC_MAX)
		return;
	out->icc = tt_alloc(n);
	if (!out->icc)
		return;
	memcpy(out->icc, icc, n);
	out->icc_size = n;
}

int tt_vips_pixels(const uint8_t *p, size_t n, struct tt_pixels *out, struct tt_err *err)
{
	TT_SCOPED(unrefp) VipsImage *head = vips_image_new_from_buffer(p, n, "", NULL);
	TT_SCOPED(unrefp) VipsImage *small = NULL, *rgb = NULL;
	size_t size;
	void *memory;
	int rc;

	if (!head)
		return fail(err, "cannot be read");
	if (shrink(p, n, head, &small) || to_rgb(small, &rgb))
		return fail(err, "cannot be decoded");
	if (vips_image_get_bands(rgb) != 3)
		return tt_err_set(err, TT_EINVALID, "has %d colour channels", vips_image_get_bands(rgb));
	memory = vips_image_write_to_memory(rgb, &size);
	if (!memory)
		return fail(err, "cannot be decoded");
	*out = (struct tt_pixels){ .rgb = NULL };
	rc = tt_pixels_new(out, (uint32_t)vips_image_get_width(rgb), (uint32_t)vips_image_get_height(rgb), err);
	if (rc == 0)
		memcpy(out->rgb, memory, size);
	g_free(memory);
	if (rc == 0 && !is_far_from_rgb(head))
		keep_profile(small, out);
	return rc;
}

static int vips_pixels(const struct tt_source *src, const struct tt_header *h, struct tt_pixels *out,
		       struct tt_err *err)
{
	(void)h;
	return tt_vips_pixels(src->p, src->n, out, err);
}

const struct tt_format tt_format_vips = { vips_facts, vips_pixels, true };
