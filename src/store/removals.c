/* Files to be removed, and originals to be looked for. Interface: store.h. */
#include "store/internal.h"

#include <string.h>

#define REMOVAL_BATCH 64 /* files removed while others wait to write */

enum { Q_NEXT, Q_DONE, Q_ORIGINALS, Q_KNOWN, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_NEXT] = "SELECT kind, key FROM removal LIMIT $1",
	[Q_DONE] = "DELETE FROM removal WHERE kind = $1 AND key = $2",
	[Q_ORIGINALS] =
		"SELECT id, blob_key, in_place_path, bytes, sha256, developed_at FROM photo WHERE id > $1 ORDER BY id "
		"LIMIT $2",
	[Q_KNOWN] = "SELECT EXISTS (SELECT 1 FROM photo WHERE sha256 BETWEEN $2 AND $3 AND blob_key = $1)",
};

struct removal {
	const char *kind, *key;
};

static void removal_row(struct tt_row *row, void *item)
{
	struct removal *r = item;

	r->kind = tt_row_text(row, 0);
	r->key = tt_row_text(row, 1);
}

static int next(struct tt_db *db, struct tt_arena *arena, struct removal **out, size_t *n, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_NEXT], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, REMOVAL_BATCH);
	return tt_rows_all(st, arena, sizeof **out, removal_row, (void **)out, n, err);
}

static int done(struct tt_db *db, const struct removal *r, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_DONE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_text(st, 1, r->kind);
	tt_stmt_text(st, 2, r->key);
	return tt_stmt_run(st, err);
}

/* One transaction; how many were removed. What cannot be removed ends the run, and what went before it is kept. */
static int run_batch(struct tt_store *s, tt_removal_fn *fn, void *ctx, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = 1 << 20 };
	struct removal *list = NULL;
	size_t n = 0, removed = 0;
	int failed = 0;
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = next(w.db, &arena, &list, &n, err);
	for (size_t i = 0; rc == 0 && failed == 0 && i < n; i++) {
		bool original = strcmp(list[i].kind, "original") == 0;

		failed = fn(ctx, original ? TT_REMOVE_ORIGINAL : TT_REMOVE_DERIVED, list[i].key, err);
		if (failed == 0)
			rc = done(w.db, &list[i], err);
		removed += failed == 0;
	}
	if (rc == 0 && removed > 0)
		rc = tt_write_commit(&w, failed ? NULL : err);
	return failed ? failed : rc < 0 ? rc : (int)removed;
}

int tt_store_removals_run(struct tt_store *s, tt_removal_fn *fn, void *ctx, struct tt_err *err)
{
	int rc;

	do {
		rc = run_batch(s, fn, ctx, err);
	} while (rc > 0);
	return rc;
}

static void original_row(struct tt_row *row, void *item)
{
	struct tt_original *o = item;

	o->photo = tt_col_i64(row->st, 0);
	o->blob_key = tt_row_text(row, 1);
	o->in_place_path = tt_row_text(row, 2);
	o->bytes = tt_col_i64(row->st, 3);
	tt_row_sha256(row, 4, o->sha256);
	o->developed = !tt_col_is_null(row->st, 5);
}

int tt_store_originals(struct tt_store *s, int64_t after, unsigned limit, struct tt_arena *arena,
		       struct tt_original **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_ORIGINALS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, after);
	tt_stmt_i64(st, 2, limit);
	return tt_rows_all(st, arena, sizeof **out, original_row, (void **)out, count, err);
}

int tt_store_original_known(struct tt_store *s, const char *blob_key, const uint8_t sha256_head[8], bool *known,
			    struct tt_err *err)
{
	uint8_t last[32];

	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t n = 0;
	int rc = tt_read_stmt(&r, s, queries[Q_KNOWN], &st, err);

	if (rc < 0)
		return rc;
	memset(last, 0xff, sizeof last);
	memcpy(last, sha256_head, 8);
	tt_stmt_text(st, 1, blob_key);
	tt_stmt_blob(st, 2, sha256_head, 8);
	tt_stmt_blob(st, 3, last, sizeof last);
	rc = tt_rows_number(st, &n, err);
	if (rc == 0)
		*known = n != 0;
	return rc;
}
