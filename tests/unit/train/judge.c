#include "test.h"

#include "base/err.h"
#include "train/judge.h"

#include <math.h>
#include <string.h>

static const float logits[] = { 3, 1, 0, /**/ 0, 2, 1, /**/ 1, 0, 4, /**/ 5, 0, 0 };
static const unsigned labels[] = { 0, 1, 2, 1 };
static const struct tt_logits z = { logits, 4, 3, labels };

static void share_and_table(void **state)
{
	static const unsigned want[9] = { 1, 0, 0, 1, 1, 0, 0, 0, 1 };
	unsigned got[9];

	(void)state;
	CHECK(fabs(tt_judge(&z, 1).top1 - 0.75) < 1e-12);
	tt_judge_confusion(&z, got);
	CHECK(memcmp(got, want, sizeof got) == 0);
}

/* One of four sure answers is wrong: less sure is better, and the best is where the slope changes its sign. */
static void temperature(void **state)
{
	double t = tt_judge_temperature(&z);

	(void)state;
	CHECK(t > 1.2);
	CHECK(tt_judge(&z, t).loss < tt_judge(&z, 1).loss);
	CHECK(tt_judge(&z, t).loss <= tt_judge(&z, t * 1.05).loss &&
	      tt_judge(&z, t).loss <= tt_judge(&z, t / 1.05).loss);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(share_and_table), cmocka_unit_test(temperature) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
