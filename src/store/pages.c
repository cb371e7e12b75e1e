/* Pages of photos, newest first. Each begins behind the last of the page before, so that its cost does not depend on
 * how far down it is. Interface: photos.h. */
#include "store/found.h"
#include "store/internal.h"
#include "store/moment.h"

#include "base/clock.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

/* All read alike: $1 owner, $2 $3 cursor, $4 lowest moment, $5 month or 0, $6 limit, $7 class, $8 album, $9 person. The
 * index gives the order; a month is a range of it, a day wider at both ends because months go by the clock on the wall.
 */
#define WHERE " p.owner = $1 AND (p.moment, p.id) < ($2, $3) AND p.moment >= $4 AND ($5 = 0 OR p.month = $5) "
#define ORDER "ORDER BY p.moment DESC, p.id DESC LIMIT $6"

/* A person's photos come from their faces, which know the moment: as many of them as the page needs and no more. */
#define FACES                                                                                                          \
	"SELECT DISTINCT f.photo FROM face f WHERE f.owner = $1 AND f.person = $9 AND f.hidden = 0 AND "               \
	"f.trashed = 0 AND f.moment <= $2 AND f.moment >= $4"
#define IN_ALBUM " ($8 = 0 OR EXISTS (SELECT 1 FROM album_photo a WHERE a.album = $8 AND a.photo = p.id)) AND"

enum {
	Q_TIMELINE,
	Q_CLASS,
	Q_TRASH,
	Q_TRASH_CLASS,
	Q_ALBUM,
	Q_ALBUM_CLASS,
	Q_PERSON,
	Q_PERSON_CLASS,
	Q_OWN,
	Q_OWN_CLASS,
	Q_ALBUM_OWNED,
	Q_COUNT
};
static const char *const queries[Q_COUNT] = {
	[Q_TIMELINE] = "SELECT " TT_SUMMARY_OF_P " FROM photo p WHERE" WHERE "AND p.trashed_at IS NULL " ORDER,
	[Q_CLASS] = "SELECT " TT_SUMMARY_OF_P " FROM photo p WHERE" WHERE
		    "AND p.shown_class = $7 AND p.trashed_at IS NULL " ORDER,
	[Q_TRASH] = "SELECT " TT_SUMMARY_OF_P " FROM photo p WHERE" WHERE "AND p.trashed_at IS NOT NULL " ORDER,
	[Q_TRASH_CLASS] = "SELECT " TT_SUMMARY_OF_P " FROM photo p WHERE" WHERE
			  "AND p.shown_class = $7 AND p.trashed_at IS NOT NULL " ORDER,
	[Q_ALBUM] = "SELECT " TT_SUMMARY_OF_P
		    " FROM album_photo a CROSS JOIN photo p WHERE p.id = a.photo AND a.album = $8 AND" WHERE
		    "AND p.trashed_at IS NULL " ORDER,
	[Q_ALBUM_CLASS] = "SELECT " TT_SUMMARY_OF_P
			  " FROM album_photo a CROSS JOIN photo p WHERE p.id = a.photo AND a.album = $8 "
			  "AND" WHERE "AND p.shown_class = $7 AND p.trashed_at IS NULL " ORDER,
	[Q_PERSON] = "WITH hit (id) AS (" FACES ") SELECT " TT_SUMMARY_OF_P
		     " FROM hit CROSS JOIN photo p WHERE p.id = hit.id AND" IN_ALBUM WHERE
		     "AND p.trashed_at IS NULL " ORDER,
	[Q_PERSON_CLASS] = "WITH hit (id) AS (" FACES ") SELECT " TT_SUMMARY_OF_P
			   " FROM hit CROSS JOIN photo p WHERE p.id = hit.id AND" IN_ALBUM WHERE
			   "AND p.shown_class = $7 AND p.trashed_at IS NULL " ORDER,
	[Q_OWN] = "SELECT " TT_SUMMARY_OF_P " FROM class_photo x CROSS JOIN photo p WHERE p.id = x.photo "
		  "AND x.class = $8 AND x.shown = 1 AND" WHERE "AND p.trashed_at IS NULL " ORDER,
	[Q_OWN_CLASS] = "SELECT " TT_SUMMARY_OF_P " FROM class_photo x CROSS JOIN photo p WHERE p.id = x.photo "
			"AND x.class = $8 AND x.shown = 1 AND" WHERE
			"AND p.shown_class = $7 AND p.trashed_at IS NULL " ORDER,
	[Q_ALBUM_OWNED] = "SELECT count(*) FROM album WHERE owner = $1 AND id = $2",
};

unsigned tt_page_limit(unsigned limit)
{
	return limit < 1 ? 1 : limit > TT_PAGE_MAX ? TT_PAGE_MAX : limit;
}

static void summary_row(struct tt_row *row, void *item)
{
	struct tt_photo_summary *p = item;
	struct tt_stmt *st = row->st;

	p->id = tt_col_i64(st, 0);
	p->moment = tt_col_i64(st, 1);
	p->video = strcmp(tt_col_text(st, 2), "video") == 0;
	p->width = (uint32_t)tt_col_i64(st, 3);
	p->height = (uint32_t)tt_col_i64(st, 4);
	p->taken = tt_row_text(row, 5);
	p->blurhash = tt_row_text(row, 6);
	p->cls = tt_row_class(row, 7);
	p->confidence = tt_row_confidence(row, 8);
	p->state = (enum tt_photo_state)tt_col_i64(st, 9);
	p->duration_s = tt_col_double(st, 10);
	tt_row_sha256(row, 11, p->sha256);
	p->name = tt_row_text(row, 12);
}

int tt_page_of(struct tt_stmt *st, unsigned limit, struct tt_arena *arena, struct tt_photo_page *out,
	       struct tt_err *err)
{
	struct tt_photo_page page = { 0 };
	int rc = tt_rows_all(st, arena, sizeof *page.photos, summary_row, (void **)&page.photos, &page.count, err);

	if (rc < 0)
		return rc;
	page.more = page.count > limit;
	if (page.more) {
		page.count = limit;
		page.next = (struct tt_cursor){ page.photos[limit - 1].moment, page.photos[limit - 1].id };
	}
	*out = page;
	return 0;
}

int tt_album_owned(struct tt_db *db, int64_t owner, int64_t album, struct tt_err *err)
{
	return tt_owned(db, queries[Q_ALBUM_OWNED], owner, album, "no such album", err);
}

/* The moments that photos of a month can have. */
static void month_range(int month, int64_t *low, int64_t *high)
{
	int64_t first, after;

	*low = INT64_MIN;
	*high = INT64_MAX;
	if (month > 0 && tt_days_from_civil(month / 12, month % 12 + 1, 1, &first) &&
	    tt_days_from_civil((month + 1) / 12, (month + 1) % 12 + 1, 1, &after)) {
		*low = (first - 1) * DAY_MS;
		*high = (after + 1) * DAY_MS;
	}
}

static void bind(struct tt_stmt *st, const struct tt_photo_filter *f, struct tt_cursor after, unsigned limit)
{
	int64_t low, high;

	month_range(f->month, &low, &high);
	if (after.id == 0)
		after = (struct tt_cursor){ INT64_MAX, INT64_MAX };
	if (after.moment > high)
		after = (struct tt_cursor){ high, INT64_MAX };
	tt_stmt_i64(st, 1, f->owner);
	tt_stmt_i64(st, 2, after.moment);
	tt_stmt_i64(st, 3, after.id);
	tt_stmt_i64(st, 4, low);
	tt_stmt_i64(st, 5, f->month);
	tt_stmt_i64(st, 6, limit + 1);
	if (f->by_class)
		tt_stmt_text(st, 7, tt_store_class_name(f->cls));
	if (f->album || f->person || f->own_class)
		tt_stmt_i64(st, 8, f->own_class ? f->own_class : f->album);
	if (f->person)
		tt_stmt_i64(st, 9, f->person);
}

int tt_store_photo_page(struct tt_store *s, const struct tt_photo_filter *f, struct tt_cursor after, unsigned limit,
			struct tt_arena *arena, struct tt_photo_page *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int query = (f->person      ? Q_PERSON
		     : f->album     ? Q_ALBUM
		     : f->own_class ? Q_OWN
		     : f->trash     ? Q_TRASH
				    : Q_TIMELINE) +
		    (f->by_class ? 1 : 0);
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0 && f->album)
		rc = tt_album_owned(r.db, f->owner, f->album, err);
	if (rc == 0 && f->person)
		rc = tt_person_owned(r.db, f->owner, f->person, err);
	if (rc == 0 && f->own_class)
		rc = tt_own_class_owned(r.db, f->owner, f->own_class, err);
	if (rc == 0 && f->person && f->trash && !f->album) {
		*out = (struct tt_photo_page){ 0 };
		return 0;
	}
	if (rc == 0)
		rc = tt_db_stmt(r.db, queries[query], &st, err);
	if (rc < 0)
		return rc;
	limit = tt_page_limit(limit);
	bind(st, f, after, limit);
	return tt_page_of(st, limit, arena, out, err);
}
