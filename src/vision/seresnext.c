#include "vision/networks.h"

#include <stdio.h>
#include <string.h>

#define GROUPS 32
#define GROUP_WIDTH 4 /* in the first stage */
#define EXPANSION 4
#define REDUCTION 16 /* of the squeeze */
#define BN_EPS 1e-5f

const struct tt_arch tt_archs[TT_ARCHS] = {
	{ "se-resnext-26-32x4d", { 2, 2, 2, 2 } },
	{ "se-resnext-50-32x4d", { 3, 4, 6, 3 } },
	{ "se-resnext-101-32x4d", { 3, 4, 23, 3 } },
	{ "se-resnext-152-32x4d", { 3, 8, 36, 3 } },
};

const struct tt_arch *tt_arch_at(unsigned i)
{
	return i < TT_ARCHS ? &tt_archs[i] : NULL;
}

const struct tt_arch *tt_arch_find(const char *name)
{
	size_t n = strlen(name);

	for (unsigned i = 0; i < TT_ARCHS; i++) {
		size_t stem = strlen(tt_archs[i].name) - strlen("-32x4d");

		if (strcmp(tt_archs[i].name, name) == 0 || (n == stem && memcmp(tt_archs[i].name, name, n) == 0))
			return &tt_archs[i];
	}
	return NULL;
}

static int conv_bn(struct tt_graph *g, int x, const struct tt_conv *spec, const char *prefix, const char *conv,
		   const char *bn)
{
	char name[TT_NODE_NAME];

	snprintf(name, sizeof name, "%s%s", prefix, conv);
	x = tt_graph_conv(g, x, spec, name);
	snprintf(name, sizeof name, "%s%s", prefix, bn);
	return tt_graph_bn(g, x, BN_EPS, name);
}

/* The way around a stage's first block. */
static int short_cut_of(struct tt_graph *g, int x, const struct tt_conv *spec, bool average, const char *prefix)
{
	struct tt_conv conv = *spec;

	if (!average)
		return conv_bn(g, x, spec, prefix, "downsample.0", "downsample.1");
	if (spec->stride > 1)
		x = tt_graph_pool(g, x, TT_OP_AVG_POOL, &(struct tt_window){ 2, spec->stride, 0, true });
	conv.stride = 1;
	return conv_bn(g, x, &conv, prefix, "downsample.1", "downsample.2");
}

/* 1×1, grouped 3×3 (here lies the stride), 1×1, squeeze-excite, then the sum with what came in. */
static int bottleneck(struct tt_graph *g, int x, uint32_t planes, uint32_t stride, bool first, bool average,
		      const char *prefix)
{
	uint32_t width = planes * GROUP_WIDTH * GROUPS / 64, out = planes * EXPANSION;
	char se[TT_NODE_NAME];
	int short_cut = x, y;

	if (first)
		short_cut = short_cut_of(g, x, &(struct tt_conv){ out, 1, stride, 0, 1, false }, average, prefix);
	y = conv_bn(g, x, &(struct tt_conv){ width, 1, 1, 0, 1, false }, prefix, "conv1", "bn1");
	y = tt_graph_relu(g, y);
	y = conv_bn(g, y, &(struct tt_conv){ width, 3, stride, 1, GROUPS, false }, prefix, "conv2", "bn2");
	y = tt_graph_relu(g, y);
	y = conv_bn(g, y, &(struct tt_conv){ out, 1, 1, 0, 1, false }, prefix, "conv3", "bn3");
	snprintf(se, sizeof se, "%sse", prefix);
	y = tt_graph_se(g, y, out / REDUCTION, se);
	return tt_graph_relu(g, tt_graph_add(g, y, short_cut));
}

static int stem(struct tt_graph *g, int x, const struct tt_seresnext_form *form)
{
	if (form->stem[0] == 0)
		return tt_graph_relu(g, conv_bn(g, x, &(struct tt_conv){ 64, 7, 2, 3, 1, false }, "", "conv1", "bn1"));
	x = conv_bn(g, x, &(struct tt_conv){ form->stem[0], 3, 2, 1, 1, false }, "", "conv1.0", "conv1.1");
	x = conv_bn(g, tt_graph_relu(g, x), &(struct tt_conv){ form->stem[1], 3, 1, 1, 1, false }, "", "conv1.3",
		    "conv1.4");
	x = conv_bn(g, tt_graph_relu(g, x), &(struct tt_conv){ 64, 3, 1, 1, 1, false }, "", "conv1.6", "bn1");
	return tt_graph_relu(g, x);
}

int tt_seresnext_features(struct tt_graph *g, int x, const struct tt_arch *arch, const struct tt_seresnext_form *form)
{
	char prefix[TT_NODE_NAME / 2];

	x = tt_graph_pool(g, stem(g, x, form), TT_OP_MAX_POOL,
			  &(struct tt_window){ 3, 2, form->caffe_pool ? 0 : 1, form->caffe_pool });
	for (unsigned stage = 0; stage < 4; stage++)
		for (unsigned i = 0; i < arch->layers[stage]; i++) {
			snprintf(prefix, sizeof prefix, "layer%u.%u.", stage + 1, i);
			x = bottleneck(g, x, 64u << stage, stage > 0 && i == 0 ? 2 : 1, i == 0, form->avg_down, prefix);
		}
	return tt_graph_mean(g, x);
}

int tt_seresnext_body(struct tt_graph *g, int x, const struct tt_arch *arch)
{
	return tt_seresnext_features(g, x, arch, &(struct tt_seresnext_form){ 0 });
}

void tt_seresnext_build(struct tt_graph *g, const struct tt_arch *arch, uint32_t side, const struct tt_head *heads,
			unsigned count)
{
	int x = tt_seresnext_body(g, tt_graph_input(g, 3, side, side), arch);

	for (unsigned k = 0; k < count; k++)
		tt_graph_output(g, tt_graph_linear(g, x, heads[k].out, true, heads[k].name));
}
