/* What is read out of a file of unknown origin: type, facts, derived pictures and pixels.
 *
 * tt_media_sniff() is our own code over the first bytes and safe anywhere. Everything else touches foreign decoders
 * (libvips, LibRaw, libheif, gexiv2, FFmpeg) and runs inside a worker process only (worker/). Pure functions: a file
 * descriptor in, structs out; no database, no network. One thread at a time in a process. */
#ifndef TT_MEDIA_MEDIA_H
#define TT_MEDIA_MEDIA_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tt_media_type {
	TT_MEDIA_NONE,
	TT_MEDIA_JPEG,
	TT_MEDIA_PNG,
	TT_MEDIA_WEBP,
	TT_MEDIA_GIF,
	TT_MEDIA_TIFF,
	TT_MEDIA_HEIC,
	TT_MEDIA_AVIF,
	TT_MEDIA_JXL,
	TT_MEDIA_RAW,   /* any camera raw: CR2, CR3, NEF, ARW, DNG, RAF, ORF, RW2, PEF, … */
	TT_MEDIA_VIDEO, /* MP4, QuickTime, Matroska, AVI, MPEG-TS … */
	TT_MEDIA_TYPES,
};

#define TT_SNIFF_BYTES 4096 /* what tt_media_sniff() wants to see of the head of the file */

struct tt_sniffed {
	enum tt_media_type type;
	const char *mime;      /* "image/jpeg"; static */
	const char *extension; /* "jpg", without dot; for the name of the stored file; static */
};

/* By content; `name` only tells apart what content cannot (a TIFF-like raw). TT_EINVALID with a reason a user
 * understands for anything that is no picture or video ("is a PDF document, not a photo"; "is empty"). */
int tt_media_sniff(const uint8_t *head, size_t n, const char *name, struct tt_sniffed *out,
		   struct tt_err *err) TT_CHECKED;

/* What a file says of itself. Absent facts: empty string, or the has_ flag false, or 0 where 0 cannot be. */
struct tt_facts {
	char mime[32];
	uint32_t width, height; /* upright */
	uint8_t orientation;    /* EXIF tag as stored, 1…8; 0 = absent */
	char taken[20];         /* local wall time "2019-05-04T10:11:12" */
	char subsec[10];        /* digits */
	char offset[7];         /* "+09:00" */
	char offset_source[16]; /* "exif", "xmp", "gps", "utc": where offset came from; empty when offset is */
	bool has_position, has_altitude, has_rating; /* a position of 0,0 is what the file says: show it nowhere */
	double lat, lon;                             /* signed degrees, WGS 84 */
	double alt;                                  /* signed metres */
	char make[64], model[96], lens[128];
	uint32_t iso;
	double f_number, exposure_s, focal_mm;
	int rating; /* -1…5 */
	char description[2048];
	char keywords[2048]; /* joined by '\n' */
	double duration_s;   /* videos, animations with known delays */
	uint32_t frames;     /* 1 for a still; number of frames of an animation; 0 for video */
};

#define TT_THUMB_SIDE 256      /* px, the longer side of the small derivative */
#define TT_PREVIEW_SIDE 1440   /* px, the longer side of the large derivative */
#define TT_PLANE_SIDE 256      /* px, the shorter side of the plane handed to the networks, never enlarged */
#define TT_PLANE_LONG_MAX 1024 /* px: the plane is centre-cropped to this on its longer side (panoramas) */
#define TT_FACES_SIDE_MAX 1440 /* px, the longer side of the plane that faces are looked for in */
#define TT_FACE_CROP_SIDE 160  /* px, side of a face's picture; smaller faces are not enlarged */
#define TT_BLURHASH_SIZE 40    /* blurhash placeholder with NUL (blurha.sh, 4×3 components) */

/* Pixels for the networks: RGB, 8 bit, upright, sRGB, rows packed (3 × width bytes). Borrowed memory. */
struct tt_plane {
	uint32_t width, height;
	const uint8_t *rgb;
};

/* Everything one decode yields. In a worker the byte fields point into malloc()ed memory that tt_developed_done()
 * releases; on the parent's side (worker/worker.h) into a shared mapping that lives as long as the struct. */
struct tt_developed {
	struct tt_facts facts;
	const uint8_t *thumb; /* WebP */
	size_t thumb_size;
	const uint8_t *preview; /* WebP */
	size_t preview_size;
	struct tt_plane plane;
	struct tt_plane faces_plane;
	uint64_t phash; /* DCT perceptual hash of the upright grey picture, 8×8 bits */
	char blurhash[TT_BLURHASH_SIZE];
	void *memory; /* owner's */
	size_t memory_size;
};

enum tt_develop_what {
	TT_DEVELOP_FACTS = 1 << 0,       /* metadata only: header reading, no pixels */
	TT_DEVELOP_DERIVATIVES = 1 << 1, /* thumb, preview, phash, blurhash */
	TT_DEVELOP_PLANE = 1 << 2,       /* RGB plane */
	TT_DEVELOP_FACES_PLANE = 1 << 3, /* RGB plane of limits.faces_side, not cropped */
	TT_DEVELOP_ALL = TT_DEVELOP_FACTS | TT_DEVELOP_DERIVATIVES | TT_DEVELOP_PLANE,
};

struct tt_media_limits {
	uint64_t max_pixels; /* conf media.max_pixels: width × height × frames looked at, before decoding */
	uint32_t max_side;   /* conf media.max_side */
	uint32_t faces_side; /* conf faces.plane_side, at most TT_FACES_SIDE_MAX; 0: that */
};

/* Once per process, before the first develop; drops every loader that is not on the list. */
int tt_media_init(struct tt_err *err) TT_CHECKED;
/* fd is read from its start by pread/mmap or /proc/self/fd; name only for sniffing. TT_EINVALID: broken or unsupported,
 * TT_ETOOBIG: over a limit; the message is for the user. */
int tt_media_develop(int fd, const char *name, enum tt_develop_what what, const struct tt_media_limits *limits,
		     struct tt_developed *out, struct tt_err *err) TT_CHECKED;
/* A square WebP of a box with a margin, cut out of pixels and at most TT_FACE_CROP_SIDE wide; box: x, y, w, h in
 * fractions, may stick out. No foreign bytes are read: safe anywhere, any thread. *out is free()d. TT_EINVALID: no
 * box. */
int tt_media_face_crop(const struct tt_plane *plane, const float box[4], uint8_t **out, size_t *size,
		       struct tt_err *err) TT_CHECKED;
void tt_developed_done(struct tt_developed *d); /* frees memory; zeroed struct is fine */

#endif
