#include "media/meta_text.h"

#include "base/err.h"
#include "base/str.h"
#include "test.h"

#include <math.h>
#include <string.h>

static void dates(void **state)
{
	static const struct {
		const char *in, *wall, *subsec, *offset; /* wall NULL: unreadable */
	} rows[] = {
		{ "2019:05:04 10:11:12", "2019-05-04T10:11:12", "", "" },
		{ "2019-05-04T10:11:12", "2019-05-04T10:11:12", "", "" },
		{ "2019-05-04T10:11:12Z", "2019-05-04T10:11:12", "", "+00:00" },
		{ "2019-05-04T10:11:12.25+09:00", "2019-05-04T10:11:12", "25", "+09:00" },
		{ "2019-05-04T10:11:12-0330", "2019-05-04T10:11:12", "", "-03:30" },
		{ "2019-05-04T10:11+02:00", "2019-05-04T10:11:00", "", "+02:00" },
		{ "2019:05:04 10:11:12 ", "2019-05-04T10:11:12", "", "" },
		{ "2000:02:29 00:00:00", "2000-02-29T00:00:00", "", "" },
		{ "1999:12:31 23:59:60", "1999-12-31T23:59:59", "", "" },
		{ "2001:02:29 00:00:00", NULL, "", "" },
		{ "0000:00:00 00:00:00", NULL, "", "" },
		{ "    :  :     :  :  ", NULL, "", "" },
		{ "2019:13:04 10:11:12", NULL, "", "" },
		{ "2019:05:04 24:11:12", NULL, "", "" },
		{ "2019:05:04", NULL, "", "" },
		{ "2019", NULL, "", "" },
		{ "", NULL, "", "" },
		{ "yesterday", NULL, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_moment m = { "", "", "" };
		bool ok = tt_meta_date(rows[i].in, &m);

		CHECK_ROW(ok == (rows[i].wall != NULL), rows[i].in);
		if (!ok)
			continue;
		CHECK_ROW(!strcmp(m.wall, rows[i].wall), rows[i].in);
		CHECK_ROW(!strcmp(m.subsec, rows[i].subsec) && !strcmp(m.offset, rows[i].offset), rows[i].in);
	}
}

static void offsets(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "+09:00", "+09:00" }, { "-0930", "-09:30" },   { "+9", "+09:00" },
		{ "Z", "+00:00" },      { " +01:00", "+01:00" }, { "09:00", NULL },
		{ "+15:00", NULL },     { "+01:60", NULL },      { "", NULL },
		{ "   :  ", NULL },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		char out[7] = "";
		bool ok = tt_meta_offset(rows[i].in, out);

		CHECK_ROW(ok == (rows[i].out != NULL), rows[i].in);
		CHECK_ROW(!ok || !strcmp(out, rows[i].out), rows[i].in);
	}
}

static void numbers(void **state)
{
	static const struct {
		const char *in;
		double out; /* NAN: unreadable */
	} rows[] = {
		{ "1/250", 0.004 }, { "35", 35 },  { "0.5", 0.5 }, { "71/10 2/1", 7.1 }, { "1/0", NAN },   { "", NAN },
		{ "abc", NAN },     { "1/", NAN }, { "inf", NAN }, { "0/1", 0.0 },       { "-3/2", -1.5 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		double v = 0;
		bool ok = tt_meta_number(rows[i].in, &v);

		CHECK_ROW(ok == !isnan(rows[i].out), rows[i].in);
		CHECK_ROW(!ok || fabs(v - rows[i].out) < 1e-12, rows[i].in);
	}
}

static void positions(void **state)
{
	static const struct {
		const char *degrees, *ref;
		double max, out;
	} rows[] = {
		{ "48/1 51/1 3014/100", "N", 90, 48.858372222 },
		{ "33/1 30/1 0/1", "S", 90, -33.5 },
		{ "116513/1000", "W", 180, -116.513 },
		{ "0/1 0/1 0/1", "E", 180, 0 },
		{ "91/1 0/1 0/1", "N", 90, NAN },
		{ "181/1", "E", 180, NAN },
		{ "48/1 51/1 30/1", "", 90, NAN },
		{ "48/1 51/1 30/1", "E", 90, NAN },
		{ "48/1 75/1 0/1", "N", 90, NAN },
		{ "0/0 0/0 0/0", "N", 90, NAN },
		{ "-5/1", "N", 90, NAN },
	};
	double v;

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		bool ok = tt_meta_gps_exif(rows[i].degrees, rows[i].ref, rows[i].max, &v);

		CHECK_ROW(ok == !isnan(rows[i].out), rows[i].degrees);
		CHECK_ROW(!ok || fabs(v - rows[i].out) < 1e-8, rows[i].degrees);
	}
	CHECK(tt_meta_gps_xmp("48,51.5N", 90, &v) && fabs(v - 48.858333333) < 1e-8);
	CHECK(tt_meta_gps_xmp("116,30,36W", 180, &v) && fabs(v + 116.51) < 1e-9);
	CHECK(tt_meta_gps_xmp("56,0.000000", 90, &v) && v == 56);
	CHECK(!tt_meta_gps_xmp("148,51.5N", 90, &v));
	CHECK(!tt_meta_gps_xmp("48,51.5E", 90, &v));
	CHECK(!tt_meta_gps_xmp("north", 90, &v));
}

static void quicktime_positions(void **state)
{
	double lat, lon, alt = 0;
	bool has_alt;

	(void)state;
	CHECK(tt_meta_gps_iso6709("+48.8584+002.2945+082.100/", &lat, &lon, &has_alt, &alt));
	CHECK(lat == 48.8584 && lon == 2.2945 && has_alt && alt == 82.1);
	CHECK(tt_meta_gps_iso6709("-33.5-070.25/", &lat, &lon, &has_alt, &alt));
	CHECK(lat == -33.5 && lon == -70.25 && !has_alt);
	CHECK(!tt_meta_gps_iso6709("+148.8+002.2/", &lat, &lon, &has_alt, &alt));
	CHECK(!tt_meta_gps_iso6709("+48.8", &lat, &lon, &has_alt, &alt));
	CHECK(!tt_meta_gps_iso6709("", &lat, &lon, &has_alt, &alt));
}

static void texts(void **state)
{
	char out[16], ucs[32];

	(void)state;
	tt_meta_clean(out, sizeof out, "  Canon \n");
	assert_string_equal(out, "Canon");
	tt_meta_clean(out, sizeof out, "Zo\xeb");
	assert_string_equal(out, "Zo\xc3\xab");
	tt_meta_clean(out, sizeof out,
		      "a\x01"
		      "b");
	assert_string_equal(out, "a b");
	tt_meta_clean(out, 5, "\xe6\x97\xa5\xe6\x9c\xac");
	assert_string_equal(out, "\xe6\x97\xa5");
	CHECK(tt_meta_ucs2("104 0 100 0 114 0 0 0", ucs, sizeof ucs));
	assert_string_equal(ucs, "hdr");
	CHECK(tt_meta_ucs2("229 101", ucs, sizeof ucs));
	assert_string_equal(ucs, "\xe6\x97\xa5");
	CHECK(!tt_meta_ucs2("", ucs, sizeof ucs));
	CHECK(!tt_meta_ucs2("300 0", ucs, sizeof ucs));
}

static void keywords(void **state)
{
	char list[16] = "";

	(void)state;
	tt_meta_add_keyword(list, sizeof list, "cat");
	tt_meta_add_keyword(list, sizeof list, " dog ");
	tt_meta_add_keyword(list, sizeof list, "cat");
	tt_meta_add_keyword(list, sizeof list, "");
	assert_string_equal(list, "cat\ndog");
	tt_meta_add_keyword(list, sizeof list, "hippopotamus");
	assert_string_equal(list, "cat\ndog");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates),
		cmocka_unit_test(offsets),
		cmocka_unit_test(numbers),
		cmocka_unit_test(positions),
		cmocka_unit_test(quicktime_positions),
		cmocka_unit_test(texts),
		cmocka_unit_test(keywords),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
