/* Trash, and deleting for good. Interface: photos.h. */
#include "store/internal.h"

#define PURGE_BATCH 256 /* photos in one transaction when the whole trash is emptied: others may write in between */

enum { Q_TRASH, Q_RESTORE, Q_NEXT, Q_TOMBSTONE, Q_ORIGINAL, Q_DERIVED, Q_WORDS, Q_DELETE, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_TRASH] = "UPDATE photo SET trashed_at = $3 WHERE id = $1 AND owner = $2 AND trashed_at IS NULL",
	[Q_RESTORE] = "UPDATE photo SET trashed_at = NULL WHERE id = $1 AND owner = $2 AND trashed_at IS NOT NULL",
	[Q_NEXT] = "SELECT id FROM photo WHERE owner = $1 AND trashed_at IS NOT NULL LIMIT $2",
	[Q_TOMBSTONE] = "INSERT INTO tombstone (owner, sha256, at) SELECT owner, sha256, $3 FROM photo "
			"WHERE id = $1 AND owner = $2 AND trashed_at IS NOT NULL "
			"ON CONFLICT (owner, sha256) DO UPDATE SET at = excluded.at",
	[Q_ORIGINAL] = "INSERT INTO removal (kind, key) SELECT 'original', p.blob_key FROM photo p WHERE p.id = $1 AND "
		       "p.blob_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM photo o "
		       "WHERE o.sha256 = p.sha256 AND o.id <> p.id AND o.blob_key = p.blob_key) ON CONFLICT DO NOTHING",
	[Q_DERIVED] =
		"INSERT INTO removal (kind, key) SELECT 'derived', lower(hex(p.sha256)) FROM photo p WHERE p.id = $1 "
		"AND NOT EXISTS (SELECT 1 FROM photo o WHERE o.sha256 = p.sha256 AND o.id <> p.id) "
		"ON CONFLICT DO NOTHING",
	[Q_WORDS] = "DELETE FROM photo_text WHERE rowid = $1",
	[Q_DELETE] = "DELETE FROM photo WHERE id = $1",
};

int tt_store_trash(struct tt_store *s, int64_t owner, const int64_t *ids, size_t n, int64_t now, int64_t *changed,
		   struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_TRASH], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 2, owner);
	tt_stmt_i64(st, 3, now);
	return tt_write_each(&w, st, ids, n, changed, err);
}

int tt_store_restore(struct tt_store *s, int64_t owner, const int64_t *ids, size_t n, int64_t *changed,
		     struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_RESTORE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 2, owner);
	return tt_write_each(&w, st, ids, n, changed, err);
}

static int bury(struct tt_db *db, int64_t owner, int64_t id, int64_t now, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_TOMBSTONE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	tt_stmt_i64(st, 2, owner);
	tt_stmt_i64(st, 3, now);
	return tt_stmt_run(st, err);
}

/* 1 deleted, 0 not in the owner's trash. */
static int purge_one(struct tt_db *db, int64_t owner, int64_t id, int64_t now, struct tt_err *err)
{
	int rc = bury(db, owner, id, now, err);

	if (rc < 0 || tt_db_changed(db) == 0)
		return rc;
	for (int query = Q_ORIGINAL; rc == 0 && query <= Q_DELETE; query++) /* the row goes last */
		rc = tt_run_id(db, queries[query], id, err);
	return rc < 0 ? rc : 1;
}

static int purge_these(struct tt_store *s, int64_t owner, const int64_t *ids, size_t n, int64_t now, int64_t *changed,
		       struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int64_t total = 0;
	int rc = tt_write_begin(&w, s, err);

	for (size_t i = 0; rc >= 0 && i < n; i++) {
		rc = purge_one(w.db, owner, ids[i], now, err);
		total += rc > 0;
	}
	if (rc >= 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*changed = total;
	return rc;
}

static int next_ids(struct tt_store *s, int64_t owner, int64_t ids[PURGE_BATCH], size_t *n, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_NEXT], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, PURGE_BATCH);
	for (*n = 0; *n < PURGE_BATCH && (rc = tt_stmt_step(st, err)) > 0;)
		ids[(*n)++] = tt_col_i64(st, 0);
	return rc < 0 ? rc : 0;
}

int tt_store_purge(struct tt_store *s, int64_t owner, const int64_t *ids, size_t n, int64_t now, int64_t *changed,
		   struct tt_err *err)
{
	int64_t total = 0, batch[PURGE_BATCH];
	int rc;

	if (ids)
		return purge_these(s, owner, ids, n, now, changed, err);
	do {
		int64_t done = 0;

		rc = next_ids(s, owner, batch, &n, err);
		if (rc == 0 && n > 0)
			rc = purge_these(s, owner, batch, n, now, &done, err);
		total += done;
	} while (rc == 0 && n > 0);
	if (rc == 0)
		*changed = total;
	return rc;
}
