/* HEIC and AVIF by libheif itself (not through libvips, which in 8.14 refuses an AVIF turned by a quarter): its handle
 * gives the size after the rotation boxes, its decoder applies them. */
#include "media/format.h"

#include "base/alloc.h"
#include "media/bmff.h"
#include "media/meta.h"

#include <libheif/heif.h>
#include <string.h>

enum { ICC_MAX = 4 << 20, BLOCK_MAX = 4 << 20, BLOCKS_MAX = 16 };

struct heif {
	struct heif_context *context;
	struct heif_image_handle *handle;
	struct heif_image *image;
};

static void heif_done(struct heif *h)
{
	if (h->image)
		heif_image_release(h->image);
	if (h->handle)
		heif_image_handle_release(h->handle);
	if (h->context)
		heif_context_free(h->context);
}

static int fail(struct tt_err *err, struct heif_error e)
{
	if (e.code == heif_error_Memory_allocation_error)
		return tt_pixels_no_memory(err);
	return tt_err_set(err, TT_EINVALID, "cannot be decoded: %s", e.message);
}

static int heif_open(struct heif *h, const struct tt_source *src, struct tt_err *err)
{
	struct heif_error e;

	h->context = heif_context_alloc();
	if (!h->context)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	heif_context_set_max_decoding_threads(h->context, 0);
	e = heif_context_read_from_memory_without_copy(h->context, src->p, src->n, NULL);
	if (e.code == heif_error_Ok)
		e = heif_context_get_primary_image_handle(h->context, &h->handle);
	return e.code == heif_error_Ok ? 0 : fail(err, e);
}

static void read_block(const struct heif_image_handle *handle, heif_item_id id, struct tt_meta *m, uint8_t **bytes)
{
	const char *type = heif_image_handle_get_metadata_type(handle, id);
	const char *content = heif_image_handle_get_metadata_content_type(handle, id);
	size_t n = heif_image_handle_get_metadata_size(handle, id);

	if (n == 0 || n > BLOCK_MAX)
		return;
	*bytes = tt_alloc(n);
	if (!*bytes || heif_image_handle_get_metadata(handle, id, *bytes).code != heif_error_Ok)
		return;
	if (type && !strcmp(type, "Exif"))
		tt_meta_add_exif_box(m, *bytes, n);
	else if (content && !strcmp(content, "application/rdf+xml"))
		tt_meta_add_xmp(m, *bytes, n);
}

static void read_meta(const struct heif_image_handle *handle, struct tt_facts *f)
{
	struct tt_meta m = { NULL, NULL, NULL };
	heif_item_id ids[BLOCKS_MAX];
	uint8_t *bytes[BLOCKS_MAX] = { NULL };
	int n = heif_image_handle_get_list_of_metadata_block_IDs(handle, NULL, ids, BLOCKS_MAX);

	for (int i = 0; i < n; i++)
		read_block(handle, ids[i], &m, &bytes[i]);
	tt_meta_facts(&m, f);
	tt_meta_done(&m);
	for (int i = 0; i < n; i++)
		free(bytes[i]);
}

static int heif_facts(const struct tt_source *src, struct tt_header *out, struct tt_facts *f, struct tt_err *err)
{
	TT_SCOPED(heif_done) struct heif h = { NULL, NULL, NULL };
	int rc = heif_open(&h, src, err);

	if (rc < 0)
		return rc;
	read_meta(h.handle, f);
	out->width = (uint32_t)heif_image_handle_get_width(h.handle);
	out->height = (uint32_t)heif_image_handle_get_height(h.handle);
	out->frames = 1;
	tt_bmff_sequence(src->p, src->n, &out->frames, &out->duration_s);
	return 0;
}

static void keep_profile(const struct heif_image_handle *handle, struct tt_pixels *out)
{
	enum heif_color_profile_type type = heif_image_handle_get_color_profile_type(handle);
	size_t n;

	if (type != heif_color_profile_type_prof && type != heif_color_profile_type_rICC)
		return;
	n = heif_image_handle_get_raw_color_profile_size(handle);
	if (n == 0 || n > ICC_MAX)
		return;
	out->icc = tt_alloc(n);
	if (!out->icc)
		return;
	out->icc_size = n;
	if (heif_image_handle_get_raw_color_profile(handle, out->icc).code != heif_error_Ok) {
		free(out->icc);
		out->icc = NULL;
	}
}

static int copy_rows(const struct heif_image *image, bool alpha, struct tt_pixels *out, struct tt_err *err)
{
	int width = heif_image_get_width(image, heif_channel_interleaved);
	int height = heif_image_get_height(image, heif_channel_interleaved);
	int stride = 0;
	const uint8_t *plane = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
	int rc;

	if (!plane || width <= 0 || height <= 0 || stride < width * (alpha ? 4 : 3))
		return tt_err_set(err, TT_EINVALID, "cannot be decoded: no pixels came out");
	rc = tt_pixels_new(out, (uint32_t)width, (uint32_t)height, err);
	if (rc < 0)
		return rc;
	for (int y = 0; y < height; y++) {
		const uint8_t *from = plane + (size_t)y * (size_t)stride;
		uint8_t *to = out->rgb + (size_t)y * (size_t)width * 3;

		if (alpha)
			tt_pixels_flatten_row(to, from, (size_t)width);
		else
			memcpy(to, from, (size_t)width * 3);
	}
	return 0;
}

static int heif_pixels(const struct tt_source *src, const struct tt_header *header, struct tt_pixels *out,
		       struct tt_err *err)
{
	TT_SCOPED(heif_done) struct heif h = { NULL, NULL, NULL };
	struct heif_decoding_options *options;
	struct heif_error e;
	bool alpha;
	int rc = heif_open(&h, src, err);

	(void)header;
	if (rc < 0)
		return rc;
	alpha = heif_image_handle_has_alpha_channel(h.handle);
	options = heif_decoding_options_alloc();
	if (options)
		options->convert_hdr_to_8bit = 1;
	e = heif_decode_image(h.handle, &h.image, heif_colorspace_RGB,
			      alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options);
	heif_decoding_options_free(options);
	if (e.code != heif_error_Ok)
		return fail(err, e);
	keep_profile(h.handle, out);
	return copy_rows(h.image, alpha, out, err);
}

const struct tt_format tt_format_heif = { heif_facts, heif_pixels, false };
