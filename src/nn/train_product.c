#include "base/alloc.h"
#include "nn/onednn.h"
#include "nn/train_dnnl.h"

#include <string.h>

int tt_train_scratch(struct tt_train_ctx *x, size_t size, struct tt_err *err)
{
	void *p;

	if (size <= x->scratch_size)
		return 0;
	p = tt_alloc_aligned(64, size);
	if (!p)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory for a scratch of %zu bytes", size);
	free(x->scratch);
	x->scratch = p;
	x->scratch_size = size;
	return 0;
}

int tt_train_ctx_new(struct tt_train_ctx **out, enum tt_train_type type, struct tt_err *err)
{
	TT_SCOPED(tt_train_ctx_freep) struct tt_train_ctx *x = tt_calloc(1, sizeof *x);

	if (!x)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory");
	x->type = type;
	CHECK(err, dnnl_engine_create(&x->engine, dnnl_cpu, 0));
	CHECK(err, dnnl_stream_create(&x->stream, x->engine, dnnl_stream_default_flags));
	*out = tt_take(x);
	return 0;
}

void tt_train_ctx_free(struct tt_train_ctx *x)
{
	if (!x)
		return;
	if (x->stream)
		dnnl_stream_destroy(x->stream);
	if (x->engine)
		dnnl_engine_destroy(x->engine);
	free(x->scratch);
	free(x);
}

void tt_train_thread_begin(void)
{
	tt_dn_threads(1);
}

bool tt_train_bf16_is_fast(void)
{
	return dnnl_get_effective_cpu_isa() >= dnnl_cpu_isa_avx512_core_bf16;
}

int tt_train_matmul(const struct tt_matmul *p, struct tt_err *err)
{
	dnnl_dim_t lda = p->ta ? p->m : p->k, ldb = p->tb ? p->k : p->n;

	CHECK(err, dnnl_sgemm(p->ta ? 'T' : 'N', p->tb ? 'T' : 'N', p->m, p->n, p->k, 1.0f, p->a, lda, p->b, ldb,
			      p->beta, p->c, p->n));
	return 0;
}

/* dw (oc × ic) = dyᵀ (oc × pixels) · x (pixels × ic). */
static const int product_args[3] = { DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_SRC };

static dnnl_status_t product_pd(dnnl_primitive_desc_t *pd, struct tt_train_ctx *x, desc d[3],
				const_dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_matmul_primitive_desc_create(pd, x->engine, d[2], d[0], NULL, d[1], attr);
#else
	dnnl_matmul_desc_t m;
	dnnl_status_t st = dnnl_matmul_desc_init(&m, &d[2].v, &d[0].v, NULL, &d[1].v);

	return st == dnnl_success ? dnnl_primitive_desc_create(pd, &m, attr, x->engine, NULL) : st;
#endif
}

static bool is_fast(const_dnnl_primitive_desc_t pd)
{
	const char *name = "ref";

	return dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, (void *)&name) == dnnl_success &&
	       strncmp(name, "ref", 3) != 0;
}

static int product_bind(struct tt_train_ctx *x, struct tt_train_step *st, desc d[3], const_dnnl_primitive_desc_t pd,
			struct tt_err *err)
{
	for (int k = 0; k < 3; k++) {
#if DNNL_VERSION_MAJOR >= 3
		CHECK(err, dnnl_memory_create(&st->mem[k], d[k], x->engine, DNNL_MEMORY_NONE));
#else
		CHECK(err, dnnl_memory_create(&st->mem[k], &d[k].v, x->engine, DNNL_MEMORY_NONE));
#endif
	}
	st->args = product_args;
	CHECK(err, dnnl_memory_create(&st->scratch, dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0),
				      x->engine, DNNL_MEMORY_NONE));
	CHECK(err, dnnl_primitive_create(&st->run, pd));
	return tt_train_scratch(
		x, dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0)), err);
}

int tt_train_product_make(struct tt_train_ctx *x, const struct tt_conv_shape *s, struct tt_train_step *st,
			  struct tt_err *err)
{
	dnnl_dim_t pixels = (dnnl_dim_t)s->n * s->ih * s->iw;
	dnnl_dims_t xd = { pixels, s->ic }, wd = { s->oc, s->ic }, yd = { s->oc, pixels };
	desc d[3];
	dnnl_primitive_attr_t attr = NULL;
	dnnl_primitive_desc_t pd = NULL;
	dnnl_status_t made;
	int rc;

	if (x->type != TT_TRAIN_BF16 || s->k != 1 || s->stride != 1 || s->pad != 0 || s->groups != 1)
		return 0;
	memset(d, 0, sizeof d);
	rc = desc_init(&d[0], 2, xd, dnnl_bf16, dnnl_ab, err);
	rc = rc ? rc : desc_init(&d[1], 2, wd, dnnl_f32, dnnl_ab, err);
	rc = rc ? rc : desc_init(&d[2], 2, yd, dnnl_bf16, dnnl_ba, err);
	made = rc ? dnnl_runtime_error : dnnl_primitive_attr_create(&attr);
	if (made == dnnl_success)
		made = dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
	if (made == dnnl_success)
		made = product_pd(&pd, x, d, attr);
	if (attr)
		dnnl_primitive_attr_destroy(attr);
	if (rc == 0 && made == dnnl_success && is_fast(pd)) {
		rc = product_bind(x, st, d, pd, err);
		rc = rc ? rc : 1;
	}
	if (pd)
		dnnl_primitive_desc_destroy(pd);
	descs_done(d, 3);
	return rc;
}
