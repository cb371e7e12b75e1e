/* Jobs that were set aside, for the user to see. Interface: jobs.h. */
#include "store/internal.h"
#include "store/jobs.h"

#include <string.h>

#define OWNED "photo = $1 AND state = 'aside' AND photo IN (SELECT id FROM photo WHERE id = $1 AND owner = $2)"

enum { Q_LIST, Q_RETRY, Q_DISMISS, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_LIST] = "SELECT j.photo, p.name, j.reason, j.kind, j.tries FROM job j JOIN photo p ON p.id = j.photo "
		   "WHERE j.state = 'aside' AND p.owner = $1 ORDER BY j.photo DESC, j.kind LIMIT $2",
	[Q_RETRY] = "UPDATE job SET state = 'waiting', tries = 0, run_after = $3 WHERE " OWNED,
	[Q_DISMISS] = "DELETE FROM job WHERE " OWNED,
};

static void aside_row(struct tt_row *row, void *item)
{
	struct tt_aside *a = item;

	a->photo = tt_col_i64(row->st, 0);
	a->name = tt_row_text(row, 1);
	a->reason = tt_row_text(row, 2);
	a->kind = tt_job_kind_of(tt_col_text(row->st, 3));
	a->tries = (unsigned)tt_col_i64(row->st, 4);
}

int tt_store_jobs_asides(struct tt_store *s, int64_t owner, struct tt_arena *arena, struct tt_aside **out,
			 size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_LIST], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, TT_PAGE_MAX);
	return tt_rows_all(st, arena, sizeof **out, aside_row, (void **)out, count, err);
}

static int change(struct tt_store *s, int query, int64_t owner, int64_t photo, const int64_t *run_after,
		  struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[query], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_i64(st, 2, owner);
	if (run_after)
		tt_stmt_i64(st, 3, *run_after);
	rc = tt_stmt_run(st, err);
	if (rc == 0 && tt_db_changed(w.db) == 0)
		return tt_err_set(err, TT_ENOTFOUND, "nothing of photo %lld is set aside", (long long)photo);
	return rc < 0 ? rc : tt_write_commit(&w, err);
}

int tt_store_aside_retry(struct tt_store *s, int64_t owner, int64_t photo, int64_t now, struct tt_err *err)
{
	return change(s, Q_RETRY, owner, photo, &now, err);
}

int tt_store_aside_dismiss(struct tt_store *s, int64_t owner, int64_t photo, struct tt_err *err)
{
	return change(s, Q_DISMISS, owner, photo, NULL, err);
}
