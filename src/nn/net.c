#include "nn/plan.h"

#include "base/alloc.h"

#include <string.h>

static int copy_graph(struct tt_graph *out, const struct tt_graph *g, struct tt_err *err)
{
	struct tt_node *node;
	int rc = tt_graph_check(g, err);

	if (rc < 0)
		return rc;
	if (g->node[0].op != TT_OP_INPUT)
		return tt_err_set(err, TT_EINVALID, "a network must begin with its input");
	for (unsigned i = 1; i < g->nodes; i++)
		if (g->node[i].op == TT_OP_INPUT)
			return tt_err_set(err, TT_EINVALID, "a network with two inputs");
	node = tt_alloc(g->nodes * sizeof *node);
	if (!node)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	memcpy(node, g->node, g->nodes * sizeof *node);
	*out = *g;
	out->node = node;
	return 0;
}

static void compiled_done(struct tt_net *net)
{
	for (unsigned i = 0; i < TT_NET_PLANS; i++) {
		tt_plan_free(net->plan[i], net->steps.count);
		net->plan[i] = NULL;
	}
	tt_params_free(net->params, net->steps.count);
	free(net->values);
	free(net->steps.step);
	net->params = NULL;
	net->values = NULL;
	net->steps = (struct tt_steps){ 0 };
}

/* The plan for one photo is made at once, so that what does not work is known when the model is opened. */
static int compile(struct tt_net *net, const struct tt_safetensors *weights, enum tt_dtype precision,
		   enum tt_layout layout, struct tt_err *err)
{
	int rc = tt_fuse(&net->steps, &net->graph, precision != TT_DT_I8, err);

	net->precision = precision;
	net->layout = layout;
	net->kernels = tt_kernels_best(layout == TT_LAYOUT_C8 ? 8 : 16);
	if (rc == 0)
		rc = tt_values_make(&net->values, &net->graph, &net->steps, precision, layout,
				    tt_safetensors_meta(weights, "calibration"), err);
	if (rc == 0)
		rc = tt_params_make(&net->params, &net->graph, &net->steps, net->values, weights, err);
	if (rc == 0)
		rc = tt_plan_make(&net->plan[0], net, 1, err);
	if (rc < 0)
		compiled_done(net);
	return rc;
}

/* The wish first, then what is slower but goes everywhere. */
static int compile_somehow(struct tt_net *net, const struct tt_safetensors *weights, enum tt_dtype wish,
			   struct tt_err *err)
{
	const struct {
		enum tt_dtype precision;
		enum tt_layout layout;
	} ways[] = {
		{ wish, tt_dn_layout(wish) },  { wish, TT_LAYOUT_NHWC },       { TT_DT_F32, tt_dn_layout(TT_DT_F32) },
		{ TT_DT_F32, TT_LAYOUT_NHWC }, { TT_DT_F32, TT_LAYOUT_PLAIN },
	};
	struct tt_err last = { 0 };
	int rc = TT_ENOTFOUND;

	for (unsigned i = 0; rc == TT_ENOTFOUND && i < TT_LEN(ways); i++)
		if (tt_dn_supports(ways[i].precision))
			rc = compile(net, weights, ways[i].precision, ways[i].layout, &last);
	if (rc < 0)
		return tt_err_set(err, rc == TT_ENOTFOUND ? TT_EINTERNAL : rc, "%s", last.msg);
	return 0;
}

int tt_net_open(struct tt_net **out, const struct tt_graph *graph, const struct tt_safetensors *weights,
		const struct tt_net_opts *opts, struct tt_err *err)
{
	struct tt_net *net = tt_calloc(1, sizeof *net);
	int rc;

	if (!net)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	pthread_mutex_init(&net->lock, NULL);
	net->threads = opts->threads ? opts->threads : 1;
	net->forgets = opts->forgets;
	rc = copy_graph(&net->graph, graph, err);
	if (rc == 0)
		rc = compile_somehow(net, weights, opts->precision, err);
	if (rc < 0) {
		tt_net_close(net);
		return rc;
	}
	*out = net;
	return 0;
}

void tt_net_close(struct tt_net *net)
{
	if (!net)
		return;
	compiled_done(net);
	tt_graph_done(&net->graph);
	pthread_mutex_destroy(&net->lock);
	free(net);
}

enum tt_dtype tt_net_precision(const struct tt_net *net)
{
	return net->precision;
}

const char *tt_net_layout(const struct tt_net *net)
{
	static const char *const names[] = {
		[TT_LAYOUT_ANY] = "any",   [TT_LAYOUT_PLAIN] = "nchw",  [TT_LAYOUT_NHWC] = "nhwc",
		[TT_LAYOUT_C8] = "nChw8c", [TT_LAYOUT_C16] = "nChw16c",
	};

	return names[net->layout];
}

size_t tt_net_arena(const struct tt_net *net)
{
	return net->plan[0]->arena;
}

/* A context of the plan for 2^power photos: an idle one, or a new one. */
static int context_take(struct tt_context **out, struct tt_net *net, unsigned power, struct tt_err *err)
{
	struct tt_context *c = NULL;
	int rc = 0;

	pthread_mutex_lock(&net->lock);
	if (!net->plan[power])
		rc = tt_plan_make(&net->plan[power], net, 1u << power, err);
	if (rc == 0 && net->plan[power]->idle) {
		c = net->plan[power]->idle;
		net->plan[power]->idle = *tt_context_next(c);
	}
	pthread_mutex_unlock(&net->lock);
	if (rc == 0 && !c)
		rc = tt_context_make(&c, net, net->plan[power], err);
	if (rc == 0)
		*out = c;
	return rc;
}

static void context_give(struct tt_net *net, unsigned power, struct tt_context *c)
{
	if (net->forgets) {
		tt_context_free(c);
		return;
	}
	pthread_mutex_lock(&net->lock);
	*tt_context_next(c) = net->plan[power]->idle;
	net->plan[power]->idle = c;
	pthread_mutex_unlock(&net->lock);
}

int tt_net_run(struct tt_net *net, const float *input, unsigned n, float *const *out, struct tt_err *err)
{
	const struct tt_node *x = &net->graph.node[0];
	size_t done = 0;

	while (done < n) {
		unsigned left = n - (unsigned)done, power = left >= 8 ? 3 : left >= 4 ? 2 : left >= 2 ? 1 : 0;
		struct tt_context *c = NULL;
		int rc = context_take(&c, net, power, err);

		if (rc < 0)
			return rc;
		tt_dn_threads(net->threads);
		rc = tt_context_run(c, input + done * x->c * x->h * x->w, out, done, err);
		context_give(net, power, c);
		if (rc < 0)
			return rc;
		done += 1u << power;
	}
	return 0;
}
