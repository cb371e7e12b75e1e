#include "test.h"

#include "base/str.h"

#include <stdbool.h>
#include <string.h>

static void numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t min, max;
		bool good;
		int64_t value;
	} rows[] = {
		{ "0", 0, 10, true, 0 },
		{ "10", 0, 10, true, 10 },
		{ "11", 0, 10, false, 0 },
		{ "-1", 0, 10, false, 0 },
		{ "-1", -1, 10, true, -1 },
		{ "", 0, 10, false, 0 },
		{ "-", -5, 10, false, 0 },
		{ "1x", 0, 10, false, 0 },
		{ " 1", 0, 10, false, 0 },
		{ "9223372036854775807", 0, INT64_MAX, true, INT64_MAX },
		{ "9223372036854775808", 0, INT64_MAX, false, 0 },
		{ "-9223372036854775808", INT64_MIN, 0, true, INT64_MIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t got = 0;

		CHECK_ROW(tt_str_i64(tt_str_of(rows[i].text), rows[i].min, rows[i].max, &got) == rows[i].good,
			  rows[i].text);
		CHECK_ROW(got == rows[i].value, rows[i].text);
	}
}

static void doubles(void **state)
{
	static const struct {
		const char *text;
		bool good;
		double value;
	} rows[] = {
		{ "1.5", true, 1.5 }, { "-2e3", true, -2000 }, { "", false, 0 },    { " 1", false, 0 },
		{ "1 ", false, 0 },   { "inf", false, 0 },     { "nan", false, 0 }, { "1,5", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		double got = 0;

		CHECK_ROW(tt_str_double(tt_str_of(rows[i].text), &got) == rows[i].good, rows[i].text);
		CHECK_ROW(got == rows[i].value, rows[i].text);
	}
}

static void split(void **state)
{
	struct tt_str rest = TT_STR("a,,b"), part;

	(void)state;
	CHECK(tt_str_split(&rest, ',', &part) && tt_str_is(part, "a"));
	CHECK(tt_str_split(&rest, ',', &part) && tt_str_is(part, ""));
	CHECK(tt_str_split(&rest, ',', &part) && tt_str_is(part, "b"));
	CHECK(!tt_str_split(&rest, ',', &part));
}

static void parts(void **state)
{
	(void)state;
	CHECK(tt_str_is(tt_str_trim(TT_STR(" \t a b\r\n")), "a b"));
	CHECK(tt_str_trim(TT_STR("  ")).len == 0);
	CHECK(tt_str_starts(TT_STR("abc"), TT_STR("ab")) && !tt_str_starts(TT_STR("a"), TT_STR("ab")));
	CHECK(tt_str_ends_nocase(TT_STR("x.JPG"), ".jpg") && !tt_str_ends_nocase(TT_STR("jpg"), ".jpg"));
	CHECK(tt_str_of(NULL).len == 0);
}

static void utf8(void **state)
{
	static const struct {
		const char *name, *bytes;
		bool good;
	} rows[] = {
		{ "ascii", "abc", true },
		{ "two, three, four bytes", "\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", true },
		{ "over-long", "\xc0\x80", false },
		{ "over-long of three", "\xe0\x80\x80", false },
		{ "surrogate", "\xed\xa0\x80", false },
		{ "past the end of Unicode", "\xf4\x90\x80\x80", false },
		{ "cut", "\xe4\xb8", false },
		{ "no head", "\x80", false },
		{ "f5", "\xf5\x80\x80\x80", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		CHECK_ROW(tt_utf8_valid(rows[i].bytes, strlen(rows[i].bytes)) == rows[i].good, rows[i].name);
	CHECK(!tt_utf8_valid("a\0b", 3));
}

static void utf8_copy(void **state)
{
	char out[6];

	(void)state;
	tt_utf8_copy(out, sizeof out,
		     "ab\xe4\xb8\xad"
		     "c",
		     6);
	assert_string_equal(out, "ab\xe4\xb8\xad");
	tt_utf8_copy(out, 5, "ab\xe4\xb8\xad", 5);
	assert_string_equal(out, "ab");
	tt_utf8_copy(out, sizeof out,
		     "a\xff"
		     "b",
		     3);
	assert_string_equal(out, "a?b");
	tt_utf8_copy(out, 1, "a", 1);
	assert_string_equal(out, "");
}

static void hex(void **state)
{
	uint8_t bytes[2];
	char text[5];

	(void)state;
	CHECK(tt_unhex(bytes, 2, TT_STR("0aFf")) && bytes[0] == 10 && bytes[1] == 255);
	CHECK(!tt_unhex(bytes, 2, TT_STR("0aFg")) && !tt_unhex(bytes, 2, TT_STR("0aF")));
	tt_hex(text, (const uint8_t[]){ 0x0a, 0xff }, 2);
	assert_string_equal(text, "0aff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers), cmocka_unit_test(doubles), cmocka_unit_test(split),
		cmocka_unit_test(parts),   cmocka_unit_test(utf8),    cmocka_unit_test(utf8_copy),
		cmocka_unit_test(hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
