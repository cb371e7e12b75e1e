#include "base/alloc.h"
#include "nn/onednn.h"
#include "nn/train_dnnl.h"

#include <string.h>

enum { X, W, Y };
static const int step_result[3] = { Y, X, W };
static const int step_arg[3][3] = {
	{ DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST },
	{ DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST },
	{ DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST },
};
enum { FORWARD, BY_DATA, BY_WEIGHTS };

struct tt_train_conv {
	struct tt_train_ctx *x;
	struct tt_conv_shape shape;
	struct tt_train_step step[3];
};

#if DNNL_VERSION_MAJOR >= 3
static dnnl_status_t make_pd(dnnl_primitive_desc_t *pd, struct tt_train_ctx *x, int dir, const desc *d,
			     const struct tt_conv_shape *s, const_dnnl_primitive_attr_t attr,
			     const_dnnl_primitive_desc_t hint)
{
	dnnl_dims_t stride = { s->stride, s->stride }, pad = { s->pad, s->pad }, dilate = { 0, 0 };

	switch (dir) {
	case FORWARD:
		return dnnl_convolution_forward_primitive_desc_create(pd, x->engine, dnnl_forward_training,
								      dnnl_convolution_direct, d[X], d[W], NULL, d[Y],
								      stride, dilate, pad, pad, attr);
	case BY_DATA:
		return dnnl_convolution_backward_data_primitive_desc_create(
			pd, x->engine, dnnl_convolution_direct, d[X], d[W], d[Y], stride, dilate, pad, pad, hint, attr);
	default:
		return dnnl_convolution_backward_weights_primitive_desc_create(pd, x->engine, dnnl_convolution_direct,
									       d[X], d[W], NULL, d[Y], stride, dilate,
									       pad, pad, hint, attr);
	}
}
#else
static dnnl_status_t make_pd(dnnl_primitive_desc_t *pd, struct tt_train_ctx *x, int dir, const desc *d,
			     const struct tt_conv_shape *s, const_dnnl_primitive_attr_t attr,
			     const_dnnl_primitive_desc_t hint)
{
	dnnl_dims_t stride = { s->stride, s->stride }, pad = { s->pad, s->pad };
	dnnl_convolution_desc_t c;
	dnnl_status_t st;

	if (dir == FORWARD)
		st = dnnl_convolution_forward_desc_init(&c, dnnl_forward_training, dnnl_convolution_direct, &d[X].v,
							&d[W].v, NULL, &d[Y].v, stride, pad, pad);
	else if (dir == BY_DATA)
		st = dnnl_convolution_backward_data_desc_init(&c, dnnl_convolution_direct, &d[X].v, &d[W].v, &d[Y].v,
							      stride, pad, pad);
	else
		st = dnnl_convolution_backward_weights_desc_init(&c, dnnl_convolution_direct, &d[X].v, &d[W].v, NULL,
								 &d[Y].v, stride, pad, pad);
	return st == dnnl_success ? dnnl_primitive_desc_create(pd, &c, attr, x->engine, hint) : st;
}
#endif

/* Makes mem[k] in the layout `want`; when the caller's (`have`) is another one, also what copies between them. */
static int bind(struct tt_train_ctx *x, struct tt_train_step *st, int k, bool result, const desc *have,
		const_dnnl_primitive_desc_t pd, dnnl_query_t what, struct tt_err *err)
{
#if DNNL_VERSION_MAJOR >= 3
	const_dnnl_memory_desc_t want = dnnl_primitive_desc_query_md(pd, what, 0), mine = *have;
#else
	const dnnl_memory_desc_t *want = dnnl_primitive_desc_query_md(pd, what, 0), *mine = &have->v;
#endif
	dnnl_primitive_desc_t rpd = NULL;
	dnnl_status_t made;

	if (dnnl_memory_desc_equal(want, mine)) {
		CHECK(err, dnnl_memory_create(&st->mem[k], want, x->engine, DNNL_MEMORY_NONE));
		return 0;
	}
	st->own[k] = tt_alloc_aligned(64, dnnl_memory_desc_get_size(want) + 64);
	if (!st->own[k])
		return tt_err_set(err, TT_ENOMEM, "training: out of memory for a convolution");
	CHECK(err, dnnl_memory_create(&st->mem[k], want, x->engine, st->own[k]));
	CHECK(err, dnnl_memory_create(&st->plain[k], mine, x->engine, DNNL_MEMORY_NONE));
	CHECK(err, dnnl_reorder_primitive_desc_create(&rpd, result ? want : mine, x->engine, result ? mine : want,
						      x->engine, NULL));
	made = dnnl_primitive_create(&st->reorder[k], rpd);
	dnnl_primitive_desc_destroy(rpd);
	CHECK(err, made);
	return 0;
}

static int bind_all(struct tt_train_ctx *x, struct tt_train_step *st, int dir, const desc *have,
		    const_dnnl_primitive_desc_t pd, struct tt_err *err)
{
	static const dnnl_query_t what[3][3] = {
		{ dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md },
		{ dnnl_query_diff_src_md, dnnl_query_weights_md, dnnl_query_diff_dst_md },
		{ dnnl_query_src_md, dnnl_query_diff_weights_md, dnnl_query_diff_dst_md },
	};
	size_t scratch;
	int rc = 0;

	for (int k = 0; rc == 0 && k < 3; k++)
		rc = bind(x, st, k, k == step_result[dir], &have[k], pd, what[dir][k], err);
	if (rc < 0)
		return rc;
	scratch = dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0));
	CHECK(err, dnnl_memory_create(&st->scratch, dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0),
				      x->engine, DNNL_MEMORY_NONE));
	CHECK(err, dnnl_primitive_create(&st->run, pd));
	return tt_train_scratch(x, scratch, err);
}

/* have: the caller's layouts; want: what the kernel is asked for (weights as it likes them). */
static int describe(struct tt_train_ctx *x, const struct tt_conv_shape *s, int dir, desc *have, desc *want,
		    struct tt_err *err)
{
	dnnl_data_type_t act = x->type == TT_TRAIN_BF16 ? dnnl_bf16 : dnnl_f32;
	dnnl_data_type_t wt = dir == BY_WEIGHTS ? dnnl_f32 : act;
	unsigned oh = tt_train_conv_out(s->ih, s->k, s->stride, s->pad),
		 ow = tt_train_conv_out(s->iw, s->k, s->stride, s->pad);
	dnnl_dims_t xd = { s->n, s->ic, s->ih, s->iw }, yd = { s->n, s->oc, oh, ow };
	dnnl_dims_t wd = { s->oc, s->ic, s->k, s->k };
	dnnl_dims_t gd = { s->groups, s->oc / s->groups, s->ic / s->groups, s->k, s->k };
	int rank = s->groups > 1 ? 5 : 4, rc;
	const dnnl_dim_t *w = s->groups > 1 ? gd : wd;

	rc = desc_init(&have[X], 4, xd, act, dnnl_nhwc, err);
	rc = rc ? rc : desc_init(&have[Y], 4, yd, act, dnnl_nhwc, err);
	rc = rc ? rc : desc_init(&have[W], rank, w, dnnl_f32, s->groups > 1 ? dnnl_goihw : dnnl_oihw, err);
	rc = rc ? rc : desc_init(&want[X], 4, xd, act, dnnl_nhwc, err);
	rc = rc ? rc : desc_init(&want[Y], 4, yd, act, dnnl_nhwc, err);
	return rc ? rc : desc_init(&want[W], rank, w, wt, dnnl_format_tag_any, err);
}

/* forward: the forward descriptor, a hint for the other two; replaced by its own when dir is FORWARD. */
static int make_step(struct tt_train_ctx *x, const struct tt_conv_shape *s, int dir, struct tt_train_step *st,
		     dnnl_primitive_desc_t *forward, struct tt_err *err)
{
	desc d[6];
	dnnl_primitive_attr_t attr = NULL;
	dnnl_primitive_desc_t pd = NULL;
	dnnl_status_t made;
	int rc;

	memset(d, 0, sizeof d);
	rc = describe(x, s, dir, d, d + 3, err);
	if (rc < 0) {
		descs_done(d, 6);
		return rc;
	}
	made = dnnl_primitive_attr_create(&attr);
	if (made == dnnl_success)
		made = dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
	if (made == dnnl_success)
		made = make_pd(&pd, x, dir, d + 3, s, attr, *forward);
	dnnl_primitive_attr_destroy(attr);
	st->args = step_arg[dir];
	if (made != dnnl_success)
		rc = tt_err_set(err, TT_EINTERNAL, "oneDNN has no convolution %u to %u channels, %ux%u, %u groups (%d)",
				s->ic, s->oc, s->k, s->k, s->groups, (int)made);
	else
		rc = bind_all(x, st, dir, d, pd, err);
	descs_done(d, 6);
	if (dir == FORWARD)
		*forward = pd;
	else if (pd)
		dnnl_primitive_desc_destroy(pd);
	return rc;
}

static void step_done(struct tt_train_step *st)
{
	for (int k = 0; k < 3; k++) {
		if (st->mem[k])
			dnnl_memory_destroy(st->mem[k]);
		if (st->plain[k])
			dnnl_memory_destroy(st->plain[k]);
		if (st->reorder[k])
			dnnl_primitive_destroy(st->reorder[k]);
		free(st->own[k]);
	}
	if (st->scratch)
		dnnl_memory_destroy(st->scratch);
	if (st->run)
		dnnl_primitive_destroy(st->run);
}

static int copy(struct tt_train_ctx *x, struct tt_train_step *st, int k, bool out, struct tt_err *err)
{
	dnnl_exec_arg_t args[2] = { { DNNL_ARG_FROM, out ? st->mem[k] : st->plain[k] },
				    { DNNL_ARG_TO, out ? st->plain[k] : st->mem[k] } };

	CHECK(err, dnnl_primitive_execute(st->reorder[k], x->stream, 2, args));
	return 0;
}

static int step_run(struct tt_train_conv *c, int dir, void *const p[3], struct tt_err *err)
{
	struct tt_train_ctx *x = c->x;
	struct tt_train_step *st = &c->step[dir];
	int result = step_result[dir], rc = 0;
	dnnl_exec_arg_t args[4] = { { DNNL_ARG_SCRATCHPAD, st->scratch } };

	CHECK(err, dnnl_memory_set_data_handle(st->scratch, x->scratch));
	for (int k = 0; k < 3; k++) {
		CHECK(err, dnnl_memory_set_data_handle(st->plain[k] ? st->plain[k] : st->mem[k], p[k]));
		args[k + 1] = (dnnl_exec_arg_t){ st->args[k], st->mem[k] };
		if (st->plain[k] && k != result)
			rc = copy(x, st, k, false, err);
		if (rc < 0)
			return rc;
	}
	CHECK(err, dnnl_primitive_execute(st->run, x->stream, 4, args));
	if (st->plain[result])
		rc = copy(x, st, result, true, err);
	if (rc < 0)
		return rc;
	CHECK(err, dnnl_stream_wait(x->stream));
	return 0;
}

int tt_train_conv_new(struct tt_train_conv **out, struct tt_train_ctx *x, const struct tt_conv_shape *s,
		      struct tt_err *err)
{
	struct tt_train_conv *c = tt_calloc(1, sizeof *c);
	dnnl_primitive_desc_t forward = NULL;
	int rc = 0;

	if (!c)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory");
	c->x = x;
	c->shape = *s;
	for (int dir = FORWARD; rc == 0 && dir <= BY_WEIGHTS; dir++) {
		int made = dir == BY_WEIGHTS ? tt_train_product_make(x, s, &c->step[dir], err) : 0;

		rc = made ? made : make_step(x, s, dir, &c->step[dir], &forward, err);
		rc = rc < 0 ? rc : 0;
	}
	if (forward)
		dnnl_primitive_desc_destroy(forward);
	if (rc < 0)
		tt_train_conv_free(c);
	else
		*out = c;
	return rc;
}

void tt_train_conv_free(struct tt_train_conv *c)
{
	if (!c)
		return;
	for (int dir = FORWARD; dir <= BY_WEIGHTS; dir++)
		step_done(&c->step[dir]);
	free(c);
}

/* The library's interface knows no const: operands are only read. */
static void *operand(const void *p)
{
	void *q;

	memcpy(&q, &p, sizeof q);
	return q;
}

int tt_train_conv_forward(struct tt_train_conv *c, const float *w, const void *x, void *y, struct tt_err *err)
{
	return step_run(c, FORWARD, (void *const[3]){ operand(x), operand(w), y }, err);
}

int tt_train_conv_backward(struct tt_train_conv *c, const float *w, const void *x, const void *dy, void *dx, float *dw,
			   struct tt_err *err)
{
	int rc = step_run(c, BY_WEIGHTS, (void *const[3]){ operand(x), dw, operand(dy) }, err);

	if (rc == 0 && dx)
		rc = step_run(c, BY_DATA, (void *const[3]){ dx, operand(w), operand(dy) }, err);
	return rc;
}
