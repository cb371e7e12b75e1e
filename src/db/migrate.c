/* Schema versions. Each step is one transaction, so that a crash leaves the old or the new version, nothing between. */
#include "db/db.h"

enum { Q_TABLES, Q_HAS_VERSION, Q_VERSION, Q_SET, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_TABLES] = "SELECT count(*) FROM sqlite_master",
	[Q_HAS_VERSION] = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'",
	[Q_VERSION] = "SELECT version FROM schema_version",
	[Q_SET] = "UPDATE schema_version SET version = $1",
};

static int number(struct tt_db *db, const char *sql, int64_t *out, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, sql, &st, err);

	if (rc == 0)
		rc = tt_stmt_step(st, err);
	if (rc <= 0)
		return rc < 0 ? rc : tt_err_set(err, TT_EINVALID, "database has lost its version: restore a backup");
	*out = tt_col_i64(st, 0);
	return 0;
}

int tt_db_version(struct tt_db *db, int *out, struct tt_err *err)
{
	int64_t has = 0, version = 0;
	int rc = number(db, queries[Q_HAS_VERSION], &has, err);

	if (rc == 0 && has)
		rc = number(db, queries[Q_VERSION], &version, err);
	if (rc == 0)
		*out = (int)version;
	return rc;
}

static int set_version(struct tt_db *db, int version, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_SET], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, version);
	return tt_stmt_run(st, err);
}

static int first(struct tt_db *db, struct tt_err *err)
{
	int64_t tables = 0;
	int rc = number(db, queries[Q_TABLES], &tables, err);

	if (rc == 0 && tables > 0)
		return tt_err_set(err, TT_EINVALID, "database belongs to another program: choose another folder");
	if (rc == 0)
		rc = tt_db_exec(db, "CREATE TABLE schema_version (version INTEGER NOT NULL)", err);
	return rc < 0 ? rc : tt_db_exec(db, "INSERT INTO schema_version (version) VALUES (0)", err);
}

/* Looks at the version inside the transaction: two processes may start at once. 1: there may be more to do. */
static int migrate_step(struct tt_db *db, const char *const *scripts, int count, struct tt_err *err)
{
	TT_SCOPED(tt_tx_endp) struct tt_tx tx = { NULL };
	int version = 0;
	int rc = tt_tx_begin(&tx, db, err);

	if (rc == 0)
		rc = tt_db_version(db, &version, err);
	if (rc == 0 && version == count)
		return 0;
	if (rc == 0 && version == 0)
		rc = first(db, err);
	if (rc == 0)
		rc = tt_db_exec(db, scripts[version], err);
	if (rc == 0)
		rc = set_version(db, version + 1, err);
	if (rc == 0)
		rc = tt_tx_commit(&tx, err);
	return rc < 0 ? tt_err_ctx(err, "bring the database from version %d to %d", version, version + 1) : 1;
}

int tt_db_migrate(struct tt_db *db, const char *const *scripts, int count, struct tt_err *err)
{
	int version = 0;
	int rc = tt_db_version(db, &version, err);

	if (rc == 0 && (version > count || version < 0))
		return tt_err_set(err, TT_EINVALID,
				  "library was made by a newer tintype (schema %d, this one knows up to %d): install "
				  "the newer one",
				  version, count);
	if (rc == 0 && version == count)
		return 0; /* the usual start takes no write lock */
	while (rc >= 0) {
		rc = migrate_step(db, scripts, count, err);
		if (rc == 0)
			return 0;
	}
	return rc;
}
