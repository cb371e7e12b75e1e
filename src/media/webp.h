/* WebP by libwebp, for what is derived. Inner header of media. */
#ifndef TT_MEDIA_WEBP_H
#define TT_MEDIA_WEBP_H

#include "media/format.h"

/* *out is malloc()ed. method: 0 quick … 6 small. */
int tt_webp_encode(const uint8_t *rgb, uint32_t width, uint32_t height, int quality, int method, uint8_t **out,
		   size_t *size, struct tt_err *err) TT_CHECKED;

#endif
