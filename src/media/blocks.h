/* EXIF and XMP blocks that exiv2 0.27 does not find in their containers: PNG's eXIf chunk, XMP in GIF, and XMP in a
 * JPEG whose EXIF is broken. Pure; the views borrow from the file. */
#ifndef TT_MEDIA_BLOCKS_H
#define TT_MEDIA_BLOCKS_H

#include "media/media.h"

struct tt_blocks {
	const uint8_t *exif, *xmp; /* NULL: not there */
	size_t exif_size, xmp_size;
	uint8_t *owned;
};

void tt_blocks_find(enum tt_media_type type, const uint8_t *p, size_t n, struct tt_blocks *out);

void tt_blocks_done(struct tt_blocks *b);

#endif
