#include "train/plan.h"

#include "base/alloc.h"

/* The only reader of node i, or -1. */
static int only_reader(const struct tt_graph *g, int i)
{
	int reader = -1;

	for (unsigned k = 0; k < g->nodes; k++)
		for (unsigned j = 0; j < g->node[k].ins; j++)
			if (g->node[k].in[j] == i) {
				if (reader >= 0)
					return -1;
				reader = (int)k;
			}
	return reader;
}

static bool read_by(const struct tt_graph *g, int reader, enum tt_op op)
{
	return reader >= 0 && g->node[reader].op == op;
}

static int strange(const struct tt_graph *g, int i, const char *why, struct tt_err *err)
{
	return tt_err_set(err, TT_EINVALID, "this network cannot be trained: layer %d (%s) %s", i, g->node[i].name,
			  why);
}

static int plan_node(struct tt_train_plan *p, const struct tt_graph *g, int i, struct tt_err *err)
{
	const struct tt_node *n = &g->node[i];
	struct tt_train_op op = { .node = i, .in = { n->ins ? n->in[0] : -1, -1 }, .out = i };
	int next = only_reader(g, i), relu;

	switch (n->op) {
	case TT_OP_INPUT:
	case TT_OP_RELU:
	case TT_OP_ADD:
		return 0; /* part of the operation before */
	case TT_OP_CONV:
		if (n->bias)
			return strange(g, i, "is a convolution with bias", err);
		op.kind = TT_PLAN_CONV;
		break;
	case TT_OP_BN:
		op.kind = TT_PLAN_BN;
		op.relu = read_by(g, next, TT_OP_RELU);
		op.out = op.relu ? next : i;
		break;
	case TT_OP_SE:
		relu = read_by(g, next, TT_OP_ADD) ? only_reader(g, next) : -1;
		if (!read_by(g, relu, TT_OP_RELU))
			return strange(g, i, "is not followed by addition and ReLU", err);
		op.kind = TT_PLAN_SE;
		op.in[1] = g->node[next].in[g->node[next].in[0] == i];
		op.out = relu;
		break;
	case TT_OP_MAX_POOL:
		if (n->kernel != 3 || n->stride != 2 || n->pad != 1)
			return strange(g, i, "is another pooling than 3x3 with stride 2", err);
		op.kind = TT_PLAN_POOL;
		break;
	case TT_OP_MEAN:
		op.kind = TT_PLAN_MEAN;
		break;
	case TT_OP_LINEAR:
		if (!n->bias || g->node[n->in[0]].op != TT_OP_MEAN)
			return strange(g, i, "is no head over the mean, with bias", err);
		op.kind = TT_PLAN_LINEAR;
		break;
	default:
		return strange(g, i, "is of a kind without a backward pass", err);
	}
	p->op[p->ops++] = op;
	return 0;
}

/* Every ReLU and addition must have become part of an operation, and every operation must find its inputs made. */
static int check(const struct tt_train_plan *p, const struct tt_graph *g, struct tt_err *err)
{
	TT_SCOPED(tt_freep) bool *made = tt_calloc(g->nodes, sizeof *made);

	if (!made)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory");
	for (unsigned i = 0; i < g->nodes; i++)
		made[i] = g->node[i].op == TT_OP_INPUT;
	for (unsigned k = 0; k < p->ops; k++) {
		for (int j = 0; j < 2; j++)
			if (p->op[k].in[j] >= 0 && !made[p->op[k].in[j]])
				return strange(g, p->op[k].node, "stands in an unknown arrangement", err);
		made[p->op[k].out] = true;
	}
	for (unsigned k = 0; k < g->outputs; k++)
		if (!made[g->output[k]] || g->node[g->output[k]].op != TT_OP_LINEAR)
			return strange(g, g->output[k], "is an output but no linear head", err);
	return 0;
}

/* A shortcut's batch-norm may come after the branch in the graph: operations are put where their last input is made. */
static int by_out(const void *a, const void *b)
{
	const struct tt_train_op *x = a, *y = b;

	return x->out < y->out ? -1 : x->out > y->out;
}

int tt_train_plan_init(struct tt_train_plan *p, const struct tt_graph *g, struct tt_err *err)
{
	int rc = 0;

	*p = (struct tt_train_plan){ .op = tt_calloc(g->nodes, sizeof *p->op) };
	if (!p->op)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory");
	for (unsigned i = 0; rc == 0 && i < g->nodes; i++)
		rc = plan_node(p, g, (int)i, err);
	if (rc == 0) {
		qsort(p->op, p->ops, sizeof *p->op, by_out);
		rc = check(p, g, err);
	}
	if (rc < 0)
		tt_train_plan_done(p);
	return rc;
}

void tt_train_plan_done(struct tt_train_plan *p)
{
	free(p->op);
	*p = (struct tt_train_plan){ 0 };
}
