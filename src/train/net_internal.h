/* Shared by the two halves of train/net.h: forward (net.c) and backward (net_back.c). */
#ifndef TT_TRAIN_NET_INTERNAL_H
#define TT_TRAIN_NET_INTERNAL_H

#include "train/net.h"
#include "train/plan.h"

#define BUFFERS 64 /* gradients that live at once; far more than a residual network needs */

struct layer {
	struct tt_train_conv *conv;
	uint8_t *which;  /* pooling */
	struct tt_se se; /* its arrays are this layer's */
};

struct buffer {
	void *p;
	size_t size;
	bool used;
};

struct tt_train_net {
	const struct tt_graph *graph;
	const struct tt_train_params *params;
	unsigned batch;
	enum tt_train_type type;
	struct tt_train_ctx *ctx;
	struct tt_train_plan plan;
	struct layer *layer; /* by operation */
	void **value;        /* by node; NULL where fused away */
	void **grad;         /* by node, during backward */
	float *input;        /* as the caller fills it */
	float *statistics;   /* of the batch */
	double *scratch;
	struct buffer buffer[BUFFERS];
};

bool tt_train_net_is_float(const struct tt_train_net *net, int node);
size_t tt_train_net_elements(const struct tt_train_net *net, int node);
size_t tt_train_net_value_size(const struct tt_train_net *net, int node);
int tt_train_net_no_memory(struct tt_err *err);
const struct tt_train_param *tt_train_net_param(const struct tt_train_net *net, int node, unsigned q);
struct tt_bn tt_train_net_bn(const struct tt_train_net *net, const struct tt_train_op *op, const float *values,
			     float *statistics);
void tt_train_net_se_bind(const struct tt_train_net *net, const struct tt_train_op *op, const float *values,
			  struct tt_se *s);
struct tt_pool_shape tt_train_net_pool(const struct tt_train_net *net, const struct tt_train_op *op);

#endif
