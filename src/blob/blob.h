/* Files by key, behind one small interface: a folder today, an object store may follow. Keys are relative paths
 * ("originals/2019/05/ab12-cat.jpg"): no empty, "." or ".." parts, no control characters, at most 512 bytes, and not
 * below "tmp/"; anything else is TT_EINVALID. A file appears whole or not at all and is on disk when commit returns.
 * Any thread; one writer object is used by one thread at a time. Asks TT_FAULT_WRITE and TT_FAULT_FSYNC. */
#ifndef TT_BLOB_BLOB_H
#define TT_BLOB_BLOB_H

#include "base/alloc.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tt_blobs;
struct tt_blob_writer;
typedef int tt_blob_list_fn(void *ctx, const char *key, struct tt_err *err);

/* What a kind of store has to do. Keys are checked before they come here. */
struct tt_blob_ops {
	int (*begin)(struct tt_blobs *b, struct tt_blob_writer **out, struct tt_err *err);
	int (*write)(struct tt_blob_writer *w, const void *p, size_t n, struct tt_err *err);
	int (*sync)(struct tt_blob_writer *w, struct tt_err *err);
	int (*commit)(struct tt_blob_writer *w, const char *key, bool soon, struct tt_err *err);
	void (*end)(struct tt_blob_writer *w);
	int (*open)(struct tt_blobs *b, const char *key, int *fd, int64_t *size, struct tt_err *err);
	int (*size)(struct tt_blobs *b, const char *key, int64_t *size, struct tt_err *err);
	int (*remove)(struct tt_blobs *b, const char *key, struct tt_err *err);
	int (*list)(struct tt_blobs *b, const char *prefix, tt_blob_list_fn *fn, void *ctx, struct tt_err *err);
	int (*flush)(struct tt_blobs *b, struct tt_err *err);
	void (*close)(struct tt_blobs *b);
};

/* The folder is made when missing. Files that a crash left in ROOT/tmp are removed; those of a living process stay. */
int tt_blobs_open_folder(struct tt_blobs **out, const char *root, struct tt_err *err) TT_CHECKED;
void tt_blobs_close(struct tt_blobs *b); /* NULL is fine */
bool tt_blob_key_valid(const char *key);

/* Streaming: begin, write…, then sync (optional: the bytes reach the disk early, so that commit is short) and commit,
 * which replaces what has that key. end() after either outcome: without commit nothing is left behind. */
int tt_blobs_begin(struct tt_blobs *b, struct tt_blob_writer **out, struct tt_err *err) TT_CHECKED;
int tt_blob_write(struct tt_blob_writer *w, const void *p, size_t n, struct tt_err *err) TT_CHECKED;
int tt_blob_sync(struct tt_blob_writer *w, struct tt_err *err) TT_CHECKED;
int tt_blob_commit(struct tt_blob_writer *w, const char *key, struct tt_err *err) TT_CHECKED;
void tt_blob_end(struct tt_blob_writer *w); /* NULL is fine */

static inline void tt_blob_endp(struct tt_blob_writer **w)
{
	tt_blob_end(*w);
}

int tt_blobs_put(struct tt_blobs *b, const char *key, const void *p, size_t n, struct tt_err *err) TT_CHECKED;
/* For what can be made again: on disk, with the folders above it, only after the next tt_blobs_flush(). Waiting once
 * for the files of many photos takes a fifth of the time of waiting for each. Not below the same prefix as files of the
 * above. */
int tt_blobs_put_soon(struct tt_blobs *b, const char *key, const void *p, size_t n, struct tt_err *err) TT_CHECKED;
int tt_blobs_flush(struct tt_blobs *b, struct tt_err *err) TT_CHECKED;
/* A descriptor for reading, close() it; TT_ENOTFOUND. size may be NULL. */
int tt_blobs_open(struct tt_blobs *b, const char *key, int *fd, int64_t *size, struct tt_err *err) TT_CHECKED;
int tt_blobs_size(struct tt_blobs *b, const char *key, int64_t *size, struct tt_err *err) TT_CHECKED;
bool tt_blobs_exists(struct tt_blobs *b, const char *key);
int tt_blobs_remove(struct tt_blobs *b, const char *key, struct tt_err *err) TT_CHECKED; /* TT_ENOTFOUND */
/* Every key below a prefix ("originals", "derived"), for `doctor`. */
int tt_blobs_list(struct tt_blobs *b, const char *prefix, tt_blob_list_fn *fn, void *ctx,
		  struct tt_err *err) TT_CHECKED;

#endif
