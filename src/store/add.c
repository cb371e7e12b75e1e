/* New photos, and what is known of a content. Interface: photos.h. */
#include "store/add.h"
#include "store/internal.h"
#include "store/moment.h"
#include "store/photos.h"
#include "store/shown.h"

#include "base/hash.h"

enum { Q_PHOTO_OF, Q_TOMBSTONE_OF, Q_FORGET_TOMBSTONE, Q_KEEP_FILES, Q_ADD, Q_JOB, Q_SOURCE, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_PHOTO_OF] = "SELECT id, trashed_at FROM photo WHERE sha256 = $1 AND owner = $2",
	[Q_TOMBSTONE_OF] = "SELECT count(*) FROM tombstone WHERE sha256 = $1 AND owner = $2",
	[Q_FORGET_TOMBSTONE] = "DELETE FROM tombstone WHERE sha256 = $1 AND owner = $2",
	[Q_KEEP_FILES] =
		"DELETE FROM removal WHERE (kind = 'original' AND key = $1) OR (kind = 'derived' AND key = $2)",
	[Q_ADD] =
		"INSERT INTO photo (owner, sha256, name, blob_key, in_place_path, mime, kind, bytes, added_at, mtime, "
		"moment, month) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
	[Q_JOB] = "INSERT INTO job (photo, kind, priority, run_after) VALUES ($1, 'develop', $2, $3)",
	[Q_SOURCE] = "INSERT INTO source (owner, path, size, mtime_ns, sha256) VALUES ($1, $2, $3, $4, $5) "
		     "ON CONFLICT (owner, path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, "
		     "sha256 = excluded.sha256",
};

/* A statement over a content and its owner, in the order of the table above. */
static int content_stmt(struct tt_db *db, int query, int64_t owner, const uint8_t sha256[32], struct tt_stmt **out,
			struct tt_err *err)
{
	int rc = tt_db_stmt(db, queries[query], out, err);

	if (rc == 0) {
		tt_stmt_blob(*out, 1, sha256, 32);
		tt_stmt_i64(*out, 2, owner);
	}
	return rc;
}

static int deleted(struct tt_db *db, int64_t owner, const uint8_t sha256[32], int64_t *out, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = content_stmt(db, Q_TOMBSTONE_OF, owner, sha256, &st, err);

	return rc < 0 ? rc : tt_rows_number(st, out, err);
}

int tt_known(struct tt_db *db, int64_t owner, const uint8_t sha256[32], struct tt_known_photo *out, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t tombstones = 0;
	int rc = content_stmt(db, Q_PHOTO_OF, owner, sha256, &st, err);

	if (rc == 0)
		rc = tt_stmt_step(st, err);
	if (rc > 0) {
		*out = (struct tt_known_photo){ TT_KNOWN_DUPLICATE, tt_col_i64(st, 0), !tt_col_is_null(st, 1) };
		return 0;
	}
	if (rc == 0)
		rc = deleted(db, owner, sha256, &tombstones, err);
	if (rc == 0)
		*out = (struct tt_known_photo){ .known = tombstones ? TT_KNOWN_DELETED : TT_KNOWN_NOT };
	return rc;
}

int tt_store_photo_known(struct tt_store *s, int64_t owner, const uint8_t sha256[32], struct tt_known_photo *out,
			 struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	int rc = tt_read_begin(&r, s, err);

	return rc < 0 ? rc : tt_known(r.db, owner, sha256, out, err);
}

static int forget_tombstone(struct tt_db *db, const struct tt_new_photo *p, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = content_stmt(db, Q_FORGET_TOMBSTONE, p->owner, p->sha256, &st, err);

	return rc < 0 ? rc : tt_stmt_run(st, err);
}

static int keep_files(struct tt_db *db, const struct tt_new_photo *p, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	char hex[TT_SHA256_HEX];
	int rc = tt_db_stmt(db, queries[Q_KEEP_FILES], &st, err);

	if (rc < 0)
		return rc;
	tt_hex(hex, p->sha256, sizeof p->sha256);
	tt_stmt_text(st, 1, p->blob_key);
	tt_stmt_text(st, 2, hex);
	return tt_stmt_run(st, err);
}

static int add_photo(struct tt_db *db, const struct tt_new_photo *p, int64_t *id, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_moment moment = tt_moment_of(NULL, NULL, NULL, p->mtime);
	int rc = tt_db_stmt(db, queries[Q_ADD], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, p->owner);
	tt_stmt_blob(st, 2, p->sha256, 32);
	tt_stmt_text(st, 3, p->name);
	tt_stmt_text(st, 4, p->blob_key);
	tt_stmt_text(st, 5, p->in_place_path);
	tt_stmt_text(st, 6, p->mime);
	tt_stmt_text(st, 7, p->video ? "video" : "photo");
	tt_stmt_i64(st, 8, p->bytes);
	tt_stmt_i64(st, 9, p->now);
	tt_stmt_i64(st, 10, p->mtime);
	tt_stmt_i64(st, 11, moment.ms);
	tt_stmt_i64(st, 12, moment.month);
	return tt_rows_number(st, id, err);
}

static int add_job(struct tt_db *db, const struct tt_new_photo *p, int64_t photo, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_JOB], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_i64(st, 2, p->priority);
	tt_stmt_i64(st, 3, p->now);
	return tt_stmt_run(st, err);
}

static int put_source(struct tt_db *db, const struct tt_new_photo *p, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc;

	if (!p->source_path)
		return 0;
	rc = tt_db_stmt(db, queries[Q_SOURCE], &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, p->owner);
	tt_stmt_text(st, 2, p->source_path);
	tt_stmt_i64(st, 3, p->source_size);
	tt_stmt_i64(st, 4, p->source_mtime_ns);
	tt_stmt_blob(st, 5, p->sha256, 32);
	return tt_stmt_run(st, err);
}

static int add_all(struct tt_db *db, const struct tt_new_photo *p, int64_t *id, struct tt_err *err)
{
	int rc = forget_tombstone(db, p, err);

	if (rc == 0)
		rc = keep_files(db, p, err);
	if (rc == 0)
		rc = add_photo(db, p, id, err);
	if (rc == 0)
		rc = add_job(db, p, *id, err);
	return rc < 0 ? rc : tt_shown_update(db, p->owner, p->sha256, err);
}

int tt_store_photo_add(struct tt_store *s, const struct tt_new_photo *p, struct tt_known_photo *out, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	struct tt_known_photo known = { 0 };
	bool add = false;
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = tt_known(w.db, p->owner, p->sha256, &known, err);
	if (rc == 0 && (known.known == TT_KNOWN_NOT || (known.known == TT_KNOWN_DELETED && p->restore))) {
		add = true;
		known = (struct tt_known_photo){ .known = TT_KNOWN_NOT };
		rc = add_all(w.db, p, &known.id, err);
	}
	if (rc == 0)
		rc = put_source(w.db, p, err);
	if (rc == 0 && add && p->place)
		rc = p->place(p->place_ctx, err);
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc < 0)
		return tt_err_ctx(err, "add '%.80s'", p->name);
	*out = known;
	return 0;
}
