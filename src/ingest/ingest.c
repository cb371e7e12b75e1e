#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "blob/blob.h"
#include "media/media.h"
#include "store/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 256, KEY_NAME_BYTES = 96, KEY_BYTES = 256, COPY_BYTES = 1 << 17 };

struct tt_ingest {
	struct tt_store *store;
	struct tt_blobs *blobs;
	struct tt_ingest_opts opts;
};

struct tt_upload {
	struct tt_ingest *in;
	struct tt_ingest_source source; /* name: our copy below */
	char name[NAME_BYTES];
	struct tt_blob_writer *writer; /* NULL: the file stays in place */
	struct tt_sha256 hash;
	int64_t bytes;
	uint8_t head[TT_SNIFF_BYTES];
	size_t head_bytes;
	struct tt_sniffed sniffed; /* type TT_MEDIA_NONE until the head was looked at */
	/* of a file of this machine */
	const char *path;
	bool in_place;
	struct stat st;
	/* for place(): where it goes */
	char key[KEY_BYTES];
};

int tt_ingest_open(struct tt_ingest **out, struct tt_store *store, struct tt_blobs *blobs,
		   const struct tt_ingest_opts *opts, struct tt_err *err)
{
	struct tt_ingest *in = tt_alloc(sizeof *in);

	if (!in)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	*in = (struct tt_ingest){ store, blobs, *opts };
	*out = in;
	return 0;
}

void tt_ingest_close(struct tt_ingest *in)
{
	free(in);
}

/* ---- names */

/* The last part of a path of any system, as UTF-8. */
static void last_part(char *out, size_t size, const char *name)
{
	const char *last = name;

	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == '\\')
			last = p + 1;
	tt_utf8_copy(out, size, last, strlen(last));
	for (char *p = out; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	if (out[0] == 0)
		tt_utf8_copy(out, size, "unnamed", sizeof "unnamed");
}

static bool keeps(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
	       (unsigned char)c >= 0x80;
}

/* originals/YYYY/MM/<first 16 hex digits>-<name without its ending>.<ending by content> */
static void original_key(struct tt_upload *u, const uint8_t sha256[TT_SHA256_SIZE], int64_t now)
{
	char stem[KEY_NAME_BYTES], hex[17], when[20];
	char *dot;

	tt_utf8_copy(stem, sizeof stem, u->name, strlen(u->name));
	dot = strrchr(stem, '.');
	if (dot && dot != stem)
		*dot = 0;
	for (char *p = stem; *p; p++)
		if (!keeps(*p))
			*p = '_';
	tt_hex(hex, sha256, 8);
	tt_format_wall(u->source.mtime_ms > 0 ? u->source.mtime_ms : now, when);
	if (when[0] == 0)
		tt_format_wall(now, when);
	(void)snprintf(u->key, sizeof u->key, "originals/%.4s/%.2s/%s-%s.%s", when, when + 5, hex, stem,
		       u->sniffed.extension);
}

/* ---- the stream */

static int upload_new(struct tt_ingest *in, const struct tt_ingest_source *source, const char *name, bool in_place,
		      struct tt_upload **out, struct tt_err *err)
{
	TT_SCOPED(tt_upload_endp) struct tt_upload *u = tt_calloc(1, sizeof *u);
	int rc = 0;

	if (!u)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	u->in = in;
	u->source = *source;
	u->in_place = in_place;
	last_part(u->name, sizeof u->name, name);
	tt_sha256_init(&u->hash);
	if (!in_place)
		rc = tt_blobs_begin(in->blobs, &u->writer, err);
	if (rc == 0)
		*out = tt_take(u);
	return rc;
}

int tt_ingest_begin(struct tt_ingest *in, const struct tt_ingest_source *source, struct tt_upload **out,
		    struct tt_err *err)
{
	return upload_new(in, source, source->name, false, out, err);
}

void tt_upload_end(struct tt_upload *u)
{
	if (!u)
		return;
	tt_blob_end(u->writer);
	free(u);
}

static int look_at_head(struct tt_upload *u, struct tt_err *err)
{
	return tt_media_sniff(u->head, u->head_bytes, u->name, &u->sniffed, err);
}

int tt_upload_write(struct tt_upload *u, const void *p, size_t n, struct tt_err *err)
{
	size_t wanted = sizeof u->head - u->head_bytes;

	if (n > (uint64_t)(u->in->opts.max_file_bytes - u->bytes))
		return tt_err_set(err, TT_ETOOBIG, "is larger than %lld bytes (setting ingest.max_file_bytes)",
				  (long long)u->in->opts.max_file_bytes);
	if (wanted && n) {
		wanted = n < wanted ? n : wanted;
		memcpy(u->head + u->head_bytes, p, wanted);
		u->head_bytes += wanted;
		if (u->head_bytes == sizeof u->head && look_at_head(u, err) < 0)
			return err ? err->code : TT_EINVALID;
	}
	tt_sha256_add(&u->hash, p, n);
	u->bytes += (int64_t)n;
	return u->writer ? tt_blob_write(u->writer, p, n, err) : 0;
}

static int place(void *ctx, struct tt_err *err)
{
	struct tt_upload *u = ctx;

	return u->writer ? tt_blob_commit(u->writer, u->key, err) : 0;
}

static struct tt_new_photo describe(struct tt_upload *u, int64_t now)
{
	struct tt_new_photo p = {
		.owner = u->source.owner,
		.name = u->name,
		.blob_key = u->in_place ? NULL : u->key,
		.in_place_path = u->in_place ? u->path : NULL,
		.mime = u->sniffed.mime,
		.video = u->sniffed.type == TT_MEDIA_VIDEO,
		.bytes = u->bytes,
		.now = now,
		.mtime = u->source.mtime_ms > 0 ? u->source.mtime_ms : now,
		.priority = u->source.priority,
		.restore = u->source.restore,
		.place = place,
		.place_ctx = u,
	};

	if (u->path) {
		p.source_path = u->path;
		p.source_size = u->st.st_size;
		p.source_mtime_ns = (int64_t)u->st.st_mtim.tv_sec * 1000000000 + u->st.st_mtim.tv_nsec;
	}
	return p;
}

static int answer(const struct tt_known_photo *known, bool was_known, struct tt_ingested *out, struct tt_err *err)
{
	if (known->known == TT_KNOWN_DELETED)
		return tt_err_set(err, TT_EINVALID, "was deleted for good; ask for it to be restored to take it again");
	*out = (struct tt_ingested){ .duplicate = was_known, .trashed = known->trashed, .photo = known->id };
	return 0;
}

int tt_upload_finish(struct tt_upload *u, int64_t now, struct tt_ingested *out, struct tt_err *err)
{
	struct tt_known_photo known;
	struct tt_new_photo photo;
	int rc = u->sniffed.type == TT_MEDIA_NONE ? look_at_head(u, err) : 0;

	if (rc < 0)
		return rc;
	photo = describe(u, now);
	tt_sha256_end(&u->hash, photo.sha256);
	original_key(u, photo.sha256, now);
	rc = tt_store_photo_known(u->in->store, photo.owner, photo.sha256, &known, err);
	if (rc < 0)
		return rc;
	if (known.known == TT_KNOWN_DUPLICATE && !photo.source_path)
		return answer(&known, true, out, err);
	if (known.known == TT_KNOWN_DELETED && !photo.restore)
		return answer(&known, false, out, err);
	/* The bytes reach the disk before the writer's lock is taken, so that others need not wait for them. */
	if (u->writer && known.known != TT_KNOWN_DUPLICATE)
		rc = tt_blob_sync(u->writer, err);
	if (rc == 0)
		rc = tt_store_photo_add(u->in->store, &photo, &known, err);
	if (rc < 0)
		return rc;
	if (known.known == TT_KNOWN_NOT && u->in->opts.added)
		u->in->opts.added(u->in->opts.added_ctx);
	return answer(&known, known.known == TT_KNOWN_DUPLICATE, out, err);
}

/* ---- files of this machine */

static int copy_in(struct tt_upload *u, int fd, struct tt_err *err)
{
	TT_SCOPED(tt_freep) char *chunk = tt_alloc(COPY_BYTES);
	struct stat now;

	if (!chunk)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (;;) {
		ssize_t n = read(fd, chunk, COPY_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tt_err_set(err, TT_EINVALID, "cannot be read: %s", strerror(errno));
		if (n == 0)
			break;
		if (tt_upload_write(u, chunk, (size_t)n, err) < 0)
			return err ? err->code : TT_EIO;
	}
	if (fstat(fd, &now) < 0 || now.st_size != u->bytes || now.st_mtim.tv_sec != u->st.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != u->st.st_mtim.tv_nsec)
		return tt_err_set(err, TT_EINVALID, "changed while it was read; import it again when it is complete");
	return 0;
}

static int open_file(const char *path, struct stat *st, int *fd, struct tt_err *err)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		return tt_err_set(err, TT_EIO, "cannot be opened: %s", strerror(errno));
	if (*fd < 0 || fstat(*fd, st) < 0)
		return tt_err_set(err, errno == ENOENT ? TT_ENOTFOUND : TT_EINVALID, "cannot be opened: %s",
				  strerror(errno));
	if (S_ISDIR(st->st_mode))
		return tt_err_set(err, TT_EINVALID, "is a folder that cannot be read");
	if (!S_ISREG(st->st_mode))
		return tt_err_set(err, TT_EINVALID, "is not a regular file");
	return 0;
}

int tt_ingest_file(struct tt_ingest *in, const struct tt_ingest_source *source, const char *path, bool in_place,
		   int64_t now, struct tt_ingested *out, struct tt_err *err)
{
	TT_SCOPED(tt_upload_endp) struct tt_upload *u = NULL;
	TT_SCOPED(tt_closep) int fd = -1;
	TT_SCOPED(tt_freep) char *absolute = realpath(path, NULL);
	struct tt_known_photo known = { 0 };
	struct stat st;
	int rc;

	if (!absolute)
		return tt_err_set(err, TT_ENOTFOUND, "cannot be opened: %s", strerror(errno));
	rc = open_file(absolute, &st, &fd, err);
	if (rc == 0)
		rc = tt_store_source_known(in->store, source->owner, absolute, st.st_size,
					   (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec, &known, err);
	if (rc < 0)
		return rc;
	if (known.known == TT_KNOWN_DUPLICATE)
		return answer(&known, true, out, err);
	rc = upload_new(in, source, path, in_place, &u, err);
	if (rc < 0)
		return rc;
	u->path = absolute;
	u->st = st;
	u->source.mtime_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	rc = copy_in(u, fd, err);
	return rc < 0 ? rc : tt_upload_finish(u, now, out, err);
}
