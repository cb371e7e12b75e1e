#include "http/router.h"

#include "test.h"

#include <string.h>

static int nothing(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	(void)rq, (void)rs, (void)err;
	return 0;
}

static const struct tt_route routes[] = {
	{ "GET", "/a", nothing, TT_AUTH_USER, 0, NULL },
	{ "POST", "/a", nothing, TT_AUTH_USER, 0, NULL },
	{ "GET", "/a/{id}", nothing, TT_AUTH_USER, 0, NULL },
	{ "POST", "/a/word", nothing, TT_AUTH_USER, 0, NULL },
	{ "DELETE", "/a/{id}/b", nothing, TT_AUTH_USER, 0, NULL },
};

static void test_match(void **state)
{
	static const struct {
		const char *method, *path;
		int row; /* -1: none */
		int64_t id;
		const char *allow;
	} rows[] = {
		{ "GET", "/a", 0, 0, "" },
		{ "HEAD", "/a", 0, 0, "" },
		{ "POST", "/a", 1, 0, "" },
		{ "GET", "/a/7", 2, 7, "" },
		{ "GET", "/a/9223372036854775807", 2, INT64_MAX, "" },
		{ "POST", "/a/word", 3, 0, "" },
		{ "DELETE", "/a/7/b", 4, 7, "" },
		{ "PUT", "/a", -1, 0, "GET, HEAD, POST" },
		{ "GET", "/a/word", -1, 0, "POST" },
		{ "get", "/a", -1, 0, "GET, HEAD, POST" },
		{ "GET", "/a/0", -1, 0, "" },
		{ "GET", "/a/-1", -1, 0, "" },
		{ "GET", "/a/+1", -1, 0, "" },
		{ "GET", "/a/1x", -1, 0, "" },
		{ "GET", "/a/9223372036854775808", -1, 0, "" },
		{ "GET", "/a/7/", -1, 0, "" },
		{ "GET", "/a/7/c", -1, 0, "" },
		{ "GET", "/", -1, 0, "" },
		{ "GET", "/aa", -1, 0, "" },
		{ "DELETE", "/a/7/b/8", -1, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_match m;

		tt_router_match(routes, TT_LEN(routes), tt_str_of(rows[i].method), tt_str_of(rows[i].path), &m);
		CHECK_ROW(m.route == (rows[i].row < 0 ? NULL : &routes[rows[i].row]), rows[i].path);
		CHECK_ROW(m.id == rows[i].id, rows[i].path);
		CHECK_ROW(m.path_known == (rows[i].allow[0] != 0), rows[i].path);
		CHECK_ROW(strcmp(m.allow, rows[i].allow) == 0, rows[i].path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_match) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
