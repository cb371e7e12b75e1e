#include "db/db.h"

#include "base/fault.h"

#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	char dir[64], path[96];
	struct tt_db *db;
	struct tt_err err;
};

static void remove_file(const struct fixture *fx, const char *suffix)
{
	char path[128];

	snprintf(path, sizeof path, "%s%s", fx->path, suffix);
	(void)unlink(path);
}

static int set_up(void **state)
{
	struct fixture *fx = calloc(1, sizeof *fx);

	CHECK(fx != NULL);
	snprintf(fx->dir, sizeof fx->dir, "%s/tt-db-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(fx->dir) != NULL);
	snprintf(fx->path, sizeof fx->path, "%s/x.db", fx->dir);
	CHECK(tt_db_open(&fx->db, fx->path, &(struct tt_db_opts){ .create = true, .busy_ms = 10 }, &fx->err) == 0);
	CHECK(tt_db_exec(fx->db,
			 "CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;"
			 "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, parent INTEGER REFERENCES parent "
			 "(id), "
			 "x REAL, b BLOB, CHECK (x <> 13)) STRICT",
			 &fx->err) == 0);
	*state = fx;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fx = *state;

	tt_db_close(fx->db);
	remove_file(fx, "");
	remove_file(fx, "-wal");
	remove_file(fx, "-shm");
	remove_file(fx, "-copy");
	(void)rmdir(fx->dir);
	free(fx);
	return 0;
}

static int64_t number(struct tt_db *db, const char *sql)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_err err = { 0 };

	CHECK(tt_db_stmt(db, sql, &st, &err) == 0 && tt_stmt_step(st, &err) == 1);
	return tt_col_i64(st, 0);
}

static void values_go_in_and_come_out(void **state)
{
	struct fixture *fx = *state;
	static const char insert[] = "INSERT INTO t (name, x, b) VALUES ($3, $1, $2) RETURNING id"; /* not in order */
	static const char select[] = "SELECT name, x, b, parent FROM t WHERE id = $1";
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *back = NULL;
	int64_t id;

	CHECK(tt_db_stmt(fx->db, insert, &st, &fx->err) == 0);
	tt_stmt_double(st, 1, 0.25);
	tt_stmt_blob(st, 2, "a\0b", 3);
	tt_stmt_str(st, 3, (struct tt_str){ "name and more", 4 });
	CHECK(tt_stmt_step(st, &fx->err) == 1);
	id = tt_col_i64(st, 0);
	CHECK(tt_stmt_run(st, &fx->err) == 0);
	CHECK(tt_db_stmt(fx->db, select, &back, &fx->err) == 0);
	tt_stmt_i64(back, 1, id);
	CHECK(tt_stmt_step(back, &fx->err) == 1);
	CHECK(strcmp(tt_col_text(back, 0), "name") == 0 && tt_col_double(back, 1) == 0.25);
	CHECK(tt_col_blob(back, 2).len == 3 && memcmp(tt_col_blob(back, 2).p, "a\0b", 3) == 0);
	CHECK(tt_col_is_null(back, 3) && tt_col_text(back, 3) == NULL && tt_col_blob(back, 3).len == 0);
	CHECK(tt_stmt_step(back, &fx->err) == 0);
}

static void errors_have_codes_and_words(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		const char *sql;
		int rc;
	} rows[] = {
		{ "INSERT INTO t (id, name) VALUES (1, 'a')", 0 },
		{ "INSERT INTO t (id, name) VALUES (1, 'b')", TT_EEXISTS },
		{ "INSERT INTO t (id, name) VALUES (2, 'a')", TT_EEXISTS },
		{ "INSERT INTO t (id, parent) VALUES (3, 77)", TT_ENOTFOUND },
		{ "INSERT INTO t (id, x) VALUES (4, 13)", TT_EINVALID },
		{ "INSERT INTO t (id, x) VALUES (5, 'no number')", TT_EINVALID },
		{ "SELECT nothing", TT_EINTERNAL },
	};

	for (size_t i = 0; i < TT_LEN(rows); i++) {
		TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
		struct tt_err err = { 0 };
		int rc = tt_db_stmt(fx->db, rows[i].sql, &st, &err);

		if (rc == 0)
			rc = tt_stmt_run(st, &err);
		CHECK_ROW(rc == rows[i].rc && err.code == rows[i].rc && (err.msg[0] != 0) == (rc < 0), rows[i].sql);
	}
	CHECK(number(fx->db, "SELECT count(*) FROM t") == 1);
}

static void a_wrong_bind_is_told_by_the_step(void **state)
{
	struct fixture *fx = *state;
	static const char sql[] = "SELECT $1";
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;

	CHECK(tt_db_stmt(fx->db, sql, &st, &fx->err) == 0);
	tt_stmt_i64(st, 2, 5);
	CHECK(tt_stmt_step(st, &fx->err) == TT_EINTERNAL);
	tt_stmt_donep(&st);
	CHECK(tt_db_stmt(fx->db, sql, &st, &fx->err) == 0); /* forgotten with the scope, like the values */
	CHECK(tt_stmt_step(st, &fx->err) == 1 && tt_col_is_null(st, 0));
}

static void a_statement_is_not_used_twice_at_once(void **state)
{
	struct fixture *fx = *state;
	static const char sql[] = "SELECT 1";
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_stmt *second = NULL;

	CHECK(tt_db_stmt(fx->db, sql, &st, &fx->err) == 0);
	CHECK(tt_db_stmt(fx->db, sql, &second, &fx->err) == TT_EINTERNAL && second == NULL);
	tt_stmt_donep(&second);
}

static void leaving_the_scope_rolls_back(void **state)
{
	struct fixture *fx = *state;

	for (int commit = 0; commit < 2; commit++) {
		TT_SCOPED(tt_tx_endp) struct tt_tx tx = { NULL };

		CHECK(tt_tx_begin(&tx, fx->db, &fx->err) == 0);
		CHECK(tt_db_exec(fx->db, "INSERT INTO t (name) VALUES ('a')", &fx->err) == 0);
		if (commit)
			CHECK(tt_tx_commit(&tx, &fx->err) == 0);
		tt_tx_endp(&tx);
		CHECK(number(fx->db, "SELECT count(*) FROM t") == commit);
	}
}

static void a_failed_commit_rolls_back(void **state)
{
	struct fixture *fx = *state;
	TT_SCOPED(tt_tx_endp) struct tt_tx tx = { NULL };

	CHECK(tt_tx_begin(&tx, fx->db, &fx->err) == 0);
	CHECK(tt_db_exec(fx->db, "INSERT INTO t (name) VALUES ('a')", &fx->err) == 0);
	tt_fault_arm(TT_FAULT_SQL, 0);
	CHECK(tt_tx_commit(&tx, &fx->err) == TT_EIO && fx->err.msg[0]);
	CHECK(tt_fault_disarm(TT_FAULT_SQL));
	tt_tx_endp(&tx);
	CHECK(number(fx->db, "SELECT count(*) FROM t") == 0);
}

static void readers_see_commits_and_write_nothing(void **state)
{
	struct fixture *fx = *state;
	struct tt_db *reader = NULL;

	CHECK(tt_db_open(&reader, fx->path, &(struct tt_db_opts){ .read_only = true, .busy_ms = 10 }, &fx->err) == 0);
	CHECK(tt_db_exec(fx->db, "INSERT INTO t (name) VALUES ('a')", &fx->err) == 0 && tt_db_changed(fx->db) == 1);
	CHECK(number(reader, "SELECT count(*) FROM t") == 1);
	CHECK(tt_db_exec(reader, "DELETE FROM t", &fx->err) == TT_EIO);
	tt_db_close(reader);
	CHECK(tt_db_open(&reader, "/no/such/file.db", &(struct tt_db_opts){ .read_only = true }, &fx->err) == TT_EIO);
	tt_db_close(NULL);
}

static int count_lines(void *ctx, const char *text, struct tt_err *err)
{
	(void)text;
	(void)err;
	++*(int *)ctx;
	return 0;
}

static void check_and_backup(void **state)
{
	struct fixture *fx = *state;
	struct tt_db *copy = NULL;
	char target[128];
	int lines = 0;

	CHECK(tt_db_exec(fx->db, "INSERT INTO t (name) VALUES ('a')", &fx->err) == 0);
	CHECK(tt_db_check(fx->db, count_lines, &lines, &fx->err) == 0 && lines == 0);
	snprintf(target, sizeof target, "%s-copy", fx->path);
	tt_fault_arm(TT_FAULT_FSYNC, 0);
	CHECK(tt_db_backup(fx->db, target, &fx->err) == TT_EIO && access(target, F_OK) != 0);
	CHECK(tt_fault_disarm(TT_FAULT_FSYNC));
	CHECK(tt_db_backup(fx->db, target, &fx->err) == 0);
	CHECK(tt_db_open(&copy, target, &(struct tt_db_opts){ .read_only = true }, &fx->err) == 0);
	CHECK(number(copy, "SELECT count(*) FROM t") == 1);
	tt_db_close(copy);
	CHECK(tt_db_backup(fx->db, target, &fx->err) == TT_EEXISTS);
	CHECK(tt_db_exec(fx->db, "PRAGMA foreign_keys = OFF; INSERT INTO t (parent) VALUES (5)", &fx->err) == 0);
	CHECK(tt_db_check(fx->db, count_lines, &lines, &fx->err) == 0 && lines == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_go_in_and_come_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(errors_have_codes_and_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_bind_is_told_by_the_step, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_statement_is_not_used_twice_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(leaving_the_scope_rolls_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_failed_commit_rolls_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(readers_see_commits_and_write_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(check_and_backup, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
