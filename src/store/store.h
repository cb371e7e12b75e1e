/* The library's rows: the only place with SQL. One handle, used from any thread: readers run side by side on
 * connections from a pool, writers one after the other. Photos, facts, albums, jobs … have headers of their own in this
 * folder.
 *
 * Calls return 0 or a negative tt_code; outputs are set on success only. Lists are arrays in the caller's arena, their
 * text too; absent text is NULL. Every query that a user starts names the owner: rows of others are TT_ENOTFOUND.
 * Times are milliseconds since 1970 UTC and handed in by the caller. What was written is on disk when the call returns.
 */
#ifndef TT_STORE_STORE_H
#define TT_STORE_STORE_H

#include "base/alloc.h"
#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tt_store;

struct tt_store_opts {
	unsigned readers; /* conf store.readers: connections that read side by side; 0 = 4 */
	unsigned busy_ms; /* conf store.busy_ms: how long to wait for another process's write; 0 = 10000 */
};

/* Opens (and makes or migrates) the database file, usually LIBRARY/tintype.db. opts may be NULL. */
int tt_store_open(struct tt_store **out, const char *path, const struct tt_store_opts *opts,
		  struct tt_err *err) TT_CHECKED;
void tt_store_close(struct tt_store *s); /* NULL is fine; no call may be under way */

static inline void tt_store_closep(struct tt_store **s)
{
	tt_store_close(*s);
}

int tt_store_ping(struct tt_store *s, struct tt_err *err) TT_CHECKED; /* can it be read? for /healthz */

/* For `doctor`: the file's own integrity, references, counters and shown classes. Lines of complaint, none when sound.
 */
struct tt_complaints {
	const char **lines;
	size_t count;
};
int tt_store_check(struct tt_store *s, struct tt_arena *arena, struct tt_complaints *out,
		   struct tt_err *err) TT_CHECKED;
/* A consistent copy of the database in a new file, while the server runs. */
int tt_store_backup(struct tt_store *s, const char *target, struct tt_err *err) TT_CHECKED;

/* Every original that rows know of, in pages by photo id (start with after = 0), for checking that its file is there.
 */
struct tt_original {
	int64_t photo;
	const char *blob_key; /* NULL when it lies in place */
	const char *in_place_path;
	int64_t bytes;
	uint8_t sha256[32];
	bool developed;
};
int tt_store_originals(struct tt_store *s, int64_t after, unsigned limit, struct tt_arena *arena,
		       struct tt_original **out, size_t *count, struct tt_err *err) TT_CHECKED;
/* Does any photo whose content begins with these bytes of SHA-256 have its original there? */
int tt_store_original_known(struct tt_store *s, const char *blob_key, const uint8_t sha256_head[8], bool *known,
			    struct tt_err *err) TT_CHECKED;

/* Files that have no row any more and are to be removed: rows of a small table, so that a crash forgets none. fn
 * removes the file (a missing one is fine) while the writer's lock is held, so that no import can put it back
 * meanwhile. */
enum tt_removal_kind { TT_REMOVE_ORIGINAL, TT_REMOVE_DERIVED };
/* key: the blob key of an original; the SHA-256 in hex of what was derived from it. */
typedef int tt_removal_fn(void *ctx, enum tt_removal_kind kind, const char *key, struct tt_err *err);
/* Works off all of them; at start and after tt_store_purge() or a gone job. */
int tt_store_removals_run(struct tt_store *s, tt_removal_fn *fn, void *ctx, struct tt_err *err) TT_CHECKED;

#endif
