#include "http/uri.h"

#include "base/fault.h"
#include "test.h"

#include <string.h>

static const struct {
	const char *name, *target;
	int rc;
	const char *path, *key, *value;
} rows[] = {
	{ "root", "/", 0, "/", NULL, NULL },
	{ "plain", "/api/v1/photos", 0, "/api/v1/photos", NULL, NULL },
	{ "query", "/a?b=c", 0, "/a", "b", "c" },
	{ "second of two", "/a?x=1&b=c", 0, "/a", "b", "c" },
	{ "plus is a space in a query", "/a?b=c+d", 0, "/a", "b", "c d" },
	{ "plus stays in a path", "/a+b", 0, "/a+b", NULL, NULL },
	{ "escapes", "/%41%c3%a4?b=%26%3D", 0, "/A\xc3\xa4", "b", "&=" },
	{ "no value", "/a?b", 0, "/a", "b", "" },
	{ "empty query", "/a?", 0, "/a", NULL, NULL },
	{ "question mark in the query", "/a?b=?", 0, "/a", "b", "?" },
	{ "absolute form", "http://host:80/a?b=c", 0, "/a", "b", "c" },
	{ "absolute form without path", "https://host", 0, "/", NULL, NULL },
	{ "three dots", "/...", 0, "/...", NULL, NULL },
	{ "dot in a name", "/a.b/.c", 0, "/a.b/.c", NULL, NULL },
	{ "no slash", "a", TT_EINVALID, NULL, NULL, NULL },
	{ "empty", "", TT_EINVALID, NULL, NULL, NULL },
	{ "star", "*", TT_EINVALID, NULL, NULL, NULL },
	{ "double slash", "/a//b", TT_EINVALID, NULL, NULL, NULL },
	{ "leading double slash", "//host/a", TT_EINVALID, NULL, NULL, NULL },
	{ "dot dot", "/a/../b", TT_EINVALID, NULL, NULL, NULL },
	{ "dot", "/a/./b", TT_EINVALID, NULL, NULL, NULL },
	{ "dot dot at the end", "/a/..", TT_EINVALID, NULL, NULL, NULL },
	{ "encoded dot dot", "/a/%2e%2E/b", TT_EINVALID, NULL, NULL, NULL },
	{ "half encoded dot dot", "/a/.%2e", TT_EINVALID, NULL, NULL, NULL },
	{ "encoded slash", "/a%2fb", TT_EINVALID, NULL, NULL, NULL },
	{ "backslash", "/a\\b", TT_EINVALID, NULL, NULL, NULL },
	{ "encoded backslash", "/a%5cb", TT_EINVALID, NULL, NULL, NULL },
	{ "NUL", "/a%00b", TT_EINVALID, NULL, NULL, NULL },
	{ "NUL in the query", "/a?b=%00", TT_EINVALID, NULL, NULL, NULL },
	{ "line break", "/a%0d%0ab", TT_EINVALID, NULL, NULL, NULL },
	{ "delete", "/a%7f", TT_EINVALID, NULL, NULL, NULL },
	{ "half an escape", "/a%4", TT_EINVALID, NULL, NULL, NULL },
	{ "lone percent", "/a%", TT_EINVALID, NULL, NULL, NULL },
	{ "no hex", "/a%zz", TT_EINVALID, NULL, NULL, NULL },
	{ "bad escape in the query", "/a?b=%g1", TT_EINVALID, NULL, NULL, NULL },
	{ "not UTF-8", "/%ff", TT_EINVALID, NULL, NULL, NULL },
	{ "overlong slash", "/%c0%af", TT_EINVALID, NULL, NULL, NULL },
	{ "twice the same", "/a?b=1&b=2", TT_EINVALID, NULL, NULL, NULL },
	{ "too many", "/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q", TT_EINVALID, NULL, NULL, NULL },
};

static void test_targets(void **state)
{

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_arena a = { .max = 65536 };
		struct tt_err err = { 0 };
		struct tt_uri uri = { .pairs = 0 };
		int rc = tt_uri_parse(&a, tt_str_of(rows[i].target), &uri, &err);

		CHECK_ROW(rc == rows[i].rc, rows[i].name);
		CHECK_ROW((err.msg[0] != 0) == (rc < 0), rows[i].name);
		CHECK_ROW(rc < 0 || strcmp(uri.path.p, rows[i].path) == 0, rows[i].name);
		if (rc == 0 && rows[i].key) {
			const struct tt_str *v = tt_uri_query(&uri, rows[i].key);

			CHECK_ROW(v && tt_str_is(*v, rows[i].value), rows[i].name);
		} else if (rc == 0) {
			CHECK_ROW(uri.pairs == 0, rows[i].name);
		}
		tt_arena_free(&a);
	}
}

static void test_every_fault(void **state)
{
	bool struck = true;

	(void)state;
	for (long n = 0; struck; n++) {
		struct tt_arena a = { .max = 65536 };
		struct tt_err err = { 0 };
		struct tt_uri uri;
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_uri_parse(&a, TT_STR("/a/b?c=d&e=f"), &uri, &err);
		struck = tt_fault_disarm(TT_FAULT_ALLOC);
		assert_int_equal(rc, struck ? TT_ENOMEM : 0);
		tt_arena_free(&a);
	}
}

static void test_arena_limit(void **state)
{
	struct tt_arena a = { .max = 64 };
	struct tt_err err = { 0 };
	struct tt_uri uri;
	char target[200];

	(void)state;
	memset(target, 'a', sizeof target);
	target[0] = '/';
	assert_int_equal(tt_uri_parse(&a, (struct tt_str){ target, sizeof target }, &uri, &err), TT_ENOMEM);
	tt_arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_arena_limit),
		cmocka_unit_test(test_every_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
