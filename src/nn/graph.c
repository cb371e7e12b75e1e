#include "nn/graph.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

void tt_graph_init(struct tt_graph *g)
{
	*g = (struct tt_graph){ 0 };
}

void tt_graph_done(struct tt_graph *g)
{
	free(g->node);
	*g = (struct tt_graph){ 0 };
}

int tt_graph_check(const struct tt_graph *g, struct tt_err *err)
{
	if (g->err.code < 0)
		return tt_err_set(err, g->err.code, "%s", g->err.msg);
	if (!g->outputs)
		return tt_err_set(err, TT_EINVALID, "a graph without output");
	return 0;
}

static int wrong(struct tt_graph *g, int code, const char *name, const char *what)
{
	if (g->err.code == 0)
		(void)tt_err_set(&g->err, code, "%s: %s", name && name[0] ? name : "graph", what);
	return -1;
}

static bool has(const struct tt_graph *g, int x)
{
	return x >= 0 && (unsigned)x < g->nodes;
}

static int add_node(struct tt_graph *g, const struct tt_node *n, const char *name)
{
	if (g->err.code < 0)
		return -1;
	if (n->c == 0 || n->h == 0 || n->w == 0 || n->c > TT_GRAPH_MAX_CHANNELS || n->h > TT_GRAPH_MAX_SIDE ||
	    n->w > TT_GRAPH_MAX_SIDE)
		return wrong(g, TT_EINVALID, name, "an output of impossible size");
	if (name && strlen(name) >= TT_NODE_NAME)
		return wrong(g, TT_EINVALID, name, "too long a name");
	if (g->nodes == g->room) {
		unsigned room = g->room ? 2 * g->room : 64;
		struct tt_node *more = tt_realloc(g->node, room * sizeof *more);

		if (!more)
			return wrong(g, TT_ENOMEM, name, "out of memory");
		g->node = more;
		g->room = room;
	}
	g->node[g->nodes] = *n;
	snprintf(g->node[g->nodes].name, TT_NODE_NAME, "%s", name ? name : "");
	return (int)g->nodes++;
}

/* A node of one input with its shape; op < 0 never comes out. */
static bool from(struct tt_graph *g, struct tt_node *n, enum tt_op op, int x, const char *name)
{
	if (!has(g, x)) {
		(void)wrong(g, TT_EINVALID, name, "an input that is not there");
		return false;
	}
	*n = (struct tt_node){
		.op = op, .ins = 1, .in = { x }, .c = g->node[x].c, .h = g->node[x].h, .w = g->node[x].w
	};
	return true;
}

int tt_graph_input(struct tt_graph *g, uint32_t c, uint32_t h, uint32_t w)
{
	return add_node(g, &(struct tt_node){ .op = TT_OP_INPUT, .c = c, .h = h, .w = w }, NULL);
}

static uint32_t windows(uint32_t side, const struct tt_window *win)
{
	uint32_t padded = side + 2 * win->pad, n;

	if (win->kernel > padded)
		return 0;
	n = (padded - win->kernel + (win->ceil ? win->stride - 1 : 0)) / win->stride + 1;
	if (win->ceil && (n - 1) * win->stride >= side + win->pad) /* the last must start inside */
		n--;
	return n;
}

static bool window_ok(const struct tt_window *win)
{
	return win->kernel >= 1 && win->kernel <= 64 && win->stride >= 1 && win->stride <= 64 && win->pad < win->kernel;
}

int tt_graph_conv(struct tt_graph *g, int x, const struct tt_conv *spec, const char *name)
{
	struct tt_window win = { spec->kernel, spec->stride ? spec->stride : 1, spec->pad, false };
	uint32_t groups = spec->groups ? spec->groups : 1;
	struct tt_node n;

	if (!from(g, &n, TT_OP_CONV, x, name))
		return -1;
	if (!window_ok(&win) || n.c % groups || spec->out % groups)
		return wrong(g, TT_EINVALID, name, "a convolution that does not fit its input");
	n.c = spec->out;
	n.h = windows(n.h, &win);
	n.w = windows(n.w, &win);
	n.kernel = win.kernel;
	n.stride = win.stride;
	n.pad = win.pad;
	n.groups = groups;
	n.bias = spec->bias;
	return add_node(g, &n, name);
}

int tt_graph_bn(struct tt_graph *g, int x, float eps, const char *name)
{
	struct tt_node n;

	if (!from(g, &n, TT_OP_BN, x, name))
		return -1;
	n.eps = eps;
	return add_node(g, &n, name);
}

int tt_graph_relu(struct tt_graph *g, int x)
{
	struct tt_node n;

	return from(g, &n, TT_OP_RELU, x, NULL) ? add_node(g, &n, NULL) : -1;
}

int tt_graph_add(struct tt_graph *g, int a, int b)
{
	struct tt_node n;

	if (!from(g, &n, TT_OP_ADD, a, NULL) || !has(g, b))
		return wrong(g, TT_EINVALID, NULL, "a sum of what is not there");
	if (g->node[b].c != n.c || g->node[b].h != n.h || g->node[b].w != n.w)
		return wrong(g, TT_EINVALID, NULL, "a sum of different shapes");
	n.ins = 2;
	n.in[1] = b;
	return add_node(g, &n, NULL);
}

int tt_graph_se(struct tt_graph *g, int x, uint32_t squeeze, const char *name)
{
	struct tt_node n;

	if (!from(g, &n, TT_OP_SE, x, name))
		return -1;
	if (squeeze == 0 || squeeze > TT_GRAPH_MAX_CHANNELS)
		return wrong(g, TT_EINVALID, name, "a squeeze to nothing");
	n.squeeze = squeeze;
	return add_node(g, &n, name);
}

int tt_graph_pool(struct tt_graph *g, int x, enum tt_op op, const struct tt_window *win)
{
	struct tt_node n;

	if (!from(g, &n, op, x, NULL))
		return -1;
	if ((op != TT_OP_MAX_POOL && op != TT_OP_AVG_POOL) || !window_ok(win) || win->pad * 2 > win->kernel)
		return wrong(g, TT_EINVALID, NULL, "no such pooling");
	n.h = windows(n.h, win);
	n.w = windows(n.w, win);
	n.kernel = win->kernel;
	n.stride = win->stride;
	n.pad = win->pad;
	return add_node(g, &n, NULL);
}

int tt_graph_mean(struct tt_graph *g, int x)
{
	struct tt_node n;

	if (!from(g, &n, TT_OP_MEAN, x, NULL))
		return -1;
	n.h = n.w = 1;
	return add_node(g, &n, NULL);
}

int tt_graph_linear(struct tt_graph *g, int x, uint32_t out, bool bias, const char *name)
{
	struct tt_node n;

	if (!from(g, &n, TT_OP_LINEAR, x, name))
		return -1;
	n.c = out;
	n.h = n.w = 1;
	n.bias = bias;
	return add_node(g, &n, name);
}

int tt_graph_concat(struct tt_graph *g, const int *in, unsigned count)
{
	struct tt_node n;

	if (count < 1 || count > TT_NODE_INS || !from(g, &n, TT_OP_CONCAT, in[0], NULL))
		return wrong(g, TT_EINVALID, NULL, "a concatenation of none or too many");
	n.ins = count;
	for (unsigned i = 1; i < count; i++) {
		if (!has(g, in[i]) || g->node[in[i]].h != n.h || g->node[in[i]].w != n.w)
			return wrong(g, TT_EINVALID, NULL, "a concatenation of different sizes");
		n.in[i] = in[i];
		n.c += g->node[in[i]].c;
	}
	return add_node(g, &n, NULL);
}

/* A vector has no height to double. */
static bool is_vector(const struct tt_node *n)
{
	return n->op == TT_OP_MEAN || n->op == TT_OP_LINEAR || n->op == TT_OP_WEIGHTED_MEAN;
}

int tt_graph_upsample(struct tt_graph *g, int x)
{
	struct tt_node n;

	if (!from(g, &n, TT_OP_UPSAMPLE, x, NULL))
		return -1;
	if (is_vector(&g->node[x]))
		return wrong(g, TT_EINVALID, NULL, "a vector to be enlarged");
	n.h *= 2;
	n.w *= 2;
	return add_node(g, &n, NULL);
}

int tt_graph_weighted_mean(struct tt_graph *g, int x, const char *name)
{
	struct tt_node n;

	if (!from(g, &n, TT_OP_WEIGHTED_MEAN, x, name))
		return -1;
	n.h = n.w = 1;
	return add_node(g, &n, name);
}

void tt_graph_output(struct tt_graph *g, int x)
{
	if (!has(g, x) || g->outputs == TT_GRAPH_OUTPUTS)
		(void)wrong(g, TT_EINVALID, NULL, "an output that is not there, or too many");
	else
		g->output[g->outputs++] = x;
}

uint64_t tt_graph_macs(const struct tt_graph *g)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < g->nodes; i++) {
		const struct tt_node *n = &g->node[i], *x = &g->node[n->in[0]];

		if (n->op == TT_OP_CONV)
			sum += (uint64_t)n->c * n->h * n->w * n->kernel * n->kernel * (x->c / n->groups);
		else if (n->op == TT_OP_LINEAR)
			sum += (uint64_t)n->c * x->c * x->h * x->w;
		else if (n->op == TT_OP_SE)
			sum += 2ull * n->c * n->squeeze;
	}
	return sum;
}

/* An earlier node has the same parameters. */
static bool shared(const struct tt_graph *g, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (g->node[k].op == g->node[i].op && strcmp(g->node[k].name, g->node[i].name) == 0)
			return true;
	return false;
}

uint64_t tt_graph_params(const struct tt_graph *g)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < g->nodes; i++) {
		const struct tt_node *n = &g->node[i], *x = &g->node[n->in[0]];

		if (n->name[0] && shared(g, i))
			continue;
		if (n->op == TT_OP_CONV)
			sum += (uint64_t)n->c * n->kernel * n->kernel * (x->c / n->groups) + (n->bias ? n->c : 0);
		else if (n->op == TT_OP_LINEAR)
			sum += (uint64_t)n->c * x->c * x->h * x->w + (n->bias ? n->c : 0);
		else if (n->op == TT_OP_SE)
			sum += 2ull * n->c * n->squeeze + n->c + n->squeeze;
		else if (n->op == TT_OP_BN)
			sum += 2ull * n->c;
		else if (n->op == TT_OP_WEIGHTED_MEAN)
			sum += (uint64_t)x->c * x->h * x->w;
	}
	return sum;
}
