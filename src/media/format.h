/* One row per kind of file: how its header is read and how its pixels are. Inner header of media; inside a worker only,
 * one thread at a time. */
#ifndef TT_MEDIA_FORMAT_H
#define TT_MEDIA_FORMAT_H

#include "media/media.h"

struct tt_source {
	int fd;
	const uint8_t *p; /* the whole file; NULL for a video, which is read through fd */
	size_t n;
	struct tt_sniffed sniffed;
	const struct tt_media_limits *limits;
};

/* What the header says. Sizes are what pixels() will give before `turn`, at full size. */
struct tt_header {
	uint32_t width, height;
	uint8_t turn;        /* EXIF orientation still to be applied that the container asks for; 0: none */
	uint8_t orientation; /* as the codestream says, for files without EXIF; 0 absent */
	uint32_t frames;
	double duration_s;
};

/* Packed RGB, 8 bit, alpha already laid on white. Owns both. */
struct tt_pixels {
	uint32_t width, height;
	uint8_t *rgb; /* free() */
	uint8_t *icc; /* profile the values are in; NULL is sRGB; free() */
	size_t icc_size;
};

struct tt_format {
	int (*facts)(const struct tt_source *src, struct tt_header *h, struct tt_facts *f, struct tt_err *err);
	/* At least tt_base_size() large, at most the full size; not yet turned. */
	int (*pixels)(const struct tt_source *src, const struct tt_header *h, struct tt_pixels *out,
		      struct tt_err *err);
	bool exif_turns; /* the EXIF orientation is to be applied to the pixels */
};

extern const struct tt_format tt_format_jpeg, tt_format_vips, tt_format_heif, tt_format_jxl, tt_format_raw,
	tt_format_video;

void tt_pixels_done(struct tt_pixels *px);
/* Room for width × height × 3 bytes, checked. */
int tt_pixels_new(struct tt_pixels *px, uint32_t width, uint32_t height, struct tt_err *err) TT_CHECKED;
/* TT_ETOOBIG: it is the size of the picture, not the state of the machine, and trying again would not help. */
int tt_pixels_no_memory(struct tt_err *err);
/* A row of RGBA (straight alpha) laid on white; to and from may be the same memory. */
void tt_pixels_flatten_row(uint8_t *to, const uint8_t *rgba, size_t count);

/* Turns in place by an EXIF orientation; 0 and 1 do nothing. */
int tt_pixels_turn(struct tt_pixels *px, unsigned orientation, struct tt_err *err) TT_CHECKED;

/* The size every derivative can be made from: the longer side at most TT_PREVIEW_SIDE unless the shorter one would fall
 * below TT_PLANE_SIDE; never enlarged. */
void tt_base_size(uint32_t width, uint32_t height, uint32_t *base_width, uint32_t *base_height);
/* TT_ETOOBIG with a message for the user when over a limit, TT_EINVALID for no size at all. */
int tt_check_size(const struct tt_media_limits *limits, uint64_t width, uint64_t height, struct tt_err *err) TT_CHECKED;

/* Shared by raw.c, whose previews are JPEG files inside a file. */
int tt_jpeg_header(const uint8_t *p, size_t n, uint32_t *width, uint32_t *height, struct tt_err *err) TT_CHECKED;
int tt_jpeg_pixels(const uint8_t *p, size_t n, const struct tt_media_limits *limits, struct tt_pixels *out,
		   struct tt_err *err) TT_CHECKED;

#endif
