#include "test.h"

#include "base/clock.h"

#include <string.h>

static void days(void **state)
{
	static const struct {
		const char *name;
		int y, m, d;
		bool good;
		int64_t days;
	} rows[] = {
		{ "epoch", 1970, 1, 1, true, 0 },         { "day before", 1969, 12, 31, true, -1 },
		{ "leap day", 2000, 2, 29, true, 11016 }, { "no leap day", 1900, 2, 29, false, 0 },
		{ "month 13", 2000, 13, 1, false, 0 },    { "day 0", 2000, 1, 0, false, 0 },
		{ "April 31", 2001, 4, 31, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t got = 0;
		int y, m, d;

		CHECK_ROW(tt_days_from_civil(rows[i].y, rows[i].m, rows[i].d, &got) == rows[i].good, rows[i].name);
		CHECK_ROW(!rows[i].good || got == rows[i].days, rows[i].name);
		if (!rows[i].good)
			continue;
		tt_civil_from_days(got, &y, &m, &d);
		CHECK_ROW(y == rows[i].y && m == rows[i].m && d == rows[i].d, rows[i].name);
	}
}

static void wall_times(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t ms;
	} rows[] = {
		{ "1970-01-01T00:00:00", true, 0 },     { "2019-05-04T10:11:12", true, 1556964672000 },
		{ "1969-12-31T23:59:59", true, -1000 }, { "2019-05-04 10:11:12", false, 0 },
		{ "2019-02-30T10:11:12", false, 0 },    { "2019-05-04T24:00:00", false, 0 },
		{ "2019-05-04T10:11", false, 0 },       { "0000-00-00T00:00:00", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t ms = 0;
		char text[20];

		CHECK_ROW(tt_parse_wall(rows[i].text, &ms) == rows[i].good, rows[i].text);
		if (!rows[i].good)
			continue;
		CHECK_ROW(ms == rows[i].ms, rows[i].text);
		tt_format_wall(ms, text);
		CHECK_ROW(strcmp(text, rows[i].text) == 0, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(days), cmocka_unit_test(wall_times) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
