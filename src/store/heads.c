/* What was learnt from each user. Interface: learn.h. */
#include "store/internal.h"
#include "store/learn.h"

#include <string.h>

#define COLUMNS "version, model_version, made_at, corrections, right_before, right_after, last_fact, active, "

enum { Q_RETIRE, Q_ADD, Q_ACTIVE, Q_LIST, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_RETIRE] = "UPDATE head SET active = 0, weights = NULL WHERE owner = $1 AND active = 1",
	[Q_ADD] =
		"INSERT INTO head (owner, version, model_version, made_at, corrections, right_before, right_after, "
		"last_fact, active, weights) SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 "
		"FROM head WHERE owner = $1 RETURNING version",
	[Q_ACTIVE] = "SELECT " COLUMNS "weights FROM head WHERE owner = $1 AND active = 1 AND model_version = $2",
	[Q_LIST] = "SELECT " COLUMNS "NULL FROM head WHERE owner = $1 ORDER BY version DESC LIMIT $2",
};

static void head_row(struct tt_row *row, void *item)
{
	struct tt_learnt *h = item;
	struct tt_str blob = tt_col_blob(row->st, 8);
	char *copy = tt_arena_alloc(row->arena, blob.len + 1);

	*h = (struct tt_learnt){ .version = tt_col_i64(row->st, 0),
				 .model_version = tt_row_text(row, 1),
				 .made_at = tt_col_i64(row->st, 2),
				 .corrections = tt_col_i64(row->st, 3),
				 .right_before = tt_col_i64(row->st, 4),
				 .right_after = tt_col_i64(row->st, 5),
				 .last_fact = tt_col_i64(row->st, 6),
				 .active = tt_col_i64(row->st, 7) != 0 };
	row->full |= !copy;
	if (copy && blob.len > 0)
		memcpy(copy, blob.p, blob.len);
	h->weights = (struct tt_str){ copy, copy ? blob.len : 0 };
}

static int add(struct tt_db *db, int64_t owner, const struct tt_learnt *h, int64_t *version, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_ADD], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, h->model_version);
	tt_stmt_i64(st, 3, h->made_at);
	tt_stmt_i64(st, 4, h->corrections);
	tt_stmt_i64(st, 5, h->right_before);
	tt_stmt_i64(st, 6, h->right_after);
	tt_stmt_i64(st, 7, h->last_fact);
	tt_stmt_i64(st, 8, h->active);
	if (h->active)
		tt_stmt_blob(st, 9, h->weights.p, h->weights.len);
	else
		tt_stmt_null(st, 9);
	return tt_rows_number(st, version, err);
}

int tt_store_head_add(struct tt_store *s, int64_t owner, const struct tt_learnt *head, int64_t *version,
		      struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int64_t added = 0;
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0 && head->active)
		rc = tt_run_id(w.db, queries[Q_RETIRE], owner, err);
	if (rc == 0)
		rc = add(w.db, owner, head, &added, err);
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*version = added;
	return rc;
}

int tt_store_head_active(struct tt_store *s, int64_t owner, const char *model_version, struct tt_arena *arena,
			 struct tt_learnt *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_learnt head = { 0 };
	int rc = tt_read_stmt(&r, s, queries[Q_ACTIVE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, model_version);
	rc = tt_rows_one(st, arena, head_row, &head, "the shipped model is in use", err);
	if (rc == 0)
		*out = head;
	return rc;
}

int tt_store_heads(struct tt_store *s, int64_t owner, struct tt_arena *arena, struct tt_learnt **out, size_t *count,
		   struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_LIST], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, TT_PAGE_MAX);
	return tt_rows_all(st, arena, sizeof **out, head_row, (void **)out, count, err);
}

int tt_store_head_undo(struct tt_store *s, int64_t owner, int64_t *changed, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_RETIRE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	return tt_write_counted(&w, st, changed, err);
}
