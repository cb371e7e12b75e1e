/* AlexNet (Krizhevsky et al. 2012, in the one-column form of torchvision), VGG-16 (Simonyan, Zisserman 2014, without
 * batch-norm) and ResNet-50 (He et al. 2015, stride on the 3×3). The linear layers of the first two fit one input side.
 */
#include "vision/networks.h"

#include <stdio.h>

#define BN_EPS 1e-5f

static int conv_relu(struct tt_graph *g, int x, uint32_t out, uint32_t kernel, uint32_t stride, uint32_t pad,
		     unsigned index)
{
	char name[32];

	snprintf(name, sizeof name, "features.%u", index);
	return tt_graph_relu(g, tt_graph_conv(g, x, &(struct tt_conv){ out, kernel, stride, pad, 1, true }, name));
}

static int two_linear(struct tt_graph *g, int x, const char *first, const char *second)
{
	x = tt_graph_relu(g, tt_graph_linear(g, x, 4096, true, first));
	return tt_graph_relu(g, tt_graph_linear(g, x, 4096, true, second));
}

int tt_alexnet_body(struct tt_graph *g, int x, const struct tt_network *net)
{
	static const struct tt_window pool = { 3, 2, 0, false };

	(void)net;
	x = tt_graph_pool(g, conv_relu(g, x, 64, 11, 4, 2, 0), TT_OP_MAX_POOL, &pool);
	x = tt_graph_pool(g, conv_relu(g, x, 192, 5, 1, 2, 3), TT_OP_MAX_POOL, &pool);
	x = conv_relu(g, x, 384, 3, 1, 1, 6);
	x = conv_relu(g, x, 256, 3, 1, 1, 8);
	x = tt_graph_pool(g, conv_relu(g, x, 256, 3, 1, 1, 10), TT_OP_MAX_POOL, &pool);
	return two_linear(g, x, "classifier.1", "classifier.4");
}

int tt_vgg16_body(struct tt_graph *g, int x, const struct tt_network *net)
{
	static const struct {
		uint32_t out;
		unsigned count;
	} stages[] = { { 64, 2 }, { 128, 2 }, { 256, 3 }, { 512, 3 }, { 512, 3 } };
	unsigned index = 0;

	(void)net;
	for (size_t s = 0; s < TT_LEN(stages); s++) {
		for (unsigned i = 0; i < stages[s].count; i++, index += 2)
			x = conv_relu(g, x, stages[s].out, 3, 1, 1, index);
		x = tt_graph_pool(g, x, TT_OP_MAX_POOL, &(struct tt_window){ 2, 2, 0, false });
		index++;
	}
	return two_linear(g, x, "classifier.0", "classifier.3");
}

static int bottleneck(struct tt_graph *g, int x, uint32_t planes, uint32_t stride, bool first, const char *prefix)
{
	char conv[64], bn[64];
	int short_cut = x;

	if (first) {
		snprintf(conv, sizeof conv, "%s.downsample.0", prefix);
		snprintf(bn, sizeof bn, "%s.downsample.1", prefix);
		short_cut = tt_graph_conv(g, x, &(struct tt_conv){ planes * 4, 1, stride, 0, 1, false }, conv);
		short_cut = tt_graph_bn(g, short_cut, BN_EPS, bn);
	}
	for (unsigned i = 1; i <= 3; i++) {
		struct tt_conv spec = {
			i == 3 ? planes * 4 : planes, i == 2 ? 3 : 1, i == 2 ? stride : 1, i == 2, 1, false
		};

		snprintf(conv, sizeof conv, "%s.conv%u", prefix, i);
		snprintf(bn, sizeof bn, "%s.bn%u", prefix, i);
		x = i < 3 ? tt_conv_bn_relu(g, x, &spec, BN_EPS, conv, bn)
			  : tt_graph_bn(g, tt_graph_conv(g, x, &spec, conv), BN_EPS, bn);
	}
	return tt_graph_relu(g, tt_graph_add(g, x, short_cut));
}

int tt_resnet50_body(struct tt_graph *g, int x, const struct tt_network *net)
{
	static const unsigned layers[] = { 3, 4, 6, 3 };
	char prefix[32];

	(void)net;
	x = tt_conv_bn_relu(g, x, &(struct tt_conv){ 64, 7, 2, 3, 1, false }, BN_EPS, "conv1", "bn1");
	x = tt_graph_pool(g, x, TT_OP_MAX_POOL, &(struct tt_window){ 3, 2, 1, false });
	for (unsigned stage = 0; stage < 4; stage++)
		for (unsigned i = 0; i < layers[stage]; i++) {
			snprintf(prefix, sizeof prefix, "layer%u.%u", stage + 1, i);
			x = bottleneck(g, x, 64u << stage, stage > 0 && i == 0 ? 2 : 1, i == 0, prefix);
		}
	return tt_graph_mean(g, x);
}
