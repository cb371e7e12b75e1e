/* Fitting: softmax regression. Features stay bytes until they are multiplied, so that five thousand photos
 * take 10 MB and stream through the cache; the inner loops exist twice, for any CPU and for AVX2. Interface: head.h. */
#include "vision/head.h"

#include "base/alloc.h"
#include "vision/lbfgs.h"
#include "vision/logits.h"

#include <math.h>
#include <string.h>

#define LEAST_P 1e-6f

/* ---- loss and gradient */

struct problem {
	const struct tt_head_sample *samples;
	size_t count;
	uint32_t n;                  /* features */
	size_t dim;                  /* TT_CLASSES × n, then the biases */
	float penalty, *norm, *base; /* by sample: 1 / |q|, log p of the shipped head */
	double weight;
};

#define INLINE static inline __attribute__((always_inline))

INLINE void dots(float out[TT_CLASSES], const float *w, const uint8_t *q, uint32_t n)
{
	enum { LANES = 16 };
	float sum[TT_CLASSES][LANES] = { 0 };
	uint32_t i = 0;

	for (; i + LANES <= n; i += LANES)
		for (unsigned k = 0; k < TT_CLASSES; k++)
			for (unsigned l = 0; l < LANES; l++)
				sum[k][l] += w[(size_t)k * n + i + l] * (float)q[i + l];
	for (unsigned k = 0; k < TT_CLASSES; k++) {
		out[k] = 0;
		for (unsigned l = 0; l < LANES; l++)
			out[k] += sum[k][l];
		for (uint32_t j = i; j < n; j++)
			out[k] += w[(size_t)k * n + j] * (float)q[j];
	}
}

INLINE void spread(float *g, const float r[TT_CLASSES], const uint8_t *q, uint32_t n)
{
	for (unsigned k = 0; k < TT_CLASSES; k++) {
		float *to = g + (size_t)k * n, by = r[k];

		for (uint32_t i = 0; i < n; i++)
			to[i] += by * (float)q[i];
	}
}

static void dots_any(float out[TT_CLASSES], const float *w, const uint8_t *q, uint32_t n)
{
	dots(out, w, q, n);
}

static void spread_any(float *g, const float r[TT_CLASSES], const uint8_t *q, uint32_t n)
{
	spread(g, r, q, n);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void dots_avx2(float out[TT_CLASSES], const float *w, const uint8_t *q,
							  uint32_t n)
{
	dots(out, w, q, n);
}

__attribute__((target("avx2,fma"))) static void spread_avx2(float *g, const float r[TT_CLASSES], const uint8_t *q,
							    uint32_t n)
{
	spread(g, r, q, n);
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
#define dots_avx2 dots_any
#define spread_avx2 spread_any
static bool has_avx2(void)
{
	return false;
}
#endif

/* Mean loss with the penalty at x; its gradient in g. */
static double loss_at(const void *ctx, const float *x, float *g)
{
	const struct problem *p = ctx;
	const float *bias = x + (size_t)TT_CLASSES * p->n;
	float *g_bias = g + (size_t)TT_CLASSES * p->n;
	bool fast = has_avx2();
	double loss = 0, square = 0;

	memset(g, 0, p->dim * sizeof *g);
	for (size_t s = 0; s < p->count; s++) {
		const struct tt_head_sample *a = &p->samples[s];
		float z[TT_CLASSES], q[TT_CLASSES], r[TT_CLASSES], share = a->weight / (float)p->weight;

		(fast ? dots_avx2 : dots_any)(z, x, a->features->q, p->n);
		for (unsigned k = 0; k < TT_CLASSES; k++)
			z[k] = p->base[s * TT_CLASSES + k] + z[k] * p->norm[s] + bias[k];
		tt_softmax(q, z, TT_CLASSES, 1);
		for (unsigned k = 0; k < TT_CLASSES; k++) {
			float d = share * (q[k] - a->target[k]);

			loss -= (double)(share * a->target[k] * logf(q[k] > 1e-30f ? q[k] : 1e-30f));
			g_bias[k] += d;
			r[k] = d * p->norm[s];
		}
		(fast ? spread_avx2 : spread_any)(g, r, a->features->q, p->n);
	}
	for (size_t i = 0; i < (size_t)TT_CLASSES * p->n; i++) {
		square += (double)x[i] * x[i];
		g[i] += p->penalty * x[i];
	}
	return loss + (double)p->penalty * square / 2;
}

/* ---- outside */

static int prepare(struct problem *p, struct tt_err *err)
{
	p->norm = tt_alloc(p->count * sizeof *p->norm);
	p->base = tt_alloc(p->count * TT_CLASSES * sizeof *p->base);
	if (!p->norm || !p->base)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t s = 0; s < p->count; s++) {
		const struct tt_head_sample *a = &p->samples[s];
		uint64_t square = 0;

		if (a->features->n != p->n)
			return tt_err_set(err, TT_EINVALID, "photos with %u and with %u features", p->n,
					  a->features->n);
		for (uint32_t i = 0; i < p->n; i++)
			square += (uint64_t)a->features->q[i] * a->features->q[i];
		p->norm[s] = square ? (float)(1 / sqrt((double)square)) : 0;
		for (unsigned k = 0; k < TT_CLASSES; k++)
			p->base[s * TT_CLASSES + k] = logf(a->shipped[k] > LEAST_P ? a->shipped[k] : LEAST_P);
		p->weight += (double)a->weight;
	}
	return p->weight > 0 ? 0 : tt_err_set(err, TT_EINVALID, "there is nothing to learn from");
}

int tt_own_head_fit(struct tt_own_head *out, const struct tt_head_sample *samples, size_t n,
		    const struct tt_head_fit *opts, struct tt_err *err)
{
	struct problem p = { .samples = samples, .count = n, .penalty = opts->penalty };
	TT_SCOPED(tt_freep) float *x = NULL;
	struct tt_own_head h = { 0 };
	int rc;

	if (n == 0)
		return tt_err_set(err, TT_EINVALID, "there is nothing to learn from");
	h.n = p.n = samples[0].features->n;
	p.dim = (size_t)TT_CLASSES * (p.n + 1);
	rc = prepare(&p, err);
	if (rc == 0 && !((x = tt_calloc(p.dim, sizeof *x)) && (h.w = tt_alloc((size_t)TT_CLASSES * p.n * sizeof *h.w))))
		rc = tt_err_set(err, TT_ENOMEM, "out of memory");
	if (rc == 0)
		rc = tt_lbfgs(x, p.dim, loss_at, &p, opts->iterations, err);
	if (rc == 0) {
		memcpy(h.w, x, (size_t)TT_CLASSES * p.n * sizeof *h.w);
		memcpy(h.bias, x + (size_t)TT_CLASSES * p.n, sizeof h.bias);
		*out = h;
	} else {
		tt_own_head_done(&h);
	}
	free(p.norm);
	free(p.base);
	return rc;
}
