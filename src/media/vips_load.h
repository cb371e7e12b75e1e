/* libvips for PNG, WebP, GIF, TIFF and CMYK JPEG. Inner header of media. */
#ifndef TT_MEDIA_VIPS_LOAD_H
#define TT_MEDIA_VIPS_LOAD_H

#include "media/format.h"

int tt_vips_start(struct tt_err *err) TT_CHECKED;
/* A whole file of one of these kinds; the size limits were checked by the caller. */
int tt_vips_pixels(const uint8_t *p, size_t n, struct tt_pixels *out, struct tt_err *err) TT_CHECKED;

#endif
