/* JPEG XL by libjxl (ISO 18181): codestream or boxes. EXIF and XMP stand in boxes of their own, perhaps brotli-packed,
 * which the decoder unpacks. Only the first frame is drawn; the others are counted by their headers. */
#include "media/format.h"

#include "base/alloc.h"
#include "media/meta.h"

#include <jxl/decode.h>
#include <string.h>

enum { BLOCK_MAX = 4 << 20, ICC_MAX = 4 << 20, FRAMES_MAX = 100000 };

struct block {
	uint8_t *p;
	size_t n;
};

struct jxl {
	JxlDecoder *d;
	JxlBasicInfo info;
	struct block exif, xmp, *open;
	bool has_info;
};

static void jxl_done(struct jxl *j)
{
	if (j->d)
		JxlDecoderDestroy(j->d);
	free(j->exif.p);
	free(j->xmp.p);
}

static int jxl_open(struct jxl *j, const struct tt_source *src, int events, struct tt_err *err)
{
	j->d = JxlDecoderCreate(NULL);
	if (!j->d)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (JxlDecoderSubscribeEvents(j->d, events) != JXL_DEC_SUCCESS ||
	    JxlDecoderSetInput(j->d, src->p, src->n) != JXL_DEC_SUCCESS)
		return tt_err_set(err, TT_EINTERNAL, "libjxl does not start");
	JxlDecoderCloseInput(j->d);
	(void)JxlDecoderSetDecompressBoxes(j->d, JXL_TRUE);
	return 0;
}

static void close_block(struct jxl *j)
{
	if (j->open)
		j->open->n -= JxlDecoderReleaseBoxBuffer(j->d);
	j->open = NULL;
}

static void begin_block(struct jxl *j)
{
	JxlBoxType type;

	close_block(j);
	if (JxlDecoderGetBoxType(j->d, type, JXL_TRUE) != JXL_DEC_SUCCESS)
		return;
	if (!memcmp(type, "Exif", 4) && !j->exif.p)
		j->open = &j->exif;
	else if (!memcmp(type, "xml ", 4) && !j->xmp.p)
		j->open = &j->xmp;
	else
		return;
	j->open->p = tt_alloc(BLOCK_MAX);
	j->open->n = j->open->p ? BLOCK_MAX : 0;
	if (!j->open->p || JxlDecoderSetBoxBuffer(j->d, j->open->p, BLOCK_MAX) != JXL_DEC_SUCCESS)
		j->open = NULL;
}

static void read_meta(const struct jxl *j, struct tt_facts *f)
{
	struct tt_meta m = { NULL, NULL, NULL };

	tt_meta_add_exif_box(&m, j->exif.p, j->exif.n);
	tt_meta_add_xmp(&m, j->xmp.p, j->xmp.n);
	tt_meta_facts(&m, f);
	tt_meta_done(&m);
}

static void count_frame(const struct jxl *j, struct tt_header *h)
{
	JxlFrameHeader frame;

	h->frames++;
	if (j->info.have_animation && j->info.animation.tps_numerator > 0 &&
	    JxlDecoderGetFrameHeader(j->d, &frame) == JXL_DEC_SUCCESS)
		h->duration_s += (double)frame.duration * j->info.animation.tps_denominator /
				 j->info.animation.tps_numerator;
}

static int jxl_facts(const struct tt_source *src, struct tt_header *h, struct tt_facts *f, struct tt_err *err)
{
	TT_SCOPED(jxl_done) struct jxl j = { .d = NULL };
	JxlDecoderStatus st = JXL_DEC_SUCCESS;
	int rc = jxl_open(&j, src, JXL_DEC_BASIC_INFO | JXL_DEC_FRAME | JXL_DEC_BOX, err);

	if (rc < 0)
		return rc;
	while (h->frames < FRAMES_MAX) {
		st = JxlDecoderProcessInput(j.d);
		if (st == JXL_DEC_BASIC_INFO)
			j.has_info = JxlDecoderGetBasicInfo(j.d, &j.info) == JXL_DEC_SUCCESS;
		else if (st == JXL_DEC_FRAME)
			count_frame(&j, h);
		else if (st == JXL_DEC_BOX)
			begin_block(&j);
		else if (st == JXL_DEC_BOX_NEED_MORE_OUTPUT)
			close_block(&j);
		else
			break;
	}
	close_block(&j);
	read_meta(&j, f);
	if (!j.has_info)
		return tt_err_set(err, TT_EINVALID, "is a broken JPEG XL file");
	h->width = j.info.xsize; /* the decoder turns: for a quarter the sides change places */
	h->height = j.info.ysize;
	if (j.info.orientation >= JXL_ORIENT_TRANSPOSE) {
		h->width = j.info.ysize;
		h->height = j.info.xsize;
	}
	h->orientation = j.info.orientation > 1 ? (uint8_t)j.info.orientation : 0;
	return 0;
}

static void keep_profile(struct jxl *j, struct tt_pixels *out)
{
	static const JxlPixelFormat rgb = { 3, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0 };
	size_t n;

	if (JxlDecoderGetICCProfileSize(j->d, &rgb, JXL_COLOR_PROFILE_TARGET_DATA, &n) != JXL_DEC_SUCCESS || n == 0 ||
	    n > ICC_MAX)
		return;
	out->icc = tt_alloc(n);
	if (!out->icc)
		return;
	out->icc_size = n;
	if (JxlDecoderGetColorAsICCProfile(j->d, &rgb, JXL_COLOR_PROFILE_TARGET_DATA, out->icc, n) != JXL_DEC_SUCCESS) {
		free(out->icc);
		out->icc = NULL;
	}
}

/* Room for RGBA, of which the RGB is packed afterwards in place. */
static int set_output(struct jxl *j, struct tt_pixels *out, uint32_t width, uint32_t height, struct tt_err *err)
{
	static const JxlPixelFormat rgba = { 4, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0 };
	size_t n;

	if (JxlDecoderImageOutBufferSize(j->d, &rgba, &n) != JXL_DEC_SUCCESS || n != (size_t)width * height * 4)
		return tt_err_set(err, TT_EINVALID, "cannot be decoded");
	free(out->rgb);
	out->rgb = tt_alloc(n);
	if (!out->rgb)
		return tt_pixels_no_memory(err);
	out->width = width;
	out->height = height;
	if (JxlDecoderSetImageOutBuffer(j->d, &rgba, out->rgb, n) != JXL_DEC_SUCCESS)
		return tt_err_set(err, TT_EINVALID, "cannot be decoded");
	return 0;
}

static int jxl_pixels(const struct tt_source *src, const struct tt_header *h, struct tt_pixels *out, struct tt_err *err)
{
	TT_SCOPED(jxl_done) struct jxl j = { .d = NULL };
	int rc = jxl_open(&j, src, JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE, err);

	while (rc == 0) {
		JxlDecoderStatus st = JxlDecoderProcessInput(j.d);

		if (st == JXL_DEC_COLOR_ENCODING)
			keep_profile(&j, out);
		else if (st == JXL_DEC_NEED_IMAGE_OUT_BUFFER)
			rc = set_output(&j, out, h->width, h->height, err);
		else if (st == JXL_DEC_FULL_IMAGE)
			break;
		else
			rc = tt_err_set(err, TT_EINVALID, "is a broken JPEG XL file");
	}
	if (rc == 0)
		tt_pixels_flatten_row(out->rgb, out->rgb, (size_t)out->width * out->height);
	return rc;
}

const struct tt_format tt_format_jxl = { jxl_facts, jxl_pixels, false };
