/* A stream of bytes becomes a photo of the library.
 *
 * begin, write…, finish, end: the bytes go to a temporary file while they are hashed; what is no picture or video is
 * refused as soon as its head is there; finish() flushes to disk, dedupes by content, puts the file in its place and
 * commits photo and job in one transaction. When finish() returns 0 the photo is safe. One upload is used by one
 * thread; any number run side by side, and of two with the same content one becomes the photo and the other its
 * duplicate. Errors whose code is TT_EINVALID or TT_ETOOBIG are refusals: the message is for the user. */
#ifndef TT_INGEST_INGEST_H
#define TT_INGEST_INGEST_H

#include "base/err.h"
#include "store/photos.h"

struct tt_blobs;
struct tt_ingest;
struct tt_store;
struct tt_upload;

struct tt_ingest_opts {
	int64_t max_file_bytes;   /* conf ingest.max_file_bytes */
	void (*added)(void *ctx); /* after each new photo: there is a job; may be NULL; must not block */
	void *added_ctx;
};

int tt_ingest_open(struct tt_ingest **out, struct tt_store *store, struct tt_blobs *blobs,
		   const struct tt_ingest_opts *opts, struct tt_err *err) TT_CHECKED;
void tt_ingest_close(struct tt_ingest *in); /* NULL is fine; no upload may be under way */

struct tt_ingest_source {
	int64_t owner;
	const char *name; /* as it came, path or not: its last part is kept */
	int64_t mtime_ms; /* of the file; 0: unknown */
	enum tt_priority priority;
	bool restore; /* take it although it was deleted for good */
};

struct tt_ingested {
	bool duplicate; /* the photo was there already */
	bool trashed;   /* … and lies in the trash */
	int64_t photo;
};

int tt_ingest_begin(struct tt_ingest *in, const struct tt_ingest_source *source, struct tt_upload **out,
		    struct tt_err *err) TT_CHECKED;
int tt_upload_write(struct tt_upload *u, const void *p, size_t n, struct tt_err *err) TT_CHECKED;
int tt_upload_finish(struct tt_upload *u, int64_t now, struct tt_ingested *out, struct tt_err *err) TT_CHECKED;
void tt_upload_end(struct tt_upload *u); /* after finish or instead of it: nothing unfinished stays; NULL is fine */

static inline void tt_upload_endp(struct tt_upload **u)
{
	tt_upload_end(*u);
}

/* A file of this machine. in_place: it stays where it is and only its path is kept. A file whose path, size and time of
 * change are known is not read again (out->duplicate). source.name is not looked at. */
int tt_ingest_file(struct tt_ingest *in, const struct tt_ingest_source *source, const char *path, bool in_place,
		   int64_t now, struct tt_ingested *out, struct tt_err *err) TT_CHECKED;

#endif
