#include "http/range.h"

#include "base/err.h"
#include "test.h"

static void test_ranges(void **state)
{
	static const struct {
		const char *name, *header;
		uint64_t size;
		enum tt_range_kind kind;
		uint64_t first, length;
	} rows[] = {
		{ "none", "", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "first byte", "bytes=0-0", 10, TT_RANGE_PART, 0, 1 },
		{ "all", "bytes=0-9", 10, TT_RANGE_PART, 0, 10 },
		{ "middle", "bytes=2-4", 10, TT_RANGE_PART, 2, 3 },
		{ "open end", "bytes=7-", 10, TT_RANGE_PART, 7, 3 },
		{ "past the end", "bytes=7-99", 10, TT_RANGE_PART, 7, 3 },
		{ "last byte", "bytes=9-", 10, TT_RANGE_PART, 9, 1 },
		{ "suffix", "bytes=-3", 10, TT_RANGE_PART, 7, 3 },
		{ "long suffix", "bytes=-99", 10, TT_RANGE_PART, 0, 10 },
		{ "spaces", " bytes = 2 - 4 ", 10, TT_RANGE_PART, 2, 3 },
		{ "huge end", "bytes=1-9223372036854775807", 10, TT_RANGE_PART, 1, 9 },
		{ "starts at the end", "bytes=10-", 10, TT_RANGE_BAD, 0, 0 },
		{ "starts behind the end", "bytes=11-12", 10, TT_RANGE_BAD, 0, 0 },
		{ "empty suffix", "bytes=-0", 10, TT_RANGE_BAD, 0, 0 },
		{ "of an empty file", "bytes=0-", 0, TT_RANGE_BAD, 0, 0 },
		{ "suffix of an empty file", "bytes=-1", 0, TT_RANGE_BAD, 0, 0 },
		{ "several", "bytes=0-1,3-4", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "other unit", "lines=0-1", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "backwards", "bytes=4-2", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "no dash", "bytes=5", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "only a dash", "bytes=-", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "nothing", "bytes=", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "unit only", "bytes", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "letters", "bytes=a-b", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "signs", "bytes=+1-2", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "two dashes", "bytes=1--2", 10, TT_RANGE_WHOLE, 0, 10 },
		{ "overflow", "bytes=99999999999999999999-", 10, TT_RANGE_WHOLE, 0, 10 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_range r = tt_range_parse(tt_str_of(rows[i].header), rows[i].size);

		CHECK_ROW(r.kind == rows[i].kind, rows[i].name);
		CHECK_ROW(r.first == rows[i].first && r.length == rows[i].length, rows[i].name);
	}
}

static void test_etags(void **state)
{
	static const struct {
		const char *header;
		bool want;
	} rows[] = {
		{ "", false },       { "\"a\"", true },        { "\"b\"", false },        { "*", true },
		{ "W/\"a\"", true }, { "\"b\", \"a\"", true }, { "\"b\",W/\"a\"", true }, { "a", false },
		{ "\"a", false },    { ",,\"a\"", true },      { "\"aa\"", false },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++)
		CHECK_ROW(tt_etag_matches(tt_str_of(rows[i].header), TT_STR("\"a\"")) == rows[i].want, rows[i].header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_etags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
