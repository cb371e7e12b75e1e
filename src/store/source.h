/* Files that were imported before, so that a second import of the same folder reads only what is new. See
 * tt_new_photo.source_path for the writing side. Errors: see store.h. */
#ifndef TT_STORE_SOURCE_H
#define TT_STORE_SOURCE_H

#include "store/photos.h"

/* TT_KNOWN_NOT: unknown, changed, or its photo is gone; the file must be read. */
int tt_store_source_known(struct tt_store *s, int64_t owner, const char *path, int64_t size, int64_t mtime_ns,
			  struct tt_known_photo *out, struct tt_err *err) TT_CHECKED;

#endif
