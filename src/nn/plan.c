#include "nn/plan.h"

#include "base/alloc.h"

static int make_conv(struct tt_plan *p, struct tt_net *net, unsigned i, struct tt_err *err)
{
	struct tt_param *param = &net->params[i];
	struct tt_dn_conv spec = param->conv;
	struct tt_err first = { 0 };
	int rc = TT_ENOTFOUND;

	spec.n = p->batch;
	if (param->packed) { /* the same order of weights for all batch sizes, if there is a kernel for it */
		spec.weights_as = param->packed->desc;
		rc = tt_dn_conv_new(&p->op[i], &spec, &first);
		if (rc < 0 && rc != TT_ENOTFOUND)
			return tt_err_set(err, rc, "%s", first.msg);
		spec.weights_as = NULL;
	}
	if (rc == TT_ENOTFOUND)
		rc = tt_dn_conv_new(&p->op[i], &spec, err);
	if (rc == 0)
		rc = tt_param_packed(&p->weights[i], param, p->op[i], err);
	return rc;
}

static int make_pool(struct tt_plan *p, struct tt_net *net, unsigned i, struct tt_err *err)
{
	const struct tt_step *s = &net->steps.step[i];
	const struct tt_node *n = &net->graph.node[s->node], *x = &net->graph.node[s->in[0]];
	const struct tt_value *v = &net->values[s->in[0]];
	struct tt_dn_pool spec = {
		.n = p->batch,
		.c = n->c,
		.h = x->h,
		.w = x->w,
		.out_h = n->h,
		.out_w = n->w,
		.kernel = n->kernel,
		.stride = n->stride,
		.pad = n->pad,
		.type = v->number.type,
		.layout = v->layout,
		.max = n->op == TT_OP_MAX_POOL,
	};

	return tt_dn_pool_new(&p->op[i], &spec, err);
}

/* Floats that our own steps need beside the arena, for one photo at a time. */
static size_t small_floats(const struct tt_net *net, const struct tt_step *s)
{
	const struct tt_node *n = &net->graph.node[s->node], *x = &net->graph.node[s->in[0]];

	if (s->op == TT_STEP_SE)
		return 2 * (size_t)n->c + n->squeeze + 32;
	if (s->op == TT_STEP_LINEAR)
		return (size_t)x->c * x->h * x->w;
	return 0;
}

static int make_ops(struct tt_plan *p, struct tt_net *net, struct tt_err *err)
{
	for (unsigned i = 0; i < net->steps.count; i++) {
		const struct tt_step *s = &net->steps.step[i];
		size_t small = small_floats(net, s), scratch = 0;
		int rc = 0;

		if (s->op == TT_STEP_CONV)
			rc = make_conv(p, net, i, err);
		else if (s->op == TT_STEP_POOL)
			rc = make_pool(p, net, i, err);
		if (rc < 0)
			return tt_err_ctx(err, "%s", net->graph.node[s->node].name);
		if (p->op[i])
			scratch = tt_dn_desc_size(tt_dn_op_desc(p->op[i], TT_DN_SCRATCH));
		p->scratch = p->scratch > scratch ? p->scratch : scratch;
		p->small = p->small > small ? p->small : small;
	}
	return 0;
}

int tt_plan_make(struct tt_plan **out, struct tt_net *net, unsigned batch, struct tt_err *err)
{
	struct tt_plan *p = tt_calloc(1, sizeof *p);
	unsigned steps = net->steps.count, nodes = net->graph.nodes;
	int rc;

	if (!p)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	p->batch = batch;
	p->op = tt_calloc(steps + 1, sizeof(struct tt_dn_op *));
	p->weights = tt_calloc(steps + 1, sizeof(void *));
	p->offset = tt_alloc(nodes * sizeof *p->offset);
	if (p->op && p->weights && p->offset) {
		for (unsigned i = 0; i < nodes; i++)
			p->offset[i] = SIZE_MAX;
		rc = tt_values_place(p->offset, &p->arena, net->values, nodes, batch, err);
	} else {
		rc = tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	tt_dn_threads(net->threads);
	if (rc == 0)
		rc = make_ops(p, net, err);
	if (rc < 0) {
		tt_plan_free(p, steps);
		return rc;
	}
	*out = p;
	return 0;
}

void tt_plan_free(struct tt_plan *p, unsigned steps)
{
	if (!p)
		return;
	while (p->idle) {
		struct tt_context *c = p->idle;

		p->idle = *tt_context_next(c);
		tt_context_free(c);
	}
	for (unsigned i = 0; p->op && i < steps; i++)
		tt_dn_op_free(p->op[i]);
	free(p->op);
	free(p->weights);
	free(p->offset);
	free(p);
}
