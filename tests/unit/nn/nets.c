#include "nets.h"

#include <stdio.h>

int nets_conv_bn_relu(struct tt_graph *g, int x, struct tt_conv spec, const char *name)
{
	char bn[64];

	snprintf(bn, sizeof bn, "%s_bn", name);
	return tt_graph_relu(g, tt_graph_bn(g, tt_graph_conv(g, x, &spec, name), 1e-5f, bn));
}

void nets_pointwise(struct tt_graph *g)
{
	int x = tt_graph_input(g, 16, 7, 5);

	tt_graph_output(g, tt_graph_conv(g, x, &(struct tt_conv){ 48, 1, 1, 0, 1, true }, "a"));
}

static void stem(struct tt_graph *g)
{
	int x = nets_conv_bn_relu(g, tt_graph_input(g, 3, 19, 18), (struct tt_conv){ 64, 7, 2, 3, 1, false }, "a");

	tt_graph_output(g, tt_graph_pool(g, x, TT_OP_MAX_POOL, &(struct tt_window){ 3, 2, 1, false }));
}

static void grouped(struct tt_graph *g, uint32_t width, uint32_t stride)
{
	int x = nets_conv_bn_relu(g, tt_graph_input(g, 3, 9, 10), (struct tt_conv){ 32 * width, 3, 1, 1, 1, false },
				  "a");

	x = nets_conv_bn_relu(g, x, (struct tt_conv){ 32 * width, 3, stride, 1, 32, false }, "b");
	tt_graph_output(g, tt_graph_mean(g, x));
}

static void groups_of_4(struct tt_graph *g)
{
	grouped(g, 4, 1);
}

static void groups_of_8(struct tt_graph *g)
{
	grouped(g, 8, 2);
}

static void groups_of_16(struct tt_graph *g)
{
	grouped(g, 16, 1);
}

static void groups_of_32(struct tt_graph *g)
{
	grouped(g, 32, 2);
}

static void norm_first(struct tt_graph *g) /* as in DenseNet: nothing to fold into */
{
	int x = tt_graph_conv(g, tt_graph_input(g, 3, 12, 12), &(struct tt_conv){ 32, 3, 1, 1, 1, false }, "a");
	int y = tt_graph_relu(g, tt_graph_bn(g, x, 1e-5f, "n"));

	y = tt_graph_conv(g, y, &(struct tt_conv){ 32, 3, 1, 1, 1, false }, "b");
	x = tt_graph_concat(g, (int[]){ x, y }, 2);
	x = tt_graph_relu(g, tt_graph_bn(g, x, 1e-5f, "m"));
	tt_graph_output(g, tt_graph_pool(g, x, TT_OP_AVG_POOL, &(struct tt_window){ 2, 2, 0, false }));
}

void nets_residual(struct tt_graph *g) /* as in ResNet: once in place, once with a projection */
{
	int x = nets_conv_bn_relu(g, tt_graph_input(g, 3, 14, 14), (struct tt_conv){ 32, 3, 1, 1, 1, false }, "a");
	int y = nets_conv_bn_relu(g, x, (struct tt_conv){ 32, 3, 1, 1, 1, false }, "b");

	y = tt_graph_bn(g, tt_graph_conv(g, y, &(struct tt_conv){ 32, 3, 1, 1, 1, false }, "c"), 1e-5f, "c_bn");
	x = tt_graph_relu(g, tt_graph_add(g, y, x));
	y = nets_conv_bn_relu(g, x, (struct tt_conv){ 64, 3, 2, 1, 1, false }, "d");
	y = tt_graph_bn(g, tt_graph_conv(g, y, &(struct tt_conv){ 64, 3, 1, 1, 1, false }, "e"), 1e-5f, "e_bn");
	x = tt_graph_bn(g, tt_graph_conv(g, x, &(struct tt_conv){ 64, 1, 2, 0, 1, false }, "f"), 1e-5f, "f_bn");
	x = tt_graph_relu(g, tt_graph_add(g, y, x));
	tt_graph_output(g, tt_graph_linear(g, tt_graph_mean(g, x), 10, true, "fc"));
	tt_graph_output(g, tt_graph_linear(g, tt_graph_mean(g, x), 3, false, "fine"));
}

static void seen_twice(struct tt_graph *g) /* what a sum takes over is looked at later: it must not be overwritten */
{
	int x = nets_conv_bn_relu(g, tt_graph_input(g, 3, 9, 9), (struct tt_conv){ 16, 3, 1, 1, 1, false }, "a");
	int y = tt_graph_add(g, tt_graph_conv(g, x, &(struct tt_conv){ 16, 1, 1, 0, 1, true }, "b"), x);
	int z = tt_graph_relu(g, y);

	z = tt_graph_add(g, z, tt_graph_se(g, x, 4, "se"));
	tt_graph_output(g, tt_graph_add(g, z, y));
	tt_graph_output(g, y);
}

void nets_excited(struct tt_graph *g)
{
	int x = nets_conv_bn_relu(g, tt_graph_input(g, 3, 15, 13), (struct tt_conv){ 64, 3, 2, 1, 1, false }, "a");
	int y = nets_conv_bn_relu(g, x, (struct tt_conv){ 64, 1, 1, 0, 1, false }, "b");

	y = tt_graph_bn(g, tt_graph_conv(g, y, &(struct tt_conv){ 64, 1, 1, 0, 1, false }, "c"), 1e-5f, "c_bn");
	x = tt_graph_relu(g, tt_graph_add(g, tt_graph_se(g, y, 4, "se1"), x));
	tt_graph_output(g, tt_graph_linear(g, tt_graph_mean(g, tt_graph_se(g, x, 5, "se2")), 7, true, "fc"));
}

static void excited_twice(struct tt_graph *g) /* as in SE-ResNeXt, for int8: the residual with a sign and without */
{
	int x = nets_conv_bn_relu(g, tt_graph_input(g, 3, 15, 13), (struct tt_conv){ 64, 3, 2, 1, 1, false }, "a");
	int short_cut = tt_graph_bn(g, tt_graph_conv(g, x, &(struct tt_conv){ 64, 1, 1, 0, 1, false }, "d"), 1e-5f,
				    "d_bn");
	int y = tt_graph_bn(g, tt_graph_conv(g, x, &(struct tt_conv){ 64, 3, 1, 1, 4, false }, "b"), 1e-5f, "b_bn");

	x = tt_graph_relu(g, tt_graph_add(g, tt_graph_se(g, y, 4, "se1"), short_cut));
	y = tt_graph_bn(g, tt_graph_conv(g, x, &(struct tt_conv){ 64, 1, 1, 0, 1, false }, "c"), 1e-5f, "c_bn");
	x = tt_graph_relu(g, tt_graph_add(g, tt_graph_se(g, y, 4, "se2"), x));
	tt_graph_output(g, tt_graph_linear(g, tt_graph_mean(g, x), 7, true, "fc"));
}

static void branches(struct tt_graph *g) /* as in GoogLeNet, with channels that fill no block of 16 */
{
	int x = nets_conv_bn_relu(g, tt_graph_input(g, 3, 13, 13), (struct tt_conv){ 24, 3, 1, 1, 1, false }, "a");
	int a = nets_conv_bn_relu(g, x, (struct tt_conv){ 8, 1, 1, 0, 1, false }, "b");
	int b = nets_conv_bn_relu(g, x, (struct tt_conv){ 24, 5, 1, 2, 1, false }, "c");
	int c = tt_graph_pool(g, x, TT_OP_MAX_POOL, &(struct tt_window){ 3, 1, 1, true });

	x = tt_graph_concat(g, (int[]){ a, b, c }, 3);
	x = tt_graph_pool(g, x, TT_OP_MAX_POOL, &(struct tt_window){ 3, 2, 0, true });
	tt_graph_output(g, tt_graph_linear(g, x, 9, true, "fc"));
}

static void deep_linear(struct tt_graph *g) /* as in AlexNet */
{
	int x = tt_graph_conv(g, tt_graph_input(g, 3, 23, 23), &(struct tt_conv){ 32, 11, 4, 2, 1, true }, "a");

	x = tt_graph_linear(g, tt_graph_relu(g, x), 37, true, "b");
	tt_graph_output(g, tt_graph_linear(g, tt_graph_relu(g, x), 5, true, "c"));
}

static void pyramid(struct tt_graph *g, uint32_t c, uint32_t out) /* one head for two maps of a feature pyramid */
{
	int fine = nets_conv_bn_relu(g, tt_graph_input(g, 3, 8, 12), (struct tt_conv){ c, 3, 2, 1, 1, false }, "a");
	int coarse = nets_conv_bn_relu(g, fine, (struct tt_conv){ c, 3, 2, 1, 1, false }, "b");
	int up = tt_graph_upsample(g, coarse);
	int level[2] = { tt_graph_add(g, tt_graph_conv(g, fine, &(struct tt_conv){ c, 1, 1, 0, 1, true }, "d"), up),
			 coarse };

	for (int i = 0; i < 2; i++) {
		int x = nets_conv_bn_relu(g, level[i], (struct tt_conv){ c, 3, 1, 1, 1, false }, "head");

		tt_graph_output(g, tt_graph_conv(g, x, &(struct tt_conv){ out, 1, 1, 0, 1, true }, "out"));
	}
}

static void pyramid_16(struct tt_graph *g)
{
	pyramid(g, 16, 16);
}

static void pyramid_24(struct tt_graph *g) /* fills no block */
{
	pyramid(g, 24, 15);
}

static void weighted_mean(struct tt_graph *g, uint32_t c)
{
	int x = nets_conv_bn_relu(g, tt_graph_input(g, 3, 7, 9), (struct tt_conv){ c, 3, 1, 1, 1, false }, "a");

	x = tt_graph_weighted_mean(g, tt_graph_conv(g, x, &(struct tt_conv){ c, 1, 1, 0, 1, false }, "b"), "pool");
	tt_graph_output(g, tt_graph_linear(g, x, 6, true, "fc"));
}

static void weighted_mean_32(struct tt_graph *g)
{
	weighted_mean(g, 32);
}

static void weighted_mean_20(struct tt_graph *g)
{
	weighted_mean(g, 20);
}

const struct nets_row nets[] = {
	{ "pointwise", nets_pointwise, true },
	{ "stem", stem, true },
	{ "groups of 4", groups_of_4, true },
	{ "groups of 8", groups_of_8, true },
	{ "groups of 16", groups_of_16, true },
	{ "groups of 32", groups_of_32, true },
	{ "norm first", norm_first, false },
	{ "residual", nets_residual, false },
	{ "seen twice", seen_twice, false },
	{ "excited", nets_excited, false },
	{ "excited twice", excited_twice, true },
	{ "branches", branches, false },
	{ "deep linear", deep_linear, true },
	{ "pyramid", pyramid_16, false },
	{ "pyramid of odd widths", pyramid_24, false },
	{ "weighted mean", weighted_mean_32, true },
	{ "weighted mean of odd widths", weighted_mean_20, false },
};

const unsigned nets_count = TT_LEN(nets);
