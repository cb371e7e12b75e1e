/* Shared with source.c: what is known of a content, on an open connection. */
#ifndef TT_STORE_ADD_H
#define TT_STORE_ADD_H

#include "db/db.h"
#include "store/photos.h"

int tt_known(struct tt_db *db, int64_t owner, const uint8_t sha256[32], struct tt_known_photo *out,
	     struct tt_err *err) TT_CHECKED;

#endif
