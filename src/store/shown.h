/* What a photo shows and is found by, computed from facts, guess and labels: the one place that writes it. Both are
 * called in the transaction that changed what they depend on. */
#ifndef TT_STORE_SHOWN_H
#define TT_STORE_SHOWN_H

#include "db/db.h"

/* Shown class and confidence of the owner's photo of this content, then its search words. No such photo: nothing to do.
 */
int tt_shown_update(struct tt_db *db, int64_t owner, const uint8_t sha256[32], struct tt_err *err) TT_CHECKED;

#endif
