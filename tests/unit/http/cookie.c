#include "http/cookie.h"

#include "base/err.h"
#include "test.h"

static void test_cookies(void **state)
{
	static const struct {
		const char *header, *want; /* NULL: none */
	} rows[] = {
		{ "", NULL },       { "s=1", "1" },      { "a=0; s=1; b=2", "1" },
		{ "a=0;s=1", "1" }, { "s=1; s=2", "1" }, { "s=\"1\"", "1" },
		{ "s=", "" },       { "s=a=b", "a=b" },  { "xs=1; sx=2", NULL },
		{ "S=1", NULL },    { ";;s=1;;", "1" },  { "=1; s=2", "2" },
		{ "s; s=1", "1" },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_str v;
		bool found = tt_cookie_get(tt_str_of(rows[i].header), "s", &v);

		CHECK_ROW(found == (rows[i].want != NULL), rows[i].header);
		CHECK_ROW(!found || tt_str_is(v, rows[i].want), rows[i].header);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cookies) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
