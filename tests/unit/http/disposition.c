#include "http/disposition.h"

#include "test.h"

#include <string.h>

static void test_write(void **state)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "a.jpg", "attachment; filename=\"a.jpg\"; filename*=UTF-8''a.jpg" },
		{ "a b.jpg", "attachment; filename=\"a b.jpg\"; filename*=UTF-8''a%20b.jpg" },
		{ "\xc3\xa4.jpg", "attachment; filename=\"_.jpg\"; filename*=UTF-8''%C3%A4.jpg" },
		{ "a\"b\\c.jpg", "attachment; filename=\"a_b_c.jpg\"; filename*=UTF-8''a%22b%5Fc.jpg" },
		{ "../../etc/passwd",
		  "attachment; filename=\".._.._etc_passwd\"; filename*=UTF-8''..%5F..%5Fetc%5Fpasswd" },
		{ "a\r\nSet-Cookie: x",
		  "attachment; filename=\"a__Set-Cookie: x\"; filename*=UTF-8''a%5F%5FSet-Cookie%3A%20x" },
		{ "100%;.jpg", "attachment; filename=\"100__.jpg\"; filename*=UTF-8''100%25%3B.jpg" },
		{ "", "attachment; filename=\"\"; filename*=UTF-8''" },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_buf out = { .max = 4096 };
		struct tt_err err = { 0 };

		CHECK_ROW(tt_disposition_write(&out, true, tt_str_of(rows[i].name), &err) == 0, rows[i].name);
		CHECK_ROW(strcmp(out.p, rows[i].want) == 0, rows[i].name);
		tt_buf_free(&out);
	}
}

static void test_parse(void **state)
{
	static const struct {
		const char *value;
		int rc;
		const char *name, *filename;
	} rows[] = {
		{ "form-data; name=\"file\"; filename=\"a.jpg\"", 0, "file", "a.jpg" },
		{ "form-data; name=file; filename=a.jpg", 0, "file", "a.jpg" },
		{ "FORM-DATA;NAME=\"file\";FILENAME=\"a.jpg\"", 0, "file", "a.jpg" },
		{ "form-data; filename=\"a;b=c.jpg\"; name=\"file\"", 0, "file", "a;b=c.jpg" },
		{ "form-data; name=\"mtime\"", 0, "mtime", NULL },
		{ "form-data; name=\"file\"; filename=\"\"", 0, "file", "" },
		{ "form-data; name=\"file\"; filename=\"C:\\pics\\a.jpg\"", 0, "file", "a.jpg" },
		{ "form-data; name=\"file\"; filename=\"../../a.jpg\"", 0, "file", "a.jpg" },
		{ "form-data; name=\"file\"; filename=\"a\tb.jpg\"", 0, "file", "a_b.jpg" },
		{ "form-data; name=\"file\"; filename=\"\xc3\xa4.jpg\"", 0, "file", "\xc3\xa4.jpg" },
		{ "form-data; name=\"file\"; filename=\"\xff.jpg\"", 0, "file", "?.jpg" },
		{ "form-data", TT_EINVALID, NULL, NULL },
		{ "", TT_EINVALID, NULL, NULL },
		{ "attachment; name=\"file\"", TT_EINVALID, NULL, NULL },
		{ "form-data; name=\"\"", TT_EINVALID, NULL, NULL },
		{ "form-data; name=\"a", TT_EINVALID, NULL, NULL },
		{ "form-data; name", TT_EINVALID, NULL, NULL },
		{ "form-data; name=\"a\"; name=\"b\"", TT_EINVALID, NULL, NULL },
		{ "form-data; name=\"a\" garbage", TT_EINVALID, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_form_part part = { .has_filename = false };
		struct tt_err err = { 0 };
		int rc = tt_disposition_parse(tt_str_of(rows[i].value), &part, &err);

		CHECK_ROW(rc == rows[i].rc && (err.msg[0] != 0) == (rc < 0), rows[i].value);
		if (rc < 0)
			continue;
		CHECK_ROW(strcmp(part.name, rows[i].name) == 0, rows[i].value);
		CHECK_ROW(part.has_filename == (rows[i].filename != NULL), rows[i].value);
		CHECK_ROW(strcmp(part.filename, rows[i].filename ? rows[i].filename : "") == 0, rows[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
