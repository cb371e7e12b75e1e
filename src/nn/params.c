#include "nn/plan.h"

#include "base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FULL_GROUP 16 /* channels: smaller groups leave the vectors half empty */

/* Reads NAME.what, whose shape must hold exactly n numbers with `first` of them in its first dimension. */
static int read(float **out, const struct tt_safetensors *w, const char *name, const char *what, uint64_t first,
		uint64_t n, struct tt_err *err)
{
	char full[TT_NODE_NAME + 32];
	const struct tt_st_tensor *t;
	TT_SCOPED(tt_freep) float *p = NULL;
	bool odd = false;
	int rc;

	snprintf(full, sizeof full, "%s.%s", name, what);
	t = tt_safetensors_find(w, full);
	if (!t)
		return tt_err_set(err, TT_EINVALID, "the model has no tensor '%s'", full);
	if (t->rank < 1 || t->shape[0] != first || tt_safetensors_elements(t) != n)
		return tt_err_set(err, TT_EINVALID,
				  "tensor '%s' has another shape than its network: wanted %llu numbers", full,
				  (unsigned long long)n);
	p = tt_alloc_aligned(64, n * sizeof *p);
	if (!p)
		return tt_err_set(err, TT_ENOMEM, "out of memory for '%s'", full);
	rc = tt_st_tensor_f32(t, p, err);
	if (rc < 0)
		return rc;
	for (uint64_t i = 0; i < n; i++) /* later a ReLU could turn it into a harmless looking zero */
		odd |= !isfinite(p[i]);
	if (odd)
		return tt_err_set(err, TT_EINVALID, "tensor '%s' has values that are no numbers", full);
	*out = tt_take(p);
	return 0;
}

/* Batch-norm at rest is y = x * scale + shift. */
static int read_bn(float **scale, float **shift, const struct tt_node *bn, const struct tt_safetensors *w,
		   struct tt_err *err)
{
	TT_SCOPED(tt_freep) float *gamma = NULL;
	TT_SCOPED(tt_freep) float *beta = NULL;
	TT_SCOPED(tt_freep) float *mean = NULL;
	TT_SCOPED(tt_freep) float *var = NULL;
	int rc = read(&gamma, w, bn->name, "weight", bn->c, bn->c, err);

	if (rc == 0)
		rc = read(&beta, w, bn->name, "bias", bn->c, bn->c, err);
	if (rc == 0)
		rc = read(&mean, w, bn->name, "running_mean", bn->c, bn->c, err);
	if (rc == 0)
		rc = read(&var, w, bn->name, "running_var", bn->c, bn->c, err);
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < bn->c; i++) {
		double s = gamma[i] / sqrt((double)var[i] + bn->eps);

		if (!isfinite(s))
			return tt_err_set(err, TT_EINVALID, "'%s' has a variance that is no such thing", bn->name);
		gamma[i] = (float)s;
		beta[i] = (float)(beta[i] - mean[i] * s);
	}
	*scale = tt_take(gamma);
	*shift = tt_take(beta);
	return 0;
}

/* Several small groups become one of `merged` channels with zeros between them: more products, but the vectors are full
 * and the layout stays what it is. */
static int merge_groups(float **w, struct tt_dn_conv *conv, uint32_t merged, struct tt_err *err)
{
	uint32_t in = conv->c / conv->groups, out = conv->out_c / conv->groups, k = conv->kernel * conv->kernel;
	uint32_t times = in && in == out && in < merged && merged % in == 0 ? merged / in : 1;
	float *wide;

	if (conv->groups == 1 || times == 1 || conv->groups % times)
		return 0;
	wide = tt_alloc_aligned(64, (size_t)conv->out_c * merged * k * sizeof *wide);
	if (!wide)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	memset(wide, 0, (size_t)conv->out_c * merged * k * sizeof *wide);
	for (uint32_t o = 0; o < conv->out_c; o++) {
		uint32_t shift = o / out % times * in;

		memcpy(wide + ((size_t)o * merged + shift) * k, *w + (size_t)o * in * k, (size_t)in * k * sizeof *wide);
	}
	free(*w);
	*w = wide;
	conv->groups /= times;
	return 0;
}

/* Weights by output channel to int8; p->c becomes the scale of its sums, the bias is in units of the sum. */
static int quantise(struct tt_param *p, float *w, size_t per_out, const struct tt_value *in, const struct tt_value *out,
		    struct tt_err *err)
{
	int8_t *q = tt_alloc((size_t)p->conv.out_c * per_out);

	p->c = tt_alloc(p->conv.out_c * sizeof *p->c);
	p->plain = q;
	if (!q || !p->c)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (uint32_t o = 0; o < p->conv.out_c; o++) {
		float *row = w + o * per_out, largest = 1e-12f, step;

		for (size_t i = 0; i < per_out; i++)
			largest = fmaxf(largest, fabsf(row[i]));
		step = largest / 127;
		for (size_t i = 0; i < per_out; i++)
			q[o * per_out + i] = (int8_t)lrintf(row[i] / step);
		p->c[o] = in->number.step * step / out->number.step;
		p->b[o] /= in->number.step * step;
	}
	p->conv.scale = p->c;
	return 0;
}

static int conv_weights(float **out, struct tt_param *p, const struct tt_graph *g, const struct tt_step *s,
			const struct tt_safetensors *w, struct tt_err *err)
{
	const struct tt_node *n = &g->node[s->node];
	size_t per_out = (size_t)g->node[n->in[0]].c / n->groups * n->kernel * n->kernel;
	TT_SCOPED(tt_freep) float *weights = NULL;
	TT_SCOPED(tt_freep) float *scale = NULL;
	TT_SCOPED(tt_freep) float *bias = NULL;
	int rc = read(&weights, w, n->name, "weight", n->c, n->c * per_out, err);

	if (rc == 0 && n->bias)
		rc = read(&bias, w, n->name, "bias", n->c, n->c, err);
	if (rc == 0 && s->bn >= 0)
		rc = read_bn(&scale, &p->b, &g->node[s->bn], w, err);
	else if (rc == 0)
		p->b = tt_calloc(n->c, sizeof *p->b);
	if (rc < 0)
		return rc;
	if (!p->b)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (uint32_t o = 0; o < n->c; o++) {
		float f = scale ? scale[o] : 1;

		p->b[o] += bias ? bias[o] * f : 0;
		for (size_t i = 0; scale && i < per_out; i++)
			weights[o * per_out + i] *= f;
	}
	*out = tt_take(weights);
	return 0;
}

static int make_conv(struct tt_param *p, const struct tt_graph *g, const struct tt_step *s,
		     const struct tt_value *values, const struct tt_safetensors *w, struct tt_err *err)
{
	const struct tt_node *n = &g->node[s->node], *x = &g->node[n->in[0]];
	const struct tt_value *in = &values[n->in[0]], *out = &values[s->out];
	TT_SCOPED(tt_freep) float *weights = NULL;
	bool int8 = in->number.type == TT_DT_I8 || in->number.type == TT_DT_U8;
	int rc = conv_weights(&weights, p, g, s, w, err);

	p->conv = (struct tt_dn_conv){
		.c = x->c,
		.h = x->h,
		.w = x->w,
		.out_c = n->c,
		.out_h = n->h,
		.out_w = n->w,
		.kernel = n->kernel,
		.stride = n->stride,
		.pad = n->pad,
		.groups = n->groups,
		.src = in->number.type,
		.weights = int8 ? TT_DT_I8 : in->number.type,
		.dst = out->number.type,
		.in = in->layout,
		.out = out->layout,
		.relu = s->relu,
		.sum = s->residual >= 0,
	};
	if (rc == 0)
		rc = merge_groups(&weights, &p->conv, FULL_GROUP, err);
	if (rc < 0)
		return rc;
	if (int8)
		return quantise(p, weights, (size_t)x->c / p->conv.groups * n->kernel * n->kernel, in, out, err);
	p->plain = tt_take(weights);
	return 0;
}

static int make_se(struct tt_param *p, const struct tt_node *n, const struct tt_safetensors *w, struct tt_err *err)
{
	TT_SCOPED(tt_freep) float *rows = NULL;
	uint64_t size = (uint64_t)n->c * n->squeeze;
	int rc = read(&p->a, w, n->name, "fc1.weight", n->squeeze, size, err);

	if (rc == 0)
		rc = read(&p->b, w, n->name, "fc1.bias", n->squeeze, n->squeeze, err);
	if (rc == 0)
		rc = read(&rows, w, n->name, "fc2.weight", n->c, size, err);
	if (rc == 0)
		rc = read(&p->d, w, n->name, "fc2.bias", n->c, n->c, err);
	if (rc < 0)
		return rc;
	p->c = tt_alloc_aligned(64, size * sizeof *p->c);
	if (!p->c)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (uint32_t o = 0; o < n->c; o++)
		for (uint32_t i = 0; i < n->squeeze; i++)
			p->c[(size_t)i * n->c + o] = rows[(size_t)o * n->squeeze + i];
	return 0;
}

static int make_linear(struct tt_param *p, const struct tt_node *n, const struct tt_node *x,
		       const struct tt_safetensors *w, struct tt_err *err)
{
	int rc = read(&p->a, w, n->name, "weight", n->c, (uint64_t)n->c * x->c * x->h * x->w, err);

	if (rc == 0 && n->bias)
		rc = read(&p->b, w, n->name, "bias", n->c, n->c, err);
	return rc;
}

/* The weights lie as the value that they are multiplied with. */
static int make_weighted(struct tt_param *p, const struct tt_node *n, const struct tt_value *x,
			 const struct tt_safetensors *w, struct tt_err *err)
{
	TT_SCOPED(tt_freep) float *plain = NULL;
	uint64_t size = (uint64_t)x->view.c * x->view.pixels;
	int rc = read(&plain, w, n->name, "weight", n->c, size, err);

	if (rc < 0)
		return rc;
	p->a = tt_alloc_aligned(64, size * sizeof *p->a);
	if (!p->a)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	tt_from_plain(p->a, plain, (struct tt_number){ TT_DT_F32, 1 }, &x->view);
	return 0;
}

int tt_params_make(struct tt_param **out, const struct tt_graph *g, const struct tt_steps *steps,
		   const struct tt_value *values, const struct tt_safetensors *weights, struct tt_err *err)
{
	struct tt_param *p = tt_calloc(steps->count + 1, sizeof *p);
	int rc = 0;

	if (!p)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (unsigned i = 0; rc == 0 && i < steps->count; i++) {
		const struct tt_step *s = &steps->step[i];
		const struct tt_node *n = &g->node[s->node];

		if (s->op == TT_STEP_CONV)
			rc = make_conv(&p[i], g, s, values, weights, err);
		else if (s->op == TT_STEP_SE)
			rc = make_se(&p[i], n, weights, err);
		else if (s->op == TT_STEP_LINEAR)
			rc = make_linear(&p[i], n, &g->node[n->in[0]], weights, err);
		else if (s->op == TT_STEP_WEIGHTED_MEAN)
			rc = make_weighted(&p[i], n, &values[n->in[0]], weights, err);
		else if (s->op == TT_STEP_AFFINE)
			rc = read_bn(&p[i].a, &p[i].b, n, weights, err);
	}
	tt_safetensors_forget(weights); /* the pages were needed once */
	if (rc < 0) {
		tt_params_free(p, steps->count);
		return rc;
	}
	*out = p;
	return 0;
}

void tt_params_free(struct tt_param *p, unsigned count)
{
	if (!p)
		return;
	for (unsigned i = 0; i < count; i++) {
		while (p[i].packed) {
			struct tt_packed *next = p[i].packed->next;

			tt_dn_desc_free(p[i].packed->desc);
			free(p[i].packed->data);
			free(p[i].packed);
			p[i].packed = next;
		}
		free(p[i].plain);
		free(p[i].a);
		free(p[i].b);
		free(p[i].c);
		free(p[i].d);
	}
	free(p);
}

static void packed_freep(struct tt_packed **p)
{
	if (!*p)
		return;
	tt_dn_desc_free((*p)->desc);
	free((*p)->data);
	free(*p);
}

int tt_param_packed(void **out, struct tt_param *p, const struct tt_dn_op *op, struct tt_err *err)
{
	const struct tt_dn_desc *wanted = tt_dn_op_desc(op, TT_DN_WEIGHTS);
	TT_SCOPED(tt_dn_desc_freep) struct tt_dn_desc *plain = NULL;
	TT_SCOPED(packed_freep) struct tt_packed *fresh = NULL;
	int rc;

	for (struct tt_packed *k = p->packed; k; k = k->next)
		if (tt_dn_desc_equal(k->desc, wanted)) {
			*out = k->data;
			return 0;
		}
	fresh = tt_calloc(1, sizeof *fresh);
	if (!fresh)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = tt_dn_desc_copy(&fresh->desc, wanted, err);
	if (rc < 0)
		return rc;
	fresh->data = tt_alloc_aligned(64, tt_dn_desc_size(wanted));
	if (!fresh->data)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (p->packed) {
		rc = tt_dn_reorder(p->packed->desc, p->packed->data, wanted, fresh->data, err);
	} else {
		rc = tt_dn_desc_weights(&plain, &p->conv, p->c ? TT_DT_I8 : TT_DT_F32, err);
		if (rc == 0)
			rc = tt_dn_reorder(plain, p->plain, wanted, fresh->data, err);
	}
	if (rc < 0)
		return rc;
	if (!p->packed)
		free(tt_take(p->plain));
	fresh->next = p->packed;
	*out = fresh->data;
	p->packed = tt_take(fresh);
	return 0;
}
