#include "base/alloc.h"
#include "train/net_internal.h"

#include <string.h>

/* The smallest free buffer that is large enough, or a new one: after the first step nothing is allocated. */
static void *buffer_get(struct tt_train_net *net, size_t size)
{
	struct buffer *best = NULL, *fresh = NULL;

	for (unsigned b = 0; b < BUFFERS; b++) {
		struct buffer *q = &net->buffer[b];

		if (!q->p)
			fresh = fresh ? fresh : q;
		else if (!q->used && q->size >= size && (!best || q->size < best->size))
			best = q;
	}
	if (!best && fresh) {
		fresh->p = tt_alloc_aligned(64, (size + 127) / 64 * 64);
		fresh->size = size;
		best = fresh->p ? fresh : NULL;
	}
	if (best)
		best->used = true;
	return best ? best->p : NULL;
}

static void buffer_put(struct tt_train_net *net, const void *p)
{
	for (unsigned b = 0; p && b < BUFFERS; b++)
		if (net->buffer[b].p == p)
			net->buffer[b].used = false;
}

/* Takes over a buffer that holds a gradient of this node: as the gradient, or added to what is there. */
static void grad_give(struct tt_train_net *net, int node, void *p)
{
	if (!net->grad[node]) {
		net->grad[node] = p;
		return;
	}
	tt_add_into(tt_train_net_is_float(net, node) ? TT_TRAIN_F32 : net->type, tt_train_net_elements(net, node),
		    net->grad[node], p);
	buffer_put(net, p);
}

static int linear_backward(struct tt_train_net *net, const struct tt_train_op *op, const float *values, float *grads,
			   void *dx, struct tt_err *err)
{
	unsigned n = net->graph->node[op->node].c, in = net->graph->node[op->in[0]].c;
	const float *dy = net->grad[op->out];
	float *db = grads + tt_train_net_param(net, op->node, 1)->at;
	struct tt_matmul dw = { .ta = true,
				.m = n,
				.n = in,
				.k = net->batch,
				.a = dy,
				.b = net->value[op->in[0]],
				.c = grads + tt_train_net_param(net, op->node, 0)->at };
	struct tt_matmul back = { .m = net->batch,
				  .n = in,
				  .k = n,
				  .a = dy,
				  .b = values + tt_train_net_param(net, op->node, 0)->at,
				  .c = dx };
	int rc;

	memset(db, 0, n * sizeof *db);
	for (unsigned i = 0; i < net->batch; i++)
		for (unsigned c = 0; c < n; c++)
			db[c] += dy[(size_t)i * n + c];
	rc = tt_train_matmul(&dw, err);
	return rc < 0 ? rc : tt_train_matmul(&back, err);
}

static int se_backward(struct tt_train_net *net, unsigned k, const float *values, float *grads, void *dx,
		       struct tt_err *err)
{
	const struct tt_train_op *op = &net->plan.op[k];
	struct tt_se_grads g = { grads + tt_train_net_param(net, op->node, 0)->at,
				 grads + tt_train_net_param(net, op->node, 1)->at,
				 grads + tt_train_net_param(net, op->node, 2)->at,
				 grads + tt_train_net_param(net, op->node, 3)->at };

	tt_train_net_se_bind(net, op, values, &net->layer[k].se);
	return tt_se_backward(net->type, &net->layer[k].se, net->value[op->in[0]], net->value[op->out],
			      net->grad[op->out], dx, &g, err);
}

static int run_backward(struct tt_train_net *net, unsigned k, const float *values, float *grads, void *dx,
			struct tt_err *err)
{
	const struct tt_train_op *op = &net->plan.op[k];
	const void *x = net->value[op->in[0]];
	void *dy = net->grad[op->out];
	struct tt_pool_shape ps;
	struct tt_bn bn;

	switch (op->kind) {
	case TT_PLAN_CONV:
		return tt_train_conv_backward(net->layer[k].conv, values + tt_train_net_param(net, op->node, 0)->at, x,
					      dy, dx, grads + tt_train_net_param(net, op->node, 0)->at, err);
	case TT_PLAN_BN:
		bn = tt_train_net_bn(net, op, values, net->statistics);
		tt_bn_backward(net->type, &bn, x, net->value[op->out], dy, dx,
			       grads + tt_train_net_param(net, op->node, 0)->at,
			       grads + tt_train_net_param(net, op->node, 1)->at);
		return 0;
	case TT_PLAN_SE:
		return se_backward(net, k, values, grads, dx, err);
	case TT_PLAN_POOL:
		ps = tt_train_net_pool(net, op);
		tt_maxpool_backward(net->type, &ps, dy, net->layer[k].which, dx);
		return 0;
	case TT_PLAN_MEAN:
		ps = tt_train_net_pool(net, op);
		tt_mean_backward(net->type, net->batch, ps.h * ps.w, ps.channels, dy, dx);
		return 0;
	default:
		return linear_backward(net, op, values, grads, dx, err);
	}
}

static int step_back(struct tt_train_net *net, unsigned k, const float *values, float *grads, struct tt_err *err)
{
	const struct tt_train_op *op = &net->plan.op[k];
	bool wanted = op->in[0] != 0;
	void *dx = wanted ? buffer_get(net, tt_train_net_value_size(net, op->in[0])) : NULL;
	int rc;

	if (wanted && !dx)
		return tt_train_net_no_memory(err);
	rc = run_backward(net, k, values, grads, dx, err);
	if (rc < 0)
		return rc;
	if (op->kind == TT_PLAN_SE)
		grad_give(net, op->in[1], net->grad[op->out]); /* masked in place */
	else
		buffer_put(net, net->grad[op->out]);
	net->grad[op->out] = NULL;
	if (wanted)
		grad_give(net, op->in[0], dx);
	return 0;
}

int tt_train_net_backward(struct tt_train_net *net, const float *values, const float *const *dout, float *grads,
			  struct tt_err *err)
{
	const struct tt_graph *g = net->graph;
	int rc = 0;

	for (unsigned b = 0; b < BUFFERS; b++)
		net->buffer[b].used = false;
	memset(net->grad, 0, g->nodes * sizeof *net->grad);
	memset(grads, 0, net->params->values * sizeof *grads);
	for (unsigned k = 0; k < g->outputs; k++) {
		if (!dout[k])
			continue;
		net->grad[g->output[k]] = buffer_get(net, tt_train_net_value_size(net, g->output[k]));
		if (!net->grad[g->output[k]])
			return tt_train_net_no_memory(err);
		memcpy(net->grad[g->output[k]], dout[k], tt_train_net_value_size(net, g->output[k]));
	}
	for (unsigned k = net->plan.ops; rc == 0 && k-- > 0;)
		if (net->grad[net->plan.op[k].out])
			rc = step_back(net, k, values, grads, err);
	return rc;
}
