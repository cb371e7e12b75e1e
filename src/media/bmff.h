/* The few boxes of ISO base media files that libheif does not tell about: the length of an image sequence. Pure. */
#ifndef TT_MEDIA_BMFF_H
#define TT_MEDIA_BMFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tt_box {
	uint32_t type;    /* four characters, big endian */
	const uint8_t *p; /* its payload */
	size_t n;
};

#define TT_BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Takes the next box off the front of (*p, *n); a box cut short gets what is left. False at the end. */
bool tt_box_next(const uint8_t **p, size_t *n, struct tt_box *out);
/* Frames and seconds of the first picture track; leaves both alone when there is none. */
void tt_bmff_sequence(const uint8_t *p, size_t n, uint32_t *frames, double *seconds);

#endif
