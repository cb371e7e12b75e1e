#include "nn/onednn_internal.h"

#include "base/alloc.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

extern void omp_set_num_threads(int n); /* of GNU OpenMP, which the library runs on: its header is only for gcc */

int tt_dn_fail(struct tt_err *err, dnnl_status_t status, const char *call)
{
	int code = status == dnnl_out_of_memory   ? TT_ENOMEM
		   : status == dnnl_unimplemented ? TT_ENOTFOUND
						  : TT_EINTERNAL;

	return tt_err_set(err, code, "oneDNN: %.100s: status %d", call, (int)status);
}

static dnnl_engine_t engine;
static dnnl_status_t engine_status;
static pthread_once_t engine_once = PTHREAD_ONCE_INIT;

static void make_engine(void)
{
	engine_status = dnnl_engine_create(&engine, dnnl_cpu, 0);
}

int tt_dn_engine(dnnl_engine_t *out, struct tt_err *err)
{
	(void)pthread_once(&engine_once, make_engine);
	if (engine_status != dnnl_success)
		return tt_dn_fail(err, engine_status, "dnnl_engine_create");
	*out = engine;
	return 0;
}

void tt_dn_threads(unsigned n)
{
	omp_set_num_threads(n ? (int)n : 1);
}

dnnl_data_type_t tt_dn_type(enum tt_dtype t)
{
	switch (t) {
	case TT_DT_F32:
		return dnnl_f32;
	case TT_DT_F16:
		return dnnl_f16;
	case TT_DT_BF16:
		return dnnl_bf16;
	case TT_DT_I8:
		return dnnl_s8;
	case TT_DT_U8:
		return dnnl_u8;
	case TT_DT_I32:
		return dnnl_s32;
	default:
		return dnnl_data_type_undef;
	}
}

tt_dn_md tt_dn_desc_md(const struct tt_dn_desc *d)
{
#if TT_DN_V3
	return d ? d->md : NULL;
#else
	return d ? &d->md : NULL;
#endif
}

int tt_dn_desc_new(struct tt_dn_desc **out, int rank, const int64_t *dims, dnnl_data_type_t type, dnnl_format_tag_t tag,
		   struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_dn_desc *d = tt_calloc(1, sizeof *d);
	dnnl_dims_t sides = { 0 };

	if (!d)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (int i = 0; i < rank; i++)
		sides[i] = dims[i];
#if TT_DN_V3
	TT_DNNL(err, dnnl_memory_desc_create_with_tag(&d->md, rank, sides, type, tag));
#else
	TT_DNNL(err, dnnl_memory_desc_init_by_tag(&d->md, rank, sides, type, tag));
#endif
	*out = tt_take(d);
	return 0;
}

static int copy_md(struct tt_dn_desc **out, tt_dn_md md, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_dn_desc *d = tt_calloc(1, sizeof *d);

	if (!d)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
#if TT_DN_V3
	TT_DNNL(err, dnnl_memory_desc_clone(&d->md, md));
#else
	d->md = *md;
#endif
	*out = tt_take(d);
	return 0;
}

int tt_dn_desc_copy(struct tt_dn_desc **out, const struct tt_dn_desc *d, struct tt_err *err)
{
	return copy_md(out, tt_dn_desc_md(d), err);
}

int tt_dn_desc_query(struct tt_dn_desc **out, const_dnnl_primitive_desc_t pd, dnnl_query_t what, struct tt_err *err)
{
	tt_dn_md md = dnnl_primitive_desc_query_md(pd, what, 0);

	if (!md || dnnl_memory_desc_get_size(md) == 0)
		return 0;
	return copy_md(out, md, err);
}

void tt_dn_desc_free(struct tt_dn_desc *d)
{
#if TT_DN_V3
	if (d)
		dnnl_memory_desc_destroy(d->md);
#endif
	free(d);
}

size_t tt_dn_desc_size(const struct tt_dn_desc *d)
{
	return d ? dnnl_memory_desc_get_size(tt_dn_desc_md(d)) : 0;
}

bool tt_dn_desc_equal(const struct tt_dn_desc *a, const struct tt_dn_desc *b)
{
	return dnnl_memory_desc_equal(tt_dn_desc_md(a), tt_dn_desc_md(b)) == 1;
}

const char *tt_dn_op_kernel(const struct tt_dn_op *op)
{
	const char *name = NULL;

	if (dnnl_primitive_desc_query(op->pd, dnnl_query_impl_info_str, 0, (void *)&name) != dnnl_success || !name)
		return "?";
	return name;
}

/* Not to be had: the reference kernels (slow), and in 2.6 the tiled kernels "brgconv:avx512_core_amx…", whose making
 * reads beyond an array of theirs for some shapes (seen under AddressSanitizer); the next kernel in the list is nearly
 * as quick. */
bool tt_dn_is_refused(const_dnnl_primitive_desc_t pd)
{
	static const char *const refused[] = { "ref", "brgconv:avx512_core_amx" };
	const char *name = NULL;

	if (dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, (void *)&name) != dnnl_success || !name)
		return true;
	for (size_t i = 0; i < TT_LEN(refused); i++)
		if (strncmp(name, refused[i], strlen(refused[i])) == 0)
			return true;
	return false;
}

#if TT_DN_V3
int tt_dn_pd_skip_reference(dnnl_primitive_desc_t pd, const char *what, struct tt_err *err)
{
	while (tt_dn_is_refused(pd))
		if (dnnl_primitive_desc_next_impl(pd) != dnnl_success)
			return tt_err_set(err, TT_ENOTFOUND, "oneDNN has no fast kernel for %s", what);
	return 0;
}
#else
int tt_dn_pd_fast(dnnl_primitive_desc_t *out, const void *op_desc, dnnl_primitive_attr_t attr, const char *what,
		  struct tt_err *err)
{
	dnnl_primitive_desc_iterator_t it;
	dnnl_engine_t e = NULL;
	dnnl_status_t status;
	int rc = tt_dn_engine(&e, err);

	if (rc < 0)
		return rc;
	status = dnnl_primitive_desc_iterator_create(&it, op_desc, attr, e, NULL);
	while (status == dnnl_success) {
		dnnl_primitive_desc_t pd = dnnl_primitive_desc_iterator_fetch(it);

		if (pd && !tt_dn_is_refused(pd)) {
			dnnl_primitive_desc_iterator_destroy(it);
			*out = pd;
			return 0;
		}
		dnnl_primitive_desc_destroy(pd);
		status = dnnl_primitive_desc_iterator_next(it);
		if (status != dnnl_success)
			dnnl_primitive_desc_iterator_destroy(it);
	}
	if (status != dnnl_iterator_ends && status != dnnl_unimplemented)
		return tt_dn_fail(err, status, what);
	return tt_err_set(err, TT_ENOTFOUND, "oneDNN has no fast kernel for %s", what);
}
#endif

int tt_dn_op_finish(struct tt_dn_op **out, dnnl_primitive_desc_t pd, struct tt_err *err)
{
	static const dnnl_query_t queries[TT_DN_ARGS] = {
		[TT_DN_SRC] = dnnl_query_src_md,
		[TT_DN_WEIGHTS] = dnnl_query_weights_md,
		[TT_DN_BIAS] = dnnl_query_undef,
		[TT_DN_DST] = dnnl_query_dst_md,
		[TT_DN_SCRATCH] = dnnl_query_scratchpad_md,
	};
	TT_SCOPED(tt_dn_op_freep) struct tt_dn_op *op = tt_calloc(1, sizeof *op);
	tt_dn_md bias = dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 1);
	int rc = 0;

	if (!op) {
		dnnl_primitive_desc_destroy(pd);
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	op->pd = pd;
	for (int i = 0; rc == 0 && i < TT_DN_ARGS; i++)
		if (i != TT_DN_BIAS)
			rc = tt_dn_desc_query(&op->desc[i], pd, queries[i], err);
	if (rc == 0 && bias && dnnl_memory_desc_get_size(bias))
		rc = copy_md(&op->desc[TT_DN_BIAS], bias, err);
	if (rc < 0)
		return rc;
	TT_DNNL(err, dnnl_primitive_create(&op->primitive, pd));
	*out = tt_take(op);
	return 0;
}

void tt_dn_op_free(struct tt_dn_op *op)
{
	if (!op)
		return;
	if (op->primitive)
		dnnl_primitive_destroy(op->primitive);
	if (op->pd)
		dnnl_primitive_desc_destroy(op->pd);
	for (int i = 0; i < TT_DN_ARGS; i++)
		tt_dn_desc_free(op->desc[i]);
	free(op);
}

const struct tt_dn_desc *tt_dn_op_desc(const struct tt_dn_op *op, enum tt_dn_arg arg)
{
	return op->desc[arg];
}
