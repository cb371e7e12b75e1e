/* Where what was derived from an original lies: a key that follows from its content, so that nothing has to be looked
 * up. */
#ifndef TT_BLOB_DERIVED_H
#define TT_BLOB_DERIVED_H

#include <stdint.h>

enum tt_derived { TT_DERIVED_THUMB, TT_DERIVED_PREVIEW, TT_DERIVED_KINDS };

#define TT_DERIVED_KEY_SIZE 96

/* "derived/ab/cd/<sha256 in hex>-thumb.webp" */
void tt_derived_key(enum tt_derived kind, const uint8_t sha256[32], char key[TT_DERIVED_KEY_SIZE]);

#endif
