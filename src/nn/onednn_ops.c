#include "nn/onednn_internal.h"

#include "base/alloc.h"

#include <stdio.h>

static dnnl_format_tag_t activation_tag(enum tt_layout layout)
{
	switch (layout) {
	case TT_LAYOUT_PLAIN:
		return dnnl_nchw;
	case TT_LAYOUT_NHWC:
		return dnnl_nhwc;
	case TT_LAYOUT_C8:
		return dnnl_nChw8c;
	case TT_LAYOUT_C16:
		return dnnl_nChw16c;
	default:
		return dnnl_format_tag_any;
	}
}

static int weights_desc(struct tt_dn_desc **out, const struct tt_dn_conv *s, enum tt_dtype type, bool any,
			struct tt_err *err)
{
	int64_t g = s->groups;

	if (g > 1)
		return tt_dn_desc_new(out, 5, (int64_t[]){ g, s->out_c / g, s->c / g, s->kernel, s->kernel },
				      tt_dn_type(type), any ? dnnl_format_tag_any : dnnl_goihw, err);
	return tt_dn_desc_new(out, 4, (int64_t[]){ s->out_c, s->c, s->kernel, s->kernel }, tt_dn_type(type),
			      any ? dnnl_format_tag_any : dnnl_oihw, err);
}

int tt_dn_desc_weights(struct tt_dn_desc **out, const struct tt_dn_conv *spec, enum tt_dtype type, struct tt_err *err)
{
	return weights_desc(out, spec, type, false, err);
}

static void attr_freep(dnnl_primitive_attr_t *a)
{
	if (*a)
		dnnl_primitive_attr_destroy(*a);
}

static void post_ops_freep(dnnl_post_ops_t *p)
{
	if (*p)
		dnnl_post_ops_destroy(*p);
}

static int make_attr(dnnl_primitive_attr_t *out, const struct tt_dn_conv *s, struct tt_err *err)
{
	TT_SCOPED(attr_freep) dnnl_primitive_attr_t a = NULL;
	TT_SCOPED(post_ops_freep) dnnl_post_ops_t p = NULL;

	TT_DNNL(err, dnnl_primitive_attr_create(&a));
	TT_DNNL(err, dnnl_post_ops_create(&p));
	TT_DNNL(err, dnnl_primitive_attr_set_scratchpad_mode(a, dnnl_scratchpad_mode_user));
#if TT_DN_V3
	if (s && s->scale)
		return tt_err_set(err, TT_ENOTFOUND, "int8 is not built for oneDNN 3");
	if (s && s->sum)
		TT_DNNL(err, dnnl_post_ops_append_sum(p, s->scale ? s->sum_scale : 1, 0, dnnl_data_type_undef));
	if (s && s->relu)
		TT_DNNL(err, dnnl_post_ops_append_eltwise(p, dnnl_eltwise_relu, 0, 0));
#else
	if (s && s->scale)
		TT_DNNL(err, dnnl_primitive_attr_set_output_scales(a, s->out_c, 1 << 1, s->scale));
	if (s && s->sum)
		TT_DNNL(err, dnnl_post_ops_append_sum(p, s->scale ? s->sum_scale : 1));
	if (s && s->relu)
		TT_DNNL(err, dnnl_post_ops_append_eltwise(p, 1, dnnl_eltwise_relu, 0, 0));
#endif
	TT_DNNL(err, dnnl_primitive_attr_set_post_ops(a, p));
	*out = tt_take(a);
	return 0;
}

struct conv_descs {
	struct tt_dn_desc *src, *weights, *bias, *dst;
};

static void conv_descs_done(struct conv_descs *d)
{
	tt_dn_desc_free(d->src);
	tt_dn_desc_free(d->weights);
	tt_dn_desc_free(d->bias);
	tt_dn_desc_free(d->dst);
}

static int make_conv_descs(struct conv_descs *d, const struct tt_dn_conv *s, struct tt_err *err)
{
	int rc = tt_dn_desc_new(&d->src, 4, (int64_t[]){ s->n, s->c, s->h, s->w }, tt_dn_type(s->src),
				activation_tag(s->in), err);

	if (rc == 0)
		rc = tt_dn_desc_new(&d->dst, 4, (int64_t[]){ s->n, s->out_c, s->out_h, s->out_w }, tt_dn_type(s->dst),
				    activation_tag(s->out), err);
	if (rc == 0)
		rc = tt_dn_desc_new(&d->bias, 1, (int64_t[]){ s->out_c }, dnnl_f32, dnnl_a, err);
	if (rc == 0)
		rc = s->weights_as ? tt_dn_desc_copy(&d->weights, s->weights_as, err)
				   : weights_desc(&d->weights, s, s->weights, true, err);
	return rc;
}

int tt_dn_conv_new(struct tt_dn_op **out, const struct tt_dn_conv *s, struct tt_err *err)
{
	TT_SCOPED(conv_descs_done) struct conv_descs d = { 0 };
	TT_SCOPED(attr_freep) dnnl_primitive_attr_t attr = NULL;
	dnnl_dims_t strides = { s->stride, s->stride }, pad = { s->pad, s->pad };
	dnnl_primitive_desc_t pd = NULL;
	char what[96];
	int rc = make_conv_descs(&d, s, err);

	if (rc == 0)
		rc = make_attr(&attr, s, err);
	if (rc < 0)
		return rc;
	snprintf(what, sizeof what, "a convolution %ux%u of %u to %u channels in %u groups", s->kernel, s->kernel, s->c,
		 s->out_c, s->groups);
#if TT_DN_V3
	dnnl_dims_t dilation = { 0, 0 };
	dnnl_engine_t e;

	rc = tt_dn_engine(&e, err);
	if (rc < 0)
		return rc;
	TT_DNNL(err, dnnl_convolution_forward_primitive_desc_create(
			     &pd, e, dnnl_forward_inference, dnnl_convolution_direct, tt_dn_desc_md(d.src),
			     tt_dn_desc_md(d.weights), tt_dn_desc_md(d.bias), tt_dn_desc_md(d.dst), strides, dilation,
			     pad, pad, attr));
	rc = tt_dn_pd_skip_reference(pd, what, err);
	if (rc < 0)
		dnnl_primitive_desc_destroy(pd);
#else
	dnnl_convolution_desc_t cd;

	TT_DNNL(err, dnnl_convolution_forward_desc_init(
			     &cd, dnnl_forward_inference, dnnl_convolution_direct, tt_dn_desc_md(d.src),
			     tt_dn_desc_md(d.weights), tt_dn_desc_md(d.bias), tt_dn_desc_md(d.dst), strides, pad, pad));
	rc = tt_dn_pd_fast(&pd, &cd, attr, what, err);
#endif
	return rc < 0 ? rc : tt_dn_op_finish(out, pd, err);
}

struct pool_descs {
	struct tt_dn_desc *src, *dst;
};

static void pool_descs_done(struct pool_descs *d)
{
	tt_dn_desc_free(d->src);
	tt_dn_desc_free(d->dst);
}

static int64_t pad_after(uint32_t in, uint32_t out, const struct tt_dn_pool *s)
{
	return (int64_t)(out - 1) * s->stride + s->kernel - in - s->pad;
}

int tt_dn_pool_new(struct tt_dn_op **out, const struct tt_dn_pool *s, struct tt_err *err)
{
	TT_SCOPED(pool_descs_done) struct pool_descs d = { 0 };
	TT_SCOPED(attr_freep) dnnl_primitive_attr_t attr = NULL;
	dnnl_dims_t strides = { s->stride, s->stride }, kernel = { s->kernel, s->kernel }, before = { s->pad, s->pad },
		    after = { pad_after(s->h, s->out_h, s), pad_after(s->w, s->out_w, s) };
	dnnl_alg_kind_t alg = s->max ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding;
	dnnl_primitive_desc_t pd = NULL;
	int rc = tt_dn_desc_new(&d.src, 4, (int64_t[]){ s->n, s->c, s->h, s->w }, tt_dn_type(s->type),
				activation_tag(s->layout), err);

	for (int i = 0; i < 2;
	     i++) /* rows that no window reaches are left out by a negative pad nowhere in the library */
		after[i] = after[i] < 0 ? 0 : after[i];
	if (rc == 0)
		rc = tt_dn_desc_new(&d.dst, 4, (int64_t[]){ s->n, s->c, s->out_h, s->out_w }, tt_dn_type(s->type),
				    activation_tag(s->layout), err);
	if (rc == 0)
		rc = make_attr(&attr, NULL, err);
	if (rc < 0)
		return rc;
#if TT_DN_V3
	dnnl_dims_t dilation = { 0, 0 };
	dnnl_engine_t e;

	rc = tt_dn_engine(&e, err);
	if (rc < 0)
		return rc;
	TT_DNNL(err, dnnl_pooling_forward_primitive_desc_create(&pd, e, dnnl_forward_inference, alg,
								tt_dn_desc_md(d.src), tt_dn_desc_md(d.dst), strides,
								kernel, dilation, before, after, attr));
	rc = tt_dn_pd_skip_reference(pd, "this pooling", err);
	if (rc < 0)
		dnnl_primitive_desc_destroy(pd);
#else
	dnnl_pooling_desc_t desc;

	TT_DNNL(err, dnnl_pooling_forward_desc_init(&desc, dnnl_forward_inference, alg, tt_dn_desc_md(d.src),
						    tt_dn_desc_md(d.dst), strides, kernel, before, after));
	rc = tt_dn_pd_fast(&pd, &desc, attr, "this pooling", err);
#endif
	return rc < 0 ? rc : tt_dn_op_finish(out, pd, err);
}

static bool has_isa(unsigned bits)
{
	unsigned isa = (unsigned)dnnl_get_effective_cpu_isa();

	return (isa & bits) == bits;
}

bool tt_dn_supports(enum tt_dtype precision)
{
	switch (precision) {
	case TT_DT_F32:
		return true;
	case TT_DT_BF16:
		return has_isa(dnnl_cpu_isa_avx512_core_bf16);
	case TT_DT_I8:
		return !TT_DN_V3 && has_isa(dnnl_cpu_isa_avx512_core_vnni);
	default:
		return false;
	}
}

enum tt_layout tt_dn_layout(enum tt_dtype precision)
{
	if (precision == TT_DT_I8)
		return TT_LAYOUT_NHWC;
	if (precision == TT_DT_BF16 && has_isa(dnnl_cpu_isa_avx512_core_amx))
		return TT_LAYOUT_NHWC;
	if (has_isa(dnnl_cpu_isa_avx512_core))
		return TT_LAYOUT_C16;
	return has_isa(dnnl_cpu_isa_sse41) ? TT_LAYOUT_C8 : TT_LAYOUT_PLAIN;
}
