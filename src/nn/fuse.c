#include "nn/plan.h"

#include "base/alloc.h"

struct fuse {
	const struct tt_graph *g;
	bool conv_sums;
	int *left;   /* by node: users that no step has been made for yet; outputs count as one that never goes */
	int *user;   /* by node: the only user, or -1 */
	bool *taken; /* by node: part of a step already */
	bool *made;  /* by node: the value of a step (or the input) */
};

static void fuse_done(struct fuse *f)
{
	free(f->left);
	free(f->user);
	free(f->taken);
	free(f->made);
}

static int fuse_init(struct fuse *f, struct tt_err *err)
{
	const struct tt_graph *g = f->g;

	f->left = tt_calloc(g->nodes, sizeof *f->left);
	f->user = tt_calloc(g->nodes, sizeof *f->user);
	f->taken = tt_calloc(g->nodes, sizeof *f->taken);
	f->made = tt_calloc(g->nodes, sizeof *f->made);
	if (!f->left || !f->user || !f->taken || !f->made)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (unsigned i = 0; i < g->nodes; i++) {
		f->user[i] = -1;
		for (unsigned k = 0; k < g->node[i].ins; k++) {
			int x = g->node[i].in[k];

			f->user[x] = f->left[x]++ ? -1 : (int)i;
		}
	}
	for (unsigned k = 0; k < g->outputs; k++) {
		f->left[g->output[k]]++;
		f->user[g->output[k]] = -1;
	}
	return 0;
}

/* The node after `i` if it is of kind op and nobody else looks at i. */
static int next_is(const struct fuse *f, int i, enum tt_op op)
{
	int u = f->user[i];

	return u >= 0 && f->g->node[u].op == op ? u : -1;
}

/* Takes the sum behind s->out in, if its other side is there already. A convolution adds in place, so that the other
 * side must have no further user. */
static void take_sum(struct fuse *f, struct tt_step *s)
{
	int sum = next_is(f, s->out, TT_OP_ADD), other;

	if (sum < 0)
		return;
	other = f->g->node[sum].in[0] == s->out ? f->g->node[sum].in[1] : f->g->node[sum].in[0];
	if (!f->made[other] || other == s->out)
		return;
	if (s->op == TT_STEP_CONV && (!f->conv_sums || f->left[other] != 1 || f->g->node[other].op == TT_OP_INPUT))
		return;
	s->residual = other;
	if (s->op == TT_STEP_CONV)
		s->in_place = other;
	f->taken[sum] = true;
	s->out = sum;
}

static void take_relu(struct fuse *f, struct tt_step *s)
{
	int relu = next_is(f, s->out, TT_OP_RELU);

	if (relu < 0)
		return;
	s->relu = true;
	f->taken[relu] = true;
	s->out = relu;
}

static enum tt_step_op step_of(enum tt_op op)
{
	static const enum tt_step_op steps[TT_OPS] = {
		[TT_OP_CONV] = TT_STEP_CONV,
		[TT_OP_BN] = TT_STEP_AFFINE,
		[TT_OP_RELU] = TT_STEP_RELU,
		[TT_OP_ADD] = TT_STEP_ADD,
		[TT_OP_SE] = TT_STEP_SE,
		[TT_OP_MAX_POOL] = TT_STEP_POOL,
		[TT_OP_AVG_POOL] = TT_STEP_POOL,
		[TT_OP_MEAN] = TT_STEP_MEAN,
		[TT_OP_LINEAR] = TT_STEP_LINEAR,
		[TT_OP_CONCAT] = TT_STEP_CONCAT,
		[TT_OP_UPSAMPLE] = TT_STEP_UPSAMPLE,
		[TT_OP_WEIGHTED_MEAN] = TT_STEP_WEIGHTED_MEAN,
	};

	return steps[op];
}

static void make_step(struct fuse *f, struct tt_step *s, int i)
{
	const struct tt_node *n = &f->g->node[i];

	*s = (struct tt_step){
		.op = step_of(n->op), .node = i, .bn = -1, .out = i, .ins = n->ins, .residual = -1, .in_place = -1
	};
	for (unsigned k = 0; k < n->ins; k++)
		s->in[k] = n->in[k];
	if (s->op == TT_STEP_CONV && next_is(f, i, TT_OP_BN) >= 0) {
		s->out = s->bn = next_is(f, i, TT_OP_BN);
		f->taken[s->bn] = true;
	}
	if (s->op == TT_STEP_CONV || s->op == TT_STEP_SE)
		take_sum(f, s);
	if (s->op == TT_STEP_CONV || s->op == TT_STEP_SE || s->op == TT_STEP_AFFINE || s->op == TT_STEP_ADD ||
	    s->op == TT_STEP_LINEAR)
		take_relu(f, s);
	if ((s->op == TT_STEP_SE || s->op == TT_STEP_AFFINE || s->op == TT_STEP_ADD || s->op == TT_STEP_RELU) &&
	    f->left[s->in[0]] == 1 && f->g->node[s->in[0]].op != TT_OP_INPUT)
		s->in_place = s->in[0];
	for (unsigned k = 0; k < s->ins; k++)
		f->left[s->in[k]]--;
	if (s->residual >= 0)
		f->left[s->residual]--;
	f->made[s->out] = true;
}

int tt_fuse(struct tt_steps *out, const struct tt_graph *g, bool conv_sums, struct tt_err *err)
{
	TT_SCOPED(fuse_done) struct fuse f = { .g = g, .conv_sums = conv_sums };
	TT_SCOPED(tt_freep) struct tt_step *step = tt_calloc(g->nodes + 1, sizeof *step);
	unsigned count = 0;
	int rc = fuse_init(&f, err);

	if (rc < 0)
		return rc;
	if (!step)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (unsigned i = 0; i < g->nodes; i++) {
		if (g->node[i].op == TT_OP_INPUT)
			f.made[i] = true;
		else if (!f.taken[i])
			make_step(&f, &step[count++], (int)i);
	}
	*out = (struct tt_steps){ tt_take(step), count };
	return 0;
}
