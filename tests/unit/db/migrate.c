#include "base/fault.h"
#include "db/db.h"

#include "test.h"

#include <string.h>

static const char *const scripts[] = {
	"CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)",
	"ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1",
	"CREATE TABLE b AS SELECT y FROM a",
};
static const char *const broken[] = {
	"CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)",
	"DELETE FROM a; SELECT nonsense",
};

static struct tt_db *memory(void)
{
	struct tt_db *db = NULL;
	struct tt_err err = { 0 };

	CHECK(tt_db_open(&db, ":memory:", &(struct tt_db_opts){ .create = true }, &err) == 0);
	return db;
}

static int64_t number(struct tt_db *db, const char *sql)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_err err = { 0 };

	CHECK(tt_db_stmt(db, sql, &st, &err) == 0 && tt_stmt_step(st, &err) == 1);
	return tt_col_i64(st, 0);
}

static void from_any_version_to_the_newest(void **state)
{
	(void)state;
	for (int from = 0; from <= 3; from++) {
		struct tt_db *db = memory();
		struct tt_err err = { 0 };
		int version = -1;

		CHECK(tt_db_version(db, &version, &err) == 0 && version == 0);
		if (from > 0)
			CHECK(tt_db_migrate(db, scripts, from, &err) == 0);
		CHECK(tt_db_migrate(db, scripts, 3, &err) == 0);
		CHECK(tt_db_version(db, &version, &err) == 0 && version == 3);
		CHECK(number(db, "SELECT y FROM b") == 2 && number(db, "SELECT count(*) FROM schema_version") == 1);
		CHECK(tt_db_migrate(db, scripts, 3, &err) == 0); /* again: nothing to do */
		tt_db_close(db);
	}
}

static void newer_and_foreign_are_refused(void **state)
{
	struct tt_db *db = memory();
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_db_migrate(db, scripts, 3, &err) == 0);
	CHECK(tt_db_migrate(db, scripts, 2, &err) == TT_EINVALID);
	CHECK(strstr(err.msg, "newer tintype") && strstr(err.msg, "schema 3") && strstr(err.msg, "up to 2"));
	CHECK(number(db, "SELECT version FROM schema_version") == 3);
	CHECK(tt_db_exec(db, "DELETE FROM schema_version", &err) == 0);
	CHECK(tt_db_migrate(db, scripts, 3, &err) == TT_EINVALID && strstr(err.msg, "lost its version"));
	tt_db_close(db);
	db = memory();
	CHECK(tt_db_exec(db, "CREATE TABLE other (x)", &err) == 0);
	CHECK(tt_db_migrate(db, scripts, 3, &err) == TT_EINVALID && strstr(err.msg, "another program"));
	tt_db_close(db);
}

static void a_step_that_fails_leaves_the_version_before(void **state)
{
	struct tt_db *db = memory();
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_db_migrate(db, broken, 2, &err) == TT_EINTERNAL && strstr(err.msg, "from version 1 to 2"));
	CHECK(number(db, "SELECT version FROM schema_version") == 1 && number(db, "SELECT count(*) FROM a") == 1);
	CHECK(tt_db_migrate(db, scripts, 3, &err) == 0 && number(db, "SELECT y FROM b") == 2);
	tt_db_close(db);
}

static void every_statement_may_fail(void **state)
{
	bool hit = true;

	(void)state;
	for (long n = 0; hit; n++) {
		struct tt_db *db = memory();
		struct tt_err err = { 0 };
		int rc;

		tt_fault_arm(TT_FAULT_SQL, n);
		rc = tt_db_migrate(db, scripts, 3, &err);
		hit = tt_fault_disarm(TT_FAULT_SQL);
		CHECK(rc == (hit ? TT_EIO : 0) && (err.msg[0] != 0) == hit && n < 100);
		CHECK(tt_db_migrate(db, scripts, 3, &err) == 0 && number(db, "SELECT y FROM b") == 2);
		tt_db_close(db);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_any_version_to_the_newest),
		cmocka_unit_test(newer_and_foreign_are_refused),
		cmocka_unit_test(a_step_that_fails_leaves_the_version_before),
		cmocka_unit_test(every_statement_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
