/* Checks keys and hands on to the kind of store. Interface: blob.h. */
#include "blob/internal.h"

#include "base/str.h"

#include <string.h>
#include <unistd.h>

#define KEY_MAX 512
#define PART_MAX 255

bool tt_blob_key_valid(const char *key)
{
	struct tt_str rest = tt_str_of(key), part;

	if (rest.len == 0 || rest.len > KEY_MAX || key[rest.len - 1] == '/' || strncmp(key, "tmp/", 4) == 0)
		return false;
	for (size_t i = 0; i < rest.len; i++)
		if ((unsigned char)key[i] < 0x20 || key[i] == 0x7f)
			return false;
	while (tt_str_split(&rest, '/', &part))
		if (part.len == 0 || part.len > PART_MAX || tt_str_is(part, ".") || tt_str_is(part, ".."))
			return false;
	return true;
}

static int check(const char *key, struct tt_err *err)
{
	return tt_blob_key_valid(key)
		       ? 0
		       : tt_err_set(err, TT_EINVALID, "file key '%.100s' is not allowed", key ? key : "");
}

void tt_blobs_close(struct tt_blobs *b)
{
	if (b)
		b->ops->close(b);
}

int tt_blobs_begin(struct tt_blobs *b, struct tt_blob_writer **out, struct tt_err *err)
{
	return b->ops->begin(b, out, err);
}

int tt_blob_write(struct tt_blob_writer *w, const void *p, size_t n, struct tt_err *err)
{
	return w->ops->write(w, p, n, err);
}

int tt_blob_sync(struct tt_blob_writer *w, struct tt_err *err)
{
	return w->ops->sync(w, err);
}

int tt_blob_commit(struct tt_blob_writer *w, const char *key, struct tt_err *err)
{
	int rc = check(key, err);

	return rc < 0 ? rc : w->ops->commit(w, key, false, err);
}

void tt_blob_end(struct tt_blob_writer *w)
{
	if (w)
		w->ops->end(w);
}

static int put(struct tt_blobs *b, const char *key, const void *p, size_t n, bool soon, struct tt_err *err)
{
	TT_SCOPED(tt_blob_endp) struct tt_blob_writer *w = NULL;
	int rc = check(key, err);

	if (rc == 0)
		rc = tt_blobs_begin(b, &w, err);
	if (rc == 0)
		rc = tt_blob_write(w, p, n, err);
	return rc < 0 ? rc : w->ops->commit(w, key, soon, err);
}

int tt_blobs_put(struct tt_blobs *b, const char *key, const void *p, size_t n, struct tt_err *err)
{
	return put(b, key, p, n, false, err);
}

int tt_blobs_put_soon(struct tt_blobs *b, const char *key, const void *p, size_t n, struct tt_err *err)
{
	return put(b, key, p, n, true, err);
}

int tt_blobs_flush(struct tt_blobs *b, struct tt_err *err)
{
	return b->ops->flush(b, err);
}

int tt_blobs_open(struct tt_blobs *b, const char *key, int *fd, int64_t *size, struct tt_err *err)
{
	int64_t unused;
	int rc = check(key, err);

	return rc < 0 ? rc : b->ops->open(b, key, fd, size ? size : &unused, err);
}

int tt_blobs_size(struct tt_blobs *b, const char *key, int64_t *size, struct tt_err *err)
{
	int rc = check(key, err);

	return rc < 0 ? rc : b->ops->size(b, key, size, err);
}

bool tt_blobs_exists(struct tt_blobs *b, const char *key)
{
	int64_t size;

	return tt_blobs_size(b, key, &size, NULL) == 0;
}

int tt_blobs_remove(struct tt_blobs *b, const char *key, struct tt_err *err)
{
	int rc = check(key, err);

	return rc < 0 ? rc : b->ops->remove(b, key, err);
}

int tt_blobs_list(struct tt_blobs *b, const char *prefix, tt_blob_list_fn *fn, void *ctx, struct tt_err *err)
{
	int rc = check(prefix, err);

	return rc < 0 ? rc : b->ops->list(b, prefix, fn, ctx, err);
}
