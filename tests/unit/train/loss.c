#include "test.h"

#include "train/loss.h"

#include "base/err.h"

#include <math.h>

static void targets_sum_to_their_shares(void **state)
{
	static const struct {
		const char *name;
		int label;
		float smoothing, share, at_label, elsewhere;
	} rows[] = {
		{ "plain", 1, 0, 1, 1, 0 },
		{ "smoothed", 1, 0.2f, 1, 0.85f, 0.05f },
		{ "a share", 1, 0.2f, 0.5f, 0.425f, 0.025f },
		{ "no label", -1, 0.2f, 1, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		float t[4] = { 0 };

		tt_target_add(t, 4, rows[i].label, rows[i].smoothing, rows[i].share);
		for (int c = 0; c < 4; c++)
			CHECK_ROW(fabsf(t[c] - (c == rows[i].label ? rows[i].at_label : rows[i].elsewhere)) < 1e-6f,
				  rows[i].name);
	}
}

static void a_teacher_is_a_soft_target(void **state)
{
	const float logits[3] = { 2, 0, -2 };
	float sharp[3] = { 0 }, soft[3] = { 0 };

	(void)state;
	tt_target_add_teacher(sharp, 3, logits, 1, 1);
	tt_target_add_teacher(soft, 3, logits, 4, 1);
	CHECK(fabsf(sharp[0] - 0.8668133f) < 1e-5f);
	CHECK(fabsf(soft[0] + soft[1] + soft[2] - 1) < 1e-6f);
	CHECK(soft[0] < sharp[0] && soft[2] > sharp[2]);
}

/* By hand: log(e^1 + e^2 + e^3) − 3 = 0.4076059. */
static void loss_and_gradient(void **state)
{
	const float logits[6] = { 1, 2, 3, 1000, 0, -1000 };
	const float target[6] = { 0, 0, 1, 0.5f, 0.5f, 0 };
	float d[6];
	double loss = tt_soft_cross_entropy(logits, target, 2, 3, 2, d);

	(void)state;
	CHECK(fabs(loss - (0.4076059 + 500) / 2) < 1e-5);
	CHECK(fabsf(d[0] - 0.0450153f) < 1e-6f && fabsf(d[2] + 0.1673792f) < 1e-5f);
	CHECK(fabsf(d[3] - 0.25f) < 1e-6f && fabsf(d[4] + 0.25f) < 1e-6f && d[5] == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_sum_to_their_shares),
		cmocka_unit_test(a_teacher_is_a_soft_target),
		cmocka_unit_test(loss_and_gradient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
