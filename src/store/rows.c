/* Rows into arrays, and small runs of statements. Interface: internal.h. */
#include "store/internal.h"

#include <string.h>

const char *tt_row_text(struct tt_row *row, int col)
{
	const char *text = tt_col_text(row->st, col);
	char *copy = text ? tt_arena_strndup(row->arena, text, strlen(text)) : NULL;

	row->full |= text && !copy;
	return copy;
}

int tt_row_class(struct tt_row *row, int col)
{
	const char *name = tt_col_text(row->st, col);

	return name ? tt_store_class_of(name) : TT_NO_CLASS;
}

double tt_row_confidence(struct tt_row *row, int col)
{
	return tt_col_is_null(row->st, col) ? -1 : tt_col_double(row->st, col);
}

void tt_row_sha256(struct tt_row *row, int col, uint8_t out[32])
{
	struct tt_str blob = tt_col_blob(row->st, col);

	if (blob.len == 32)
		memcpy(out, blob.p, 32);
}

static int full(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "answer does not fit into the memory set aside for it");
}

int tt_rows_all(struct tt_stmt *st, struct tt_arena *arena, size_t size, tt_row_fn *fn, void **out, size_t *count,
		struct tt_err *err)
{
	struct tt_row row = { st, arena, false };
	size_t n = 0, room = 0;
	char *items = NULL;
	int rc;

	while ((rc = tt_stmt_step(st, err)) > 0) {
		if (n == room) {
			char *more = tt_arena_alloc(arena, (room ? 2 * room : 16) * size);

			if (!more)
				return full(err);
			if (items)
				memcpy(more, items, n * size);
			items = more;
			room = room ? 2 * room : 16;
		}
		fn(&row, items + n++ * size);
		if (row.full)
			return full(err);
	}
	if (rc < 0)
		return rc;
	*out = items;
	*count = n;
	return 0;
}

int tt_rows_one(struct tt_stmt *st, struct tt_arena *arena, tt_row_fn *fn, void *out, const char *missing,
		struct tt_err *err)
{
	struct tt_row row = { st, arena, false };
	int rc = tt_stmt_step(st, err);

	if (rc <= 0)
		return rc < 0 ? rc : tt_err_set(err, TT_ENOTFOUND, "%s", missing);
	fn(&row, out);
	return row.full ? full(err) : 0;
}

int tt_rows_number(struct tt_stmt *st, int64_t *out, struct tt_err *err)
{
	int rc = tt_stmt_step(st, err);
	int64_t n = rc > 0 ? tt_col_i64(st, 0) : 0;

	if (rc > 0)
		rc = tt_stmt_run(st, err);
	if (rc == 0)
		*out = n;
	return rc;
}

int tt_run_id(struct tt_db *db, const char *sql, int64_t id, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, sql, &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	return tt_stmt_run(st, err);
}

int tt_owned(struct tt_db *db, const char *sql, int64_t owner, int64_t id, const char *missing, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t n = 0;
	int rc = tt_db_stmt(db, sql, &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, id);
	rc = tt_rows_number(st, &n, err);
	return rc == 0 && n == 0 ? tt_err_set(err, TT_ENOTFOUND, "%s", missing) : rc;
}
