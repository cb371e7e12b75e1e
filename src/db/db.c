/* Connections, prepared statements and transactions on SQLite. Interface: db.h. */
#include "db/internal.h"

#include "base/fault.h"

#include <string.h>

#define MAX_PARAMS 48

struct tt_stmt {
	struct tt_db *db;
	sqlite3_stmt *st;
	const char *sql;
	struct tt_stmt *next;
	bool in_use;
	int bind_rc;                         /* first failed bind: told by the next step */
	unsigned char param[MAX_PARAMS + 1]; /* $n -> SQLite's own number, which counts by first appearance */
};

int tt_db_fail(struct tt_db *db, int rc, struct tt_err *err)
{
	const char *why = db && db->handle && sqlite3_errcode(db->handle) == rc ? sqlite3_errmsg(db->handle)
										: sqlite3_errstr(rc);

	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return tt_err_set(err, TT_ENOMEM, "database: out of memory");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return tt_err_set(err, TT_EBUSY, "database is being written by another process: try again");
	case SQLITE_CONSTRAINT:
		if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY)
			return tt_err_set(err, TT_EEXISTS, "is there already (%s)", why);
		if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
			return tt_err_set(err, TT_ENOTFOUND, "what this refers to does not exist");
		return tt_err_set(err, TT_EINVALID, "database refuses the value (%s)", why);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return tt_err_set(err, TT_EIO, "database is damaged (%s): stop tintype and restore a backup", why);
	case SQLITE_FULL:
		return tt_err_set(err, TT_EIO, "database: disk is full: make room and try again");
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return tt_err_set(err, TT_EIO, "database: %s", why);
	default:
		return tt_err_set(err, TT_EINTERNAL, "database: %s", why);
	}
}

int tt_db_exec(struct tt_db *db, const char *sql, struct tt_err *err)
{
	int rc = tt_fault_strikes(TT_FAULT_SQL) ? SQLITE_IOERR : sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : tt_db_fail(db, rc, err);
}

static void closep(struct tt_db **db)
{
	tt_db_close(*db);
}

static int set_up(struct tt_db *db, const struct tt_db_opts *opts, struct tt_err *err)
{
	(void)sqlite3_extended_result_codes(db->handle, 1);
	(void)sqlite3_busy_timeout(db->handle, (int)opts->busy_ms);
	/* A damaged or hostile file must not be able to write to internal tables or call functions from its schema. */
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return tt_db_exec(db,
			  opts->read_only
				  ? "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY"
				  : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
				    "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; "
				    "PRAGMA journal_size_limit = 67108864",
			  err);
}

int tt_db_open(struct tt_db **out, const char *path, const struct tt_db_opts *opts, struct tt_err *err)
{
	TT_SCOPED(closep) struct tt_db *db = tt_calloc(1, sizeof *db);
	int rc;

	if (!db)
		return tt_err_set(err, TT_ENOMEM, "database: out of memory");
	rc = sqlite3_open_v2(path, &db->handle,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (opts->create ? SQLITE_OPEN_CREATE : 0),
			     NULL);
	rc = rc == SQLITE_OK ? set_up(db, opts, err) : tt_db_fail(db, rc, err);
	if (rc < 0)
		return tt_err_ctx(err, "open '%s'", path);
	*out = tt_take(db);
	return 0;
}

void tt_db_close(struct tt_db *db)
{
	if (!db)
		return;
	while (db->statements) {
		struct tt_stmt *st = db->statements;

		db->statements = st->next;
		sqlite3_finalize(st->st);
		free(st);
	}
	sqlite3_close_v2(db->handle);
	free(db);
}

int64_t tt_db_changed(const struct tt_db *db)
{
	return sqlite3_changes64(db->handle);
}

static int map_params(struct tt_stmt *st)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(st->st); i++) {
		const char *name = sqlite3_bind_parameter_name(st->st, i);
		int64_t n;

		if (!name || name[0] != '$' || !tt_str_i64(tt_str_of(name + 1), 1, MAX_PARAMS, &n))
			return SQLITE_RANGE;
		st->param[n] = (unsigned char)i;
	}
	return SQLITE_OK;
}

int tt_db_stmt(struct tt_db *db, const char *sql, struct tt_stmt **out, struct tt_err *err)
{
	struct tt_stmt *st = db->statements;
	int rc;

	while (st && st->sql != sql)
		st = st->next;
	if (st && st->in_use)
		return tt_err_set(err, TT_EINTERNAL, "database: statement is in use already: %.100s", sql);
	if (!st) {
		st = tt_calloc(1, sizeof *st);
		if (!st)
			return tt_err_set(err, TT_ENOMEM, "database: out of memory");
		*st = (struct tt_stmt){ .db = db, .sql = sql };
		rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->st, NULL);
		if (rc == SQLITE_OK)
			rc = map_params(st);
		if (rc != SQLITE_OK) {
			rc = tt_db_fail(db, rc, err);
			sqlite3_finalize(st->st);
			free(st);
			return rc;
		}
		st->next = db->statements;
		db->statements = st;
	}
	st->in_use = true;
	st->bind_rc = SQLITE_OK;
	*out = st;
	return 0;
}

void tt_stmt_donep(struct tt_stmt **stp)
{
	struct tt_stmt *st = *stp;

	if (!st)
		return;
	(void)sqlite3_reset(st->st); /* repeats the error of the last step, which was told already */
	(void)sqlite3_clear_bindings(st->st);
	st->in_use = false;
	*stp = NULL;
}

static int param(struct tt_stmt *st, int n)
{
	return n >= 1 && n <= MAX_PARAMS ? st->param[n] : 0;
}

static void bound(struct tt_stmt *st, int rc)
{
	if (st->bind_rc == SQLITE_OK)
		st->bind_rc = rc;
}

void tt_stmt_i64(struct tt_stmt *st, int n, int64_t v)
{
	bound(st, sqlite3_bind_int64(st->st, param(st, n), v));
}

void tt_stmt_double(struct tt_stmt *st, int n, double v)
{
	bound(st, sqlite3_bind_double(st->st, param(st, n), v));
}

void tt_stmt_text(struct tt_stmt *st, int n, const char *s)
{
	bound(st, sqlite3_bind_text(st->st, param(st, n), s, -1, SQLITE_STATIC));
}

void tt_stmt_str(struct tt_stmt *st, int n, struct tt_str s)
{
	bound(st, sqlite3_bind_text64(st->st, param(st, n), s.p ? s.p : "", s.len, SQLITE_STATIC, SQLITE_UTF8));
}

void tt_stmt_blob(struct tt_stmt *st, int n, const void *p, size_t len)
{
	bound(st, sqlite3_bind_blob64(st->st, param(st, n), p, len, SQLITE_STATIC));
}

void tt_stmt_null(struct tt_stmt *st, int n)
{
	bound(st, sqlite3_bind_null(st->st, param(st, n)));
}

int tt_stmt_step(struct tt_stmt *st, struct tt_err *err)
{
	int rc = st->bind_rc;

	if (rc == SQLITE_OK)
		rc = tt_fault_strikes(TT_FAULT_SQL) ? SQLITE_IOERR : sqlite3_step(st->st);
	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : tt_db_fail(st->db, rc, err);
}

int tt_stmt_run(struct tt_stmt *st, struct tt_err *err)
{
	int rc;

	do {
		rc = tt_stmt_step(st, err);
	} while (rc > 0);
	(void)sqlite3_reset(st->st);
	return rc;
}

bool tt_col_is_null(struct tt_stmt *st, int col)
{
	return sqlite3_column_type(st->st, col) == SQLITE_NULL;
}

int64_t tt_col_i64(struct tt_stmt *st, int col)
{
	return sqlite3_column_int64(st->st, col);
}

double tt_col_double(struct tt_stmt *st, int col)
{
	return sqlite3_column_double(st->st, col);
}

const char *tt_col_text(struct tt_stmt *st, int col)
{
	return (const char *)sqlite3_column_text(st->st, col);
}

struct tt_str tt_col_blob(struct tt_stmt *st, int col)
{
	const char *p = sqlite3_column_blob(st->st, col);

	return (struct tt_str){ p, p ? (size_t)sqlite3_column_bytes(st->st, col) : 0 };
}

static int run(struct tt_db *db, const char *sql, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, sql, &st, err);

	return rc < 0 ? rc : tt_stmt_run(st, err);
}

int tt_tx_begin(struct tt_tx *tx, struct tt_db *db, struct tt_err *err)
{
	int rc = run(db, "BEGIN IMMEDIATE", err);

	if (rc == 0)
		tx->db = db;
	return rc;
}

int tt_tx_commit(struct tt_tx *tx, struct tt_err *err)
{
	int rc = run(tx->db, "COMMIT", err);

	if (rc == 0)
		tx->db = NULL;
	return rc;
}

void tt_tx_endp(struct tt_tx *tx)
{
	/* A full disk or lack of memory may have rolled back already. Not a cached statement: this must not need memory
	 * of ours, nor be struck by a test's fault. */
	if (tx->db && !sqlite3_get_autocommit(tx->db->handle))
		(void)sqlite3_exec(tx->db->handle, "ROLLBACK", NULL, NULL, NULL);
	tx->db = NULL;
}
