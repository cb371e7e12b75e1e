/* Albums made by hand, and the smart ones. Photos in the trash are in no album's count. Errors: see store.h. */
#ifndef TT_STORE_ALBUMS_H
#define TT_STORE_ALBUMS_H

#include "store/class.h"
#include "store/store.h"

struct tt_album {
	int64_t id;
	const char *name;
	int64_t created_at, count;
	int64_t cover; /* chosen, else the newest photo in it; 0 when it is empty */
};
int tt_store_albums(struct tt_store *s, int64_t owner, struct tt_arena *arena, struct tt_album **out, size_t *count,
		    struct tt_err *err) TT_CHECKED; /* by name */
int tt_store_album(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_album *out,
		   struct tt_err *err) TT_CHECKED;
int tt_store_album_add(struct tt_store *s, int64_t owner, const char *name, int64_t now, int64_t *id,
		       struct tt_err *err) TT_CHECKED;
/* name NULL and cover 0 leave things as they are. The cover must be in the album: TT_ENOTFOUND. */
int tt_store_album_change(struct tt_store *s, int64_t owner, int64_t id, const char *name, int64_t cover,
			  struct tt_err *err) TT_CHECKED;
int tt_store_album_delete(struct tt_store *s, int64_t owner, int64_t id, struct tt_err *err) TT_CHECKED;
/* Ids that are unknown, or in the album (not in it) already, do not count. */
int tt_store_album_put(struct tt_store *s, int64_t owner, int64_t id, const int64_t *photos, size_t n, int64_t now,
		       int64_t *changed, struct tt_err *err) TT_CHECKED;
int tt_store_album_take(struct tt_store *s, int64_t owner, int64_t id, const int64_t *photos, size_t n,
			int64_t *changed, struct tt_err *err) TT_CHECKED;

struct tt_smart_album {
	int cls; /* TT_NO_CLASS in the last */
	int64_t count;
	int64_t cover;     /* newest photo; 0 = empty */
	double confidence; /* mean over the photos that a guess put here; negative: none did */
};
#define TT_SMART_ALBUMS (TT_STORE_CLASSES + 1)
/* The five in order, then what is unclassified. */
int tt_store_smart_albums(struct tt_store *s, int64_t owner, struct tt_smart_album out[TT_SMART_ALBUMS],
			  struct tt_err *err) TT_CHECKED;

#endif
