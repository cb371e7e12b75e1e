#include "vision/networks.h"

#include <string.h>

static int family_body(struct tt_graph *g, int x, const struct tt_network *net)
{
	return tt_seresnext_body(g, x, net->arch);
}

static const struct tt_network networks[] = {
	{ "se-resnext-26-32x4d", family_body, &tt_archs[0] },
	{ "se-resnext-50-32x4d", family_body, &tt_archs[1] },
	{ "se-resnext-101-32x4d", family_body, &tt_archs[2] },
	{ "se-resnext-152-32x4d", family_body, &tt_archs[3] },
	{ "resnet-50", tt_resnet50_body, NULL },
	{ "densenet-121", tt_densenet121_body, NULL },
	{ "googlenet", tt_googlenet_body, NULL },
	{ "vgg-16", tt_vgg16_body, NULL },
	{ "alexnet", tt_alexnet_body, NULL },
};

const struct tt_network *tt_network_at(unsigned i)
{
	return i < TT_LEN(networks) ? &networks[i] : NULL;
}

const struct tt_network *tt_network_find(const char *name)
{
	const struct tt_arch *arch = tt_arch_find(name);

	for (unsigned i = 0; i < TT_LEN(networks); i++)
		if (arch ? networks[i].arch == arch : strcmp(networks[i].name, name) == 0)
			return &networks[i];
	return NULL;
}

void tt_network_build(struct tt_graph *g, const struct tt_network *net, uint32_t side, const struct tt_head *heads,
		      unsigned count)
{
	int x = net->body(g, tt_graph_input(g, 3, side, side), net);

	for (unsigned k = 0; k < count; k++)
		tt_graph_output(g, tt_graph_linear(g, x, heads[k].out, true, heads[k].name));
}

int tt_conv_bn_relu(struct tt_graph *g, int x, const struct tt_conv *spec, float eps, const char *name, const char *bn)
{
	return tt_graph_relu(g, tt_graph_bn(g, tt_graph_conv(g, x, spec, name), eps, bn));
}
