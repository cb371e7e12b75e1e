#include "base/alloc.h"
#include "train/net_internal.h"

#include <string.h>

bool tt_train_net_is_float(const struct tt_train_net *net, int node)
{
	enum tt_op op = net->graph->node[node].op;

	return op == TT_OP_MEAN || op == TT_OP_LINEAR;
}

size_t tt_train_net_elements(const struct tt_train_net *net, int node)
{
	const struct tt_node *n = &net->graph->node[node];

	return (size_t)net->batch * n->c * n->h * n->w;
}

size_t tt_train_net_value_size(const struct tt_train_net *net, int node)
{
	return tt_train_net_elements(net, node) *
	       (tt_train_net_is_float(net, node) ? sizeof(float) : tt_train_type_size(net->type));
}

int tt_train_net_no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "training: out of memory; a smaller batch or picture size needs less");
}

static int make_se(struct tt_train_net *net, struct tt_se *s, const struct tt_node *n)
{
	size_t wide = (size_t)net->batch * n->c, narrow = (size_t)net->batch * n->squeeze;

	*s = (struct tt_se){ .n = net->batch, .pixels = n->h * n->w, .channels = n->c, .reduced = n->squeeze };
	s->mean = tt_calloc(wide, sizeof(float));
	s->gate = tt_calloc(wide, sizeof(float));
	s->dgate = tt_calloc(wide, sizeof(float));
	s->dmean = tt_calloc(wide, sizeof(float));
	s->hidden = tt_calloc(narrow, sizeof(float));
	s->dhidden = tt_calloc(narrow, sizeof(float));
	return s->mean && s->gate && s->dgate && s->dmean && s->hidden && s->dhidden ? 0 : -1;
}

static int make_layer(struct tt_train_net *net, unsigned k, struct tt_err *err)
{
	const struct tt_train_op *op = &net->plan.op[k];
	const struct tt_node *n = &net->graph->node[op->node], *in = &net->graph->node[op->in[0]];
	struct layer *l = &net->layer[k];
	struct tt_conv_shape s = { .n = net->batch,
				   .ic = in->c,
				   .ih = in->h,
				   .iw = in->w,
				   .oc = n->c,
				   .k = n->kernel,
				   .stride = n->stride,
				   .pad = n->pad,
				   .groups = n->groups };

	net->value[op->out] = tt_alloc_aligned(64, tt_train_net_value_size(net, op->out) + 64);
	if (!net->value[op->out])
		return tt_train_net_no_memory(err);
	if (op->kind == TT_PLAN_CONV)
		return tt_train_conv_new(&l->conv, net->ctx, &s, err);
	if (op->kind == TT_PLAN_SE && make_se(net, &l->se, n) < 0)
		return tt_train_net_no_memory(err);
	if (op->kind == TT_PLAN_POOL) {
		l->which = tt_alloc(tt_train_net_elements(net, op->out));
		return l->which ? 0 : tt_train_net_no_memory(err);
	}
	return 0;
}

static int make(struct tt_train_net *net, struct tt_err *err)
{
	const struct tt_graph *g = net->graph;
	unsigned widest = 1;
	int rc = tt_train_ctx_new(&net->ctx, net->type, err);

	if (rc == 0)
		rc = tt_train_plan_init(&net->plan, g, err);
	if (rc < 0)
		return rc;
	for (unsigned i = 0; i < g->nodes; i++)
		if (g->node[i].c > widest)
			widest = g->node[i].c;
	net->layer = tt_calloc(net->plan.ops, sizeof *net->layer);
	net->value = tt_calloc(g->nodes, sizeof *net->value);
	net->grad = tt_calloc(g->nodes, sizeof *net->grad);
	net->statistics = tt_calloc(net->params->statistics + 1, sizeof(float));
	net->scratch = tt_calloc(2 * (size_t)widest, sizeof *net->scratch);
	net->input = tt_alloc_aligned(64, tt_train_net_elements(net, 0) * sizeof(float));
	if (!net->layer || !net->value || !net->grad || !net->statistics || !net->scratch || !net->input)
		return tt_train_net_no_memory(err);
	memset(net->input, 0, tt_train_net_elements(net, 0) * sizeof(float));
	net->value[0] = tt_alloc_aligned(64, tt_train_net_value_size(net, 0) + 64);
	if (!net->value[0])
		return tt_train_net_no_memory(err);
	for (unsigned k = 0; rc == 0 && k < net->plan.ops; k++)
		rc = make_layer(net, k, err);
	return rc;
}

int tt_train_net_new(struct tt_train_net **out, const struct tt_graph *graph, const struct tt_train_params *params,
		     unsigned batch, enum tt_train_type type, struct tt_err *err)
{
	TT_SCOPED(tt_train_net_freep) struct tt_train_net *net = tt_calloc(1, sizeof *net);
	int rc;

	if (!net)
		return tt_train_net_no_memory(err);
	if (batch == 0 || graph->nodes == 0 || graph->node[0].op != TT_OP_INPUT)
		return tt_err_set(err, TT_EINVALID, "training: the network does not begin with its input");
	*net = (struct tt_train_net){ .graph = graph, .params = params, .batch = batch, .type = type };
	rc = make(net, err);
	if (rc == 0)
		*out = tt_take(net);
	return rc;
}

void tt_train_net_free(struct tt_train_net *net)
{
	if (!net)
		return;
	for (unsigned k = 0; net->layer && k < net->plan.ops; k++) {
		struct layer *l = &net->layer[k];

		tt_train_conv_free(l->conv);
		free(l->which);
		free(l->se.mean);
		free(l->se.gate);
		free(l->se.dgate);
		free(l->se.dmean);
		free(l->se.hidden);
		free(l->se.dhidden);
	}
	for (unsigned i = 0; net->value && i < net->graph->nodes; i++)
		free(net->value[i]);
	for (unsigned b = 0; b < BUFFERS; b++)
		free(net->buffer[b].p);
	tt_train_plan_done(&net->plan);
	tt_train_ctx_free(net->ctx);
	free(net->layer);
	free(net->value);
	free(net->grad);
	free(net->statistics);
	free(net->scratch);
	free(net->input);
	free(net);
}

void tt_train_net_freep(struct tt_train_net **net)
{
	tt_train_net_free(*net);
}

float *tt_train_net_input(struct tt_train_net *net)
{
	return net->input;
}

const float *tt_train_net_output(const struct tt_train_net *net, unsigned k)
{
	return net->value[net->graph->output[k]];
}

const float *tt_train_net_batch_statistics(const struct tt_train_net *net)
{
	return net->statistics;
}

/* The q-th parameter of a node. */
const struct tt_train_param *tt_train_net_param(const struct tt_train_net *net, int node, unsigned q)
{
	return &net->params->list[net->params->first[node] + q];
}

struct tt_bn tt_train_net_bn(const struct tt_train_net *net, const struct tt_train_op *op, const float *values,
			     float *statistics)
{
	const struct tt_node *n = &net->graph->node[op->node];

	return (struct tt_bn){ .rows = net->batch * n->h * n->w,
			       .channels = n->c,
			       .relu = op->relu,
			       .epsilon = n->eps,
			       .gamma = values + tt_train_net_param(net, op->node, 0)->at,
			       .beta = values + tt_train_net_param(net, op->node, 1)->at,
			       .mean = statistics + tt_train_net_param(net, op->node, 2)->at,
			       .var = statistics + tt_train_net_param(net, op->node, 3)->at,
			       .scratch = net->scratch };
}

void tt_train_net_se_bind(const struct tt_train_net *net, const struct tt_train_op *op, const float *values,
			  struct tt_se *s)
{
	s->w1 = values + tt_train_net_param(net, op->node, 0)->at;
	s->b1 = values + tt_train_net_param(net, op->node, 1)->at;
	s->w2 = values + tt_train_net_param(net, op->node, 2)->at;
	s->b2 = values + tt_train_net_param(net, op->node, 3)->at;
}

struct tt_pool_shape tt_train_net_pool(const struct tt_train_net *net, const struct tt_train_op *op)
{
	const struct tt_node *in = &net->graph->node[op->in[0]];

	return (struct tt_pool_shape){ net->batch, in->h, in->w, in->c };
}

static int linear_forward(struct tt_train_net *net, const struct tt_train_op *op, const float *values,
			  struct tt_err *err)
{
	unsigned n = net->graph->node[op->node].c, in = net->graph->node[op->in[0]].c;
	const float *bias = values + tt_train_net_param(net, op->node, 1)->at;
	float *y = net->value[op->out];
	struct tt_matmul m = { .tb = true,
			       .m = net->batch,
			       .n = n,
			       .k = in,
			       .a = net->value[op->in[0]],
			       .b = values + tt_train_net_param(net, op->node, 0)->at,
			       .c = y,
			       .beta = 1.0f };

	for (unsigned i = 0; i < net->batch; i++)
		memcpy(y + (size_t)i * n, bias, n * sizeof *y);
	return tt_train_matmul(&m, err);
}

static int run_forward(struct tt_train_net *net, unsigned k, const float *values, const float *statistics,
		       struct tt_err *err)
{
	const struct tt_train_op *op = &net->plan.op[k];
	struct layer *l = &net->layer[k];
	const void *x = net->value[op->in[0]];
	void *y = net->value[op->out];
	struct tt_pool_shape ps;
	struct tt_bn bn;

	switch (op->kind) {
	case TT_PLAN_CONV:
		return tt_train_conv_forward(l->conv, values + tt_train_net_param(net, op->node, 0)->at, x, y, err);
	case TT_PLAN_BN:
		bn = tt_train_net_bn(net, op, values, net->statistics);
		if (!statistics) {
			tt_bn_forward(net->type, &bn, x, y);
			return 0;
		}
		memcpy(bn.mean, statistics + tt_train_net_param(net, op->node, 2)->at, bn.channels * sizeof(float));
		memcpy(bn.var, statistics + tt_train_net_param(net, op->node, 3)->at, bn.channels * sizeof(float));
		tt_bn_frozen(net->type, &bn, x, y);
		return 0;
	case TT_PLAN_SE:
		tt_train_net_se_bind(net, op, values, &l->se);
		return tt_se_forward(net->type, &l->se, x, net->value[op->in[1]], y, err);
	case TT_PLAN_POOL:
		ps = tt_train_net_pool(net, op);
		tt_maxpool_forward(net->type, &ps, x, y, l->which);
		return 0;
	case TT_PLAN_MEAN:
		ps = tt_train_net_pool(net, op);
		tt_mean_forward(net->type, net->batch, ps.h * ps.w, ps.channels, x, y);
		return 0;
	default:
		return linear_forward(net, op, values, err);
	}
}

int tt_train_net_forward(struct tt_train_net *net, const float *values, const float *statistics, struct tt_err *err)
{
	int rc = 0;

	tt_from_float(net->type, tt_train_net_elements(net, 0), net->input, net->value[0]);
	for (unsigned k = 0; rc == 0 && k < net->plan.ops; k++)
		rc = run_forward(net, k, values, statistics, err);
	return rc;
}
