#include "nn/graph.h"

#include "test.h"

#include <string.h>

static void shapes_follow(void **state)
{
	static const struct {
		const char *name;
		uint32_t side, kernel, stride, pad, out;
		bool pool, ceil;
	} rows[] = {
		{ "1x1", 7, 1, 1, 0, 7, false, false },
		{ "1x1, every second", 7, 1, 2, 0, 4, false, false },
		{ "1x1, every second of an even side", 8, 1, 2, 0, 4, false, false },
		{ "3x3", 14, 3, 1, 1, 14, false, false },
		{ "3x3, stride 2", 14, 3, 2, 1, 7, false, false },
		{ "stem", 224, 7, 2, 3, 112, false, false },
		{ "pool", 112, 3, 2, 1, 56, true, false },
		{ "pool, last one sticks out", 112, 3, 2, 0, 56, true, true },
		{ "pool, rounded down", 112, 3, 2, 0, 55, true, false },
		{ "pool, would start outside", 3, 2, 2, 1, 2, true, true },
		{ "the whole side", 11, 11, 4, 0, 1, false, false },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_graph g;
		int x;

		tt_graph_init(&g);
		x = tt_graph_input(&g, 8, rows[i].side, rows[i].side);
		if (rows[i].pool)
			x = tt_graph_pool(
				&g, x, TT_OP_MAX_POOL,
				&(struct tt_window){ rows[i].kernel, rows[i].stride, rows[i].pad, rows[i].ceil });
		else
			x = tt_graph_conv(
				&g, x, &(struct tt_conv){ 16, rows[i].kernel, rows[i].stride, rows[i].pad, 1, false },
				"a");
		CHECK_ROW(x == 1 && g.node[1].h == rows[i].out && g.node[1].w == rows[i].out, rows[i].name);
		CHECK_ROW(g.node[1].c == (rows[i].pool ? 8 : 16), rows[i].name);
		tt_graph_done(&g);
	}
}

static void no_input(struct tt_graph *g)
{
	tt_graph_output(g, tt_graph_relu(g, 5));
}

static void no_output(struct tt_graph *g)
{
	tt_graph_input(g, 3, 8, 8);
}

static void groups_do_not_fit(struct tt_graph *g)
{
	tt_graph_output(g,
			tt_graph_conv(g, tt_graph_input(g, 6, 8, 8), &(struct tt_conv){ 8, 3, 1, 1, 4, false }, "x"));
}

static void kernel_over_side(struct tt_graph *g)
{
	tt_graph_output(g,
			tt_graph_conv(g, tt_graph_input(g, 3, 4, 4), &(struct tt_conv){ 8, 7, 1, 1, 1, false }, "x"));
}

static void no_kernel(struct tt_graph *g)
{
	tt_graph_output(g,
			tt_graph_conv(g, tt_graph_input(g, 3, 4, 4), &(struct tt_conv){ 8, 0, 1, 0, 1, false }, "x"));
}

static void huge_side(struct tt_graph *g)
{
	tt_graph_output(g, tt_graph_input(g, 3, TT_GRAPH_MAX_SIDE + 1, 4));
}

static void sum_of_shapes(struct tt_graph *g)
{
	int x = tt_graph_input(g, 3, 4, 4);

	tt_graph_output(g, tt_graph_add(g, x, tt_graph_mean(g, x)));
}

static void concat_of_sizes(struct tt_graph *g)
{
	int x = tt_graph_input(g, 3, 4, 4);

	tt_graph_output(g, tt_graph_concat(g, (int[]){ x, tt_graph_mean(g, x) }, 2));
}

static void long_name(struct tt_graph *g)
{
	char name[TT_NODE_NAME + 1];

	memset(name, 'x', TT_NODE_NAME);
	name[TT_NODE_NAME] = 0;
	tt_graph_output(g, tt_graph_bn(g, tt_graph_input(g, 3, 4, 4), 1e-5f, name));
}

static void no_squeeze(struct tt_graph *g)
{
	tt_graph_output(g, tt_graph_se(g, tt_graph_input(g, 3, 4, 4), 0, "x"));
}

static void larger_vector(struct tt_graph *g)
{
	tt_graph_output(g, tt_graph_upsample(g, tt_graph_mean(g, tt_graph_input(g, 3, 4, 4))));
}

static void shared_parameters_count_once(void **state)
{
	struct tt_graph g;
	int x;

	(void)state;
	tt_graph_init(&g);
	x = tt_graph_input(&g, 8, 4, 6);
	x = tt_graph_upsample(&g, tt_graph_conv(&g, x, &(struct tt_conv){ 8, 1, 1, 0, 1, true }, "a"));
	CHECK(g.node[x].c == 8 && g.node[x].h == 8 && g.node[x].w == 12);
	x = tt_graph_conv(&g, x, &(struct tt_conv){ 8, 1, 1, 0, 1, true }, "a");
	x = tt_graph_weighted_mean(&g, x, "pool");
	CHECK(g.node[x].c == 8 && g.node[x].h == 1 && g.node[x].w == 1);
	CHECK(tt_graph_params(&g) == 8 * 8 + 8 + 8 * 8 * 12);
	tt_graph_done(&g);
}

static void mistakes_are_kept(void **state)
{
	static const struct {
		const char *name;
		void (*build)(struct tt_graph *g);
	} rows[] = {
		{ "no input", no_input },       { "no output", no_output },           { "groups", groups_do_not_fit },
		{ "kernel", kernel_over_side }, { "no kernel", no_kernel },           { "huge side", huge_side },
		{ "sum", sum_of_shapes },       { "concatenation", concat_of_sizes }, { "long name", long_name },
		{ "no squeeze", no_squeeze },   { "larger vector", larger_vector },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_graph g;
		struct tt_err err = { 0 };

		tt_graph_init(&g);
		rows[i].build(&g);
		CHECK_ROW(tt_graph_check(&g, &err) == TT_EINVALID && err.msg[0], rows[i].name);
		tt_graph_done(&g);
	}
}

static void work_is_counted(void **state)
{
	struct tt_graph g;
	int x;

	(void)state;
	tt_graph_init(&g);
	x = tt_graph_conv(&g, tt_graph_input(&g, 8, 6, 6), &(struct tt_conv){ 16, 3, 2, 1, 4, true }, "a");
	x = tt_graph_se(&g, tt_graph_bn(&g, x, 1e-5f, "b"), 2, "c");
	tt_graph_output(&g, tt_graph_linear(&g, x, 5, true, "d"));
	CHECK(tt_graph_check(&g, NULL) == 0);
	CHECK(tt_graph_macs(&g) == 16 * 9 * 9 * 2 + 2 * 16 * 2 + 5 * 16 * 9);
	CHECK(tt_graph_params(&g) == 16 * 9 * 2 + 16 + 32 + (2 * 16 * 2 + 16 + 2) + 5 * 16 * 9 + 5);
	tt_graph_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_follow),
		cmocka_unit_test(mistakes_are_kept),
		cmocka_unit_test(shared_parameters_count_once),
		cmocka_unit_test(work_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
