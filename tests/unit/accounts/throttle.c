#include "accounts/throttle.h"

#include "test.h"

#include <stdio.h>

#define NAME TT_STR("ann")

static void test_waits_grow(void **state)
{
	static struct tt_throttle t;
	int64_t now = 1000000, wait = 15000;

	(void)state;
	tt_throttle_init(&t, 3, 15000);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(tt_throttle_wait(&t, NAME, "a", now), 0);
		tt_throttle_failed(&t, NAME, "a", now);
	}
	for (int i = 0; i <= TT_THROTTLE_DOUBLINGS + 2; i++) {
		assert_int_equal(tt_throttle_wait(&t, NAME, "a", now), wait);
		assert_int_equal(tt_throttle_wait(&t, NAME, "a", now + wait - 1), 1);
		now += wait;
		assert_int_equal(tt_throttle_wait(&t, NAME, "a", now), 0);
		tt_throttle_failed(&t, NAME, "a", now);
		if (i < TT_THROTTLE_DOUBLINGS)
			wait *= 2;
	}
}

static void test_others_are_free(void **state)
{
	static struct tt_throttle t;

	(void)state;
	tt_throttle_init(&t, 1, 15000);
	tt_throttle_failed(&t, NAME, "a", 1000);
	assert_int_equal(tt_throttle_wait(&t, NAME, "a", 1000), 15000);
	assert_int_equal(tt_throttle_wait(&t, TT_STR("ANN"), "a", 1000), 15000);
	assert_int_equal(tt_throttle_wait(&t, NAME, "b", 1000), 0);
	assert_int_equal(tt_throttle_wait(&t, TT_STR("bob"), "a", 1000), 0);
	assert_int_equal(tt_throttle_wait(&t, TT_STR("an"), "na", 1000), 0);
}

static void test_success_and_time_forgive(void **state)
{
	static struct tt_throttle t;

	(void)state;
	tt_throttle_init(&t, 1, 15000);
	tt_throttle_failed(&t, NAME, "a", 1000);
	tt_throttle_succeeded(&t, NAME, "a");
	assert_int_equal(tt_throttle_wait(&t, NAME, "a", 1000), 0);
	for (int i = 0; i < 5; i++)
		tt_throttle_failed(&t, NAME, "a", 1000);
	assert_int_equal(tt_throttle_wait(&t, NAME, "a", 1000 + TT_THROTTLE_FORGET_MS), 0);
	tt_throttle_failed(&t, NAME, "a", 1000 + TT_THROTTLE_FORGET_MS);
	assert_int_equal(tt_throttle_wait(&t, NAME, "a", 1000 + TT_THROTTLE_FORGET_MS), 15000);
}

static void test_bounded(void **state)
{
	static struct tt_throttle t;
	char address[32];

	(void)state;
	tt_throttle_init(&t, 1, 15000);
	for (int i = 0; i <= TT_THROTTLE_ENTRIES; i++) {
		snprintf(address, sizeof address, "10.0.%d.%d", i / 256, i % 256);
		tt_throttle_failed(&t, NAME, address, 1000 + i);
	}
	assert_int_equal(tt_throttle_wait(&t, NAME, "10.0.0.0", 2100), 0); /* the oldest was forgotten */
	assert_true(tt_throttle_wait(&t, NAME, "10.0.0.1", 2100) > 0);
	assert_true(tt_throttle_wait(&t, NAME, address, 2100) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits_grow),
		cmocka_unit_test(test_others_are_free),
		cmocka_unit_test(test_success_and_time_forgive),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
