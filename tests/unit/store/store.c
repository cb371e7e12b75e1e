#include "fixture.h"

#include "db/db.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int reopen(struct fixture *fx)
{
	tt_store_close(fx->store);
	fx->store = NULL;
	return tt_store_open(&fx->store, fx->path, NULL, &fx->err);
}

static void opens_again_with_all_rows(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1);
	struct tt_photo p;

	OK(fx, reopen(fx));
	OK(fx, tt_store_photo(fx->store, fx->ann, id, &fx->arena, &p, &fx->err));
	OK(fx, tt_store_ping(fx->store, &fx->err));
	CHECK(rows(fx, "SELECT version FROM schema_version") == 4);
}

static void a_newer_library_is_refused(void **state)
{
	struct fixture *fx = *state;
	struct tt_db *db = NULL;

	OK(fx, tt_db_open(&db, fx->path, &(struct tt_db_opts){ .busy_ms = 1000 }, &fx->err));
	OK(fx, tt_db_exec(db, "UPDATE schema_version SET version = 99", &fx->err));
	tt_db_close(db);
	CHECK(reopen(fx) == TT_EINVALID && fx->store == NULL);
	CHECK(strstr(fx->err.msg, "newer tintype") && strstr(fx->err.msg, "99"));
}

static void a_damaged_file_is_told(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		const char *name;
		off_t at;
		int rc;
	} cases[] = { { "header", 0, TT_EIO }, { "schema page", 100, TT_EIO } };

	for (size_t i = 0; i < TT_LEN(cases); i++) {
		char copy[128], rubbish[512];
		struct tt_store *s = NULL;
		struct tt_err err = { 0 };
		int fd;

		snprintf(copy, sizeof copy, "%s-damaged", fx->path);
		OK(fx, tt_store_backup(fx->store, copy, &fx->err));
		memset(rubbish, 0x5a, sizeof rubbish);
		fd = open(copy, O_WRONLY);
		CHECK(fd >= 0 && pwrite(fd, rubbish, sizeof rubbish, cases[i].at) == sizeof rubbish);
		close(fd);
		CHECK_ROW(tt_store_open(&s, copy, NULL, &err) == cases[i].rc && s == NULL, cases[i].name);
		CHECK_ROW(strstr(err.msg, "damaged") && strstr(err.msg, "backup"), cases[i].name);
		unlink(copy);
	}
}

static void other_paths_are_refused(void **state)
{
	struct fixture *fx = *state;
	struct tt_store *s = NULL;
	struct tt_db *db = NULL;
	char path[128];

	snprintf(path, sizeof path, "%s/no/such/folder.db", fx->dir);
	CHECK(tt_store_open(&s, path, NULL, &fx->err) == TT_EIO && strstr(fx->err.msg, path));
	CHECK(tt_store_open(&s, fx->dir, NULL, &fx->err) == TT_EIO);
	snprintf(path, sizeof path, "%s/foreign.db", fx->dir);
	OK(fx, tt_db_open(&db, path, &(struct tt_db_opts){ .create = true }, &fx->err));
	OK(fx, tt_db_exec(db, "CREATE TABLE t (a INTEGER)", &fx->err));
	tt_db_close(db);
	CHECK(tt_store_open(&s, path, NULL, &fx->err) == TT_EINVALID && strstr(fx->err.msg, "another program"));
	unlink(path);
	CHECK(s == NULL);
}

static void a_backup_is_a_whole_library(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_done(fx, 1, "2020-01-01T00:00:00", 1, 0.5);
	struct tt_store *copy = NULL;
	struct tt_photo p;
	char path[128];

	snprintf(path, sizeof path, "%s-copy", fx->path);
	OK(fx, tt_store_backup(fx->store, path, &fx->err));
	CHECK(tt_store_backup(fx->store, path, &fx->err) == TT_EEXISTS && strstr(fx->err.msg, "already"));
	OK(fx, tt_store_open(&copy, path, NULL, &fx->err));
	OK(fx, tt_store_photo(copy, fx->ann, id, &fx->arena, &p, &fx->err));
	CHECK(p.cls == 1);
	tt_store_close(copy);
	unlink(path);
	CHECK(tt_store_backup(fx->store, "/no/such/folder/x", &fx->err) < 0 && fx->err.msg[0]);
}

static void another_writer_is_waited_for_then_told(void **state)
{
	struct fixture *fx = *state;
	struct tt_new_photo p = new_photo(fx, 1);
	struct tt_known_photo known;
	struct tt_tx tx = { NULL };
	struct tt_db *db = NULL;
	struct tt_counts c;

	OK(fx, tt_db_open(&db, fx->path, &(struct tt_db_opts){ .busy_ms = 1000 }, &fx->err));
	OK(fx, tt_tx_begin(&tx, db, &fx->err));
	CHECK(tt_store_photo_add(fx->store, &p, &known, &fx->err) == TT_EBUSY && strstr(fx->err.msg, "try again"));
	OK(fx, tt_store_counts(fx->store, fx->ann, &c, &fx->err)); /* readers go on */
	tt_tx_endp(&tx);
	tt_db_close(db);
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
}

struct crowd {
	struct fixture *fx;
	atomic_int next, failed;
};

static void *write_and_read(void *ctx)
{
	struct crowd *c = ctx;

	for (;;) {
		int content = atomic_fetch_add(&c->next, 1);
		TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = 1 << 20 };
		struct tt_photo_filter f = { .owner = c->fx->ann };
		struct tt_known_photo known;
		struct tt_new_photo p;
		struct tt_photo_page page;
		struct tt_months months;
		struct tt_err err = { 0 };

		if (content > 60)
			return NULL;
		p = new_photo(c->fx, content);
		if (tt_store_photo_add(c->fx->store, &p, &known, &err) < 0 ||
		    tt_store_photo_page(c->fx->store, &f, (struct tt_cursor){ 0 }, 100, &arena, &page, &err) < 0 ||
		    tt_store_months(c->fx->store, &f, &arena, &months, &err) < 0 || page.count == 0 ||
		    months.total == 0)
			atomic_fetch_add(&c->failed, 1);
	}
}

static void any_thread_may_call(void **state)
{
	struct fixture *fx = *state;
	struct crowd c = { .fx = fx, .next = 1 };
	pthread_t threads[6]; /* more than there are readers */

	for (size_t i = 0; i < TT_LEN(threads); i++)
		CHECK(pthread_create(&threads[i], NULL, write_and_read, &c) == 0);
	for (size_t i = 0; i < TT_LEN(threads); i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	CHECK(c.failed == 0 && rows(fx, "SELECT count(*) FROM photo") == 60);
	check_sound(fx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(opens_again_with_all_rows, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_newer_library_is_refused, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_damaged_file_is_told, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(other_paths_are_refused, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_backup_is_a_whole_library, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(another_writer_is_waited_for_then_told, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(any_thread_may_call, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
