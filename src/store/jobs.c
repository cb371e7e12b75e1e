#include "store/jobs.h"

#include "store/internal.h"

#include <string.h>

enum { Q_DUE, Q_LEASE, Q_NEXT_AT, Q_VOID, Q_RETRY, Q_ASIDE, Q_RELEASE, Q_COUNTS, Q_DEVELOP, Q_RECLASSIFY, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_DUE] = "SELECT j.id, j.photo, p.owner, j.kind, j.tries + 1, p.sha256, p.name, p.blob_key, p.in_place_path "
		  "FROM job j JOIN photo p ON p.id = j.photo WHERE j.state = 'waiting' AND j.run_after <= $1 "
		  "ORDER BY j.priority DESC, j.id LIMIT $2",
	[Q_LEASE] = "UPDATE job SET state = 'leased', leased_at = $2, tries = tries + 1 WHERE id = $1",
	[Q_NEXT_AT] = "SELECT min(run_after) FROM job WHERE state = 'waiting'",
	[Q_VOID] = "UPDATE job SET state = 'waiting', leased_at = NULL WHERE state = 'leased'",
	[Q_RETRY] = "UPDATE job SET state = 'waiting', leased_at = NULL, run_after = $1, reason = $2 WHERE id = $3",
	[Q_ASIDE] = "UPDATE job SET state = 'aside', leased_at = NULL, reason = $1 WHERE id = $2",
	[Q_RELEASE] = "UPDATE job SET state = 'waiting', leased_at = NULL, tries = tries - 1 WHERE id = $1 AND state = "
		      "'leased'",
	[Q_COUNTS] = "SELECT CASE state WHEN 'aside' THEN 1 ELSE 0 END, count(DISTINCT photo) FROM job "
		     "GROUP BY CASE state WHEN 'aside' THEN 1 ELSE 0 END",
	[Q_DEVELOP] = "INSERT INTO job (photo, kind, priority, run_after) VALUES ($1, 'develop', $2, $3) "
		      "ON CONFLICT (photo, kind) DO NOTHING",
	/* Index look-ups, so that the usual start, where nothing is to be done, costs nothing. Versions that begin with
	 * "$1+" come from a user's own head on the same model. */
	[Q_RECLASSIFY] =
		"INSERT INTO job (photo, kind, priority, run_after) "
		"SELECT photo, 'classify', $2, $3 FROM guess WHERE version < $1 UNION ALL "
		"SELECT photo, 'classify', $2, $3 FROM guess WHERE version > $1 AND version < $1 || '+' UNION ALL "
		"SELECT photo, 'classify', $2, $3 FROM guess WHERE version >= $1 || ',' UNION ALL "
		"SELECT id, 'classify', $2, $3 FROM photo WHERE developed_at IS NOT NULL AND guessed_at IS NULL "
		"ON CONFLICT (photo, kind) DO NOTHING",
};

static const char *const kind_names[TT_JOB_KINDS] = {
	[TT_JOB_DEVELOP] = "develop", [TT_JOB_CLASSIFY] = "classify", [TT_JOB_FACES] = "faces"
};

const char *tt_job_kind_name(enum tt_job_kind kind)
{
	return kind_names[kind];
}

enum tt_job_kind tt_job_kind_of(const char *name)
{
	int kind = TT_JOB_KINDS - 1;

	while (kind > 0 && strcmp(name, kind_names[kind]) != 0)
		kind--;
	return (enum tt_job_kind)kind;
}

static void job_row(struct tt_row *row, void *item)
{
	struct tt_job *j = item;

	j->id = tt_col_i64(row->st, 0);
	j->photo = tt_col_i64(row->st, 1);
	j->owner = tt_col_i64(row->st, 2);
	j->kind = tt_job_kind_of(tt_col_text(row->st, 3));
	j->tries = (unsigned)tt_col_i64(row->st, 4);
	tt_row_sha256(row, 5, j->sha256);
	j->name = tt_row_text(row, 6);
	j->blob_key = tt_row_text(row, 7);
	j->in_place_path = tt_row_text(row, 8);
}

static int due(struct tt_db *db, int64_t now, unsigned max, struct tt_arena *arena, struct tt_job **out, size_t *count,
	       struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_DUE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, now);
	tt_stmt_i64(st, 2, max);
	return tt_rows_all(st, arena, sizeof **out, job_row, (void **)out, count, err);
}

static int lease(struct tt_db *db, int64_t now, const struct tt_job *jobs, size_t count, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_LEASE], &st, err);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		tt_stmt_i64(st, 1, jobs[i].id);
		tt_stmt_i64(st, 2, now);
		rc = tt_stmt_run(st, err);
	}
	return rc;
}

int tt_store_jobs_lease(struct tt_store *s, int64_t now, unsigned max, struct tt_arena *arena, struct tt_job **out,
			size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	struct tt_job *jobs = NULL;
	size_t n = 0;
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = due(w.db, now, max, arena, &jobs, &n, err);
	if (rc == 0)
		rc = lease(w.db, now, jobs, n, err);
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc < 0)
		return rc;
	*out = jobs;
	*count = n;
	return 0;
}

int tt_store_jobs_next_at(struct tt_store *s, int64_t *at, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_NEXT_AT], &st, err);

	if (rc == 0)
		rc = tt_stmt_step(st, err);
	if (rc >= 0)
		*at = rc > 0 && !tt_col_is_null(st, 0) ? tt_col_i64(st, 0) : -1;
	return rc < 0 ? rc : 0;
}

int tt_store_jobs_void_leases(struct tt_store *s, int64_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_VOID], &st, err);

	return rc < 0 ? rc : tt_write_counted(&w, st, count, err);
}

int tt_store_job_retry(struct tt_store *s, int64_t job, int64_t run_after, const char *reason, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_RETRY], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, run_after);
	tt_stmt_text(st, 2, reason);
	tt_stmt_i64(st, 3, job);
	return tt_write_run(&w, st, err);
}

int tt_store_job_aside(struct tt_store *s, int64_t job, const char *reason, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_ASIDE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_text(st, 1, reason);
	tt_stmt_i64(st, 2, job);
	return tt_write_run(&w, st, err);
}

int tt_store_job_release(struct tt_store *s, int64_t job, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_RELEASE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, job);
	return tt_write_run(&w, st, err);
}

int tt_store_jobs_counts(struct tt_store *s, struct tt_job_counts *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_job_counts counts = { 0 };
	int rc = tt_read_stmt(&r, s, queries[Q_COUNTS], &st, err);

	while (rc == 0) {
		rc = tt_stmt_step(st, err);
		if (rc <= 0)
			break;
		*(tt_col_i64(st, 0) ? &counts.aside : &counts.waiting) = tt_col_i64(st, 1);
		rc = 0;
	}
	if (rc == 0)
		*out = counts;
	return rc;
}

int tt_store_job_develop(struct tt_store *s, int64_t photo, int64_t now, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_DEVELOP], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_i64(st, 2, TT_PRIORITY_IMPORT);
	tt_stmt_i64(st, 3, now);
	return tt_write_run(&w, st, err);
}

int tt_store_jobs_reclassify(struct tt_store *s, const char *version, int64_t now, int64_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_RECLASSIFY], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_text(st, 1, version);
	tt_stmt_i64(st, 2, TT_PRIORITY_RECLASSIFY);
	tt_stmt_i64(st, 3, now);
	return tt_write_counted(&w, st, count, err);
}
