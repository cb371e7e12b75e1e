/* The one small window on oneDNN (C API, versions 2 and 3): convolutions and pooling over whole batches, weights put
 * into the library's order, a call bound to its memory.
 *
 * Every status is checked, and implementations named "ref…" are refused: the library would compute a shape that it has
 * no fast kernel for a hundred times slower without a word. Ops are read-only after creation and shared by threads; a
 * call and a stream belong to one thread at a time. The number of threads of the calling thread (tt_dn_threads) must be
 * the same when an op is made and when it runs. */
#ifndef TT_NN_ONEDNN_H
#define TT_NN_ONEDNN_H

#include "base/err.h"
#include "nn/dtype.h"

#include <stdbool.h>

enum tt_layout {
	TT_LAYOUT_ANY,   /* the library chooses */
	TT_LAYOUT_PLAIN, /* channels, rows, columns */
	TT_LAYOUT_NHWC,  /* rows, columns, channels */
	TT_LAYOUT_C8,    /* blocks of 8 channels: c / 8, rows, columns, c % 8 */
	TT_LAYOUT_C16
};

enum tt_dn_arg { TT_DN_SRC, TT_DN_WEIGHTS, TT_DN_BIAS, TT_DN_DST, TT_DN_SCRATCH, TT_DN_ARGS };

struct tt_dn_desc; /* shape, type and order of a tensor */
struct tt_dn_op;
struct tt_dn_call;
struct tt_dn_stream;

struct tt_dn_conv {
	uint32_t n, c, h, w, out_c, out_h, out_w, kernel, stride, pad, groups;
	enum tt_dtype src, weights, dst; /* the bias is float32 */
	enum tt_layout in, out;
	bool relu, sum;                      /* sum: adds what dst holds before */
	float sum_scale;                     /* int8: of what dst holds, in units of the result */
	const float *scale;                  /* int8: of each output channel's sum; else NULL */
	const struct tt_dn_desc *weights_as; /* NULL: the library chooses */
};

struct tt_dn_pool {
	uint32_t n, c, h, w, out_h, out_w, kernel, stride, pad;
	enum tt_dtype type;
	enum tt_layout layout;
	bool max;
};

bool tt_dn_supports(enum tt_dtype precision);         /* fast on this CPU */
enum tt_layout tt_dn_layout(enum tt_dtype precision); /* the order that its convolutions like best */
void tt_dn_threads(unsigned n);                       /* for calls by this thread from now on */

/* TT_ENOTFOUND: the library has no fast kernel for this. */
int tt_dn_conv_new(struct tt_dn_op **out, const struct tt_dn_conv *spec, struct tt_err *err) TT_CHECKED;
int tt_dn_pool_new(struct tt_dn_op **out, const struct tt_dn_pool *spec, struct tt_err *err) TT_CHECKED;
void tt_dn_op_free(struct tt_dn_op *op); /* NULL is fine */
static inline void tt_dn_op_freep(struct tt_dn_op **op)
{
	tt_dn_op_free(*op);
}
const char *tt_dn_op_kernel(const struct tt_dn_op *op);                                /* "jit:avx512_core" … */
const struct tt_dn_desc *tt_dn_op_desc(const struct tt_dn_op *op, enum tt_dn_arg arg); /* borrowed; NULL: it has none */

size_t tt_dn_desc_size(const struct tt_dn_desc *d);
bool tt_dn_desc_equal(const struct tt_dn_desc *a, const struct tt_dn_desc *b);
int tt_dn_desc_copy(struct tt_dn_desc **out, const struct tt_dn_desc *d, struct tt_err *err) TT_CHECKED;
/* Weights as they lie in a file: out, in / groups, rows, columns; with groups > 1 split into groups first. */
int tt_dn_desc_weights(struct tt_dn_desc **out, const struct tt_dn_conv *spec, enum tt_dtype type,
		       struct tt_err *err) TT_CHECKED;
void tt_dn_desc_free(struct tt_dn_desc *d); /* NULL is fine */
static inline void tt_dn_desc_freep(struct tt_dn_desc **d)
{
	tt_dn_desc_free(*d);
}

int tt_dn_reorder(const struct tt_dn_desc *from, const void *src, const struct tt_dn_desc *to, void *dst,
		  struct tt_err *err) TT_CHECKED;

int tt_dn_stream_new(struct tt_dn_stream **out, struct tt_err *err) TT_CHECKED;
void tt_dn_stream_free(struct tt_dn_stream *s); /* NULL is fine */

/* Binds an op to its memory, which must outlive the call; memory[arg] is ignored where the op has no such argument. */
int tt_dn_call_new(struct tt_dn_call **out, const struct tt_dn_op *op, void *const memory[TT_DN_ARGS],
		   struct tt_err *err) TT_CHECKED;
int tt_dn_call_run(const struct tt_dn_call *c, struct tt_dn_stream *s, struct tt_err *err) TT_CHECKED;
void tt_dn_call_free(struct tt_dn_call *c); /* NULL is fine */

#endif
