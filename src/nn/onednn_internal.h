/* Shared by the files over oneDNN (nn/onednn*.c) only: the library's types behind ours. */
#ifndef TT_NN_ONEDNN_INTERNAL_H
#define TT_NN_ONEDNN_INTERNAL_H

#include "nn/onednn.h"

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_version.h>

#define TT_DN_V3 (DNNL_VERSION_MAJOR >= 3)

#define TT_DNNL(err, call)                                                                                             \
	do {                                                                                                           \
		dnnl_status_t status_ = (call);                                                                        \
		if (status_ != dnnl_success)                                                                           \
			return tt_dn_fail((err), status_, #call);                                                      \
	} while (0)

/* Version 2 passes memory descriptors by value, version 3 behind a handle. */
#if TT_DN_V3
typedef const_dnnl_memory_desc_t tt_dn_md;
#else
typedef const dnnl_memory_desc_t *tt_dn_md;
#endif

struct tt_dn_desc {
	dnnl_memory_desc_t md;
};

struct tt_dn_op {
	dnnl_primitive_desc_t pd;
	dnnl_primitive_t primitive;
	struct tt_dn_desc *desc[TT_DN_ARGS];
};

int tt_dn_fail(struct tt_err *err, dnnl_status_t status, const char *call);
int tt_dn_engine(dnnl_engine_t *out, struct tt_err *err); /* one for the process; never freed */
tt_dn_md tt_dn_desc_md(const struct tt_dn_desc *d);
dnnl_data_type_t tt_dn_type(enum tt_dtype t);
int tt_dn_desc_new(struct tt_dn_desc **out, int rank, const int64_t *dims, dnnl_data_type_t type, dnnl_format_tag_t tag,
		   struct tt_err *err);
/* A copy of a descriptor that a primitive descriptor asks for; *out stays NULL where it is empty. */
int tt_dn_desc_query(struct tt_dn_desc **out, const_dnnl_primitive_desc_t pd, dnnl_query_t what, struct tt_err *err);
bool tt_dn_is_refused(const_dnnl_primitive_desc_t pd);
/* Makes the primitive and reads out its descriptors; takes pd over in any case. */
int tt_dn_op_finish(struct tt_dn_op **out, dnnl_primitive_desc_t pd, struct tt_err *err);
#if !TT_DN_V3
/* The first implementation that is no reference. */
int tt_dn_pd_fast(dnnl_primitive_desc_t *out, const void *op_desc, dnnl_primitive_attr_t attr, const char *what,
		  struct tt_err *err);
#else
int tt_dn_pd_skip_reference(dnnl_primitive_desc_t pd, const char *what, struct tt_err *err);
#endif

#endif
