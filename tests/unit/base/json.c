#include "test.h"

#include "base/alloc.h"
#include "base/json.h"

#include <string.h>

static void parse(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		int rc;
	} rows[] = {
		{ "{\"a\":1}", 100, 0 },
		{ "[]", 100, 0 },
		{ "", 100, TT_EINVALID },
		{ "{\"a\":1", 100, TT_EINVALID },
		{ "{\"a\":1}x", 100, TT_EINVALID },
		{ "{\"a\":1,\"a\":2}", 100, TT_EINVALID },
		{ "{\"a\":1}", 3, TT_ETOOBIG },
		{ "\"]]]]\"", 100, TT_EINVALID },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		TT_SCOPED(tt_json_decrefp) json_t *value = NULL;
		struct tt_err err = { 0 };

		CHECK_ROW(tt_json_parse(&value, tt_str_of(rows[i].text), rows[i].max, &err) == rows[i].rc,
			  rows[i].text);
		CHECK_ROW((err.msg[0] != 0) == (rows[i].rc < 0), rows[i].text);
	}
}

static void depth_is_limited(void **state)
{
	char text[2 * TT_JSON_MAX_DEPTH + 3];
	struct tt_err err = { 0 };
	json_t *value = NULL;

	(void)state;
	memset(text, '[', TT_JSON_MAX_DEPTH);
	memset(text + TT_JSON_MAX_DEPTH, ']', TT_JSON_MAX_DEPTH);
	CHECK(tt_json_parse(&value, (struct tt_str){ text, 2 * TT_JSON_MAX_DEPTH }, 1000, &err) == 0);
	json_decref(value);
	memset(text, '[', TT_JSON_MAX_DEPTH + 1);
	memset(text + TT_JSON_MAX_DEPTH + 1, ']', TT_JSON_MAX_DEPTH + 1);
	CHECK(tt_json_parse(&value, (struct tt_str){ text, 2 * TT_JSON_MAX_DEPTH + 2 }, 1000, &err) == TT_EINVALID);
	CHECK(strstr(err.msg, "nested"));
}

static void members(void **state)
{
	TT_SCOPED(tt_json_decrefp) json_t *o = json_pack("{s:s,s:i}", "s", "text", "n", 7);
	struct tt_err err = { 0 };
	struct tt_str s;
	int64_t n;

	(void)state;
	CHECK(tt_json_get_str(o, "s", 4, &s, &err) == 0 && tt_str_is(s, "text"));
	CHECK(tt_json_get_str(o, "s", 3, &s, &err) == TT_EINVALID && strstr(err.msg, "\"s\""));
	CHECK(tt_json_get_str(o, "n", 3, &s, &err) == TT_EINVALID);
	CHECK(tt_json_get_str(o, "x", 3, &s, &err) == TT_EINVALID && strstr(err.msg, "missing"));
	CHECK(tt_json_get_i64(o, "n", 0, 7, &n, &err) == 0 && n == 7);
	CHECK(tt_json_get_i64(o, "n", 0, 6, &n, &err) == TT_EINVALID);
	CHECK(tt_json_get_i64(o, "s", 0, 6, &n, &err) == TT_EINVALID);
}

static void write(void **state)
{
	TT_SCOPED(tt_json_decrefp) json_t *o = json_pack("{s:[i,i]}", "a", 1, 2);
	struct tt_buf out = { .max = 11 };
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_json_write(&out, o, &err) == 0);
	assert_string_equal(out.p, "{\"a\":[1,2]}");
	CHECK(tt_json_write(&out, o, &err) == TT_ETOOBIG);
	tt_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(parse), cmocka_unit_test(depth_is_limited),
					    cmocka_unit_test(members), cmocka_unit_test(write) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
