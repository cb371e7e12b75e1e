#include "store/moment.h"

#include "base/err.h"

#include "test.h"

#include <string.h>

static void moment_and_month(void **state)
{
	static const struct {
		const char *name, *taken, *subsec, *offset;
		int64_t ms;
		int month;
	} rows[] = {
		{ "wall time only", "2019-05-04T10:11:12", NULL, NULL, 1556964672000, 2019 * 12 + 4 },
		{ "empty texts", "2019-05-04T10:11:12", "", "", 1556964672000, 2019 * 12 + 4 },
		{ "east", "2019-05-01T03:00:00", NULL, "+09:00", 1556647200000, 2019 * 12 + 4 },
		{ "west", "2019-05-31T23:00:00", NULL, "-05:00", 1559361600000, 2019 * 12 + 4 },
		{ "half hours", "2019-05-04T10:11:12", NULL, "+05:30", 1556944872000, 2019 * 12 + 4 },
		{ "one digit", "2019-05-04T10:11:12", "2", NULL, 1556964672200, 2019 * 12 + 4 },
		{ "many digits", "2019-05-04T10:11:12", "123456", NULL, 1556964672123, 2019 * 12 + 4 },
		{ "odd subsec", "2019-05-04T10:11:12", "1x", NULL, 1556964672100, 2019 * 12 + 4 },
		{ "odd offset", "2019-05-04T10:11:12", NULL, "+9:00", 1556964672000, 2019 * 12 + 4 },
		{ "far offset", "2019-05-04T10:11:12", NULL, "+19:00", 1556964672000, 2019 * 12 + 4 },
		{ "before 1970", "1969-12-31T23:59:59", "5", NULL, -500, 1969 * 12 + 11 },
		{ "no date", NULL, "5", "+09:00", 1577836800000, 2020 * 12 },
		{ "no such date", "2019-02-30T00:00:00", NULL, NULL, 1577836800000, 2020 * 12 },
		{ "not a date", "yesterday", NULL, NULL, 1577836800000, 2020 * 12 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_moment m = tt_moment_of(rows[i].taken, rows[i].subsec, rows[i].offset, 1577836800000);

		CHECK_ROW(m.ms == rows[i].ms && m.month == rows[i].month, rows[i].name);
	}
	CHECK(tt_moment_of(NULL, NULL, NULL, -1).month == 1969 * 12 + 11);
}

static void month_names(void **state)
{
	static const struct {
		const char *text;
		int month; /* -1: refused */
	} rows[] = { { "2019-05", 2019 * 12 + 4 },
		     { "0001-01", 12 },
		     { "9999-12", 9999 * 12 + 11 },
		     { "2019-00", -1 },
		     { "2019-13", -1 },
		     { "2019-5", -1 },
		     { "19-05", -1 },
		     { "2019/05", -1 },
		     { "2019-05-", -1 },
		     { "", -1 },
		     { "+019-05", -1 },
		     { "2019-+5", -1 } };

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		int month = -1;
		char back[8];

		CHECK_ROW(tt_month_parse(rows[i].text, &month) == (rows[i].month >= 0) && month == rows[i].month,
			  rows[i].text);
		tt_month_format(month, back);
		CHECK_ROW(month < 0 || strcmp(back, rows[i].text) == 0, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(moment_and_month), cmocka_unit_test(month_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
