/* train-probe IN.safetensors OUT.safetensors: steps of training as tests/accuracy/test_train_twin.py asks for, to be
 * compared with PyTorch. IN holds the parameters, "x" (N,3,side,side), "target" (N,classes); its metadata says arch or
 * "layers", "steps" and "type". OUT gets "loss" (steps), "grad.NAME" of the first step, "after.NAME" and the
 * statistics. */
#include "base/alloc.h"
#include "train/loss.h"
#include "train/net.h"
#include "train/sgd.h"
#include "vision/seresnext.h"

#include <stdio.h>
#include <string.h>

struct probe {
	struct tt_graph graph;
	struct tt_train_params params;
	struct tt_safetensors *in;
	struct tt_train_net *net;
	unsigned batch, side, classes, steps;
	float *values, *statistics, *grads, *first, *momentum, *target, *d, *losses;
};

static const struct tt_st_tensor *need(struct probe *p, const char *name, unsigned rank, struct tt_err *err)
{
	const struct tt_st_tensor *t = tt_safetensors_find(p->in, name);

	if (t && t->rank == rank)
		return t;
	tt_err_set(err, TT_EINVALID, "no tensor '%s' of rank %u", name, rank);
	return NULL;
}

static int load(struct probe *p, struct tt_err *err)
{
	const char *layers = tt_safetensors_meta(p->in, "layers"), *steps = tt_safetensors_meta(p->in, "steps");
	const char *type = tt_safetensors_meta(p->in, "type");
	const struct tt_st_tensor *x = need(p, "x", 4, err), *t = need(p, "target", 2, err);
	struct tt_arch arch = { .name = "probe" };
	struct tt_head head = { .name = "fc" };
	unsigned missing;
	int rc;

	if (!x || !t)
		return TT_EINVALID;
	if (!layers ||
	    sscanf(layers, "%u,%u,%u,%u", &arch.layers[0], &arch.layers[1], &arch.layers[2], &arch.layers[3]) != 4 ||
	    !steps || sscanf(steps, "%u", &p->steps) != 1)
		return tt_err_set(err, TT_EINVALID, "metadata lacks layers or steps");
	p->batch = (unsigned)x->shape[0];
	p->side = (unsigned)x->shape[2];
	p->classes = head.out = (uint32_t)t->shape[1];
	tt_graph_init(&p->graph);
	tt_seresnext_build(&p->graph, &arch, p->side, &head, 1);
	rc = tt_train_params_init(&p->params, &p->graph, err);
	if (rc < 0)
		return rc;
	p->values = tt_calloc(p->params.values, sizeof(float));
	p->first = tt_calloc(p->params.values, sizeof(float));
	p->grads = tt_calloc(p->params.values, sizeof(float));
	p->momentum = tt_calloc(p->params.values, sizeof(float));
	p->statistics = tt_calloc(p->params.statistics, sizeof(float));
	p->target = tt_calloc((size_t)p->batch * p->classes, sizeof(float));
	p->d = tt_calloc((size_t)p->batch * p->classes, sizeof(float));
	p->losses = tt_calloc(p->steps, sizeof(float));
	if (!p->values || !p->first || !p->grads || !p->momentum || !p->statistics || !p->target || !p->d || !p->losses)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = tt_train_params_load(&p->params, p->in, p->values, p->statistics, &missing, err);
	if (rc == 0 && missing)
		rc = tt_err_set(err, TT_EINVALID, "%u parameters are missing", missing);
	rc = rc ? rc : tt_st_tensor_f32(t, p->target, err);
	return rc ? rc
		  : tt_train_net_new(&p->net, &p->graph, &p->params, p->batch,
				     type && strcmp(type, "bf16") == 0 ? TT_TRAIN_BF16 : TT_TRAIN_F32, err);
}

static int fill(struct probe *p, struct tt_err *err)
{
	size_t pixels = (size_t)p->side * p->side;
	TT_SCOPED(tt_freep) float *x = tt_calloc(p->batch * 3 * pixels, sizeof *x);
	float *to = tt_train_net_input(p->net);
	int rc = x ? tt_st_tensor_f32(need(p, "x", 4, err), x, err) : tt_err_set(err, TT_ENOMEM, "out of memory");

	for (size_t i = 0; rc == 0 && i < p->batch * pixels; i++)
		for (unsigned c = 0; c < 3; c++)
			to[3 * i + c] = x[(i / pixels * 3 + c) * pixels + i % pixels];
	return rc;
}

static int run(struct probe *p, struct tt_err *err)
{
	const struct tt_sgd sgd = { .momentum = 0.9f, .decay = 1e-4f };
	int rc = fill(p, err);

	for (unsigned s = 0; rc == 0 && s < p->steps; s++) {
		rc = tt_train_net_forward(p->net, p->values, NULL, err);
		if (rc < 0)
			return rc;
		p->losses[s] = (float)tt_soft_cross_entropy(tt_train_net_output(p->net, 0), p->target, p->batch,
							    p->classes, p->batch, p->d);
		rc = tt_train_net_backward(p->net, p->values, (const float *const[]){ p->d }, p->grads, err);
		if (rc < 0)
			return rc;
		if (s == 0) {
			memcpy(p->first, p->grads, p->params.values * sizeof(float));
			memcpy(p->statistics, tt_train_net_batch_statistics(p->net),
			       p->params.statistics * sizeof(float));
		}
		(void)tt_sgd_step(&sgd, &p->params, 0.01, p->grads, p->momentum, p->values);
	}
	return rc;
}

static int save(struct probe *p, const char *path, struct tt_err *err)
{
	unsigned n = 0, most = 2 * p->params.count + 1;
	TT_SCOPED(tt_freep) struct tt_st_tensor *list = tt_calloc(most, sizeof *list);
	TT_SCOPED(tt_freep) char *names = tt_calloc(most, TT_PARAM_NAME + 8);

	if (!list || !names)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (unsigned k = 0; k < p->params.count; k++) {
		const struct tt_train_param *e = &p->params.list[k];

		for (int after = 0; after < (e->statistic ? 1 : 2); after++) {
			char *name = names + (size_t)n * (TT_PARAM_NAME + 8);

			(void)snprintf(name, TT_PARAM_NAME + 8, "%s.%s", after ? "after" : "grad", e->name);
			list[n] = (struct tt_st_tensor){ .name = name, .dtype = TT_DT_F32, .rank = e->rank };
			list[n].data = (e->statistic ? p->statistics : after ? p->values : p->first) + e->at;
			memcpy(list[n++].shape, e->shape, sizeof e->shape);
		}
	}
	list[n++] = (struct tt_st_tensor){
		.name = "loss", .dtype = TT_DT_F32, .rank = 1, .shape = { p->steps }, .data = p->losses
	};
	return tt_safetensors_write(path, NULL, 0, list, n, err);
}

int main(int argc, char **argv)
{
	struct probe p = { .batch = 0 };
	struct tt_err err = { 0 };
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: train-probe IN.safetensors OUT.safetensors\n");
		return 2;
	}
	tt_train_thread_begin();
	rc = tt_safetensors_open(&p.in, argv[1], &err);
	rc = rc ? rc : load(&p, &err);
	rc = rc ? rc : run(&p, &err);
	rc = rc ? rc : save(&p, argv[2], &err);
	if (rc < 0)
		fprintf(stderr, "train-probe: %s\n", err.msg);
	tt_train_net_free(p.net);
	tt_train_params_done(&p.params);
	tt_graph_done(&p.graph);
	tt_safetensors_close(p.in);
	for (float **v =
		     (float *[]){ p.values, p.first, p.grads, p.momentum, p.statistics, p.target, p.d, p.losses, NULL };
	     *v; v++)
		free(*v);
	return rc < 0;
}
