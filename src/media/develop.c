/* One file -> facts, derivatives and plane: sniff, map, read the header, check the limits, decode once, derive. */
#include "media/media.h"

#include "base/alloc.h"
#include "media/blocks.h"
#include "media/colour.h"
#include "media/derive.h"
#include "media/format.h"
#include "media/meta.h"
#include "media/resample.h"
#include "media/vips_load.h"

#include <errno.h>
#include <gexiv2/gexiv2.h>
#include <libavutil/log.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct tt_format *const formats[TT_MEDIA_TYPES] = {
	[TT_MEDIA_JPEG] = &tt_format_jpeg,   [TT_MEDIA_PNG] = &tt_format_vips,  [TT_MEDIA_WEBP] = &tt_format_vips,
	[TT_MEDIA_GIF] = &tt_format_vips,    [TT_MEDIA_TIFF] = &tt_format_vips, [TT_MEDIA_HEIC] = &tt_format_heif,
	[TT_MEDIA_AVIF] = &tt_format_heif,   [TT_MEDIA_JXL] = &tt_format_jxl,   [TT_MEDIA_RAW] = &tt_format_raw,
	[TT_MEDIA_VIDEO] = &tt_format_video,
};

/* What the libraries have to say about a broken file is in the error already. */
static void keep_quiet(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
	(void)domain;
	(void)level;
	(void)message;
	(void)data;
}

int tt_media_init(struct tt_err *err)
{
	(void)g_log_set_default_handler(keep_quiet, NULL);
	if (!gexiv2_initialize())
		return tt_err_set(err, TT_EINTERNAL, "gexiv2 does not start");
	gexiv2_log_set_level(GEXIV2_LOG_LEVEL_MUTE);
	av_log_set_level(AV_LOG_QUIET);
	return tt_vips_start(err);
}

static void source_done(struct tt_source *src)
{
	if (src->p)
		munmap((void *)src->p, src->n);
}

static int source_open(struct tt_source *src, int fd, const char *name, struct tt_err *err)
{
	uint8_t head[TT_SNIFF_BYTES];
	struct stat st;
	ssize_t n;
	void *p;
	int rc;

	n = pread(fd, head, sizeof head, 0);
	if (n < 0 || fstat(fd, &st) < 0)
		return tt_err_set(err, TT_EIO, "cannot be read: %s", strerror(errno));
	rc = tt_media_sniff(head, (size_t)n, name, &src->sniffed, err);
	if (rc < 0)
		return rc;
	src->fd = fd;
	src->n = (size_t)st.st_size;
	if (src->sniffed.type == TT_MEDIA_VIDEO)
		return 0;
	p = mmap(NULL, src->n, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return tt_err_set(err, errno == ENOMEM ? TT_ETOOBIG : TT_EIO, "cannot be mapped: %s", strerror(errno));
	src->p = p;
	return 0;
}

/* Whether the format's own reader finds the tags. */
static bool has_own_tags(enum tt_media_type type)
{
	return type == TT_MEDIA_VIDEO || type == TT_MEDIA_JXL || type == TT_MEDIA_HEIC || type == TT_MEDIA_AVIF;
}

static void read_tags(const struct tt_source *src, struct tt_meta *m, struct tt_facts *f)
{
	struct tt_blocks blocks;

	tt_meta_open(m, src->p, src->n);
	tt_blocks_find(src->sniffed.type, src->p, src->n, &blocks);
	tt_meta_add_exif(m, blocks.exif, blocks.exif_size);
	tt_meta_add_xmp(m, blocks.xmp, blocks.xmp_size);
	tt_meta_facts(m, f);
	tt_blocks_done(&blocks);
}

/* Facts from tags and header. A picture whose header is broken still tells what its tags say: *header_rc keeps why. */
static int read_facts(const struct tt_source *src, struct tt_header *h, struct tt_facts *f, int *header_rc,
		      struct tt_err *err)
{
	const struct tt_format *format = formats[src->sniffed.type];
	struct tt_meta m = { NULL, NULL, NULL };

	if (!has_own_tags(src->sniffed.type))
		read_tags(src, &m, f);
	*header_rc = format->facts(src, h, f, err);
	if (*header_rc < 0 && (src->sniffed.type == TT_MEDIA_HEIC || src->sniffed.type == TT_MEDIA_AVIF))
		read_tags(src, &m, f);
	if (*header_rc < 0 && src->sniffed.type != TT_MEDIA_RAW)
		tt_meta_size(&m, &h->width, &h->height);
	tt_meta_done(&m);
	snprintf(f->mime, sizeof f->mime, "%s", src->sniffed.mime);
	if (f->orientation == 0)
		f->orientation = h->orientation;
	h->turn = format->exif_turns ? f->orientation : 0;
	f->width = h->turn >= 5 ? h->height : h->width;
	f->height = h->turn >= 5 ? h->width : h->height;
	f->frames = h->frames;
	f->duration_s = h->duration_s;
	return *header_rc < 0 && f->width == 0 && tt_meta_is_empty(f) ? *header_rc : 0;
}

/* The picture everything is derived from: of the base size, sRGB, upright. */
static int read_base(const struct tt_source *src, const struct tt_header *h, struct tt_pixels *base, struct tt_err *err)
{
	TT_SCOPED(tt_pixels_done) struct tt_pixels px = { .rgb = NULL };
	uint32_t width, height;
	int rc = formats[src->sniffed.type]->pixels(src, h, &px, err);

	if (rc < 0)
		return rc;
	tt_base_size(px.width, px.height, &width, &height);
	rc = tt_pixels_new(base, width, height, err);
	if (rc == 0)
		rc = tt_resample(&px, width, height, base->rgb, err);
	if (rc < 0)
		return rc;
	base->icc = tt_take(px.icc);
	base->icc_size = px.icc_size;
	tt_colour_to_srgb(base);
	return formats[src->sniffed.type]->exif_turns ? tt_pixels_turn(base, h->turn, err) : 0;
}

static int develop(const struct tt_source *src, enum tt_develop_what what, struct tt_developed *out, struct tt_err *err)
{
	TT_SCOPED(tt_pixels_done) struct tt_pixels base = { .rgb = NULL };
	struct tt_header h = { .width = 0 };
	struct tt_err header_err = { 0 };
	int header_rc, rc = read_facts(src, &h, &out->facts, &header_rc, &header_err);

	if (rc == 0 && header_rc < 0 && (what & ~TT_DEVELOP_FACTS))
		rc = header_rc;
	if (rc < 0) {
		*err = header_err;
		return rc;
	}
	if (!(what & ~TT_DEVELOP_FACTS))
		return 0;
	rc = tt_check_size(src->limits, h.width, h.height, err);
	if (rc == 0)
		rc = read_base(src, &h, &base, err);
	if (rc == 0)
		rc = tt_derive(&base, what, src->limits->faces_side, out, err);
	return rc;
}

int tt_media_develop(int fd, const char *name, enum tt_develop_what what, const struct tt_media_limits *limits,
		     struct tt_developed *out, struct tt_err *err)
{
	TT_SCOPED(source_done) struct tt_source src = { .fd = -1, .limits = limits };
	TT_SCOPED(tt_developed_done) struct tt_developed d = { .memory = NULL };
	int rc = source_open(&src, fd, name, err);

	if (rc == 0)
		rc = develop(&src, what, &d, err);
	if (rc < 0)
		return rc;
	*out = d;
	d = (struct tt_developed){ .memory = NULL };
	return 0;
}

void tt_developed_done(struct tt_developed *d)
{
	free((void *)d->thumb);
	free((void *)d->preview);
	free((void *)d->plane.rgb);
	free((void *)d->faces_plane.rgb);
	*d = (struct tt_developed){ .memory = NULL };
}
