/* SQLite behind one small interface, written so that PostgreSQL could stand behind it too: `$1` placeholders,
 * RETURNING, ON CONFLICT. A tt_db is one connection with its cache of prepared statements; it is used by one thread at
 * a time. WAL, foreign keys on, synchronous=FULL: what was committed is on disk. Nothing runs by itself: no timer, no
 * thread. Errors: TT_EBUSY (another process writes), TT_EEXISTS (unique), TT_ENOTFOUND (a row that is referred to is
 * missing), TT_EINVALID (a constraint), TT_EIO (disk, damaged file), TT_ENOMEM. Steps ask TT_FAULT_SQL. */
#ifndef TT_DB_DB_H
#define TT_DB_DB_H

#include "base/alloc.h"
#include "base/err.h"
#include "base/str.h"

struct tt_db;
struct tt_stmt;

struct tt_db_opts {
	bool create; /* make the file when it is missing */
	bool read_only;
	unsigned busy_ms; /* how long to wait for another process's write */
};

int tt_db_open(struct tt_db **out, const char *path, const struct tt_db_opts *opts, struct tt_err *err) TT_CHECKED;
void tt_db_close(struct tt_db *db); /* NULL is fine */
/* A script of several statements without parameters. */
int tt_db_exec(struct tt_db *db, const char *sql, struct tt_err *err) TT_CHECKED;
int64_t tt_db_changed(const struct tt_db *db); /* rows that the last INSERT, UPDATE or DELETE touched */

/* Statements. `sql` is static text: its address is the key in the cache. Ending the scope resets the statement and
 * gives it back. Bound text and blobs are borrowed until then. A failed bind is told by the next step. */
int tt_db_stmt(struct tt_db *db, const char *sql, struct tt_stmt **out, struct tt_err *err) TT_CHECKED;
void tt_stmt_donep(struct tt_stmt **st);
void tt_stmt_i64(struct tt_stmt *st, int n, int64_t v);
void tt_stmt_double(struct tt_stmt *st, int n, double v);
void tt_stmt_text(struct tt_stmt *st, int n, const char *s); /* NULL binds null */
void tt_stmt_str(struct tt_stmt *st, int n, struct tt_str s);
void tt_stmt_blob(struct tt_stmt *st, int n, const void *p, size_t len);
void tt_stmt_null(struct tt_stmt *st, int n);
int tt_stmt_step(struct tt_stmt *st, struct tt_err *err) TT_CHECKED; /* 1 a row, 0 no more */
int tt_stmt_run(struct tt_stmt *st, struct tt_err *err) TT_CHECKED;  /* to the end, then ready to bind again */
/* Columns of the row, counted from 0; text and blobs live until the next step. */
bool tt_col_is_null(struct tt_stmt *st, int col);
int64_t tt_col_i64(struct tt_stmt *st, int col);
double tt_col_double(struct tt_stmt *st, int col);
const char *tt_col_text(struct tt_stmt *st, int col); /* NULL for null */
struct tt_str tt_col_blob(struct tt_stmt *st, int col);

/* A writing transaction (BEGIN IMMEDIATE). Leaving the scope without commit rolls back. */
struct tt_tx {
	struct tt_db *db;
};
int tt_tx_begin(struct tt_tx *tx, struct tt_db *db, struct tt_err *err) TT_CHECKED;
int tt_tx_commit(struct tt_tx *tx, struct tt_err *err) TT_CHECKED;
void tt_tx_endp(struct tt_tx *tx);

/* Migrations: script k (from 0) leads from version k to k + 1; each runs in a transaction of its own. A database of a
 * newer version is refused with TT_EINVALID. */
int tt_db_migrate(struct tt_db *db, const char *const *scripts, int count, struct tt_err *err) TT_CHECKED;
int tt_db_version(struct tt_db *db, int *out, struct tt_err *err) TT_CHECKED;

/* Integrity of the file and of references: calls fn with each complaint. */
typedef int tt_db_complaint_fn(void *ctx, const char *text, struct tt_err *err);
int tt_db_check(struct tt_db *db, tt_db_complaint_fn *fn, void *ctx, struct tt_err *err) TT_CHECKED;
/* A consistent copy, made while others read and write; the target must not exist yet. Durable on return. */
int tt_db_backup(struct tt_db *db, const char *target, struct tt_err *err) TT_CHECKED;

#endif
