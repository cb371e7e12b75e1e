#include "test.h"

#include "conf/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void defaults(void **state)
{
	struct tt_conf c;

	(void)state;
	tt_conf_defaults(&c);
	assert_string_equal(c.listen, "127.0.0.1:2342");
	CHECK(c.jobs.tries == 3 && c.worker.timeout_ms == 60000 && c.model.path[0] == 0);
}

static void flags(void **state)
{
	static const struct {
		const char *flag;
		int rc;
		const char *says;
	} rows[] = {
		{ "jobs.tries=10", 0, NULL },
		{ " jobs.tries = 2 ", 0, NULL },
		{ "jobs.tries=11", TT_EINVALID, "from 1 to 10" },
		{ "jobs.tries=", TT_EINVALID, "whole number" },
		{ "jobs.tries=two", TT_EINVALID, "jobs.tries" },
		{ "jobs.tires=2", TT_EINVALID, "no setting" },
		{ "jobs.tries", TT_EINVALID, "KEY=VALUE" },
		{ "model.precision=int8", 0, NULL },
		{ "model.precision=int", TT_EINVALID, "auto|f32|bf16|int8" },
		{ "model.path=/a=b", 0, NULL },
		{ "model.path=\xff", TT_EINVALID, "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_err err = { 0 };
		struct tt_conf c;

		tt_conf_defaults(&c);
		CHECK_ROW(tt_conf_flag(&c, rows[i].flag, &err) == rows[i].rc, rows[i].flag);
		CHECK_ROW(!rows[i].says || strstr(err.msg, rows[i].says), rows[i].flag);
	}
}

static void values_arrive(void **state)
{
	struct tt_err err = { 0 };
	struct tt_conf c;

	(void)state;
	tt_conf_defaults(&c);
	CHECK(tt_conf_flag(&c, "model.path=/a=b", &err) == 0 && tt_conf_flag(&c, "http.threads=7", &err) == 0);
	assert_string_equal(c.model.path, "/a=b");
	CHECK(c.http.threads == 7);
}

static void environment(void **state)
{
	char *good[] = { (char *)"PATH=/bin", (char *)"TINTYPE_HTTP_MAX_JSON_BYTES=2048", (char *)"TINTYPE_NOTHING=1",
			 NULL };
	char *bad[] = { (char *)"TINTYPE_WORKERS=many", NULL };
	struct tt_err err = { 0 };
	struct tt_conf c;

	(void)state;
	tt_conf_defaults(&c);
	CHECK(tt_conf_environment(&c, good, &err) == 0 && c.http.max_json_bytes == 2048);
	CHECK(tt_conf_environment(&c, bad, &err) == TT_EINVALID && strstr(err.msg, "workers = many"));
}

static int read_text(struct tt_conf *c, const char *text, struct tt_err *err)
{
	char path[] = "/tmp/tintype-conf-XXXXXX";
	int fd = mkstemp(path), rc;

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	(void)close(fd);
	tt_conf_defaults(c);
	rc = tt_conf_file(c, path, err);
	(void)unlink(path);
	return rc;
}

static void file(void **state)
{
	struct tt_err err = { 0 };
	struct tt_conf c;

	(void)state;
	CHECK(read_text(&c, "# comment\n\n workers = 3\nlisten=0.0.0.0:80", &err) == 0);
	CHECK(c.workers == 3);
	assert_string_equal(c.listen, "0.0.0.0:80");
	CHECK(read_text(&c, "workers = 3\nworkers 4\n", &err) == TT_EINVALID && strstr(err.msg, ":2:"));
	CHECK(tt_conf_file(&c, "/nowhere/at/all", &err) == TT_ENOTFOUND);
}

static void the_table_describes_itself(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	tt_conf_describe(out);
	(void)fclose(out);
	CHECK(strstr(text, "jobs.tries") && strstr(text, "(1 to 10)") && strstr(text, "model.precision"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),    cmocka_unit_test(flags), cmocka_unit_test(values_arrive),
		cmocka_unit_test(environment), cmocka_unit_test(file),  cmocka_unit_test(the_table_describes_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
