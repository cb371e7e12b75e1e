/* Months and totals, out of the counters. Interface: photos.h. */
#include "store/found.h"
#include "store/internal.h"

/* $5 person; in the trash ($2) nobody is looked for. */
#define FACE_OF                                                                                                        \
	" f.owner = $1 AND f.person = $5 AND f.hidden = 0 AND f.trashed = 0 AND $2 = 0 AND "                           \
	"($4 = 0 OR EXISTS (SELECT 1 FROM album_photo a WHERE a.album = $4 AND a.photo = f.photo)) "

enum {
	Q_MONTHS,
	Q_MONTHS_CLASS,
	Q_ALBUM,
	Q_ALBUM_CLASS,
	Q_PERSON,
	Q_PERSON_CLASS,
	Q_OWN,
	Q_OWN_CLASS,
	Q_TOTALS,
	Q_ALBUMS,
	Q_COUNT
};
static const char *const queries[Q_COUNT] = {
	[Q_MONTHS] = "SELECT month, sum(photos) FROM tally WHERE owner = $1 AND trashed = $2 "
		     "GROUP BY month HAVING sum(photos) > 0 ORDER BY month DESC",
	[Q_MONTHS_CLASS] =
		"SELECT month, photos FROM tally WHERE owner = $1 AND trashed = $2 AND class = $3 AND photos > 0 "
		"ORDER BY month DESC",
	[Q_ALBUM] = "SELECT p.month, count(*) FROM album_photo a CROSS JOIN photo p "
		    "WHERE p.id = a.photo AND p.owner = $1 AND a.album = $4 AND p.trashed_at IS NULL GROUP BY p.month "
		    "ORDER BY p.month DESC",
	[Q_ALBUM_CLASS] =
		"SELECT p.month, count(*) FROM album_photo a CROSS JOIN photo p WHERE p.id = a.photo AND p.owner = $1 "
		"AND a.album = $4 AND p.trashed_at IS NULL AND p.shown_class = $3 "
		"GROUP BY p.month ORDER BY p.month DESC",
	[Q_PERSON] = "SELECT f.month, count(DISTINCT f.photo) FROM face f WHERE" FACE_OF
		     "GROUP BY f.month ORDER BY f.month DESC",
	[Q_PERSON_CLASS] = "SELECT f.month, count(DISTINCT f.photo) FROM face f CROSS JOIN photo p WHERE" FACE_OF
			   "AND p.id = f.photo AND p.shown_class = $3 GROUP BY f.month ORDER BY f.month DESC",
	[Q_OWN] =
		"SELECT p.month, count(*) FROM class_photo x CROSS JOIN photo p WHERE p.id = x.photo AND p.owner = $1 "
		"AND x.class = $4 AND x.shown = 1 AND p.trashed_at IS NULL GROUP BY p.month ORDER BY p.month DESC",
	[Q_OWN_CLASS] =
		"SELECT p.month, count(*) FROM class_photo x CROSS JOIN photo p WHERE p.id = x.photo AND p.owner = $1 "
		"AND x.class = $4 AND x.shown = 1 AND p.trashed_at IS NULL AND p.shown_class = $3 GROUP BY p.month "
		"ORDER BY p.month DESC",
	[Q_TOTALS] = "SELECT coalesce(sum(CASE trashed WHEN 0 THEN photos - videos END), 0), "
		     "coalesce(sum(CASE trashed WHEN 0 THEN videos END), 0), "
		     "coalesce(sum(CASE trashed WHEN 1 THEN photos END), 0), coalesce(sum(bytes), 0) "
		     "FROM tally WHERE $1 = 0 OR owner = $1",
	[Q_ALBUMS] = "SELECT count(*) FROM album WHERE $1 = 0 OR owner = $1",
};

static void month_row(struct tt_row *row, void *item)
{
	*(struct tt_month_count *)item = (struct tt_month_count){ (int)tt_col_i64(row->st, 0), tt_col_i64(row->st, 1) };
}

int tt_store_months(struct tt_store *s, const struct tt_photo_filter *f, struct tt_arena *arena, struct tt_months *out,
		    struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int query = (f->person      ? Q_PERSON
		     : f->album     ? Q_ALBUM
		     : f->own_class ? Q_OWN
				    : Q_MONTHS) +
		    (f->by_class ? 1 : 0);
	struct tt_months m = { 0 };
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0 && f->album)
		rc = tt_album_owned(r.db, f->owner, f->album, err);
	if (rc == 0 && f->person)
		rc = tt_person_owned(r.db, f->owner, f->person, err);
	if (rc == 0 && f->own_class)
		rc = tt_own_class_owned(r.db, f->owner, f->own_class, err);
	if (rc == 0)
		rc = tt_db_stmt(r.db, queries[query], &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, f->owner);
	if (f->album || f->person || f->own_class)
		tt_stmt_i64(st, 4, f->own_class ? f->own_class : f->album);
	if ((!f->album && !f->own_class) || f->person)
		tt_stmt_i64(st, 2, f->trash && !f->album);
	if (f->person)
		tt_stmt_i64(st, 5, f->person);
	if (f->by_class)
		tt_stmt_text(st, 3, tt_store_class_name(f->cls));
	rc = tt_rows_all(st, arena, sizeof *m.months, month_row, (void **)&m.months, &m.count, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < m.count; i++)
		m.total += m.months[i].count;
	*out = m;
	return 0;
}

static void totals_row(struct tt_row *row, void *item)
{
	*(struct tt_counts *)item = (struct tt_counts){ .photos = tt_col_i64(row->st, 0),
							.videos = tt_col_i64(row->st, 1),
							.trashed = tt_col_i64(row->st, 2),
							.bytes = tt_col_i64(row->st, 3) };
}

int tt_store_counts(struct tt_store *s, int64_t owner, struct tt_counts *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *totals = NULL;
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *albums = NULL;
	struct tt_counts c;
	int rc = tt_read_stmt(&r, s, queries[Q_TOTALS], &totals, err);

	if (rc == 0)
		rc = tt_db_stmt(r.db, queries[Q_ALBUMS], &albums, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(totals, 1, owner);
	tt_stmt_i64(albums, 1, owner);
	rc = tt_rows_one(totals, NULL, totals_row, &c, "no counters", err);
	if (rc == 0)
		rc = tt_rows_number(albums, &c.albums, err);
	if (rc == 0)
		*out = c;
	return rc;
}
