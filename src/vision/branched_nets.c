/* GoogLeNet (Szegedy et al. 2014; as in torchvision: with batch-norm, 3×3 for 5×5, without the side outputs of
 * training) and DenseNet-121 (Huang et al. 2016). */
#include "vision/networks.h"

#include <stdio.h>

#define GOOGLE_EPS 1e-3f
#define DENSE_EPS 1e-5f
#define GROWTH 32
#define DENSE_WIDTH 128 /* of the 1×1 in front of each 3×3 */

static int basic(struct tt_graph *g, int x, uint32_t out, uint32_t kernel, uint32_t stride, uint32_t pad,
		 const char *name)
{
	char conv[64], bn[64];

	snprintf(conv, sizeof conv, "%s.conv", name);
	snprintf(bn, sizeof bn, "%s.bn", name);
	return tt_conv_bn_relu(g, x, &(struct tt_conv){ out, kernel, stride, pad, 1, false }, GOOGLE_EPS, conv, bn);
}

struct inception {
	const char *name;
	uint32_t one, reduce3, three, reduce5, five, pooled;
};

static int inception(struct tt_graph *g, int x, const struct inception *s)
{
	char name[48];
	int in[4];

	snprintf(name, sizeof name, "%s.branch1", s->name);
	in[0] = basic(g, x, s->one, 1, 1, 0, name);
	snprintf(name, sizeof name, "%s.branch2.0", s->name);
	in[1] = basic(g, x, s->reduce3, 1, 1, 0, name);
	snprintf(name, sizeof name, "%s.branch2.1", s->name);
	in[1] = basic(g, in[1], s->three, 3, 1, 1, name);
	snprintf(name, sizeof name, "%s.branch3.0", s->name);
	in[2] = basic(g, x, s->reduce5, 1, 1, 0, name);
	snprintf(name, sizeof name, "%s.branch3.1", s->name);
	in[2] = basic(g, in[2], s->five, 3, 1, 1, name);
	snprintf(name, sizeof name, "%s.branch4.1", s->name);
	in[3] = tt_graph_pool(g, x, TT_OP_MAX_POOL, &(struct tt_window){ 3, 1, 1, true });
	in[3] = basic(g, in[3], s->pooled, 1, 1, 0, name);
	return tt_graph_concat(g, in, 4);
}

int tt_googlenet_body(struct tt_graph *g, int x, const struct tt_network *net)
{
	static const struct tt_window pool3 = { 3, 2, 0, true }, pool2 = { 2, 2, 0, true };
	static const struct {
		struct inception block;
		const struct tt_window *pool; /* behind it */
	} rows[] = {
		{ { "inception3a", 64, 96, 128, 16, 32, 32 }, NULL },
		{ { "inception3b", 128, 128, 192, 32, 96, 64 }, &pool3 },
		{ { "inception4a", 192, 96, 208, 16, 48, 64 }, NULL },
		{ { "inception4b", 160, 112, 224, 24, 64, 64 }, NULL },
		{ { "inception4c", 128, 128, 256, 24, 64, 64 }, NULL },
		{ { "inception4d", 112, 144, 288, 32, 64, 64 }, NULL },
		{ { "inception4e", 256, 160, 320, 32, 128, 128 }, &pool2 },
		{ { "inception5a", 256, 160, 320, 32, 128, 128 }, NULL },
		{ { "inception5b", 384, 192, 384, 48, 128, 128 }, NULL },
	};

	(void)net;
	x = tt_graph_pool(g, basic(g, x, 64, 7, 2, 3, "conv1"), TT_OP_MAX_POOL, &pool3);
	x = basic(g, basic(g, x, 64, 1, 1, 0, "conv2"), 192, 3, 1, 1, "conv3");
	x = tt_graph_pool(g, x, TT_OP_MAX_POOL, &pool3);
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		x = inception(g, x, &rows[i].block);
		if (rows[i].pool)
			x = tt_graph_pool(g, x, TT_OP_MAX_POOL, rows[i].pool);
	}
	return tt_graph_mean(g, x);
}

static int norm_relu(struct tt_graph *g, int x, const char *prefix, const char *name)
{
	char full[64];

	snprintf(full, sizeof full, "features.%s%s", prefix, name);
	return tt_graph_relu(g, tt_graph_bn(g, x, DENSE_EPS, full));
}

static int dense_conv(struct tt_graph *g, int x, uint32_t out, uint32_t kernel, const char *prefix, const char *name)
{
	char full[64];

	snprintf(full, sizeof full, "features.%s%s", prefix, name);
	return tt_graph_conv(g, x, &(struct tt_conv){ out, kernel, 1, kernel / 2, 1, false }, full);
}

int tt_densenet121_body(struct tt_graph *g, int x, const struct tt_network *net)
{
	static const unsigned layers[] = { 6, 12, 24, 16 };
	uint32_t channels = 64;
	char prefix[40];

	(void)net;
	x = tt_graph_conv(g, x, &(struct tt_conv){ 64, 7, 2, 3, 1, false }, "features.conv0");
	x = tt_graph_pool(g, norm_relu(g, x, "", "norm0"), TT_OP_MAX_POOL, &(struct tt_window){ 3, 2, 1, false });
	for (unsigned block = 0; block < TT_LEN(layers); block++) {
		for (unsigned i = 0; i < layers[block]; i++, channels += GROWTH) {
			int y;

			snprintf(prefix, sizeof prefix, "denseblock%u.denselayer%u.", block + 1, i + 1);
			y = dense_conv(g, norm_relu(g, x, prefix, "norm1"), DENSE_WIDTH, 1, prefix, "conv1");
			y = dense_conv(g, norm_relu(g, y, prefix, "norm2"), GROWTH, 3, prefix, "conv2");
			x = tt_graph_concat(g, (int[]){ x, y }, 2);
		}
		if (block + 1 == TT_LEN(layers))
			break;
		snprintf(prefix, sizeof prefix, "transition%u.", block + 1);
		channels /= 2;
		x = dense_conv(g, norm_relu(g, x, prefix, "norm"), channels, 1, prefix, "conv");
		x = tt_graph_pool(g, x, TT_OP_AVG_POOL, &(struct tt_window){ 2, 2, 0, false });
	}
	return tt_graph_mean(g, norm_relu(g, x, "", "norm5"));
}
