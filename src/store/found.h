/* Shared with finish.c: what the networks found on a photo becomes rows, in an open transaction. */
#ifndef TT_STORE_FOUND_H
#define TT_STORE_FOUND_H

#include "db/db.h"
#include "store/faces.h"

int tt_faces_write(struct tt_db *db, int64_t photo, const struct tt_found_faces *found, int64_t now,
		   struct tt_err *err) TT_CHECKED;
/* A faces job for the photo, of this priority. */
int tt_faces_job(struct tt_db *db, int64_t photo, int priority, int64_t now, struct tt_err *err) TT_CHECKED;
/* TT_ENOTFOUND unless the person is the owner's. */
int tt_person_owned(struct tt_db *db, int64_t owner, int64_t person, struct tt_err *err) TT_CHECKED;

#endif
