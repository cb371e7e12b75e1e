#include "nn/onednn_internal.h"

#include "base/alloc.h"

struct tt_dn_stream {
	dnnl_stream_t stream;
};

struct tt_dn_call {
	const struct tt_dn_op *op;
	int args;
	dnnl_exec_arg_t arg[TT_DN_ARGS];
};

int tt_dn_stream_new(struct tt_dn_stream **out, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_dn_stream *s = tt_calloc(1, sizeof *s);
	dnnl_engine_t e;
	int rc = tt_dn_engine(&e, err);

	if (rc < 0)
		return rc;
	if (!s)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	TT_DNNL(err, dnnl_stream_create(&s->stream, e, dnnl_stream_default_flags));
	*out = tt_take(s);
	return 0;
}

void tt_dn_stream_free(struct tt_dn_stream *s)
{
	if (!s)
		return;
	dnnl_stream_destroy(s->stream);
	free(s);
}

static void call_freep(struct tt_dn_call **c)
{
	tt_dn_call_free(*c);
}

int tt_dn_call_new(struct tt_dn_call **out, const struct tt_dn_op *op, void *const memory[TT_DN_ARGS],
		   struct tt_err *err)
{
	static const int names[TT_DN_ARGS] = {
		[TT_DN_SRC] = DNNL_ARG_SRC, [TT_DN_WEIGHTS] = DNNL_ARG_WEIGHTS,    [TT_DN_BIAS] = DNNL_ARG_BIAS,
		[TT_DN_DST] = DNNL_ARG_DST, [TT_DN_SCRATCH] = DNNL_ARG_SCRATCHPAD,
	};
	TT_SCOPED(call_freep) struct tt_dn_call *c = tt_calloc(1, sizeof *c);
	dnnl_engine_t e;
	int rc = tt_dn_engine(&e, err);

	if (rc < 0)
		return rc;
	if (!c)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	c->op = op;
	for (int i = 0; i < TT_DN_ARGS; i++) {
		if (!op->desc[i])
			continue;
		TT_DNNL(err, dnnl_memory_create(&c->arg[c->args].memory, tt_dn_desc_md(op->desc[i]), e, memory[i]));
		c->arg[c->args++].arg = names[i];
	}
	*out = tt_take(c);
	return 0;
}

int tt_dn_call_run(const struct tt_dn_call *c, struct tt_dn_stream *s, struct tt_err *err)
{
	TT_DNNL(err, dnnl_primitive_execute(c->op->primitive, s->stream, c->args, c->arg));
	return 0; /* streams of a CPU run in order and have finished on return */
}

void tt_dn_call_free(struct tt_dn_call *c)
{
	if (!c)
		return;
	for (int i = 0; i < c->args; i++)
		dnnl_memory_destroy(c->arg[i].memory);
	free(c);
}

static void memory_freep(dnnl_memory_t *m)
{
	if (*m)
		dnnl_memory_destroy(*m);
}

static void pd_freep(dnnl_primitive_desc_t *pd)
{
	if (*pd)
		dnnl_primitive_desc_destroy(*pd);
}

static void primitive_freep(dnnl_primitive_t *p)
{
	if (*p)
		dnnl_primitive_destroy(*p);
}

static void stream_freep(struct tt_dn_stream **s)
{
	tt_dn_stream_free(*s);
}

int tt_dn_reorder(const struct tt_dn_desc *from, const void *src, const struct tt_dn_desc *to, void *dst,
		  struct tt_err *err)
{
	TT_SCOPED(stream_freep) struct tt_dn_stream *s = NULL;
	TT_SCOPED(memory_freep) dnnl_memory_t a = NULL;
	TT_SCOPED(memory_freep) dnnl_memory_t b = NULL;
	TT_SCOPED(pd_freep) dnnl_primitive_desc_t pd = NULL;
	TT_SCOPED(primitive_freep) dnnl_primitive_t p = NULL;
	dnnl_engine_t e;
	int rc = tt_dn_engine(&e, err);

	if (rc == 0)
		rc = tt_dn_stream_new(&s, err);
	if (rc < 0)
		return rc;
	TT_DNNL(err, dnnl_memory_create(&a, tt_dn_desc_md(from), e, (void *)(uintptr_t)src));
	TT_DNNL(err, dnnl_memory_create(&b, tt_dn_desc_md(to), e, dst));
	TT_DNNL(err, dnnl_reorder_primitive_desc_create(&pd, tt_dn_desc_md(from), e, tt_dn_desc_md(to), e, NULL));
	TT_DNNL(err, dnnl_primitive_create(&p, pd));
	TT_DNNL(err, dnnl_primitive_execute(p, s->stream, 2,
					    (dnnl_exec_arg_t[]){ { DNNL_ARG_FROM, a }, { DNNL_ARG_TO, b } }));
	TT_DNNL(err, dnnl_stream_wait(s->stream));
	return 0;
}
