/* What the user said of faces and persons. Interface: people.h. */
#include "store/internal.h"
#include "store/people.h"

#include <string.h>

#define COLUMNS                                                                                                        \
	"f.id, f.kind, f.sha256, f.x, f.y, f.w, f.h, f.other_sha256, f.ox, f.oy, f.ow, f.oh, f.person_uid, "           \
	"f.other_uid, f.value, f.at, f.undone_at"

enum { Q_ADD, Q_UNDO, Q_EXISTS, Q_LIST, Q_HOLD, Q_ALL, Q_COUNTS, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_ADD] =
		"INSERT INTO face_fact (owner, kind, sha256, x, y, w, h, other_sha256, ox, oy, ow, oh, person_uid, "
		"other_uid, value, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) "
		"RETURNING id",
	[Q_UNDO] = "UPDATE face_fact SET undone_at = $1 WHERE id = $2 AND owner = $3 AND undone_at IS NULL",
	[Q_EXISTS] = "SELECT count(*) FROM face_fact WHERE id = $1 AND owner = $2",
	[Q_LIST] = "SELECT " COLUMNS ", p.id FROM face_fact f LEFT JOIN photo p ON p.sha256 = f.sha256 AND "
		   "p.owner = f.owner WHERE f.owner = $1 AND f.id < $2 ORDER BY f.id DESC LIMIT $3",
	[Q_HOLD] = "SELECT " COLUMNS ", 0 FROM face_fact f WHERE f.owner = $1 AND f.id > $2 AND f.undone_at IS NULL "
		   "ORDER BY f.id LIMIT $3",
	[Q_ALL] = "SELECT " COLUMNS ", 0 FROM face_fact f WHERE f.owner = $1 AND f.id > $2 ORDER BY f.id LIMIT $3",
	[Q_COUNTS] = "SELECT count(*), coalesce(sum(kind = 'same'), 0), coalesce(sum(kind = 'different'), 0), "
		     "coalesce(sum(kind = 'unsure'), 0) FROM face_fact WHERE owner = $1 AND undone_at IS NULL",
};

static void bind_box(struct tt_stmt *st, int n, bool has, const uint8_t sha256[32], const struct tt_box *box)
{
	if (!has) {
		for (int i = 0; i < 5; i++)
			tt_stmt_null(st, n + i);
		return;
	}
	tt_stmt_blob(st, n, sha256, 32);
	tt_stmt_double(st, n + 1, (double)box->x);
	tt_stmt_double(st, n + 2, (double)box->y);
	tt_stmt_double(st, n + 3, (double)box->w);
	tt_stmt_double(st, n + 4, (double)box->h);
}

int tt_store_face_facts_add(struct tt_store *s, int64_t owner, const struct tt_face_fact *facts, size_t n, int64_t *ids,
			    struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_ADD], &st, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct tt_face_fact *f = &facts[i];

		tt_stmt_i64(st, 1, owner);
		tt_stmt_text(st, 2, f->kind);
		bind_box(st, 3, f->has_face, f->sha256, &f->box);
		bind_box(st, 8, f->has_other, f->other_sha256, &f->other);
		tt_stmt_text(st, 13, f->person_uid);
		tt_stmt_text(st, 14, f->other_uid);
		tt_stmt_text(st, 15, f->value);
		tt_stmt_i64(st, 16, f->at);
		rc = tt_rows_number(st, &ids[i], err);
	}
	return rc < 0 ? rc : tt_write_commit(&w, err);
}

static int exists(struct tt_db *db, int64_t owner, int64_t fact, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t n = 0;
	int rc = tt_db_stmt(db, queries[Q_EXISTS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, fact);
	tt_stmt_i64(st, 2, owner);
	rc = tt_rows_number(st, &n, err);
	return rc == 0 && n == 0 ? tt_err_set(err, TT_ENOTFOUND, "no such correction") : rc;
}

int tt_store_face_facts_undo(struct tt_store *s, int64_t owner, const int64_t *facts, size_t n, int64_t now,
			     int64_t *changed, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t undone = 0;
	int rc = tt_write_stmt(&w, s, queries[Q_UNDO], &st, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		tt_stmt_i64(st, 1, now);
		tt_stmt_i64(st, 2, facts[i]);
		tt_stmt_i64(st, 3, owner);
		rc = tt_stmt_run(st, err);
		if (rc == 0 && tt_db_changed(w.db) > 0)
			undone++;
		else if (rc == 0)
			rc = exists(w.db, owner, facts[i], err);
	}
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*changed = undone;
	return rc;
}

static bool read_box(struct tt_row *row, int col, uint8_t sha256[32], struct tt_box *box)
{
	if (tt_col_is_null(row->st, col))
		return false;
	tt_row_sha256(row, col, sha256);
	*box = (struct tt_box){ (float)tt_col_double(row->st, col + 1), (float)tt_col_double(row->st, col + 2),
				(float)tt_col_double(row->st, col + 3), (float)tt_col_double(row->st, col + 4) };
	return true;
}

static void fact_row(struct tt_row *row, void *item)
{
	struct tt_face_fact *f = item;

	f->id = tt_col_i64(row->st, 0);
	f->kind = tt_row_text(row, 1);
	f->has_face = read_box(row, 2, f->sha256, &f->box);
	f->has_other = read_box(row, 7, f->other_sha256, &f->other);
	f->person_uid = tt_row_text(row, 12);
	f->other_uid = tt_row_text(row, 13);
	f->value = tt_row_text(row, 14);
	f->at = tt_col_i64(row->st, 15);
	f->undone_at = tt_col_i64(row->st, 16);
	f->photo = tt_col_i64(row->st, 17);
}

static int list(struct tt_store *s, int query, int64_t owner, int64_t from, unsigned limit, struct tt_arena *arena,
		struct tt_face_fact **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[query], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, from);
	tt_stmt_i64(st, 3, limit);
	return tt_rows_all(st, arena, sizeof **out, fact_row, (void **)out, count, err);
}

int tt_store_face_facts_list(struct tt_store *s, int64_t owner, int64_t before, unsigned limit, struct tt_arena *arena,
			     struct tt_face_fact **out, size_t *count, bool *more, struct tt_err *err)
{
	size_t n = 0;
	int rc;

	limit = tt_page_limit(limit);
	rc = list(s, Q_LIST, owner, before ? before : INT64_MAX, limit + 1, arena, out, &n, err);
	if (rc < 0)
		return rc;
	*more = n > limit;
	*count = *more ? limit : n;
	return 0;
}

int tt_store_face_facts_hold(struct tt_store *s, int64_t owner, int64_t after, unsigned limit, struct tt_arena *arena,
			     struct tt_face_fact **out, size_t *count, struct tt_err *err)
{
	return list(s, Q_HOLD, owner, after, limit, arena, out, count, err);
}

int tt_store_face_facts_all(struct tt_store *s, int64_t owner, int64_t after, unsigned limit, struct tt_arena *arena,
			    struct tt_face_fact **out, size_t *count, struct tt_err *err)
{
	return list(s, Q_ALL, owner, after, limit, arena, out, count, err);
}

static void counts_row(struct tt_row *row, void *item)
{
	*(struct tt_face_fact_counts *)item = (struct tt_face_fact_counts){
		tt_col_i64(row->st, 0), tt_col_i64(row->st, 1), tt_col_i64(row->st, 2), tt_col_i64(row->st, 3)
	};
}

int tt_store_face_fact_counts(struct tt_store *s, int64_t owner, struct tt_face_fact_counts *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_COUNTS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	return tt_rows_one(st, NULL, counts_row, out, "no counts", err);
}
