#include "blob/derived.h"

#include "base/str.h"

#include <stdio.h>

void tt_derived_key(enum tt_derived kind, const uint8_t sha256[32], char key[TT_DERIVED_KEY_SIZE])
{
	char hex[65];

	tt_hex(hex, sha256, 32);
	(void)snprintf(key, TT_DERIVED_KEY_SIZE, "derived/%.2s/%.2s/%s-%s.webp", hex, hex + 2, hex,
		       kind == TT_DERIVED_THUMB ? "thumb" : "preview");
}
