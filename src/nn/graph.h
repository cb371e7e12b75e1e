/* A network as a list of operations: what is computed, not how. Built front to back (every node refers to earlier ones
 * only), walked by the compiler (nn/net.h) and by the trainer. Parameters are named as in the weight file.
 *
 * The builder functions return the index of the new node, or -1; the first mistake is kept and told by
 * tt_graph_check(), so that a builder need not test every line. One thread while building, then read-only. */
#ifndef TT_NN_GRAPH_H
#define TT_NN_GRAPH_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define TT_NODE_INS 4
#define TT_NODE_NAME 96
#define TT_GRAPH_OUTPUTS 8
#define TT_GRAPH_MAX_SIDE 4096
#define TT_GRAPH_MAX_CHANNELS 65536

enum tt_op {
	TT_OP_INPUT,
	TT_OP_CONV, /* NAME.weight [out, in / groups, k, k], NAME.bias [out] if bias */
	TT_OP_BN,   /* NAME.{weight,bias,running_mean,running_var} [c] */
	TT_OP_RELU,
	TT_OP_ADD,
	TT_OP_SE, /* squeeze-excite (Hu et al. 2018): x * sigmoid(fc2(relu(fc1(mean(x))))); NAME.fc1, NAME.fc2: 1×1
		     convolutions with bias; `squeeze` channels between */
	TT_OP_MAX_POOL,
	TT_OP_AVG_POOL,      /* the padding does not count */
	TT_OP_MEAN,          /* over height and width */
	TT_OP_LINEAR,        /* over c × h × w in this order; NAME.weight [out, in], NAME.bias [out] if bias */
	TT_OP_CONCAT,        /* along the channels */
	TT_OP_UPSAMPLE,      /* twice the height and width, each pixel four times (nearest) */
	TT_OP_WEIGHTED_MEAN, /* y[c] = sum over height and width of x · weight; NAME.weight [c, h, w] */
	TT_OPS
};

struct tt_node {
	enum tt_op op;
	unsigned ins;
	int in[TT_NODE_INS];
	uint32_t c, h, w;                     /* what comes out, for one photo */
	uint32_t kernel, stride, pad, groups; /* convolutions and pooling, square */
	uint32_t squeeze;
	bool bias;
	float eps;
	char name[TT_NODE_NAME]; /* convolutions and norms of one name and shape share their parameters */
};

struct tt_graph {
	struct tt_node *node;
	unsigned nodes, room;
	int output[TT_GRAPH_OUTPUTS];
	unsigned outputs;
	struct tt_err err; /* the first mistake */
};

struct tt_conv {
	uint32_t out, kernel, stride, pad, groups; /* 0 for stride and groups means 1 */
	bool bias;
};

struct tt_window {
	uint32_t kernel, stride, pad;
	bool ceil; /* a last window that sticks out counts too */
};

void tt_graph_init(struct tt_graph *g);
void tt_graph_done(struct tt_graph *g); /* a zeroed struct is fine */
int tt_graph_check(const struct tt_graph *g, struct tt_err *err) TT_CHECKED;

int tt_graph_input(struct tt_graph *g, uint32_t c, uint32_t h, uint32_t w);
int tt_graph_conv(struct tt_graph *g, int x, const struct tt_conv *spec, const char *name);
int tt_graph_bn(struct tt_graph *g, int x, float eps, const char *name);
int tt_graph_relu(struct tt_graph *g, int x);
int tt_graph_add(struct tt_graph *g, int a, int b);
int tt_graph_se(struct tt_graph *g, int x, uint32_t squeeze, const char *name);
int tt_graph_pool(struct tt_graph *g, int x, enum tt_op op, const struct tt_window *win);
int tt_graph_mean(struct tt_graph *g, int x);
int tt_graph_linear(struct tt_graph *g, int x, uint32_t out, bool bias, const char *name);
int tt_graph_concat(struct tt_graph *g, const int *in, unsigned n);
int tt_graph_upsample(struct tt_graph *g, int x);
int tt_graph_weighted_mean(struct tt_graph *g, int x, const char *name);
void tt_graph_output(struct tt_graph *g, int x);

/* Of one photo: multiply-accumulates of convolutions and linear layers; numbers in trained parameters, shared
 * ones once. */
uint64_t tt_graph_macs(const struct tt_graph *g);
uint64_t tt_graph_params(const struct tt_graph *g);

#endif
