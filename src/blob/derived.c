#include "blob/derived.h"

#include "base/str.h"

#include <math.h>
#include <stdio.h>

void tt_derived_key(enum tt_derived kind, const uint8_t sha256[32], char key[TT_DERIVED_KEY_SIZE])
{
	char hex[65];

	tt_hex(hex, sha256, 32);
	(void)snprintf(key, TT_DERIVED_KEY_SIZE, "derived/%.2s/%.2s/%s-%s.webp", hex, hex + 2, hex,
		       kind == TT_DERIVED_THUMB ? "thumb" : "preview");
}

/* A box in 65,536ths of the photo: what was stored as a number and read again gives the same. */
static unsigned place(float v)
{
	float at = roundf((v + 0.5F) * 32768);

	return at > 0 ? at < 65535 ? (unsigned)at : 65535 : 0;
}

void tt_derived_face_key(const uint8_t sha256[32], const float box[4], char key[TT_DERIVED_KEY_SIZE])
{
	char hex[65];

	tt_hex(hex, sha256, 32);
	(void)snprintf(key, TT_DERIVED_KEY_SIZE, "derived/%.2s/%.2s/%s-face-%04x%04x%04x%04x.webp", hex, hex + 2, hex,
		       place(box[0]), place(box[1]), place(box[2]), place(box[3]));
}

void tt_derived_face_folder(const uint8_t sha256[32], char folder[TT_DERIVED_KEY_SIZE],
			    char prefix[TT_DERIVED_KEY_SIZE])
{
	char hex[65];

	tt_hex(hex, sha256, 32);
	(void)snprintf(folder, TT_DERIVED_KEY_SIZE, "derived/%.2s/%.2s", hex, hex + 2);
	(void)snprintf(prefix, TT_DERIVED_KEY_SIZE, "derived/%.2s/%.2s/%s-face-", hex, hex + 2, hex);
}
