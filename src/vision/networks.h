/* All networks that a model file may name: the SE-ResNeXt family, and the classic ones to compare with (AlexNet 2012,
 * VGG-16 2014, GoogLeNet 2014, ResNet-50 2015, DenseNet-121 2016), with torchvision's parameter names. Pure; any
 * thread. */
#ifndef TT_VISION_NETWORKS_H
#define TT_VISION_NETWORKS_H

#include "vision/seresnext.h"

struct tt_network {
	const char *name; /* "se-resnext-26-32x4d", "resnet-50" … */
	int (*body)(struct tt_graph *g, int x,
		    const struct tt_network *net); /* returns the features that heads look at */
	const struct tt_arch *arch;                /* SE-ResNeXt: which; else NULL */
};

const struct tt_network *tt_network_at(unsigned i);         /* NULL past the last */
const struct tt_network *tt_network_find(const char *name); /* NULL: none */
/* Input 3 × side × side; one linear output for each head. Mistakes: tt_graph_check(). */
void tt_network_build(struct tt_graph *g, const struct tt_network *net, uint32_t side, const struct tt_head *heads,
		      unsigned count);

/* Bodies in files of their own. */
int tt_seresnext_body(struct tt_graph *g, int x, const struct tt_arch *arch);
int tt_alexnet_body(struct tt_graph *g, int x, const struct tt_network *net);
int tt_vgg16_body(struct tt_graph *g, int x, const struct tt_network *net);
int tt_resnet50_body(struct tt_graph *g, int x, const struct tt_network *net);
int tt_googlenet_body(struct tt_graph *g, int x, const struct tt_network *net);
int tt_densenet121_body(struct tt_graph *g, int x, const struct tt_network *net);

/* A convolution NAME, batch-norm BN and ReLU in a row. */
int tt_conv_bn_relu(struct tt_graph *g, int x, const struct tt_conv *spec, float eps, const char *name, const char *bn);

#endif
