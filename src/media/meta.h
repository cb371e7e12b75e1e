/* Metadata blocks of a picture -> struct tt_facts, by gexiv2. Owns what gexiv2 parsed; borrows the bytes it was given
 * while open. One thread at a time. What cannot be parsed is as if it were absent: no call fails. */
#ifndef TT_MEDIA_META_H
#define TT_MEDIA_META_H

#include "media/media.h"

struct tt_meta {
	void *file; /* GExiv2Metadata of the whole file */
	void *exif; /* of an EXIF block that stands alone */
	void *xmp;  /* of an XMP packet that stands alone */
};

/* A whole file of a kind that gexiv2 knows. */
void tt_meta_open(struct tt_meta *m, const uint8_t *file, size_t n);
/* A TIFF-like EXIF block and an XMP packet, each taken only if there is none yet. m may be zeroed before. */
void tt_meta_add_exif(struct tt_meta *m, const uint8_t *p, size_t n);
/* The form of HEIF and JPEG XL: the distance to the TIFF header comes first. */
void tt_meta_add_exif_box(struct tt_meta *m, const uint8_t *p, size_t n);
void tt_meta_add_xmp(struct tt_meta *m, const uint8_t *p, size_t n);
void tt_meta_done(struct tt_meta *m); /* zeroed is fine */
/* Fills what the tags say (all but mime, size, duration and frames). */
void tt_meta_facts(const struct tt_meta *m, struct tt_facts *f);
/* Size as the container's header says, before orientation; 0 when unknown. */
void tt_meta_size(const struct tt_meta *m, uint32_t *width, uint32_t *height);
bool tt_meta_is_empty(const struct tt_facts *f);

#endif
