/* Inner header of the sniffing: what the parts of tt_media_sniff() share. Pure, any thread. */
#ifndef TT_MEDIA_SNIFF_H
#define TT_MEDIA_SNIFF_H

#include "media/media.h"

/* A TIFF-like head (II*, MM*, BigTIFF, IIRO, IIU …): plain TIFF or one of the camera raws. False when it is neither. */
bool tt_sniff_tiff(const uint8_t *head, size_t n, const char *name, struct tt_sniffed *out);
/* A head with an ISO base media box (ISO 14496-12): HEIF, AVIF, CR3, MP4, QuickTime. *refusal names what is none of
 * ours. */
bool tt_sniff_bmff(const uint8_t *head, size_t n, struct tt_sniffed *out, const char **refusal);
/* What a head that is no picture or video is ("a PDF document"); NULL when unknown. */
const char *tt_sniff_foreign(const uint8_t *head, size_t n);

#endif
