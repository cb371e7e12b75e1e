/* What the trainer's oneDNN files share: version shim, context, one primitive bound to its memory. Inside nn/ only. */
#ifndef TT_NN_TRAIN_DNNL_H
#define TT_NN_TRAIN_DNNL_H

#include "nn/train_ops.h"

#include <dnnl.h>

/* oneDNN 2 and 3 make primitive descriptors in different ways and differ in what a memory descriptor is; the few
 * functions below hide that. */
#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t desc;
#else
typedef struct {
	dnnl_memory_desc_t v;
} desc;
#endif

#define CHECK(err, call)                                                                                               \
	do {                                                                                                           \
		dnnl_status_t st_ = (call);                                                                            \
		if (st_ != dnnl_success)                                                                               \
			return tt_err_set((err), st_ == dnnl_out_of_memory ? TT_ENOMEM : TT_EINTERNAL,                 \
					  "oneDNN: " #call " says %d", (int)st_);                                      \
	} while (0)

struct tt_train_ctx {
	enum tt_train_type type;
	dnnl_engine_t engine;
	dnnl_stream_t stream;
	void *scratch;
	size_t scratch_size;
};

/* One of the three directions. Operands whose layout the kernel wants otherwise go through a copy. */
struct tt_train_step {
	const int *args; /* oneDNN's names of x, w, y or their gradients */
	dnnl_primitive_t run;
	dnnl_memory_t mem[3];        /* x, w, y or their gradients, in the kernel's layout */
	dnnl_memory_t plain[3];      /* the same in the caller's layout; NULL when that is the kernel's */
	dnnl_primitive_t reorder[3]; /* in for operands, out for the result */
	void *own[3];                /* memory behind mem[] when it is not the caller's */
	dnnl_memory_t scratch;
};

static inline void descs_done(desc *d, int count)
{
#if DNNL_VERSION_MAJOR >= 3
	for (int k = 0; k < count; k++)
		if (d[k])
			dnnl_memory_desc_destroy(d[k]);
#else
	(void)d, (void)count; /* values, nothing to give back */
#endif
}

static inline int desc_init(desc *d, int rank, const dnnl_dim_t *dims, dnnl_data_type_t type, dnnl_format_tag_t tag,
			    struct tt_err *err)
{
#if DNNL_VERSION_MAJOR >= 3
	CHECK(err, dnnl_memory_desc_create_with_tag(d, rank, dims, type, tag));
#else
	CHECK(err, dnnl_memory_desc_init_by_tag(&d->v, rank, dims, type, tag));
#endif
	return 0;
}

/* The gradient by the weights of a 1×1 convolution as a matrix product, which takes half of the time of the library's
 * convolution in bfloat16. 1: made; 0: the library has no fast one for this shape. */
int tt_train_product_make(struct tt_train_ctx *x, const struct tt_conv_shape *s, struct tt_train_step *st,
			  struct tt_err *err) TT_CHECKED;
int tt_train_scratch(struct tt_train_ctx *x, size_t size, struct tt_err *err) TT_CHECKED;

#endif
