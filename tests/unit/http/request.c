#include "http/request.h"

#include "base/json.h"
#include "test.h"

static void test_query_numbers(void **state)
{
	static const struct {
		const char *target;
		int rc;
		int64_t want;
	} rows[] = {
		{ "/a", 0, 7 },
		{ "/a?n=1", 0, 1 },
		{ "/a?n=100", 0, 100 },
		{ "/a?n=0", TT_EINVALID, 0 },
		{ "/a?n=101", TT_EINVALID, 0 },
		{ "/a?n=", TT_EINVALID, 0 },
		{ "/a?n=1x", TT_EINVALID, 0 },
		{ "/a?n=%201", TT_EINVALID, 0 },
		{ "/a?n=99999999999999999999", TT_EINVALID, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_req rq = { .arena = { .max = 65536 } };
		struct tt_err err = { 0 };
		int64_t n = 0;
		int rc;

		assert_int_equal(tt_uri_parse(&rq.arena, tt_str_of(rows[i].target), &rq.uri, &err), 0);
		rc = tt_req_query_i64(&rq, "n", 1, 100, 7, &n, &err);
		CHECK_ROW(rc == rows[i].rc && n == rows[i].want, rows[i].target);
		CHECK_ROW((err.msg[0] != 0) == (rc < 0), rows[i].target);
		tt_req_done(&rq);
	}
}

static void test_ids(void **state)
{
	static const struct {
		const char *json;
		int rc;
		size_t count;
	} rows[] = {
		{ "{\"ids\":[1]}", 0, 1 },
		{ "{\"ids\":[3,2,3]}", 0, 3 },
		{ "{\"ids\":[9223372036854775807]}", 0, 1 },
		{ "{}", TT_EINVALID, 0 },
		{ "{\"ids\":[]}", TT_EINVALID, 0 },
		{ "{\"ids\":1}", TT_EINVALID, 0 },
		{ "{\"ids\":[0]}", TT_EINVALID, 0 },
		{ "{\"ids\":[-1]}", TT_EINVALID, 0 },
		{ "{\"ids\":[1.0]}", TT_EINVALID, 0 },
		{ "{\"ids\":[\"1\"]}", TT_EINVALID, 0 },
		{ "{\"ids\":[null]}", TT_EINVALID, 0 },
		{ "{\"ids\":[[1]]}", TT_EINVALID, 0 },
		{ "{\"ids\":[1],\"x\":1}", TT_EINVALID, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_req rq = { .arena = { .max = 65536 } };
		struct tt_err err = { 0 };
		const int64_t *ids = NULL;
		size_t n = 0;
		int rc;

		assert_int_equal(tt_json_parse(&rq.json, tt_str_of(rows[i].json), 4096, &err), 0);
		rc = tt_req_ids(&rq, &ids, &n, &err);
		CHECK_ROW(rc == rows[i].rc && (rc < 0 || n == rows[i].count), rows[i].json);
		CHECK_ROW((err.msg[0] != 0) == (rc < 0), rows[i].json);
		tt_req_done(&rq);
	}
}

static void test_too_many_ids(void **state)
{
	struct tt_req rq = { .arena = { .max = 65536 }, .json = json_pack("{s:[]}", "ids") };
	struct tt_err err = { 0 };
	const int64_t *ids;
	size_t n;

	(void)state;
	for (int i = 1; i <= TT_IDS_MAX; i++)
		json_array_append_new(json_object_get(rq.json, "ids"), json_integer(i));
	assert_int_equal(tt_req_ids(&rq, &ids, &n, &err), 0);
	assert_int_equal(ids[TT_IDS_MAX - 1], TT_IDS_MAX);
	json_array_append_new(json_object_get(rq.json, "ids"), json_integer(1));
	assert_int_equal(tt_req_ids(&rq, &ids, &n, &err), TT_EINVALID);
	tt_req_done(&rq);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query_numbers),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_too_many_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
