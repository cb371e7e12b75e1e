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

struct tt_head {
	const char *name; /* of the linear layer: "fc", "fine" */
	uint32_t out;
};

/* Input 3 × side × side; one output for each head, in their order. Mistakes: tt_graph_check(). */
void tt_seresnext_build(struct tt_graph *g, const struct tt_arch *arch, uint32_t side, const struct tt_head *heads,
			unsigned count);

#endif
