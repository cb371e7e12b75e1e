/* Small fingerprints of a picture. Pure, any thread. */
#ifndef TT_MEDIA_HASHES_H
#define TT_MEDIA_HASHES_H

#include "media/format.h"

/* 64 bits: which of the 8×8 lowest frequencies of the 32×32 grey picture (but the mean) are above their median. */
int tt_phash(const struct tt_pixels *px, uint64_t *out, struct tt_err *err) TT_CHECKED;
/* blurha.sh, 4×3 components. */
void tt_blurhash(const uint8_t *rgb, uint32_t width, uint32_t height, char out[TT_BLURHASH_SIZE]);

#endif
