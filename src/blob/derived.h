/* Where what was derived from an original lies: a key that follows from its content, so that nothing has to be looked
 * up. */
#ifndef TT_BLOB_DERIVED_H
#define TT_BLOB_DERIVED_H

#include <stdint.h>

enum tt_derived { TT_DERIVED_THUMB, TT_DERIVED_PREVIEW, TT_DERIVED_KINDS };

#define TT_DERIVED_KEY_SIZE 128

/* "derived/ab/cd/<sha256 in hex>-thumb.webp" */
void tt_derived_key(enum tt_derived kind, const uint8_t sha256[32], char key[TT_DERIVED_KEY_SIZE]);

/* "derived/ab/cd/<sha256 in hex>-face-<16 hex digits>.webp": the picture of the face in this box (x, y, w, h in
 * fractions, as its row has them). */
void tt_derived_face_key(const uint8_t sha256[32], const float box[4], char key[TT_DERIVED_KEY_SIZE]);
/* "derived/ab/cd" and "derived/ab/cd/<sha256 in hex>-face-": where all of one content are. */
void tt_derived_face_folder(const uint8_t sha256[32], char folder[TT_DERIVED_KEY_SIZE],
			    char prefix[TT_DERIVED_KEY_SIZE]);

#endif
