#include "test.h"

#include "base/err.h"

#include "train/rng.h"
#include "train/sgd.h"

#include <math.h>

static void rates(void **state)
{
	static const struct {
		const char *name;
		uint64_t step;
		double want;
	} rows[] = {
		{ "first", 0, 0.1 },
		{ "half-way", 50, 0.5 },
		{ "last", 99, 0.000246719817 },
		{ "past the end", 200, 0 },
	};
	const struct tt_rate r = { .top = 1, .warmup = 10, .steps = 100 };

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++)
		CHECK_ROW(fabs(tt_rate_at(&r, rows[i].step) - rows[i].want) < 1e-9, rows[i].name);
}

static struct tt_train_param list[2] = {
	{ .name = "w", .at = 0, .count = 1, .decay = true },
	{ .name = "b", .at = 1, .count = 1 },
};
static const struct tt_train_params two = { .list = list, .count = 2, .values = 2 };

/* Two steps worked out by hand: m = 0.9 m + g, w −= rate × (g + 0.9 m), decay on the first only. */
static void nesterov_by_hand(void **state)
{
	const struct tt_sgd o = { .momentum = 0.9f, .decay = 0.5f };
	float g[2] = { 1, 1 }, m[2] = { 0 }, w[2] = { 2, 2 };

	(void)state;
	CHECK(fabs(tt_sgd_step(&o, &two, 0.1, g, m, w) - sqrt(2)) < 1e-6);
	CHECK(fabsf(w[0] - (2 - 0.1f * (2 + 0.9f * 2))) < 1e-6f);
	CHECK(fabsf(w[1] - (2 - 0.1f * 1.9f)) < 1e-6f);
	g[0] = g[1] = 0;
	(void)tt_sgd_step(&o, &two, 0.1, g, m, w);
	CHECK(fabsf(m[1] - 0.9f) < 1e-6f && fabsf(w[1] - (1.81f - 0.1f * 0.81f)) < 1e-6f);
}

static void long_gradients_are_cut(void **state)
{
	const struct tt_sgd o = { .clip = 1 };
	float g[2] = { 3, 4 }, m[2] = { 0 }, w[2] = { 0 };

	(void)state;
	CHECK(fabs(tt_sgd_step(&o, &two, 1, g, m, w) - 5) < 1e-6);
	CHECK(fabsf(w[0] + 0.6f) < 1e-6f && fabsf(w[1] + 0.8f) < 1e-6f);
}

static void the_mean_follows_faster_at_first(void **state)
{
	const struct tt_sgd o = { .mean_keep = 0.99f };
	const float one = 1;
	float early = 0, late = 0;

	(void)state;
	tt_mean_step(&o, 0, 1, &one, &early);
	tt_mean_step(&o, 100000, 1, &one, &late);
	CHECK(fabsf(early - 0.9f) < 1e-6f && fabsf(late - 0.01f) < 1e-6f);
}

static void numbers_follow_from_what_they_are_for(void **state)
{
	struct tt_rng a = tt_rng_of(1, 2, 3), b = tt_rng_of(1, 2, 3), c = tt_rng_of(1, 3, 2);
	double sum = 0, square = 0;

	(void)state;
	CHECK(tt_rng_next(&a) == tt_rng_next(&b) && tt_rng_next(&a) != tt_rng_next(&c));
	for (int i = 0; i < 20000; i++) {
		double v = tt_rng_normal(&a), u = tt_rng_range(&a, -1, 3);

		CHECK(u >= -1 && u < 3 && tt_rng_below(&a, 7) < 7);
		sum += v;
		square += v * v;
	}
	CHECK(fabs(sum / 20000) < 0.03 && fabs(square / 20000 - 1) < 0.05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates),
		cmocka_unit_test(nesterov_by_hand),
		cmocka_unit_test(long_gradients_are_cut),
		cmocka_unit_test(the_mean_follows_faster_at_first),
		cmocka_unit_test(numbers_follow_from_what_they_are_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
