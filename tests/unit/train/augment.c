#include "test.h"

#include "base/alloc.h"
#include "train/augment.h"

#include <math.h>
#include <string.h>

enum { W = 40, H = 30, SIDE = 16 };

static uint8_t ramp[3 * W * H];
static const struct tt_pixels photo = { W, H, ramp };
static const struct tt_augment plain = { .side = SIDE, .area_min = 1, .ratio_max = 1, .std = { 1, 1, 1 } };

/* Red grows to the right, green downwards, blue is 100. */
static void fill(void)
{
	for (int i = 0; i < W * H; i++) {
		ramp[3 * i] = (uint8_t)(6 * (i % W));
		ramp[3 * i + 1] = (uint8_t)(8 * (i / W));
		ramp[3 * i + 2] = 100;
	}
}

/* A linear ramp stays one, nearly, away from the edges: a pixel of the view spans 11 and 15 steps of it. */
static void the_middle_is_the_middle(void **state)
{
	struct tt_augment_scratch s = { 0 };
	struct tt_err err = { 0 };
	float v[3 * SIDE * SIDE];
	double scale = 30.0 / 16;

	(void)state;
	fill();
	CHECK(tt_augment_middle(&plain, SIDE, &photo, &s, v, &err) == 0);
	for (int y = 2; y < SIDE - 2; y++)
		for (int x = 2; x < SIDE - 2; x++) {
			const float *p = v + 3 * (y * SIDE + x);

			CHECK(fabs((double)p[0] * 255 - 6 * (5 + (x + 0.5) * scale - 0.5)) < 0.8);
			CHECK(fabs((double)p[1] * 255 - 8 * ((y + 0.5) * scale - 0.5)) < 0.8);
			CHECK(fabs((double)p[2] * 255 - 100) < 0.01);
		}
	tt_augment_scratch_done(&s);
}

static void views_follow_from_their_numbers(void **state)
{
	const struct tt_augment a = { .side = SIDE,
				      .area_min = 0.25,
				      .ratio_max = 1.6,
				      .colour = 0.4,
				      .soften = 0.5,
				      .mean = { 0.5f, 0.5f, 0.5f },
				      .std = { 0.2f, 0.2f, 0.2f } };
	struct tt_augment_scratch s = { 0 };
	struct tt_err err = { 0 };
	float v[3 * SIDE * SIDE], u[3 * SIDE * SIDE];
	unsigned same = 0;

	(void)state;
	fill();
	for (uint64_t i = 0; i < 200; i++) {
		struct tt_rng r = tt_rng_of(3, 1, i), q = r, other = tt_rng_of(3, 1, i + 1000);

		CHECK(tt_augment_view(&a, &photo, &r, &s, v, &err) == 0);
		for (int k = 0; k < 3 * SIDE * SIDE; k++)
			CHECK(v[k] >= -2.51f && v[k] <= 2.51f);
		CHECK(tt_augment_view(&a, &photo, &q, &s, u, &err) == 0 && memcmp(u, v, sizeof u) == 0);
		CHECK(tt_augment_view(&a, &photo, &other, &s, u, &err) == 0);
		same += memcmp(u, v, sizeof u) == 0;
	}
	CHECK(same == 0);
	tt_augment_scratch_done(&s);
}

static void mixing_swaps_a_box(void **state)
{
	enum { N = 3 };
	struct tt_augment_scratch s = { 0 };
	float v[N * 3 * SIDE * SIDE];

	(void)state;
	for (uint64_t k = 0; k < 50; k++) {
		struct tt_rng r = tt_rng_of(9, k, 0);
		double stay;

		for (int i = 0; i < N * 3 * SIDE * SIDE; i++)
			v[i] = (float)(i / (3 * SIDE * SIDE));
		stay = tt_augment_cutmix(N, SIDE, &r, &s, v);
		for (int i = 0; i < N; i++) {
			int own = 0, next = 0;

			for (int p = 0; p < SIDE * SIDE; p++) {
				own += v[3 * (i * SIDE * SIDE + p)] == (float)i;
				next += v[3 * (i * SIDE * SIDE + p)] == (float)((i + 1) % N);
			}
			CHECK(own + next == SIDE * SIDE && fabs(own / (double)(SIDE * SIDE) - stay) < 1e-9);
		}
	}
	tt_augment_scratch_done(&s);
}

static void shrinking(void **state)
{
	static const struct {
		const char *name;
		unsigned side, longest, w, h;
	} rows[] = {
		{ "smaller", 15, 100, 20, 15 },
		{ "never larger", 64, 100, 40, 30 },
		{ "long side cut", 15, 16, 16, 15 },
	};
	struct tt_augment_scratch s = { 0 };

	(void)state;
	fill();
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_pixels out;
		struct tt_err err = { 0 };

		CHECK_ROW(tt_augment_shrink(&photo, rows[i].side, rows[i].longest, &s, &out, &err) == 0, rows[i].name);
		CHECK_ROW(out.w == rows[i].w && out.h == rows[i].h && out.rgb[2] == 100, rows[i].name);
		free((void *)(uintptr_t)out.rgb);
	}
	tt_augment_scratch_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_middle_is_the_middle),
		cmocka_unit_test(views_follow_from_their_numbers),
		cmocka_unit_test(mixing_swaps_a_box),
		cmocka_unit_test(shrinking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
