/* Shrinking of pixels and what follows from small ones. Inner header of media; pure, any thread. */
#ifndef TT_MEDIA_RESAMPLE_H
#define TT_MEDIA_RESAMPLE_H

#include "media/format.h"

/* Catmull-Rom (Keys 1981, a = -1/2), widened by the factor so that nothing aliases; never enlarges. The same size is a
 * plain copy. `to` holds width × height × 3 bytes. */
int tt_resample(const struct tt_pixels *from, uint32_t width, uint32_t height, uint8_t *to,
		struct tt_err *err) TT_CHECKED;

#endif
