/* A network of a few thousand parameters with every kind of layer that the trainer knows. */
#ifndef TT_TESTS_UNIT_TRAIN_SMALL_H
#define TT_TESTS_UNIT_TRAIN_SMALL_H

#include "nn/graph.h"

static inline int small_bn_relu(struct tt_graph *g, int x, const char *name)
{
	return tt_graph_relu(g, tt_graph_bn(g, x, 1e-5f, name));
}

/* side × side pictures in, `classes` out. */
static inline void small_graph(struct tt_graph *g, uint32_t side, uint32_t classes)
{
	struct tt_conv stem = { 16, 3, 1, 1, 1, false }, one = { 16, 1, 1, 0, 1, false },
		       three = { 16, 3, 2, 1, 4, false };
	struct tt_conv out = { 32, 1, 1, 0, 1, false }, down = { 32, 1, 2, 0, 1, false };
	int x, y, z;

	x = small_bn_relu(g, tt_graph_conv(g, tt_graph_input(g, 3, side, side), &stem, "conv1"), "bn1");
	x = tt_graph_pool(g, x, TT_OP_MAX_POOL, &(struct tt_window){ 3, 2, 1, false });
	z = tt_graph_bn(g, tt_graph_conv(g, x, &down, "downsample.0"), 1e-5f, "downsample.1");
	y = small_bn_relu(g, tt_graph_conv(g, x, &one, "a.conv1"), "a.bn1");
	y = small_bn_relu(g, tt_graph_conv(g, y, &three, "a.conv2"), "a.bn2");
	y = tt_graph_bn(g, tt_graph_conv(g, y, &out, "a.conv3"), 1e-5f, "a.bn3");
	x = tt_graph_relu(g, tt_graph_add(g, tt_graph_se(g, y, 4, "a.se"), z));
	y = tt_graph_bn(g, tt_graph_conv(g, x, &out, "b.conv1"), 1e-5f, "b.bn1");
	x = tt_graph_relu(g, tt_graph_add(g, tt_graph_se(g, y, 4, "b.se"), x));
	tt_graph_output(g, tt_graph_linear(g, tt_graph_mean(g, x), classes, true, "fc"));
}

#endif
