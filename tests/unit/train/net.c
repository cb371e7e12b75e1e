/* Gradients against differences of the loss, for every tensor of a small network; frozen statistics; what is refused.
 */
#include "test.h"

#include "base/alloc.h"
#include "base/fault.h"
#include "train/loss.h"
#include "train/net.h"
#include "train/rng.h"
#include "train/small.h"

#include <math.h>
#include <string.h>

enum { BATCH = 4, SIDE = 12, CLASSES = 3 };

struct fixture {
	struct tt_graph graph;
	struct tt_train_params params;
	struct tt_train_net *net;
	float *values, *statistics, *grads, *scratch;
	float target[BATCH * CLASSES], d[BATCH * CLASSES];
};

static void start(struct fixture *f, enum tt_train_type type)
{
	struct tt_rng r = tt_rng_of(5, 0, 0);
	struct tt_err err = { 0 };
	float *in;

	memset(f, 0, sizeof *f);
	tt_graph_init(&f->graph);
	small_graph(&f->graph, SIDE, CLASSES);
	CHECK(tt_train_params_init(&f->params, &f->graph, &err) == 0);
	f->values = tt_calloc(f->params.values, sizeof(float));
	f->grads = tt_calloc(f->params.values, sizeof(float));
	f->scratch = tt_calloc(f->params.values, sizeof(float));
	f->statistics = tt_calloc(f->params.statistics, sizeof(float));
	tt_train_params_randomise(&f->params, &f->graph, 7, f->values, f->statistics);
	for (size_t i = 0; i < f->params.values; i++) /* nothing at 0 or 1, so that no mistake hides */
		f->values[i] += (float)tt_rng_range(&r, -0.1, 0.1);
	CHECK(tt_train_net_new(&f->net, &f->graph, &f->params, BATCH, type, &err) == 0);
	in = tt_train_net_input(f->net);
	for (size_t i = 0; i < (size_t)BATCH * SIDE * SIDE * 3; i++)
		in[i] = (float)tt_rng_normal(&r);
	for (int i = 0; i < BATCH; i++)
		tt_target_add(f->target + i * CLASSES, CLASSES, i % CLASSES, 0.1f, 1.0f);
}

static void stop(struct fixture *f)
{
	tt_train_net_free(f->net);
	tt_train_params_done(&f->params);
	tt_graph_done(&f->graph);
	free(f->values);
	free(f->grads);
	free(f->scratch);
	free(f->statistics);
}

static double loss(struct fixture *f, const float *values)
{
	struct tt_err err = { 0 };

	CHECK(tt_train_net_forward(f->net, values, NULL, &err) == 0);
	return tt_soft_cross_entropy(tt_train_net_output(f->net, 0), f->target, BATCH, CLASSES, BATCH, f->d);
}

static void backward(struct fixture *f)
{
	struct tt_err err = { 0 };

	(void)loss(f, f->values);
	CHECK(tt_train_net_backward(f->net, f->values, (const float *const[]){ f->d }, f->grads, &err) == 0);
}

/* Along its own gradient, the loss must change by the gradient's length. */
static void gradients_match_differences(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, TT_TRAIN_F32);
	backward(&f);
	for (unsigned k = 0; k < f.params.count; k++) {
		const struct tt_train_param *e = &f.params.list[k];
		double norm = 0, step = 2e-3, up, down;

		if (e->statistic)
			continue;
		for (size_t i = e->at; i < e->at + e->count; i++)
			norm += (double)f.grads[i] * (double)f.grads[i];
		norm = sqrt(norm);
		CHECK_ROW(norm > 1e-6, e->name);
		for (int sign = -1; sign <= 1; sign += 2) {
			memcpy(f.scratch, f.values, f.params.values * sizeof(float));
			for (size_t i = e->at; i < e->at + e->count; i++)
				f.scratch[i] += (float)(sign * step * (double)f.grads[i] / norm);
			*(sign < 0 ? &down : &up) = loss(&f, f.scratch);
		}
		CHECK_ROW(fabs((up - down) / (2 * step) - norm) < 0.03 * norm + 2e-4, e->name);
	}
	stop(&f);
}

static void the_same_twice(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, TT_TRAIN_F32);
	backward(&f);
	memcpy(f.scratch, f.grads, f.params.values * sizeof(float));
	backward(&f);
	CHECK(memcmp(f.scratch, f.grads, f.params.values * sizeof(float)) == 0);
	stop(&f);
}

/* With the batch's statistics put in from outside, the outputs are the same. */
static void frozen_statistics(void **state)
{
	struct fixture f;
	struct tt_err err = { 0 };
	float before[BATCH * CLASSES];

	(void)state;
	start(&f, TT_TRAIN_F32);
	(void)loss(&f, f.values);
	memcpy(before, tt_train_net_output(f.net, 0), sizeof before);
	memcpy(f.statistics, tt_train_net_batch_statistics(f.net), f.params.statistics * sizeof(float));
	CHECK(tt_train_net_forward(f.net, f.values, f.statistics, &err) == 0);
	for (int i = 0; i < BATCH * CLASSES; i++)
		CHECK(fabsf(before[i] - tt_train_net_output(f.net, 0)[i]) < 1e-5f);
	stop(&f);
}

static void bfloat16_points_the_same_way(void **state)
{
	struct fixture f, h;
	double ab = 0, aa = 0, bb = 0;

	(void)state;
	if (!tt_train_bf16_is_fast())
		return; /* not on this processor; cmocka's skip() is a failure in TAP */
	start(&f, TT_TRAIN_F32);
	start(&h, TT_TRAIN_BF16);
	backward(&f);
	backward(&h);
	for (size_t i = 0; i < f.params.values; i++) {
		ab += (double)f.grads[i] * (double)h.grads[i];
		aa += (double)f.grads[i] * (double)f.grads[i];
		bb += (double)h.grads[i] * (double)h.grads[i];
	}
	CHECK(ab / sqrt(aa * bb) > 0.97);
	stop(&f);
	stop(&h);
}

static void refuses_what_it_cannot_train(void **state)
{
	static const char *const rows[] = { "bias", "lone add", "average", "no head" };

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_graph g;
		struct tt_train_params p = { 0 };
		struct tt_train_net *net = NULL;
		struct tt_err err = { 0 };
		int x, y;

		tt_graph_init(&g);
		x = tt_graph_input(&g, 3, 8, 8);
		y = tt_graph_conv(&g, x, &(struct tt_conv){ 16, 3, 1, 1, 1, i == 0 }, "c");
		if (i == 1)
			y = tt_graph_add(&g, y, y);
		if (i == 2)
			y = tt_graph_pool(&g, y, TT_OP_AVG_POOL, &(struct tt_window){ 2, 2, 0, false });
		if (i < 3)
			y = tt_graph_linear(&g, tt_graph_mean(&g, y), 2, true, "fc");
		tt_graph_output(&g, y);
		CHECK_ROW(tt_train_params_init(&p, &g, &err) == 0, rows[i]);
		CHECK_ROW(tt_train_net_new(&net, &g, &p, 2, TT_TRAIN_F32, &err) == TT_EINVALID && err.msg[0], rows[i]);
		tt_train_params_done(&p);
		tt_graph_done(&g);
	}
}

/* Each allocation fails once: an error that says so, nothing lost (the sanitizer judges). */
static void survives_every_allocation(void **state)
{
	struct tt_graph g;
	bool struck = true;

	(void)state;
	tt_graph_init(&g);
	small_graph(&g, SIDE, CLASSES);
	for (long n = 0; struck; n++) {
		struct tt_train_params p = { 0 };
		struct tt_train_net *net = NULL;
		struct tt_err err = { 0 };
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_train_params_init(&p, &g, &err);
		rc = rc ? rc : tt_train_net_new(&net, &g, &p, 2, TT_TRAIN_F32, &err);
		struck = tt_fault_disarm(TT_FAULT_ALLOC);
		CHECK(rc == (struck ? TT_ENOMEM : 0) && (err.msg[0] != 0) == struck && (net != NULL) == !struck);
		tt_train_net_free(net);
		tt_train_params_done(&p);
	}
	tt_graph_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gradients_match_differences),
		cmocka_unit_test(the_same_twice),
		cmocka_unit_test(frozen_statistics),
		cmocka_unit_test(bfloat16_points_the_same_way),
		cmocka_unit_test(refuses_what_it_cannot_train),
		cmocka_unit_test(survives_every_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
