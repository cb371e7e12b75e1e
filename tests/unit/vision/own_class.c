/* A class learnt from few examples: the loss falls to where its gradient is nothing, the line lies where precision ×
 * recall is best, and what is read back may be anything. */
#include "vision/own_class.h"

#include "test.h"

#include <math.h>
#include <string.h>

enum { FEATURES = 24, SAMPLES = 40 };

static struct tt_features features[SAMPLES];
static struct tt_class_sample samples[SAMPLES];

/* One in four belongs; those have the first features lit. */
static void make(void)
{
	for (unsigned i = 0; i < SAMPLES; i++) {
		features[i] = (struct tt_features){ .scale = 1, .n = FEATURES };
		for (unsigned k = 0; k < FEATURES; k++)
			features[i].q[k] = (uint8_t)((i * 31 + k * 17) % 40 + (i % 4 == 0 && k < 6 ? 120 : 10));
		samples[i] = (struct tt_class_sample){ &features[i], i % 4 == 0, 1 };
	}
}

static struct tt_class_head fit(float penalty)
{
	struct tt_class_head h;
	struct tt_err err = { 0 };

	CHECK(tt_class_head_fit(&h, samples, SAMPLES, &(struct tt_class_fit){ penalty, 200 }, &err) == 0);
	return h;
}

static double score(const struct tt_class_head *h, unsigned i)
{
	float z;

	CHECK(tt_class_head_score(h, &features[i], &z, NULL) == 0);
	return (double)z;
}

static void examples_are_told_from_the_others(void **state)
{
	struct tt_class_head h;

	(void)state;
	make();
	h = fit(1e-3F);
	for (unsigned i = 0; i < SAMPLES; i++)
		CHECK((score(&h, i) > 0) == (i % 4 == 0));
	tt_class_head_done(&h);
}

/* At the least loss the gradient by b is the sum of what is missing, and by w that of the features. */
static void the_gradient_is_nothing_at_the_end(void **state)
{
	const double penalty = 0.01;
	struct tt_class_head h;
	double g[FEATURES + 1] = { 0 };

	(void)state;
	make();
	samples[3].weight = 5;
	h = fit((float)penalty);
	for (unsigned i = 0; i < SAMPLES; i++) {
		double square = 0, r = 1 / (1 + exp(-score(&h, i))) - samples[i].yes;

		r *= (double)samples[i].weight / (SAMPLES + 4);
		for (unsigned k = 0; k < FEATURES; k++)
			square += features[i].q[k] * features[i].q[k];
		for (unsigned k = 0; k < FEATURES; k++)
			g[k] += r * features[i].q[k] / sqrt(square);
		g[FEATURES] += r;
	}
	for (unsigned k = 0; k < FEATURES; k++)
		CHECK(fabs(g[k] + penalty * (double)h.w[k]) < 1e-3);
	CHECK(fabs(g[FEATURES]) < 1e-3);
	tt_class_head_done(&h);
}

static void the_same_samples_give_the_same_head(void **state)
{
	struct tt_class_head a, b;

	(void)state;
	make();
	a = fit(1e-3F);
	b = fit(1e-3F);
	CHECK(a.bias == b.bias && memcmp(a.w, b.w, FEATURES * sizeof *a.w) == 0);
	tt_class_head_done(&a);
	tt_class_head_done(&b);
}

static void what_cannot_be_learnt_is_refused(void **state)
{
	struct tt_class_head h;
	struct tt_err err = { 0 };
	float z;

	(void)state;
	make();
	CHECK(tt_class_head_fit(&h, samples, 0, &(struct tt_class_fit){ 1, 9 }, &err) == TT_EINVALID);
	features[7].n = FEATURES - 1;
	CHECK(tt_class_head_fit(&h, samples, SAMPLES, &(struct tt_class_fit){ 1, 9 }, &err) == TT_EINVALID);
	features[7].n = FEATURES;
	for (unsigned i = 0; i < SAMPLES; i++)
		samples[i].weight = 0;
	CHECK(tt_class_head_fit(&h, samples, SAMPLES, &(struct tt_class_fit){ 1, 9 }, &err) == TT_EINVALID);
	make();
	h = fit(1);
	features[7].n = FEATURES - 1;
	CHECK(tt_class_head_score(&h, &features[7], &z, &err) == TT_EINVALID);
	tt_class_head_done(&h);
}

static void blobs_come_back_and_damaged_ones_do_not(void **state)
{
	struct tt_class_head h, back = { 0 };
	struct tt_err err = { 0 };
	unsigned char blob[3 * 4 + 4 * (FEATURES + 1)], bad[sizeof blob];
	const float nan = NAN, huge = 1e9F;

	(void)state;
	make();
	h = fit(1e-3F);
	CHECK(tt_class_head_size(FEATURES) == sizeof blob);
	tt_class_head_write(&h, blob);
	CHECK(tt_class_head_read(&back, blob, sizeof blob, &err) == 0);
	CHECK(back.n == h.n && back.bias == h.bias && memcmp(back.w, h.w, FEATURES * sizeof *h.w) == 0);
	tt_class_head_done(&back);
	for (size_t n = 0; n < sizeof blob; n++)
		CHECK(tt_class_head_read(&back, blob, n, &err) == TT_EINVALID);
	for (size_t at = 0; at < 12; at++) {
		memcpy(bad, blob, sizeof bad);
		bad[at] ^= 0x41;
		CHECK(tt_class_head_read(&back, bad, sizeof bad, &err) == TT_EINVALID);
	}
	for (size_t at = 12; at < sizeof blob; at += 4) {
		memcpy(bad, blob, sizeof bad);
		memcpy(bad + at, at % 8 ? &nan : &huge, 4);
		CHECK(tt_class_head_read(&back, bad, sizeof bad, &err) == TT_EINVALID);
	}
	tt_class_head_done(&h);
}

/* ---- the line */

static void the_line_lies_where_precision_times_recall_is_best(void **state)
{
	float yes[] = { 1, 5, 4, -3 }, no[] = { 2 }, others[] = { -1, 0.5F, -2, 3, -4, -5 };
	struct tt_class_line l;

	(void)state;
	/* Above 4: r = 1/2, q = 1/8: 2. At 1: r = 3/4, q = 3/8: 1.5. All: 4/3. The next score below 4 is 3. */
	tt_class_line_find(yes, 4, no, 1, others, 6, &l);
	CHECK(l.line == 3.5F && l.yes == 2 && l.no == 0 && l.others == 0);
	CHECK(yes[0] == 5 && yes[3] == -3 && others[5] == -5); /* sorted */
}

static void half_of_the_examples_lie_above_the_line(void **state)
{
	float yes[] = { 9, 2, 2, -1 }, none[1] = { 0 }, others[20];
	struct tt_class_line l;

	(void)state;
	for (unsigned i = 0; i < TT_LEN(others); i++)
		others[i] = i < 15 ? 3 : i == 15 ? 0 : -5;
	/* The first alone would be best: 21/16, against 21/17 for all. */
	tt_class_line_find(yes, 4, none, 0, others, TT_LEN(others), &l);
	CHECK(l.line == -1.5F && l.yes == 4 && l.others == 16);
}

static void a_line_below_all_has_a_unit_of_room(void **state)
{
	float yes[] = { 2, 2 }, none[1] = { 0 };
	struct tt_class_line l;

	(void)state;
	tt_class_line_find(yes, 2, none, 0, none, 0, &l);
	CHECK(l.line == 1.5F && l.yes == 2 && l.no == 0 && l.others == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_are_told_from_the_others),
		cmocka_unit_test(the_gradient_is_nothing_at_the_end),
		cmocka_unit_test(the_same_samples_give_the_same_head),
		cmocka_unit_test(what_cannot_be_learnt_is_refused),
		cmocka_unit_test(blobs_come_back_and_damaged_ones_do_not),
		cmocka_unit_test(the_line_lies_where_precision_times_recall_is_best),
		cmocka_unit_test(half_of_the_examples_lie_above_the_line),
		cmocka_unit_test(a_line_below_all_has_a_unit_of_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
