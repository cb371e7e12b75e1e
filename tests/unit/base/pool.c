#include "test.h"

#include "base/pool.h"

#include <stdatomic.h>

static atomic_int sum;

static void add(void *item)
{
	atomic_fetch_add(&sum, *(int *)item);
}

static void all_that_was_put_runs(void **state)
{
	struct tt_pool *pool = NULL;
	struct tt_err err = { 0 };
	int one = 1;

	(void)state;
	atomic_store(&sum, 0);
	CHECK(tt_pool_new(&pool, 3, 2, "test", &err) == 0);
	for (int i = 0; i < 500; i++)
		CHECK(tt_pool_put(pool, add, &one, &err) == 0);
	tt_pool_drain(pool);
	CHECK(atomic_load(&sum) == 500);
	CHECK(tt_pool_put(pool, add, &one, &err) == 0);
	tt_pool_free(pool);
	CHECK(atomic_load(&sum) == 501);
	tt_pool_free(NULL);
}

static void sizes_are_checked(void **state)
{
	struct tt_pool *pool = NULL;
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_pool_new(&pool, 0, 1, "x", &err) == TT_EINVALID && pool == NULL);
	CHECK(tt_pool_new(&pool, 1, 0, "x", &err) == TT_EINVALID && pool == NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_that_was_put_runs),
					    cmocka_unit_test(sizes_are_checked) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
