#include "train/params.h"

#include "base/alloc.h"
#include "train/rng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct piece {
	const char *suffix;
	unsigned rank;
	uint64_t shape[4];
	bool statistic, decay;
};

static int add(struct tt_train_params *p, const struct tt_graph *g, int node, const struct piece *q, struct tt_err *err)
{
	const struct tt_node *n = &g->node[node];
	struct tt_train_param *e;
	size_t count = 1;

	if (p->count == p->room) {
		unsigned room = p->room ? 2 * p->room : 64;
		struct tt_train_param *list = tt_realloc(p->list, room * sizeof *list);

		if (!list)
			return tt_err_set(err, TT_ENOMEM, "training: out of memory");
		p->list = list;
		p->room = room;
	}
	for (unsigned k = 0; k < q->rank; k++)
		count *= q->shape[k];
	e = &p->list[p->count++];
	*e = (struct tt_train_param){
		.rank = q->rank, .statistic = q->statistic, .decay = q->decay, .node = node, .count = count
	};
	e->rows = n->h * n->w;
	memcpy(e->shape, q->shape, sizeof e->shape);
	(void)snprintf(e->name, sizeof e->name, "%s.%s", n->name, q->suffix);
	e->at = q->statistic ? p->statistics : p->values;
	*(q->statistic ? &p->statistics : &p->values) += count;
	return 0;
}

static int add_node(struct tt_train_params *p, const struct tt_graph *g, int i, struct tt_err *err)
{
	const struct tt_node *n = &g->node[i], *in = n->ins ? &g->node[n->in[0]] : NULL;
	struct piece list[4] = { 0 };
	unsigned count = 0;
	int rc = 0;

	switch (n->op) {
	case TT_OP_CONV:
		list[count++] = (struct piece){
			"weight", 4, { n->c, in->c / n->groups, n->kernel, n->kernel }, .decay = true
		};
		break;
	case TT_OP_BN:
		list[count++] = (struct piece){ "weight", 1, { n->c } };
		list[count++] = (struct piece){ "bias", 1, { n->c } };
		list[count++] = (struct piece){ "running_mean", 1, { n->c }, .statistic = true };
		list[count++] = (struct piece){ "running_var", 1, { n->c }, .statistic = true };
		break;
	case TT_OP_SE:
		list[count++] = (struct piece){ "fc1.weight", 4, { n->squeeze, n->c, 1, 1 }, .decay = true };
		list[count++] = (struct piece){ "fc1.bias", 1, { n->squeeze } };
		list[count++] = (struct piece){ "fc2.weight", 4, { n->c, n->squeeze, 1, 1 }, .decay = true };
		list[count++] = (struct piece){ "fc2.bias", 1, { n->c } };
		break;
	case TT_OP_LINEAR:
		list[count++] = (struct piece){ "weight", 2, { n->c, in->c }, .decay = true };
		list[count++] = (struct piece){ "bias", 1, { n->c } };
		break;
	default:
		break;
	}
	p->first[i] = p->count;
	for (unsigned k = 0; rc == 0 && k < count; k++)
		rc = add(p, g, i, &list[k], err);
	return rc;
}

int tt_train_params_init(struct tt_train_params *p, const struct tt_graph *g, struct tt_err *err)
{
	int rc = tt_graph_check(g, err);

	if (rc < 0)
		return rc;
	*p = (struct tt_train_params){ .first = tt_calloc(g->nodes, sizeof *p->first) };
	if (!p->first)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory");
	for (unsigned i = 0; rc == 0 && i < g->nodes; i++)
		rc = add_node(p, g, (int)i, err);
	if (rc < 0)
		tt_train_params_done(p);
	return rc;
}

void tt_train_params_done(struct tt_train_params *p)
{
	free(p->list);
	free(p->first);
	*p = (struct tt_train_params){ 0 };
}

/* The batch-norm in front of a squeeze-and-excitation closes a branch. */
static bool closes_branch(const struct tt_graph *g, int bn)
{
	for (unsigned i = 0; i < g->nodes; i++)
		if (g->node[i].op == TT_OP_SE && g->node[i].in[0] == bn)
			return true;
	return false;
}

void tt_train_params_randomise(const struct tt_train_params *p, const struct tt_graph *g, uint64_t seed, float *values,
			       float *statistics)
{
	memset(values, 0, p->values * sizeof *values);
	for (unsigned k = 0; k < p->count; k++) {
		const struct tt_train_param *e = &p->list[k];
		const struct tt_node *n = &g->node[e->node];
		struct tt_rng r = tt_rng_of(seed, 1, k);
		float *v = (e->statistic ? statistics : values) + e->at;
		double fan = e->rank == 4 ? (double)(e->shape[0] * e->shape[2] * e->shape[3]) : 0;

		if (n->op == TT_OP_CONV && n->groups > 1)
			fan /= n->groups;
		for (size_t i = 0; i < e->count; i++) {
			if (e->rank == 4)
				v[i] = (float)(tt_rng_normal(&r) * sqrt(2.0 / fan));
			else if (e->rank == 2)
				v[i] = (float)(tt_rng_range(&r, -1, 1) / sqrt((double)e->shape[1]));
			else if (e->statistic)
				v[i] = k == p->first[e->node] + 3 ? 1.0f : 0.0f;
			else if (n->op == TT_OP_BN && k == p->first[e->node])
				v[i] = closes_branch(g, e->node) ? 0.0f : 1.0f;
		}
	}
}

static bool same_shape(const struct tt_train_param *e, const struct tt_st_tensor *t)
{
	if (t->rank != e->rank)
		return false;
	for (unsigned k = 0; k < e->rank; k++)
		if (t->shape[k] != e->shape[k])
			return false;
	return true;
}

int tt_train_params_load(const struct tt_train_params *p, const struct tt_safetensors *file, float *values,
			 float *statistics, unsigned *missing, struct tt_err *err)
{
	unsigned lost = 0;

	for (unsigned k = 0; k < p->count; k++) {
		const struct tt_train_param *e = &p->list[k];
		const struct tt_st_tensor *t = tt_safetensors_find(file, e->name);
		int rc;

		if (!t || !same_shape(e, t)) {
			lost++;
			continue;
		}
		rc = tt_st_tensor_f32(t, (e->statistic ? statistics : values) + e->at, err);
		if (rc < 0)
			return rc;
	}
	if (lost == p->count)
		return tt_err_set(err, TT_EINVALID, "the weight file fits no layer of this network");
	*missing = lost;
	return 0;
}

int tt_train_params_save(const struct tt_train_params *p, const char *path, const float *values,
			 const float *statistics, const struct tt_st_meta *meta, size_t metas, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_st_tensor *list = tt_calloc(p->count, sizeof *list);
	TT_SCOPED(tt_freep) uint16_t *half = tt_calloc(p->values, sizeof *half);

	if (!list || !half)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory while saving '%s'", path);
	for (unsigned k = 0; k < p->count; k++) {
		const struct tt_train_param *e = &p->list[k];
		const float *v = (e->statistic ? statistics : values) + e->at;

		list[k] = (struct tt_st_tensor){ .name = e->name, .dtype = TT_DT_F32, .rank = e->rank, .data = v };
		memcpy(list[k].shape, e->shape, sizeof e->shape);
		if (e->rank < 2)
			continue;
		list[k].dtype = TT_DT_F16;
		list[k].data = half + e->at;
		for (size_t i = 0; i < e->count; i++)
			half[e->at + i] = tt_f32_to_f16(v[i]);
	}
	return tt_safetensors_write(path, meta, metas, list, p->count, err);
}
