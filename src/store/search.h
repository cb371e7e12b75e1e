/* Search by words over persons, labels, shown class, name, camera, lens, description, keywords, year and month; how a
 * query is read stands in search_words.h. Errors: see store.h. */
#ifndef TT_STORE_SEARCH_H
#define TT_STORE_SEARCH_H

#include "store/photos.h"

#define TT_SEARCH_MAX 200 /* bytes of a query */

/* Newest first. A query without any word finds nothing. person: who must be on the photos, 0 for anybody; TT_ENOTFOUND
 * when the owner has no such person. TT_EINVALID: too long or not UTF-8. */
int tt_store_search(struct tt_store *s, int64_t owner, const char *query, int64_t person, struct tt_cursor after,
		    unsigned limit, struct tt_arena *arena, struct tt_photo_page *out, struct tt_err *err) TT_CHECKED;

#endif
