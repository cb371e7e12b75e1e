/* One decoded picture -> all that is derived from it. Inner header of media; one thread at a time. */
#ifndef TT_MEDIA_DERIVE_H
#define TT_MEDIA_DERIVE_H

#include "media/format.h"

/* base: upright, sRGB, of tt_base_size(). Fills thumb, preview, phash and blurhash (DERIVATIVES), the plane (PLANE) and
 * the faces plane (FACES_PLANE, at most faces_side long; 0: TT_FACES_SIDE_MAX) with malloc()ed memory. */
int tt_derive(const struct tt_pixels *base, enum tt_develop_what what, uint32_t faces_side, struct tt_developed *out,
	      struct tt_err *err) TT_CHECKED;

#endif
