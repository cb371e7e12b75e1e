#include "store/albums.h"

#include "store/internal.h"

#include <math.h>

#define ALBUM                                                                                                          \
	"SELECT a.id, a.name, a.created_at, (SELECT count(*) FROM album_photo ap JOIN photo p ON p.id = ap.photo "     \
	"WHERE ap.album = a.id AND p.trashed_at IS NULL), "                                                            \
	"coalesce((SELECT p.id FROM album_photo ap JOIN photo p ON p.id = ap.photo WHERE ap.album = a.id "             \
	"AND ap.photo = a.cover AND p.trashed_at IS NULL), "                                                           \
	"(SELECT p.id FROM album_photo ap JOIN photo p ON p.id = ap.photo WHERE ap.album = a.id "                      \
	"AND p.trashed_at IS NULL ORDER BY p.moment DESC, p.id DESC LIMIT 1)) FROM album a WHERE a.owner = $1 "

enum { Q_LIST, Q_GET, Q_ADD, Q_RENAME, Q_COVER, Q_DELETE, Q_PUT, Q_TAKE, Q_SMART, Q_SMART_COVER, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_LIST] = ALBUM "ORDER BY lower(a.name), a.id",
	[Q_GET] = ALBUM "AND a.id = $2",
	[Q_ADD] = "INSERT INTO album (owner, name, created_at) VALUES ($1, $2, $3) RETURNING id",
	[Q_RENAME] = "UPDATE album SET name = $2 WHERE id = $1",
	[Q_COVER] = "UPDATE album SET cover = $2 WHERE id = $1 AND EXISTS (SELECT 1 FROM album_photo "
		    "WHERE album = $1 AND photo = $2)",
	[Q_DELETE] = "DELETE FROM album WHERE id = $1",
	[Q_PUT] = "INSERT INTO album_photo (album, photo, added_at) SELECT $2, id, $4 FROM photo WHERE id = $1 AND "
		  "owner = $3 "
		  "ON CONFLICT (album, photo) DO NOTHING",
	[Q_TAKE] = "DELETE FROM album_photo WHERE photo = $1 AND album = $2",
	[Q_SMART] =
		"SELECT class, sum(photos), sum(guessed), sum(confidence) FROM tally WHERE owner = $1 AND trashed = 0 "
		"GROUP BY class",
	[Q_SMART_COVER] = "SELECT id FROM photo WHERE owner = $1 AND shown_class = $2 AND trashed_at IS NULL "
			  "ORDER BY moment DESC, id DESC LIMIT 1",
};

static void album_row(struct tt_row *row, void *item)
{
	struct tt_album *a = item;

	*a = (struct tt_album){ .id = tt_col_i64(row->st, 0),
				.name = tt_row_text(row, 1),
				.created_at = tt_col_i64(row->st, 2),
				.count = tt_col_i64(row->st, 3),
				.cover = tt_col_i64(row->st, 4) };
}

int tt_store_albums(struct tt_store *s, int64_t owner, struct tt_arena *arena, struct tt_album **out, size_t *count,
		    struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_LIST], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	return tt_rows_all(st, arena, sizeof **out, album_row, (void **)out, count, err);
}

int tt_store_album(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_album *out,
		   struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_GET], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, id);
	return tt_rows_one(st, arena, album_row, out, "no such album", err);
}

int tt_store_album_add(struct tt_store *s, int64_t owner, const char *name, int64_t now, int64_t *id,
		       struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t added = 0;
	int rc = tt_write_stmt(&w, s, queries[Q_ADD], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, name);
	tt_stmt_i64(st, 3, now);
	rc = tt_rows_number(st, &added, err);
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*id = added;
	return rc;
}

static int rename_album(struct tt_db *db, int64_t id, const char *name, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_RENAME], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	tt_stmt_text(st, 2, name);
	return tt_stmt_run(st, err);
}

static int set_cover(struct tt_db *db, int64_t id, int64_t cover, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_COVER], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	tt_stmt_i64(st, 2, cover);
	rc = tt_stmt_run(st, err);
	return rc == 0 && tt_db_changed(db) == 0
		       ? tt_err_set(err, TT_ENOTFOUND, "the cover is not a photo in the album")
		       : rc;
}

/* A transaction on an album of the owner's. */
static int begin_on(struct tt_writing *w, struct tt_store *s, int64_t owner, int64_t id, struct tt_err *err)
{
	int rc = tt_write_begin(w, s, err);

	return rc < 0 ? rc : tt_album_owned(w->db, owner, id, err);
}

int tt_store_album_change(struct tt_store *s, int64_t owner, int64_t id, const char *name, int64_t cover,
			  struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int rc = begin_on(&w, s, owner, id, err);

	if (rc == 0 && name)
		rc = rename_album(w.db, id, name, err);
	if (rc == 0 && cover)
		rc = set_cover(w.db, id, cover, err);
	return rc < 0 ? rc : tt_write_commit(&w, err);
}

int tt_store_album_delete(struct tt_store *s, int64_t owner, int64_t id, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int rc = begin_on(&w, s, owner, id, err);

	if (rc == 0)
		rc = tt_run_id(w.db, queries[Q_DELETE], id, err);
	return rc < 0 ? rc : tt_write_commit(&w, err);
}

int tt_store_album_put(struct tt_store *s, int64_t owner, int64_t id, const int64_t *photos, size_t n, int64_t now,
		       int64_t *changed, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = begin_on(&w, s, owner, id, err);

	if (rc == 0)
		rc = tt_db_stmt(w.db, queries[Q_PUT], &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 2, id);
	tt_stmt_i64(st, 3, owner);
	tt_stmt_i64(st, 4, now);
	return tt_write_each(&w, st, photos, n, changed, err);
}

int tt_store_album_take(struct tt_store *s, int64_t owner, int64_t id, const int64_t *photos, size_t n,
			int64_t *changed, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = begin_on(&w, s, owner, id, err);

	if (rc == 0)
		rc = tt_db_stmt(w.db, queries[Q_TAKE], &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 2, id);
	return tt_write_each(&w, st, photos, n, changed, err);
}

static int smart_cover(struct tt_db *db, int64_t owner, struct tt_smart_album *a, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_SMART_COVER], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, tt_store_class_name(a->cls));
	return tt_rows_number(st, &a->cover, err);
}

int tt_store_smart_albums(struct tt_store *s, int64_t owner, struct tt_smart_album out[TT_SMART_ALBUMS],
			  struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_row row = { 0 };
	int rc = tt_read_stmt(&r, s, queries[Q_SMART], &st, err);

	if (rc < 0)
		return rc;
	for (int i = 0; i < TT_SMART_ALBUMS; i++)
		out[i] = (struct tt_smart_album){ .cls = i < TT_STORE_CLASSES ? i : TT_NO_CLASS, .confidence = -1 };
	tt_stmt_i64(st, 1, owner);
	row.st = st;
	while ((rc = tt_stmt_step(st, err)) > 0) {
		int cls = tt_row_class(&row, 0);
		struct tt_smart_album *a = &out[cls < 0 ? TT_STORE_CLASSES : cls];
		int64_t guessed = tt_col_i64(st, 2);

		a->count = tt_col_i64(st, 1);
		if (guessed > 0) /* a sum of many additions and subtractions may be a hair outside */
			a->confidence = fmin(fmax(tt_col_double(st, 3) / (double)guessed, 0), 1);
	}
	for (int i = 0; rc == 0 && i < TT_SMART_ALBUMS; i++)
		if (out[i].count > 0)
			rc = smart_cover(r.db, owner, &out[i], err);
	return rc;
}
