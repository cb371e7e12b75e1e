#include "http/multipart.h"

#include "base/buf.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

/* Writes what it is told as text: "<name|filename>data</>" for each part. */
struct record {
	struct tt_buf text;
};

static int on_begin(void *ctx, const struct tt_form_part *part, struct tt_err *err)
{
	struct record *r = ctx;

	return tt_buf_addf(&r->text, err, "<%s%s%s>", part->name, part->has_filename ? "|" : "", part->filename);
}

static int on_data(void *ctx, const char *p, size_t n, struct tt_err *err)
{
	return tt_buf_add(&((struct record *)ctx)->text, p, n, err);
}

static int on_end(void *ctx, struct tt_err *err)
{
	return tt_buf_adds(&((struct record *)ctx)->text, "</>", err);
}

static const struct tt_multipart_ops ops = { on_begin, on_data, on_end };

#define DISPO "Content-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n"

static const struct {
	const char *name;
	struct tt_str body;
	int rc; /* of feed or finish */
	const char *want;
} rows[] = {
	{ "one part", TT_STR("--XX\r\n" DISPO "\r\nhello\r\n--XX--\r\n"), 0, "<f|a>hello</>" },
	{ "without the last line break", TT_STR("--XX\r\n" DISPO "\r\nhello\r\n--XX--"), 0, "<f|a>hello</>" },
	{ "two parts",
	  TT_STR("--XX\r\n" DISPO "\r\n1\r\n--XX\r\nContent-Disposition: form-data; name=m\r\n\r\n2\r\n--XX--"), 0,
	  "<f|a>1</><m>2</>" },
	{ "empty data", TT_STR("--XX\r\n" DISPO "\r\n\r\n--XX--"), 0, "<f|a></>" },
	{ "no part", TT_STR("--XX--"), 0, "" },
	{ "preamble and epilogue", TT_STR("pre\r\namble\r\n--XX\r\n" DISPO "\r\n1\r\n--XX--\r\nepi\r\n--XX\r\n"), 0,
	  "<f|a>1</>" },
	{ "white space behind the boundary", TT_STR("--XX \t\r\n" DISPO "\r\n1\r\n--XX--"), 0, "<f|a>1</>" },
	{ "other headers",
	  TT_STR("--XX\r\nContent-Type: image/jpeg\r\n" DISPO "Content-Transfer-Encoding: binary\r\n\r\n1\r\n--XX--"),
	  0, "<f|a>1</>" },
	{ "near misses", TT_STR("--XX\r\n" DISPO "\r\n\r\n-\r\n--\r\n--X\r\r\n\r--XX\r\n-XX\n--XX\r\n--XX--"), 0,
	  "<f|a>\r\n-\r\n--\r\n--X\r\r\n\r--XX\r\n-XX\n--XX</>" },
	{ "line breaks in the data", TT_STR("--XX\r\n" DISPO "\r\n\r\n\r\n\r\n--XX--"), 0, "<f|a>\r\n\r\n</>" },
	{ "empty", TT_STR(""), TT_EINVALID, "" },
	{ "no boundary", TT_STR("hello"), TT_EINVALID, "" },
	{ "broken off in the data", TT_STR("--XX\r\n" DISPO "\r\nhello"), TT_EINVALID, "<f|a>hello" },
	{ "broken off in the headers", TT_STR("--XX\r\n" DISPO), TT_EINVALID, "" },
	{ "never closed", TT_STR("--XX\r\n" DISPO "\r\nhello\r\n--XX\r\n"), TT_EINVALID, "<f|a>hello</>" },
	{ "boundary with a tail", TT_STR("--XXY\r\n" DISPO "\r\n1\r\n--XX--"), TT_EINVALID, "" },
	{ "one closing dash", TT_STR("--XX\r\n" DISPO "\r\n1\r\n--XX-\r\n"), TT_EINVALID, "<f|a>1</>" },
	{ "no disposition", TT_STR("--XX\r\nContent-Type: a/b\r\n\r\n1\r\n--XX--"), TT_EINVALID, "" },
	{ "no headers", TT_STR("--XX\r\n\r\n1\r\n--XX--"), TT_EINVALID, "" },
	{ "two dispositions", TT_STR("--XX\r\n" DISPO DISPO "\r\n1\r\n--XX--"), TT_EINVALID, "" },
	{ "header without colon", TT_STR("--XX\r\nhello\r\n\r\n1\r\n--XX--"), TT_EINVALID, "" },
	{ "bare line feed", TT_STR("--XX\n" DISPO "\r\n1\r\n--XX--"), TT_EINVALID, "" },
	{ "NUL in a header", TT_STR("--XX\r\nContent\0: x\r\n\r\n1\r\n--XX--"), TT_EINVALID, "" },
	{ "base64", TT_STR("--XX\r\n" DISPO "Content-Transfer-Encoding: base64\r\n\r\n1\r\n--XX--"), TT_EINVALID, "" },
	{ "four parts of three",
	  TT_STR("--XX\r\n" DISPO "\r\n\r\n--XX\r\n" DISPO "\r\n\r\n--XX\r\n" DISPO "\r\n\r\n--XX\r\n" DISPO
		 "\r\n\r\n--XX--"),
	  TT_ETOOBIG, "<f|a></><f|a></><f|a></>" },
};

/* Feeds the body cut at a and b and compares. */
static void feed_cut(size_t row, size_t a, size_t b)
{
	struct record r = { .text = { .max = 65536 } };
	const struct tt_str body = rows[row].body;
	const size_t cuts[] = { 0, a, b, body.len };
	static struct tt_multipart m;
	struct tt_err err = { 0 };
	int rc = 0;

	assert_int_equal(tt_buf_adds(&r.text, "", &err), 0);
	tt_multipart_init(&m, "XX", 3, &ops, &r);
	for (size_t i = 0; i + 1 < TT_LEN(cuts) && rc == 0; i++)
		rc = tt_multipart_feed(&m, body.p + cuts[i], cuts[i + 1] - cuts[i], &err);
	if (rc == 0)
		rc = tt_multipart_finish(&m, &err);
	CHECK_ROW(rc == rows[row].rc && (err.msg[0] != 0) == (rc < 0), rows[row].name);
	CHECK_ROW(strcmp(r.text.p ? r.text.p : "", rows[row].want) == 0, rows[row].name);
	tt_buf_free(&r.text);
}

/* Whatever the pieces the body comes in, the result is the same. */
static void test_every_split(void **state)
{
	(void)state;
	for (size_t row = 0; row < TT_LEN(rows); row++)
		for (size_t a = 0; a <= rows[row].body.len; a++)
			for (size_t b = a; b <= rows[row].body.len; b += 1 + (b - a) / 8)
				feed_cut(row, a, b);
}

static void test_byte_by_byte(void **state)
{
	(void)state;
	for (size_t row = 0; row < TT_LEN(rows); row++) {
		struct record r = { .text = { .max = 65536 } };
		static struct tt_multipart m;
		struct tt_err err = { 0 };
		int rc = 0;

		tt_multipart_init(&m, "XX", 3, &ops, &r);
		for (size_t i = 0; i < rows[row].body.len && rc == 0; i++)
			rc = tt_multipart_feed(&m, rows[row].body.p + i, 1, &err);
		if (rc == 0)
			rc = tt_multipart_finish(&m, &err);
		CHECK_ROW(rc == rows[row].rc, rows[row].name);
		CHECK_ROW(strcmp(r.text.p ? r.text.p : "", rows[row].want) == 0, rows[row].name);
		tt_buf_free(&r.text);
	}
}

static void test_header_limits(void **state)
{
	static struct tt_multipart m;
	struct record r = { .text = { .max = 65536 } };
	static char long_line[TT_PART_HEADER_SIZE + 2];
	struct tt_err err = { 0 };
	int rc;

	(void)state;
	memset(long_line, 'a', sizeof long_line);
	tt_multipart_init(&m, "XX", 3, &ops, &r);
	assert_int_equal(tt_multipart_feed(&m, "--XX\r\n", 6, &err), 0);
	assert_int_equal(tt_multipart_feed(&m, long_line, sizeof long_line, &err), TT_ETOOBIG);

	tt_multipart_init(&m, "XX", 3, &ops, &r);
	rc = tt_multipart_feed(&m, "--XX\r\n", 6, &err);
	for (unsigned i = 0; rc == 0 && i <= TT_PART_HEADERS_MAX; i++)
		rc = tt_multipart_feed(&m, "A: b\r\n", 6, &err);
	assert_int_equal(rc, TT_ETOOBIG);
	tt_buf_free(&r.text);
}

static void test_boundary(void **state)
{
	static const struct {
		const char *type;
		int rc;
		const char *want;
	} table[] = {
		{ "multipart/form-data; boundary=abc", 0, "abc" },
		{ "multipart/form-data; boundary=\"a b\"", 0, "a b" },
		{ "Multipart/Form-Data; charset=x; Boundary=abc", 0, "abc" },
		{ "multipart/form-data;boundary=----WebKitFormBoundary0aZ", 0, "----WebKitFormBoundary0aZ" },
		{ "multipart/form-data", TT_EINVALID, NULL },
		{ "multipart/form-data; boundary=", TT_EINVALID, NULL },
		{ "multipart/form-data; boundary=\"\"", TT_EINVALID, NULL },
		{ "multipart/form-data; boundary=a; boundary=b", TT_EINVALID, NULL },
		{ "multipart/form-data; boundary=a\"b", TT_EINVALID, NULL },
		{ "multipart/form-data; boundary=\"a \"", TT_EINVALID, NULL },
		{ "multipart/form-data; "
		  "boundary=0123456789012345678901234567890123456789012345678901234567890123456789",
		  0, "0123456789012345678901234567890123456789012345678901234567890123456789" },
		{ "multipart/form-data; "
		  "boundary=01234567890123456789012345678901234567890123456789012345678901234567890",
		  TT_EINVALID, NULL },
		{ "multipart/mixed; boundary=abc", TT_EINVALID, NULL },
		{ "", TT_EINVALID, NULL },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(table); i++) {
		char out[TT_BOUNDARY_MAX + 1] = "";
		struct tt_err err = { 0 };
		int rc = tt_multipart_boundary(tt_str_of(table[i].type), out, &err);

		CHECK_ROW(rc == table[i].rc && (err.msg[0] != 0) == (rc < 0), table[i].type);
		CHECK_ROW(rc < 0 || strcmp(out, table[i].want) == 0, table[i].type);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_header_limits),
		cmocka_unit_test(test_boundary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
