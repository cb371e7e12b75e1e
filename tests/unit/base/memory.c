/* Buffers, arenas, errors and faults. */
#include "test.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"

#include <string.h>

static void buffer_has_a_maximum(void **state)
{
	struct tt_buf b = { .max = 5 };
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_buf_adds(&b, "abc", &err) == 0 && tt_buf_addf(&b, &err, "%d", 42) == 0);
	assert_string_equal(b.p, "abc42");
	CHECK(tt_buf_add(&b, "x", 1, &err) == TT_ETOOBIG && err.msg[0]);
	assert_string_equal(b.p, "abc42");
	tt_buf_free(&b);
}

static void buffer_hands_over(void **state)
{
	struct tt_buf b = { .max = 1 << 20 };
	struct tt_err err = { 0 };
	char *p;

	(void)state;
	for (int i = 0; i < 1000; i++)
		CHECK(tt_buf_adds(&b, "0123456789", &err) == 0);
	p = tt_buf_detach(&b);
	CHECK(strlen(p) == 10000 && b.p == NULL && b.len == 0);
	free(p);
}

static void buffer_survives_every_fault(void **state)
{
	bool hit = true;

	(void)state;
	for (long n = 0; hit; n++) {
		struct tt_buf b = { .max = 10000 };
		struct tt_err err = { 0 };
		int rc = 0;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		for (int i = 0; i < 100 && rc == 0; i++)
			rc = tt_buf_adds(&b, "0123456789", &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		CHECK(rc == (hit ? TT_ENOMEM : 0));
		tt_buf_free(&b);
	}
}

static void arena_is_capped_and_zeroed(void **state)
{
	struct tt_arena a = { .max = 10000 };
	unsigned char *p = tt_arena_alloc(&a, 100);

	(void)state;
	CHECK(p && (uintptr_t)p % 16 == 0);
	for (int i = 0; i < 100; i++)
		CHECK(p[i] == 0);
	assert_string_equal(tt_arena_printf(&a, "%s-%d", "x", 7), "x-7");
	assert_string_equal(tt_arena_strndup(&a, "abcdef", 3), "abc");
	CHECK(tt_arena_alloc(&a, 9000) == NULL);
	CHECK(tt_arena_alloc(&a, SIZE_MAX) == NULL);
	CHECK(tt_arena_alloc(&a, 5000) != NULL);
	tt_arena_free(&a);
	CHECK(a.head == NULL && a.total == 0);
}

static void arena_survives_every_fault(void **state)
{
	bool hit = true;

	(void)state;
	for (long n = 0; hit; n++) {
		struct tt_arena a = { .max = 100000 };
		bool good = true;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		for (int i = 0; i < 5 && good; i++)
			good = tt_arena_alloc(&a, 3000) && tt_arena_printf(&a, "%d", i) &&
			       tt_arena_strndup(&a, "ab", 1);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		CHECK(good == !hit);
		tt_arena_free(&a);
	}
}

static void errors_explain(void **state)
{
	struct tt_err err = { 0 };
	char longer[600];

	(void)state;
	CHECK(tt_err_set(&err, TT_EIO, "disk %d", 3) == TT_EIO);
	CHECK(tt_err_ctx(&err, "photo %d", 9) == TT_EIO);
	assert_string_equal(err.msg, "photo 9: disk 3");
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = 0;
	CHECK(tt_err_set(&err, TT_EINVALID, "%s", longer) == TT_EINVALID && strlen(err.msg) == sizeof err.msg - 1);
	CHECK(tt_err_ctx(&err, "ctx") == TT_EINVALID && strlen(err.msg) < sizeof err.msg);
	CHECK(strncmp(err.msg, "ctx: xxx", 8) == 0);
	CHECK(tt_err_set(NULL, TT_EIO, "x") == TT_EIO);
	assert_string_equal(tt_code_name(TT_ENOTFOUND), "not_found");
	assert_string_equal(tt_code_name(-99), "internal");
	assert_string_equal(tt_code_name(0), "internal");
}

static void a_fault_strikes_once(void **state)
{
	(void)state;
	tt_fault_arm(TT_FAULT_WRITE, 1);
	CHECK(!tt_fault_strikes(TT_FAULT_WRITE));
	CHECK(!tt_fault_strikes(TT_FAULT_FSYNC));
	CHECK(tt_fault_strikes(TT_FAULT_WRITE));
	CHECK(!tt_fault_strikes(TT_FAULT_WRITE));
	CHECK(tt_fault_disarm(TT_FAULT_WRITE));
	CHECK(!tt_fault_disarm(TT_FAULT_WRITE));
}

static void sizes_do_not_overflow(void **state)
{
	char *p;

	(void)state;
	CHECK(tt_calloc(SIZE_MAX / 2, 3) == NULL);
	p = tt_alloc_aligned(64, 10);
	CHECK(p && (uintptr_t)p % 64 == 0);
	free(p);
	p = tt_strndup("abc", 2);
	assert_string_equal(p, "ab");
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buffer_has_a_maximum),        cmocka_unit_test(buffer_hands_over),
		cmocka_unit_test(buffer_survives_every_fault), cmocka_unit_test(arena_is_capped_and_zeroed),
		cmocka_unit_test(arena_survives_every_fault),  cmocka_unit_test(errors_explain),
		cmocka_unit_test(a_fault_strikes_once),        cmocka_unit_test(sizes_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
