/* SE-ResNeXt 32x4d (Xie et al. 2017; Hu et al. 2018): the family as graphs, with timm's parameter names
 * ("seresnext50_32x4d"), so that public weights of that name load as they are. Pure; any thread. */
#ifndef TT_VISION_SERESNEXT_H
#define TT_VISION_SERESNEXT_H

#include "nn/graph.h"

struct tt_arch {
	const char *name;   /* "se-resnext-26-32x4d" */
	unsigned layers[4]; /* bottlenecks in each stage */
};

#define TT_ARCHS 4
extern const struct tt_arch tt_archs[TT_ARCHS];
const struct tt_arch *tt_arch_at(unsigned i);         /* NULL past the last */
const struct tt_arch *tt_arch_find(const char *name); /* also without "-32x4d"; NULL: none */

/* How public weights of the family differ from the plain network; zeroed: not at all. */
struct tt_seresnext_form {
	uint32_t stem[2]; /* channels of the first two of three 3×3 convolutions that stand for the 7×7 one (He et al.
			     2019, "-C"; timm's seresnext26d and 26t); 0: one 7×7 */
	bool avg_down;    /* short cuts average 2×2 before their convolution ("-D") */
	bool caffe_pool;  /* the first pooling is not padded, its last window sticks out (timm's legacy_seresnext) */
};

struct tt_head {
	const char *name; /* of the linear layer: "fc", "fine" */
	uint32_t out;
};

/* From the input to the features that heads look at. */
int tt_seresnext_features(struct tt_graph *g, int x, const struct tt_arch *arch, const struct tt_seresnext_form *form);
/* Input 3 × side × side; one output for each head, in their order. Mistakes: tt_graph_check(). */
void tt_seresnext_build(struct tt_graph *g, const struct tt_arch *arch, uint32_t side, const struct tt_head *heads,
			unsigned count);

#endif
