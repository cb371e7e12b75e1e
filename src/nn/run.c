#include "nn/plan.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

struct tt_context {
	struct tt_context *next;
	const struct tt_net *net;
	const struct tt_plan *plan;
	struct tt_dn_stream *stream;
	struct tt_dn_call **call; /* by step; NULL where our own code runs */
	uint8_t *arena;
	void *scratch;
	float *small;
};

struct tt_context **tt_context_next(struct tt_context *c)
{
	return &c->next;
}

void tt_context_free(struct tt_context *c)
{
	if (!c)
		return;
	for (unsigned i = 0; c->call && i < c->net->steps.count; i++)
		tt_dn_call_free(c->call[i]);
	free(c->call);
	tt_dn_stream_free(c->stream);
	free(c->arena);
	free(c->scratch);
	free(c->small);
	free(c);
}

static void context_freep(struct tt_context **c)
{
	tt_context_free(*c);
}

static uint8_t *memory_of(const struct tt_context *c, int value)
{
	return c->arena + c->plan->offset[value];
}

static int bind(struct tt_context *c, struct tt_err *err)
{
	for (unsigned i = 0; i < c->net->steps.count; i++) {
		const struct tt_step *s = &c->net->steps.step[i];
		int rc;

		if (!c->plan->op[i])
			continue;
		rc = tt_dn_call_new(&c->call[i], c->plan->op[i],
				    (void *[TT_DN_ARGS]){ [TT_DN_SRC] = memory_of(c, s->in[0]),
							  [TT_DN_WEIGHTS] = c->plan->weights[i],
							  [TT_DN_BIAS] = c->net->params[i].b,
							  [TT_DN_DST] = memory_of(c, s->out),
							  [TT_DN_SCRATCH] = c->scratch },
				    err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int tt_context_make(struct tt_context **out, const struct tt_net *net, const struct tt_plan *plan, struct tt_err *err)
{
	TT_SCOPED(context_freep) struct tt_context *c = tt_calloc(1, sizeof *c);
	int rc;

	if (!c)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	c->net = net;
	c->plan = plan;
	c->call = tt_calloc(net->steps.count + 1, sizeof(struct tt_dn_call *));
	c->arena = tt_alloc_aligned(64, plan->arena + 64);
	c->scratch = tt_alloc_aligned(64, plan->scratch + 64);
	c->small = tt_alloc_aligned(64, plan->small * sizeof *c->small + 64);
	if (!c->call || !c->arena || !c->scratch || !c->small)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = tt_dn_stream_new(&c->stream, err);
	if (rc == 0)
		rc = bind(c, err);
	if (rc < 0)
		return rc;
	*out = tt_take(c);
	return 0;
}

static void run_se(const struct tt_context *c, unsigned i, const struct tt_step *s, unsigned photo)
{
	const struct tt_node *n = &c->net->graph.node[s->node];
	const struct tt_value *x = &c->net->values[s->in[0]], *y = &c->net->values[s->out],
			      *r = s->residual >= 0 ? &c->net->values[s->residual] : NULL;
	const struct tt_kernels *k = c->net->kernels;
	const struct tt_param *p = &c->net->params[i];
	float *mean = c->small, *scale = mean + ((n->c + 15) & ~15u), *hidden = scale + ((n->c + 15) & ~15u);
	const uint8_t *from = memory_of(c, s->in[0]) + photo * x->bytes;
	struct tt_se_args a = { .dst = memory_of(c, s->out) + photo * y->bytes,
				.x = from,
				.scale = scale,
				.relu = s->relu,
				.dst_number = y->number,
				.x_number = x->number };

	if (r) {
		a.residual = memory_of(c, s->residual) + photo * r->bytes;
		a.residual_number = r->number;
	}
	k->mean(mean, from, x->number, &x->view);
	k->matvec(hidden, p->a, mean, p->b, n->squeeze, n->c, true);
	k->vecmat(scale, p->c, hidden, p->d, n->c, n->squeeze);
	for (uint32_t j = 0; j < n->c; j++)
		scale[j] = 1 / (1 + expf(-scale[j]));
	k->scale_add(&a, &x->view);
}

static void run_linear(const struct tt_context *c, unsigned i, const struct tt_step *s, unsigned photo)
{
	const struct tt_value *x = &c->net->values[s->in[0]], *y = &c->net->values[s->out];
	const void *from = memory_of(c, s->in[0]) + photo * x->bytes;
	const struct tt_param *p = &c->net->params[i];
	float *to = (float *)(memory_of(c, s->out) + photo * y->bytes);

	if (x->layout != TT_LAYOUT_ANY) {
		tt_to_plain(c->small, from, x->number, &x->view);
		from = c->small;
	}
	c->net->kernels->matvec(to, p->a, from, p->b, y->view.c, (size_t)x->view.c * x->view.pixels, s->relu);
}

/* Blocks of channels lie one behind the other, or (rows, columns, channels) interleaved by pixel. */
static void run_concat(const struct tt_context *c, const struct tt_step *s, unsigned photo)
{
	const struct tt_value *y = &c->net->values[s->out];
	uint8_t *to = memory_of(c, s->out) + photo * y->bytes;
	size_t one = tt_dtype_size(y->number.type), rows = y->layout == TT_LAYOUT_NHWC ? y->view.pixels : 1;

	for (unsigned k = 0; k < s->ins; k++) {
		const struct tt_value *x = &c->net->values[s->in[k]];
		const uint8_t *from = memory_of(c, s->in[k]) + photo * x->bytes;
		size_t part = rows > 1 ? x->view.c * one : x->bytes;

		for (size_t r = 0; r < rows; r++)
			memcpy(to + r * (y->bytes / rows), from + r * part, part);
		to += part;
	}
}

/* Each row of pixels is widened once and then copied below itself. */
static void run_upsample(const struct tt_context *c, const struct tt_step *s, unsigned photo)
{
	const struct tt_node *n = &c->net->graph.node[s->in[0]];
	const struct tt_value *x = &c->net->values[s->in[0]], *y = &c->net->values[s->out];
	const uint8_t *from = memory_of(c, s->in[0]) + photo * x->bytes;
	uint8_t *to = memory_of(c, s->out) + photo * y->bytes;
	size_t one = x->view.block * tt_dtype_size(x->number.type), row = 2 * n->w * one;
	size_t rows = (size_t)n->h * (x->view.c / x->view.block);

	for (size_t r = 0; r < rows; r++, to += 2 * row) {
		for (uint32_t i = 0; i < n->w; i++, from += one) {
			memcpy(to + 2 * i * one, from, one);
			memcpy(to + (2 * i + 1) * one, from, one);
		}
		memcpy(to + row, to, row);
	}
}

static void run_own(const struct tt_context *c, unsigned i, const struct tt_step *s, unsigned photo)
{
	const struct tt_value *x = &c->net->values[s->in[0]], *y = &c->net->values[s->out];
	const uint8_t *from = memory_of(c, s->in[0]) + photo * x->bytes;
	uint8_t *to = memory_of(c, s->out) + photo * y->bytes;
	const struct tt_kernels *k = c->net->kernels;
	size_t n = (size_t)y->view.c * y->view.pixels;

	switch (s->op) {
	case TT_STEP_SE:
		run_se(c, i, s, photo);
		break;
	case TT_STEP_AFFINE:
		k->affine(to, from, x->number.type, c->net->params[i].a, c->net->params[i].b, s->relu, &x->view);
		break;
	case TT_STEP_ADD:
		k->add(to, from, memory_of(c, s->in[1]) + photo * x->bytes, x->number.type, n, s->relu);
		break;
	case TT_STEP_RELU:
		k->add(to, from, NULL, x->number.type, n, true);
		break;
	case TT_STEP_MEAN:
		k->mean((float *)to, from, x->number, &x->view);
		break;
	case TT_STEP_LINEAR:
		run_linear(c, i, s, photo);
		break;
	case TT_STEP_WEIGHTED_MEAN:
		k->weighted((float *)to, from, x->number, c->net->params[i].a, &x->view);
		break;
	case TT_STEP_UPSAMPLE:
		run_upsample(c, s, photo);
		break;
	case TT_STEP_CONCAT:
		run_concat(c, s, photo);
		break;
	default:
		break;
	}
}

static void copy_in(const struct tt_context *c, const float *input)
{
	const struct tt_value *v = c->net->values; /* the input is the first node */

	for (unsigned b = 0; b < c->plan->batch; b++) {
		size_t n = (size_t)v->view.c * v->view.pixels;
		uint8_t *to = memory_of(c, 0) + b * v->bytes;

		if (v->number.type == TT_DT_F32 && v->layout == TT_LAYOUT_PLAIN)
			memcpy(to, input + b * n, n * sizeof *input);
		else
			tt_from_plain(to, input + b * n, v->number, &v->view);
	}
}

/* `done` photos stand in out already. */
static void copy_out(const struct tt_context *c, float *const *out, size_t done)
{
	for (unsigned k = 0; k < c->net->graph.outputs; k++) {
		int node = c->net->graph.output[k];
		const struct tt_value *v = &c->net->values[node];
		size_t n = (size_t)v->view.c * v->view.pixels;

		for (unsigned b = 0; b < c->plan->batch; b++)
			tt_to_plain(out[k] + (done + b) * n, memory_of(c, node) + b * v->bytes, v->number, &v->view);
	}
}

int tt_context_run(struct tt_context *c, const float *input, float *const *out, size_t done, struct tt_err *err)
{
	copy_in(c, input);
	for (unsigned i = 0; i < c->net->steps.count; i++) {
		int rc = 0;

		if (c->call[i])
			rc = tt_dn_call_run(c->call[i], c->stream, err);
		for (unsigned b = 0; !c->call[i] && b < c->plan->batch; b++)
			run_own(c, i, &c->net->steps.step[i], b);
		if (rc < 0)
			return rc;
	}
	copy_out(c, out, done);
	return 0;
}
