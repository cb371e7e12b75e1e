/* What training needs beyond inference: every layer of an SE-ResNeXt forward and backward.
 *
 * Activations are NHWC ("channels last"), float32 or bfloat16 (enum tt_train_type); parameters, gradients and
 * statistics are float32 always, convolution weights in the order of their file (output, input of the group, row,
 * column). One tt_train_ctx belongs to one thread; it and what is made with it are used by that thread only, on one
 * core. The plain functions are pure. Convolutions are oneDNN's (Apache-2.0), the other layers are written out here
 * after Ioffe & Szegedy 2015 (batch norm) and Hu et al. 2018 (squeeze and excitation). */
#ifndef TT_NN_TRAIN_OPS_H
#define TT_NN_TRAIN_OPS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tt_train_type { TT_TRAIN_F32, TT_TRAIN_BF16 };

size_t tt_train_type_size(enum tt_train_type type);
bool tt_train_bf16_is_fast(void); /* this processor multiplies bfloat16 by itself */

struct tt_train_ctx;
int tt_train_ctx_new(struct tt_train_ctx **out, enum tt_train_type type, struct tt_err *err) TT_CHECKED;
void tt_train_ctx_free(struct tt_train_ctx *x); /* NULL is fine; after its convolutions */
static inline void tt_train_ctx_freep(struct tt_train_ctx **x)
{
	tt_train_ctx_free(*x);
}
/* Keeps oneDNN on one core for the calling thread: the trainer's threads each work on photos of their own. */
void tt_train_thread_begin(void);

struct tt_conv_shape {
	unsigned n, ic, ih, iw; /* batch, input channels, rows, columns */
	unsigned oc, k, stride, pad, groups;
};

struct tt_train_conv;
int tt_train_conv_new(struct tt_train_conv **out, struct tt_train_ctx *x, const struct tt_conv_shape *s,
		      struct tt_err *err) TT_CHECKED;
void tt_train_conv_free(struct tt_train_conv *c);
int tt_train_conv_forward(struct tt_train_conv *c, const float *w, const void *x, void *y,
			  struct tt_err *err) TT_CHECKED;
/* Gradients from dy; dx may be NULL (the first layer). dw is overwritten. */
int tt_train_conv_backward(struct tt_train_conv *c, const float *w, const void *x, const void *dy, void *dx, float *dw,
			   struct tt_err *err) TT_CHECKED;
unsigned tt_train_conv_out(unsigned in, unsigned k, unsigned stride, unsigned pad);

/* c (m×n, row stride n) = alpha-free product of a and b, either transposed: row-major, float32; beta 0 or 1. */
struct tt_matmul {
	bool ta, tb;
	unsigned m, n, k;
	const float *a, *b;
	float *c;
	float beta;
};
int tt_train_matmul(const struct tt_matmul *p, struct tt_err *err) TT_CHECKED;

/* Batch normalisation over `rows` pixels of `channels`, optionally followed by ReLU. */
struct tt_bn {
	unsigned rows, channels;
	bool relu;
	float epsilon;
	const float *gamma, *beta;
	float *mean, *var; /* forward writes them (biased variance); backward and the frozen form read them */
	double *scratch;   /* 2 × channels */
};
void tt_bn_forward(enum tt_train_type type, const struct tt_bn *b, const void *x, void *y);
void tt_bn_frozen(enum tt_train_type type, const struct tt_bn *b, const void *x, void *y); /* mean and var are given */
/* y is the forward's output (for ReLU's mask; unused without). dx may be dy. dgamma and dbeta are overwritten. */
void tt_bn_backward(enum tt_train_type type, const struct tt_bn *b, const void *x, const void *y, const void *dy,
		    void *dx, float *dgamma, float *dbeta);

/* Squeeze and excitation on the branch, the addition of the shortcut and ReLU, in one. */
struct tt_se {
	unsigned n, pixels, channels, reduced;
	const float *w1, *b1, *w2, *b2; /* reduced×channels, reduced, channels×reduced, channels */
	float *mean, *hidden, *gate;    /* n×channels, n×reduced, n×channels: kept for backward */
	float *dgate, *dhidden, *dmean; /* scratch of the same sizes */
};
int tt_se_forward(enum tt_train_type type, const struct tt_se *s, const void *branch, const void *shortcut, void *out,
		  struct tt_err *err) TT_CHECKED;
struct tt_se_grads {
	float *w1, *b1, *w2, *b2;
};
/* d: the gradient of out, turned into that of the shortcut in place; dbranch is written. */
int tt_se_backward(enum tt_train_type type, const struct tt_se *s, const void *branch, const void *out, void *d,
		   void *dbranch, const struct tt_se_grads *g, struct tt_err *err) TT_CHECKED;

/* Maximum of 3×3 with stride 2 and padding 1; `which` (one byte an output) remembers the winner. */
struct tt_pool_shape {
	unsigned n, h, w, channels;
};
void tt_maxpool_forward(enum tt_train_type type, const struct tt_pool_shape *s, const void *x, void *y, uint8_t *which);
void tt_maxpool_backward(enum tt_train_type type, const struct tt_pool_shape *s, const void *dy, const uint8_t *which,
			 void *dx);

/* Mean over the pixels of each photo (n × pixels × channels → n × channels) and its gradient. */
void tt_mean_forward(enum tt_train_type type, unsigned n, unsigned pixels, unsigned channels, const void *x, float *y);
void tt_mean_backward(enum tt_train_type type, unsigned n, unsigned pixels, unsigned channels, const float *dy,
		      void *dx);

void tt_add_into(enum tt_train_type type, size_t count, void *a, const void *b); /* a += b */
void tt_from_float(enum tt_train_type type, size_t count, const float *x, void *y);

#endif
