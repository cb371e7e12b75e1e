/* What takes more than one folder's help: deleting for good (rows, then files) and looking a library over. The rest of
 * an album's life is the store's alone, and http and cli ask it directly. Any thread. */
#ifndef TT_LIBRARY_LIBRARY_H
#define TT_LIBRARY_LIBRARY_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tt_blobs;
struct tt_library;
struct tt_store;

/* Also removes the files that a deletion before a crash left behind. */
int tt_library_open(struct tt_library **out, struct tt_store *store, struct tt_blobs *blobs,
		    struct tt_err *err) TT_CHECKED;
void tt_library_close(struct tt_library *l); /* NULL is fine */

/* Removes the files of what was deleted for good. */
int tt_library_sweep(struct tt_library *l, struct tt_err *err) TT_CHECKED;

/* Deletes for good what is in the trash: these ids, or all of it with ids NULL. */
int tt_library_purge(struct tt_library *l, int64_t owner, const int64_t *ids, size_t n, int64_t now, int64_t *changed,
		     struct tt_err *err) TT_CHECKED;

struct tt_finding {
	bool serious;            /* data is in danger; otherwise it can be made anew */
	const char *what, *todo; /* what is wrong, and what to do about it */
};
struct tt_findings {
	struct tt_finding *rows;
	size_t count;
	int64_t originals, derived; /* looked at */
};
/* Database, originals (there, right size) and derived files. Text in the arena. At most 1,000 findings are kept. */
enum tt_library_check_flags {
	TT_CHECK_HASH = 1 << 0,   /* read every original and compare its content, too */
	TT_CHECK_REPAIR = 1 << 1, /* have made anew what can be */
};
int tt_library_check(struct tt_store *store, struct tt_blobs *blobs, unsigned flags, struct tt_arena *arena,
		     struct tt_findings *out, struct tt_err *err) TT_CHECKED;

#endif
