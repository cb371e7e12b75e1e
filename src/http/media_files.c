/* Originals and what was derived from them, as files: never in memory, with ranges. Their bytes never change, since
 * they belong to a content hash; so they may be kept for ever and ETags need no look at the disk. */
#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"
#include "blob/blob.h"
#include "blob/derived.h"
#include "http/context.h"
#include "http/disposition.h"
#include "http/range.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"
#include "store/faces.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Types that browsers show but never run. Anything else goes out as bytes. */
static const char *safe_type(const char *mime)
{
	if (strncmp(mime, "video/", 6) == 0 || (strncmp(mime, "image/", 6) == 0 && !strstr(mime, "svg")))
		return mime;
	return "application/octet-stream";
}

/* Sends fd (taken over through *fd) whole, in part, or not at all when the client has it already. */
static int reply_file(struct tt_req *rq, struct tt_res *rs, int *fd, const char *etag, const char *type,
		      struct tt_err *err)
{
	struct tt_str range_header = tt_req_header(rq, "Range"), if_range = tt_req_header(rq, "If-Range");
	struct tt_range range;
	struct stat st;
	int rc;

	if (fstat(*fd, &st) < 0 || !S_ISREG(st.st_mode))
		return tt_err_set(err, TT_EIO, "cannot read the file of photo %lld", (long long)rq->path_id);
	if (if_range.len > 0 && !tt_str_is(if_range, etag))
		range_header.len = 0;
	range = tt_range_parse(range_header, (uint64_t)st.st_size);
	if (range.kind == TT_RANGE_BAD) {
		tt_res_error(rq, rs, 416, "bad_range", "the file is shorter than the range that was asked for");
		return tt_res_headerf(rq, rs, err, "Content-Range", "bytes */%lld", (long long)st.st_size);
	}
	rc = tt_res_header(rs, "Content-Type", type, err);
	if (rc == 0)
		rc = tt_res_header(rs, "Accept-Ranges", "bytes", err);
	if (rc == 0 && range.kind == TT_RANGE_PART)
		rc = tt_res_headerf(rq, rs, err, "Content-Range", "bytes %llu-%llu/%lld",
				    (unsigned long long)range.first,
				    (unsigned long long)(range.first + range.length - 1), (long long)st.st_size);
	if (rc < 0)
		return rc;
	rs->status = range.kind == TT_RANGE_PART ? 206 : 200;
	rs->kind = TT_RES_FILE;
	rs->fd = *fd;
	*fd = -1;
	rs->offset = range.first;
	rs->length = range.length;
	return 0;
}

/* ETag and caching headers; 1 when the client has the file already and the reply is made. */
static int reply_unchanged(struct tt_req *rq, struct tt_res *rs, const char *etag, struct tt_err *err)
{
	int rc = tt_res_header(rs, "ETag", etag, err);

	if (rc == 0)
		rc = tt_res_header(rs, "Cache-Control", "private, max-age=31536000, immutable", err);
	if (rc < 0)
		return rc;
	rs->own_cache = true;
	if (!tt_etag_matches(tt_req_header(rq, "If-None-Match"), tt_str_of(etag)))
		return 0;
	tt_res_empty(rs, 304);
	return 1;
}

/* of: "original", or what was derived and when (it may be made anew). */
static const char *make_etag(struct tt_req *rq, const struct tt_photo *photo, const char *of, int64_t at)
{
	char sha256[TT_SHA256_HEX];

	tt_hex(sha256, photo->sha256, sizeof photo->sha256);
	return tt_arena_printf(&rq->arena, "\"%.32s-%s-%lld\"", sha256, of, (long long)at);
}

static int serve_derived(struct tt_req *rq, struct tt_res *rs, enum tt_derived kind, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = -1;
	char key[TT_DERIVED_KEY_SIZE];
	struct tt_photo photo;
	const char *etag;
	int rc = tt_store_photo(rq->cx->deps.store, rq->user.id, rq->path_id, &rq->arena, &photo, err);

	if (rc < 0)
		return rc;
	tt_derived_key(kind, photo.sha256, key);
	rc = tt_blobs_open(rq->cx->deps.blobs, key, &fd, NULL, err);
	if (rc == TT_ENOTFOUND) {
		rs->code = "not_ready";
		return tt_err_set(err, rc,
				  photo.state == TT_PHOTO_WAITING ? "the photo is still being developed"
								  : "the photo could not be developed");
	}
	if (rc < 0)
		return rc;
	etag = make_etag(rq, &photo, kind == TT_DERIVED_THUMB ? "thumb" : "preview", photo.developed_at);
	if (!etag)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = reply_unchanged(rq, rs, etag, err);
	return rc != 0 ? rc < 0 ? rc : 0 : reply_file(rq, rs, &fd, etag, "image/webp", err);
}

int tt_handle_thumbnail(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	return serve_derived(rq, rs, TT_DERIVED_THUMB, err);
}

int tt_handle_preview(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	return serve_derived(rq, rs, TT_DERIVED_PREVIEW, err);
}

/* Cut out while the photo is decoded; the key follows from the box, and so does the tag. */
int tt_handle_face_thumbnail(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = -1;
	char key[TT_DERIVED_KEY_SIZE];
	struct tt_face_row face;
	uint8_t sha256[32];
	const char *etag;
	int rc = tt_store_face(rq->cx->deps.store, rq->user.id, rq->path_id, &rq->arena, &face, sha256, err);

	if (rc < 0)
		return rc;
	tt_derived_face_key(sha256, (const float[]){ face.box.x, face.box.y, face.box.w, face.box.h }, key);
	rc = tt_blobs_open(rq->cx->deps.blobs, key, &fd, NULL, err);
	if (rc == TT_ENOTFOUND) {
		rs->code = "not_ready";
		return tt_err_set(err, rc, "nobody has looked at this face yet; it is worked on");
	}
	if (rc < 0)
		return rc;
	etag = tt_arena_printf(&rq->arena, "\"%s\"", strrchr(key, '/') + 1);
	if (!etag)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = reply_unchanged(rq, rs, etag, err);
	return rc != 0 ? rc < 0 ? rc : 0 : reply_file(rq, rs, &fd, etag, "image/webp", err);
}

static int open_original(struct tt_req *rq, const struct tt_photo *photo, int *fd, struct tt_err *err)
{
	int rc;

	if (photo->blob_key) {
		rc = tt_blobs_open(rq->cx->deps.blobs, photo->blob_key, fd, NULL, err);
		if (rc == TT_ENOTFOUND)
			return tt_err_set(err, TT_EINTERNAL, "the original of photo %lld is missing",
					  (long long)photo->id);
		return rc;
	}
	*fd = open(photo->in_place_path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return tt_err_set(err, TT_ENOTFOUND, "the original lies outside the library and cannot be opened: %s",
				  strerror(errno));
	return 0;
}

static int disposition(struct tt_req *rq, struct tt_res *rs, const struct tt_photo *photo, struct tt_err *err)
{
	TT_SCOPED(tt_buf_free) struct tt_buf text = { .max = 4096 };
	int64_t download;
	char *value;
	int rc = tt_req_query_i64(rq, "download", 0, 1, 0, &download, err);

	if (rc == 0)
		rc = tt_disposition_write(&text, download, tt_str_of(photo->name), err);
	if (rc < 0)
		return rc;
	value = tt_arena_strndup(&rq->arena, text.p, text.len);
	return value ? tt_res_header(rs, "Content-Disposition", value, err)
		     : tt_err_set(err, TT_ENOMEM, "out of memory");
}

int tt_handle_original(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = -1;
	struct tt_photo photo;
	const char *etag;
	int rc = tt_store_photo(rq->cx->deps.store, rq->user.id, rq->path_id, &rq->arena, &photo, err);

	if (rc == 0)
		rc = open_original(rq, &photo, &fd, err);
	if (rc < 0)
		return rc;
	etag = make_etag(rq, &photo, "original", 0);
	if (!etag)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = reply_unchanged(rq, rs, etag, err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = disposition(rq, rs, &photo, err);
	return rc < 0 ? rc : reply_file(rq, rs, &fd, etag, safe_type(photo.facts.mime), err);
}
