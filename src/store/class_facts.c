/* What the owner says of photos and classes. Interface: own_classes.h. */
#include "store/internal.h"
#include "store/own_classes.h"

#include <string.h>

/* $1 class, $2 content, $3 owner: what holds of it. */
#define SAID                                                                                                           \
	"(SELECT f.says FROM class_fact f WHERE f.sha256 = $2 AND f.owner = $3 AND f.class = $1 "                      \
	"AND f.undone_at IS NULL ORDER BY f.id DESC LIMIT 1)"
#define ITS_PHOTO "(SELECT id FROM photo WHERE sha256 = $2 AND owner = $3)"

enum { Q_ADD, Q_UNDO, Q_SET, Q_UNSET, Q_DROP, Q_COUNT_UP, Q_LIST, Q_UNSURE, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_ADD] = "INSERT INTO class_fact (owner, class, sha256, says, guessed, at) VALUES ($3, $1, $2, $4, EXISTS "
		  "(SELECT 1 "
		  "FROM class_photo WHERE class = $1 AND photo = " ITS_PHOTO " AND shown = 1 AND said IS NULL), $5) "
		  "RETURNING id",
	[Q_UNDO] = "UPDATE class_fact SET undone_at = $1 WHERE id = $2 AND owner = $3 AND undone_at IS NULL "
		   "RETURNING class, sha256",
	[Q_SET] = "INSERT INTO class_photo (class, photo, said) SELECT $1, p.id, " SAID " FROM photo p "
		  "WHERE p.sha256 = $2 AND p.owner = $3 AND " SAID " IS NOT NULL "
		  "ON CONFLICT (class, photo) DO UPDATE SET said = excluded.said",
	[Q_UNSET] = "UPDATE class_photo SET said = NULL WHERE class = $1 AND photo = " ITS_PHOTO
		    " AND p IS NOT NULL AND " SAID " IS NULL",
	[Q_DROP] = "DELETE FROM class_photo WHERE class = $1 AND photo = " ITS_PHOTO " AND p IS NULL AND " SAID
		   " IS NULL",
	[Q_COUNT_UP] = "UPDATE own_class SET said = said + 1 WHERE id = $1",
	[Q_LIST] = "SELECT f.id, f.class, p.id, f.says, f.at, f.undone_at FROM class_fact f "
		   "LEFT JOIN photo p ON p.sha256 = f.sha256 AND p.owner = f.owner "
		   "WHERE f.owner = $1 AND f.id < $2 AND ($4 = 0 OR f.class = $4) ORDER BY f.id DESC LIMIT $3",
	[Q_UNSURE] = "SELECT " TT_SUMMARY_OF_P " FROM class_photo x CROSS JOIN photo p WHERE p.id = x.photo "
		     "AND x.class = $1 AND x.said IS NULL AND p.owner = $2 AND p.trashed_at IS NULL "
		     "ORDER BY abs(x.p - 0.5), p.id LIMIT $3",
};

/* What is shown follows from the facts, in the same transaction. */
static int settle(struct tt_db *db, int64_t owner, int64_t id, const uint8_t sha256[32], struct tt_err *err)
{
	static const int steps[] = { Q_SET, Q_UNSET, Q_DROP };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < TT_LEN(steps); i++) {
		TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;

		rc = tt_db_stmt(db, queries[steps[i]], &st, err);
		if (rc < 0)
			return rc;
		tt_stmt_i64(st, 1, id);
		tt_stmt_blob(st, 2, sha256, 32);
		tt_stmt_i64(st, 3, owner);
		rc = tt_stmt_run(st, err);
	}
	return rc < 0 ? rc : tt_run_id(db, queries[Q_COUNT_UP], id, err);
}

static int add(struct tt_db *db, int64_t owner, int64_t id, const uint8_t sha256[32], bool says, int64_t now,
	       int64_t *fact, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_ADD], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	tt_stmt_blob(st, 2, sha256, 32);
	tt_stmt_i64(st, 3, owner);
	tt_stmt_i64(st, 4, says);
	tt_stmt_i64(st, 5, now);
	return tt_rows_number(st, fact, err);
}

int tt_store_class_say(struct tt_store *s, int64_t owner, int64_t id, const int64_t *photos, size_t n, bool says,
		       int64_t now, int64_t *facts, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	size_t said = 0;
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = tt_own_class_owned(w.db, owner, id, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		uint8_t sha256[32] = { 0 };

		rc = tt_photo_content(w.db, owner, photos[i], sha256, err);
		if (rc == TT_ENOTFOUND) {
			rc = 0;
			continue;
		}
		if (rc == 0)
			rc = add(w.db, owner, id, sha256, says, now, &facts[said], err);
		if (rc == 0)
			rc = settle(w.db, owner, id, sha256, err);
		said++;
	}
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*count = said;
	return rc;
}

/* 1: undone now; 0: it was already, or there is none. */
static int undo(struct tt_db *db, int64_t owner, int64_t fact, int64_t now, int64_t *id, uint8_t sha256[32],
		struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_UNDO], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, now);
	tt_stmt_i64(st, 2, fact);
	tt_stmt_i64(st, 3, owner);
	rc = tt_stmt_step(st, err);
	if (rc <= 0)
		return rc;
	*id = tt_col_i64(st, 0);
	tt_row_sha256(&(struct tt_row){ .st = st }, 1, sha256);
	rc = tt_stmt_run(st, err);
	return rc < 0 ? rc : 1;
}

int tt_store_class_undo(struct tt_store *s, int64_t owner, const int64_t *facts, size_t n, int64_t now,
			int64_t *changed, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int64_t undone = 0;
	int rc = tt_write_begin(&w, s, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		uint8_t sha256[32] = { 0 };
		int64_t id = 0;

		rc = undo(w.db, owner, facts[i], now, &id, sha256, err);
		if (rc <= 0)
			continue;
		rc = settle(w.db, owner, id, sha256, err);
		undone++;
	}
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*changed = undone;
	return rc;
}

static void fact_row(struct tt_row *row, void *item)
{
	*(struct tt_class_fact *)item = (struct tt_class_fact){ .id = tt_col_i64(row->st, 0),
								.own_class = tt_col_i64(row->st, 1),
								.photo = tt_col_i64(row->st, 2),
								.says = tt_col_i64(row->st, 3) != 0,
								.at = tt_col_i64(row->st, 4),
								.undone_at = tt_col_i64(row->st, 5) };
}

int tt_store_class_facts(struct tt_store *s, int64_t owner, int64_t id, int64_t before, unsigned limit,
			 struct tt_arena *arena, struct tt_class_fact **out, size_t *count, bool *more,
			 struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	size_t n = 0;
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0 && id)
		rc = tt_own_class_owned(r.db, owner, id, err);
	if (rc == 0)
		rc = tt_db_stmt(r.db, queries[Q_LIST], &st, err);
	if (rc < 0)
		return rc;
	limit = tt_page_limit(limit);
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, before ? before : INT64_MAX);
	tt_stmt_i64(st, 3, limit + 1);
	tt_stmt_i64(st, 4, id);
	rc = tt_rows_all(st, arena, sizeof **out, fact_row, (void **)out, &n, err);
	if (rc < 0)
		return rc;
	*more = n > limit;
	*count = *more ? limit : n;
	return 0;
}

int tt_store_class_unsure(struct tt_store *s, int64_t owner, int64_t id, unsigned limit, struct tt_arena *arena,
			  struct tt_photo_page *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_photo_page page;
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = tt_own_class_owned(r.db, owner, id, err);
	if (rc == 0)
		rc = tt_db_stmt(r.db, queries[Q_UNSURE], &st, err);
	if (rc < 0)
		return rc;
	limit = tt_page_limit(limit);
	tt_stmt_i64(st, 1, id);
	tt_stmt_i64(st, 2, owner);
	tt_stmt_i64(st, 3, limit + 1);
	rc = tt_page_of(st, limit, arena, &page, err);
	if (rc < 0)
		return rc;
	page.more = false; /* the next ones come after these were answered */
	*out = page;
	return 0;
}
