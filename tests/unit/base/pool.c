#include "test.h"

#include "base/fault.h"
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

static void new_survives_every_fault(void **state)
{
	bool hit = true;

	(void)state;
	for (long n = 0; hit; n++) {
		struct tt_pool *pool = NULL;
		struct tt_err err = { 0 };
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_pool_new(&pool, 2, 2, "test", &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		CHECK(rc == (hit ? TT_ENOMEM : 0) && (pool == NULL) == hit);
		tt_pool_free(pool);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_that_was_put_runs),
					    cmocka_unit_test(sizes_are_checked),
					    cmocka_unit_test(new_survives_every_fault) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
