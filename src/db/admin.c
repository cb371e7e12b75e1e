/* Check and copy of a whole database. */
#include "db/internal.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { Q_INTEGRITY, Q_FOREIGN_KEYS, Q_BACKUP, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_INTEGRITY] = "PRAGMA integrity_check(100)",
	[Q_FOREIGN_KEYS] = ("SELECT 'a row of ' || \"table\" || ' refers to a missing row of ' || parent "
			    "FROM pragma_foreign_key_check LIMIT 100"),
	[Q_BACKUP] = "VACUUM INTO $1",
};

static int complaints(struct tt_db *db, const char *sql, tt_db_complaint_fn *fn, void *ctx, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, sql, &st, err);

	while (rc == 0) {
		const char *text;

		rc = tt_stmt_step(st, err);
		if (rc <= 0)
			return rc;
		text = tt_col_text(st, 0);
		rc = text && strcmp(text, "ok") != 0 ? fn(ctx, text, err) : 0;
	}
	return rc;
}

int tt_db_check(struct tt_db *db, tt_db_complaint_fn *fn, void *ctx, struct tt_err *err)
{
	int rc = complaints(db, queries[Q_INTEGRITY], fn, ctx, err);

	return rc < 0 ? rc : complaints(db, queries[Q_FOREIGN_KEYS], fn, ctx, err);
}

static int make_durable(const char *target, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(target, O_RDONLY | O_CLOEXEC);
	TT_SCOPED(tt_freep) char *dir = tt_strdup(target);
	char *slash = dir ? strrchr(dir, '/') : NULL;
	int rc;

	if (fd < 0 || !dir)
		return tt_err_set(err, fd < 0 ? TT_EIO : TT_ENOMEM, "%s", fd < 0 ? strerror(errno) : "out of memory");
	rc = tt_fs_sync(fd, err);
	if (slash)
		slash[slash == dir ? 1 : 0] = 0;
	return rc < 0 ? rc : tt_fs_sync_dir(slash ? dir : ".", err);
}

int tt_db_backup(struct tt_db *db, const char *target, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc;

	if (access(target, F_OK) == 0)
		return tt_err_set(err, TT_EEXISTS, "'%s' is there already: name a new file", target);
	rc = tt_db_stmt(db, queries[Q_BACKUP], &st, err);
	if (rc == 0) {
		tt_stmt_text(st, 1, target);
		rc = tt_stmt_run(st, err);
	}
	if (rc == 0)
		rc = make_durable(target, err);
	if (rc < 0) {
		(void)unlink(target); /* half a copy is worth nothing */
		return tt_err_ctx(err, "copy the database to '%s'", target);
	}
	return 0;
}
