#include "store/facts.h"

#include "store/internal.h"
#include "store/shown.h"

enum { Q_CONTENT, Q_ADD, Q_UNDO, Q_EXISTS, Q_LIST, Q_ALL, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_CONTENT] = "SELECT sha256 FROM photo WHERE id = $1 AND owner = $2",
	[Q_ADD] = "INSERT INTO fact (owner, sha256, kind, value, at) VALUES ($1, $2, 'class', $3, $4) RETURNING id",
	[Q_UNDO] = "UPDATE fact SET undone_at = $1 WHERE id = $2 AND owner = $3 AND undone_at IS NULL RETURNING sha256",
	[Q_EXISTS] = "SELECT count(*) FROM fact WHERE id = $1 AND owner = $2",
	[Q_LIST] = "SELECT f.id, p.id, f.value, f.at, f.undone_at FROM fact f "
		   "LEFT JOIN photo p ON p.sha256 = f.sha256 AND p.owner = f.owner "
		   "WHERE f.owner = $1 AND f.id < $2 ORDER BY f.id DESC LIMIT $3",
	[Q_ALL] = "SELECT id, sha256, value, at, undone_at IS NOT NULL FROM fact WHERE owner = $1 AND id > $2 "
		  "AND kind = 'class' ORDER BY id LIMIT $3",
};

static void content_row(struct tt_row *row, void *item)
{
	tt_row_sha256(row, 0, item);
}

int tt_photo_content(struct tt_db *db, int64_t owner, int64_t photo, uint8_t sha256[32], struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_CONTENT], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_i64(st, 2, owner);
	return tt_rows_one(st, NULL, content_row, sha256, "no such photo", err);
}

static int add(struct tt_db *db, int64_t owner, const uint8_t sha256[32], int cls, int64_t now, int64_t *fact,
	       struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_ADD], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_blob(st, 2, sha256, 32);
	tt_stmt_text(st, 3, tt_store_class_name(cls));
	tt_stmt_i64(st, 4, now);
	return tt_rows_number(st, fact, err);
}

int tt_store_fact_add(struct tt_store *s, int64_t owner, int64_t photo, int cls, int64_t now, int64_t *fact,
		      struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	uint8_t sha256[32] = { 0 };
	int64_t added = 0;
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = tt_photo_content(w.db, owner, photo, sha256, err);
	if (rc == 0)
		rc = add(w.db, owner, sha256, cls, now, &added, err);
	if (rc == 0)
		rc = tt_shown_update(w.db, owner, sha256, err);
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*fact = added;
	return rc;
}

/* 1 undone now, 0 it was already. */
static int undo(struct tt_db *db, int64_t owner, int64_t fact, int64_t now, uint8_t sha256[32], struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *exists = NULL;
	int64_t n = 0;
	int rc = tt_db_stmt(db, queries[Q_UNDO], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, now);
	tt_stmt_i64(st, 2, fact);
	tt_stmt_i64(st, 3, owner);
	rc = tt_stmt_step(st, err);
	if (rc > 0) {
		content_row(&(struct tt_row){ .st = st }, sha256);
		rc = tt_stmt_run(st, err);
		return rc < 0 ? rc : 1;
	}
	if (rc == 0)
		rc = tt_db_stmt(db, queries[Q_EXISTS], &exists, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(exists, 1, fact);
	tt_stmt_i64(exists, 2, owner);
	rc = tt_rows_number(exists, &n, err);
	return rc == 0 && n == 0 ? tt_err_set(err, TT_ENOTFOUND, "no such correction") : rc;
}

int tt_store_fact_undo(struct tt_store *s, int64_t owner, int64_t fact, int64_t now, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	uint8_t sha256[32] = { 0 };
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = undo(w.db, owner, fact, now, sha256, err);
	if (rc <= 0)
		return rc;
	rc = tt_shown_update(w.db, owner, sha256, err);
	return rc < 0 ? rc : tt_write_commit(&w, err);
}

static void fact_row(struct tt_row *row, void *item)
{
	struct tt_fact *f = item;

	*f = (struct tt_fact){ .id = tt_col_i64(row->st, 0),
			       .photo = tt_col_i64(row->st, 1),
			       .cls = tt_row_class(row, 2),
			       .at = tt_col_i64(row->st, 3),
			       .undone_at = tt_col_i64(row->st, 4) };
}

int tt_store_facts(struct tt_store *s, int64_t owner, int64_t before, unsigned limit, struct tt_arena *arena,
		   struct tt_fact **out, size_t *count, bool *more, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	size_t n = 0;
	int rc = tt_read_stmt(&r, s, queries[Q_LIST], &st, err);

	if (rc < 0)
		return rc;
	limit = tt_page_limit(limit);
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, before ? before : INT64_MAX);
	tt_stmt_i64(st, 3, limit + 1);
	rc = tt_rows_all(st, arena, sizeof **out, fact_row, (void **)out, &n, err);
	if (rc < 0)
		return rc;
	*more = n > limit;
	*count = *more ? limit : n;
	return 0;
}

static void correction_row(struct tt_row *row, void *item)
{
	struct tt_correction *c = item;

	c->id = tt_col_i64(row->st, 0);
	tt_row_sha256(row, 1, c->sha256);
	c->cls = tt_row_class(row, 2);
	c->at = tt_col_i64(row->st, 3);
	c->undone = tt_col_i64(row->st, 4) != 0;
}

int tt_store_corrections(struct tt_store *s, int64_t owner, int64_t after, unsigned limit, struct tt_arena *arena,
			 struct tt_correction **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_ALL], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, after);
	tt_stmt_i64(st, 3, limit);
	return tt_rows_all(st, arena, sizeof **out, correction_row, (void **)out, count, err);
}

int tt_store_corrections_add(struct tt_store *s, int64_t owner, const struct tt_correction *all, size_t n,
			     struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int64_t fact;
	int rc = tt_write_begin(&w, s, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = add(w.db, owner, all[i].sha256, all[i].cls, all[i].at, &fact, err);
		if (rc == 0)
			rc = tt_shown_update(w.db, owner, all[i].sha256, err);
	}
	return rc < 0 ? rc : tt_write_commit(&w, err);
}
