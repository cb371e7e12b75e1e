#include "vision/own_class.h"

#include "base/alloc.h"
#include "vision/lbfgs.h"

#include <math.h>
#include <string.h>

/* "ttoc" and the form of what follows: n, then bias, then w. */
static const uint32_t magic = 0x636f7474, form = 1;
enum { HEADER = 3 * sizeof(uint32_t) };
#define MOST 1e4f /* of a weight: far above what fitting gives */

void tt_class_head_done(struct tt_class_head *h)
{
	free(h->w);
	*h = (struct tt_class_head){ 0 };
}

static float dot(const float *w, const uint8_t *q, uint32_t n)
{
	enum { LANES = 16 };
	float sum[LANES] = { 0 }, all = 0;
	uint32_t i = 0;

	for (; i + LANES <= n; i += LANES)
		for (unsigned l = 0; l < LANES; l++)
			sum[l] += w[i + l] * (float)q[i + l];
	for (unsigned l = 0; l < LANES; l++)
		all += sum[l];
	for (; i < n; i++)
		all += w[i] * (float)q[i];
	return all;
}

static float norm_of(const struct tt_features *f)
{
	uint64_t square = 0;

	for (uint32_t i = 0; i < f->n; i++)
		square += (uint64_t)f->q[i] * f->q[i];
	return square ? (float)(1 / sqrt((double)square)) : 0;
}

int tt_class_head_score(const struct tt_class_head *h, const struct tt_features *f, float *out, struct tt_err *err)
{
	if (f->n != h->n)
		return tt_err_set(err, TT_EINVALID, "the class looks at %u features, the photo has %u", h->n, f->n);
	*out = dot(h->w, f->q, f->n) * norm_of(f) + h->bias;
	return 0;
}

/* ---- blobs */

size_t tt_class_head_size(uint32_t n)
{
	return HEADER + sizeof(float) * ((size_t)n + 1);
}

void tt_class_head_write(const struct tt_class_head *h, void *out)
{
	const uint32_t head[] = { magic, form, h->n };
	uint8_t *p = out;

	memcpy(p, head, HEADER);
	memcpy(p + HEADER, &h->bias, sizeof h->bias);
	memcpy(p + HEADER + sizeof h->bias, h->w, sizeof *h->w * h->n);
}

static bool sane(float x)
{
	return x >= -MOST && x <= MOST; /* and no NaN */
}

int tt_class_head_read(struct tt_class_head *out, const void *blob, size_t size, struct tt_err *err)
{
	struct tt_class_head h = { 0 };
	uint32_t head[3];
	bool good;

	if (size < HEADER)
		return tt_err_set(err, TT_EINVALID, "what was learnt of a class is cut off");
	memcpy(head, blob, HEADER);
	if (head[0] != magic || head[1] != form || head[2] == 0 || head[2] > TT_FEATURES_MAX ||
	    size != tt_class_head_size(head[2]))
		return tt_err_set(err, TT_EINVALID,
				  "what was learnt of a class is damaged, or from another version of tintype");
	h.n = head[2];
	h.w = tt_alloc(sizeof *h.w * h.n);
	if (!h.w)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	memcpy(&h.bias, (const uint8_t *)blob + HEADER, sizeof h.bias);
	memcpy(h.w, (const uint8_t *)blob + HEADER + sizeof h.bias, sizeof *h.w * h.n);
	good = sane(h.bias);
	for (uint32_t i = 0; i < h.n; i++)
		good = good && sane(h.w[i]);
	if (!good) {
		tt_class_head_done(&h);
		return tt_err_set(err, TT_EINVALID, "what was learnt of a class holds what is no number");
	}
	*out = h;
	return 0;
}

/* ---- fitting */

struct problem {
	const struct tt_class_sample *samples;
	size_t count;
	uint32_t n; /* features */
	float penalty, *norm;
	double weight;
};

/* log(1 + exp(z)) */
static double softplus(double z)
{
	return z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

/* Mean loss with the penalty at x (w, then b); its gradient in g. */
static double loss_at(const void *ctx, const float *x, float *g)
{
	const struct problem *p = ctx;
	double loss = 0, square = 0;

	memset(g, 0, ((size_t)p->n + 1) * sizeof *g);
	for (size_t s = 0; s < p->count; s++) {
		const struct tt_class_sample *a = &p->samples[s];
		double z = (double)(dot(x, a->features->q, p->n) * p->norm[s] + x[p->n]);
		double share = (double)a->weight / p->weight;
		float by = (float)(share * (1 / (1 + exp(-z)) - (a->yes ? 1 : 0)));

		loss += share * softplus(a->yes ? -z : z);
		g[p->n] += by;
		by *= p->norm[s];
		for (uint32_t i = 0; i < p->n; i++)
			g[i] += by * (float)a->features->q[i];
	}
	for (uint32_t i = 0; i < p->n; i++) {
		square += (double)x[i] * (double)x[i];
		g[i] += p->penalty * x[i];
	}
	return loss + (double)p->penalty * square / 2;
}

static int prepare(struct problem *p, struct tt_err *err)
{
	p->norm = tt_alloc(p->count * sizeof *p->norm);
	if (!p->norm)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t s = 0; s < p->count; s++) {
		if (p->samples[s].features->n != p->n)
			return tt_err_set(err, TT_EINVALID, "photos with %u and with %u features", p->n,
					  p->samples[s].features->n);
		p->norm[s] = norm_of(p->samples[s].features);
		p->weight += (double)p->samples[s].weight;
	}
	return p->weight > 0 ? 0 : tt_err_set(err, TT_EINVALID, "there is nothing to learn from");
}

int tt_class_head_fit(struct tt_class_head *out, const struct tt_class_sample *samples, size_t n,
		      const struct tt_class_fit *opts, struct tt_err *err)
{
	struct problem p = { .samples = samples, .count = n, .penalty = opts->penalty };
	TT_SCOPED(tt_freep) float *x = NULL;
	int rc;

	if (n == 0)
		return tt_err_set(err, TT_EINVALID, "there is nothing to learn from");
	p.n = samples[0].features->n;
	x = tt_calloc((size_t)p.n + 1, sizeof *x);
	rc = x ? prepare(&p, err) : tt_err_set(err, TT_ENOMEM, "out of memory");
	if (rc == 0)
		rc = tt_lbfgs(x, (size_t)p.n + 1, loss_at, &p, opts->iterations, err);
	if (rc == 0)
		*out = (struct tt_class_head){ .n = p.n, .bias = x[p.n], .w = tt_take(x) };
	free(p.norm);
	return rc;
}

/* ---- where the line lies */

static int falling(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

static void take(const float *scores, size_t n, float from, size_t *taken)
{
	while (*taken < n && scores[*taken] >= from)
		(*taken)++;
}

/* The highest score that is not taken, or a unit below the last that is. */
static float below(const struct tt_class_line *l, float last, const float *yes, size_t yes_n, const float *no,
		   size_t no_n, const float *others, size_t others_n)
{
	float next = last - 1;

	if (l->yes < yes_n && yes[l->yes] > next)
		next = yes[l->yes];
	if (l->no < no_n && no[l->no] > next)
		next = no[l->no];
	if (l->others < others_n && others[l->others] > next)
		next = others[l->others];
	return next;
}

void tt_class_line_find(float *yes, size_t yes_n, float *no, size_t no_n, float *others, size_t others_n,
			struct tt_class_line *out)
{
	struct tt_class_line at = { 0 };
	double best = -1;

	qsort(yes, yes_n, sizeof *yes, falling);
	qsort(no, no_n, sizeof *no, falling);
	qsort(others, others_n, sizeof *others, falling);
	while (at.yes < yes_n) {
		float last = yes[at.yes];
		double r, q;

		take(yes, yes_n, last, &at.yes);
		take(no, no_n, last, &at.no);
		take(others, others_n, last, &at.others);
		r = (double)at.yes / (double)yes_n;
		q = (double)(at.no + at.others + 1) / (double)(no_n + others_n + 1);
		if (2 * at.yes < yes_n || r * r / q <= best)
			continue;
		best = r * r / q;
		*out = at;
		out->line = (last + below(&at, last, yes, yes_n, no, no_n, others, others_n)) / 2;
	}
}
