#include "nn/train_ops.h"

#include <math.h>
#include <string.h>

/* Channels that a pass keeps in registers and first-level cache, and rows that are summed in float32 before double. */
#define BLOCK 256
#define BLOCK_ROWS 64

/* One build for wide vectors, one for any processor; chosen when the program is loaded. */
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

/* Channels do not depend on each other, even where result and operand are the same array. */
#if defined(__clang__)
#define VECTOR /* finds out by itself */
#else
#define VECTOR _Pragma("GCC ivdep")
#endif

static inline float bf16_load(uint16_t v)
{
	uint32_t bits = (uint32_t)v << 16;
	float f;

	memcpy(&f, &bits, sizeof f);
	return f;
}

/* To the nearest, ties to even. */
static inline uint16_t bf16_store(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof bits);
	return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

#define T float
#define LOAD(v) (v)
#define STORE(v) (v)
#define NAME(x) f32_##x
#include "nn/train_plain.h"
#undef T
#undef LOAD
#undef STORE
#undef NAME

#define T uint16_t
#define LOAD(v) bf16_load(v)
#define STORE(v) bf16_store(v)
#define NAME(x) bf16_##x
#include "nn/train_plain.h"

#define PICK(type, name, ...)                                                                                          \
	do {                                                                                                           \
		if ((type) == TT_TRAIN_BF16)                                                                           \
			bf16_##name(__VA_ARGS__);                                                                      \
		else                                                                                                   \
			f32_##name(__VA_ARGS__);                                                                       \
	} while (0)

size_t tt_train_type_size(enum tt_train_type type)
{
	return type == TT_TRAIN_BF16 ? 2 : 4;
}

unsigned tt_train_conv_out(unsigned in, unsigned k, unsigned stride, unsigned pad)
{
	return (in + 2 * pad - k) / stride + 1;
}

void tt_bn_forward(enum tt_train_type type, const struct tt_bn *b, const void *x, void *y)
{
	PICK(type, bn_forward, b, x, y);
}

void tt_bn_frozen(enum tt_train_type type, const struct tt_bn *b, const void *x, void *y)
{
	PICK(type, bn_apply, b, x, y);
}

void tt_bn_backward(enum tt_train_type type, const struct tt_bn *b, const void *x, const void *y, const void *dy,
		    void *dx, float *dgamma, float *dbeta)
{
	if (!b->relu)
		y = x; /* no mask: any finite value does */
	PICK(type, bn_backward, b, x, y, dy, dx, dgamma, dbeta);
}

void tt_maxpool_forward(enum tt_train_type type, const struct tt_pool_shape *s, const void *x, void *y, uint8_t *which)
{
	PICK(type, maxpool_forward, s, x, y, which);
}

void tt_maxpool_backward(enum tt_train_type type, const struct tt_pool_shape *s, const void *dy, const uint8_t *which,
			 void *dx)
{
	PICK(type, maxpool_backward, s, dy, which, dx);
}

void tt_mean_forward(enum tt_train_type type, unsigned n, unsigned pixels, unsigned channels, const void *x, float *y)
{
	PICK(type, mean_forward, n, pixels, channels, x, y);
}

void tt_mean_backward(enum tt_train_type type, unsigned n, unsigned pixels, unsigned channels, const float *dy,
		      void *dx)
{
	PICK(type, mean_backward, n, pixels, channels, dy, dx);
}

void tt_add_into(enum tt_train_type type, size_t count, void *a, const void *b)
{
	PICK(type, add_into, count, a, b);
}

void tt_from_float(enum tt_train_type type, size_t count, const float *x, void *y)
{
	uint16_t *half = y;

	if (type == TT_TRAIN_F32)
		memcpy(y, x, count * sizeof *x);
	else
		for (size_t i = 0; i < count; i++)
			half[i] = bf16_store(x[i]);
}

/* Adds the bias to each row and applies ReLU or the logistic function. */
static void bias_act(float *v, unsigned rows, unsigned n, const float *bias, bool logistic)
{
	for (unsigned r = 0; r < rows; r++)
		for (unsigned c = 0; c < n; c++) {
			float *p = v + (size_t)r * n + c, a = *p + bias[c];

			*p = logistic ? 1.0f / (1.0f + expf(-a)) : a > 0.0f ? a : 0.0f;
		}
}

static void sum_rows(const float *v, unsigned rows, unsigned n, float *out)
{
	memset(out, 0, n * sizeof *out);
	for (unsigned r = 0; r < rows; r++)
		for (unsigned c = 0; c < n; c++)
			out[c] += v[(size_t)r * n + c];
}

int tt_se_forward(enum tt_train_type type, const struct tt_se *s, const void *branch, const void *shortcut, void *out,
		  struct tt_err *err)
{
	struct tt_matmul one = {
		.tb = true, .m = s->n, .n = s->reduced, .k = s->channels, .a = s->mean, .b = s->w1, .c = s->hidden
	};
	struct tt_matmul two = {
		.tb = true, .m = s->n, .n = s->channels, .k = s->reduced, .a = s->hidden, .b = s->w2, .c = s->gate
	};
	int rc;

	tt_mean_forward(type, s->n, s->pixels, s->channels, branch, s->mean);
	rc = tt_train_matmul(&one, err);
	if (rc < 0)
		return rc;
	bias_act(s->hidden, s->n, s->reduced, s->b1, false);
	rc = tt_train_matmul(&two, err);
	if (rc < 0)
		return rc;
	bias_act(s->gate, s->n, s->channels, s->b2, true);
	PICK(type, se_apply, s, branch, shortcut, out);
	return 0;
}

int tt_se_backward(enum tt_train_type type, const struct tt_se *s, const void *branch, const void *out, void *d,
		   void *dbranch, const struct tt_se_grads *g, struct tt_err *err)
{
	unsigned n = s->n, c = s->channels, r = s->reduced;
	struct tt_matmul dw2 = { .ta = true, .m = c, .n = r, .k = n, .a = s->dgate, .b = s->hidden, .c = g->w2 };
	struct tt_matmul dhidden = { .m = n, .n = r, .k = c, .a = s->dgate, .b = s->w2, .c = s->dhidden };
	struct tt_matmul dw1 = { .ta = true, .m = r, .n = c, .k = n, .a = s->dhidden, .b = s->mean, .c = g->w1 };
	struct tt_matmul dmean = { .m = n, .n = c, .k = r, .a = s->dhidden, .b = s->w1, .c = s->dmean };
	int rc;

	PICK(type, se_mask, s, branch, out, d);
	sum_rows(s->dgate, n, c, g->b2);
	rc = tt_train_matmul(&dw2, err);
	if (rc == 0)
		rc = tt_train_matmul(&dhidden, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < (size_t)n * r; i++)
		if (!(s->hidden[i] > 0.0f))
			s->dhidden[i] = 0.0f;
	sum_rows(s->dhidden, n, r, g->b1);
	rc = tt_train_matmul(&dw1, err);
	if (rc == 0)
		rc = tt_train_matmul(&dmean, err);
	if (rc == 0)
		PICK(type, se_spread, s, d, dbranch);
	return rc;
}
