/* Small networks that hold every operator and every fusion, for the tests of nn. */
#ifndef TT_TESTS_UNIT_NN_NETS_H
#define TT_TESTS_UNIT_NN_NETS_H

#include "nn/graph.h"

struct nets_row {
	const char *name;
	void (*build)(struct tt_graph *g);
	bool int8; /* holds only what is built for int8 */
};

extern const struct nets_row nets[];
extern const unsigned nets_count;

int nets_conv_bn_relu(struct tt_graph *g, int x, struct tt_conv spec, const char *name);
void nets_pointwise(struct tt_graph *g);
void nets_residual(struct tt_graph *g);
void nets_excited(struct tt_graph *g);

#endif
