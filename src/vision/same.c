#include "vision/same.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cautious guess, fitted on nothing: it asks for more than the reference embedder (31, -6.2) needs. */
const struct tt_same tt_same_usual = { .a = 22, .b = -7.5 };

int tt_same_parse(struct tt_same *out, const char *text, struct tt_err *err)
{
	double v[4] = { 0 };
	unsigned n = 0;
	const char *at = text;

	if (!text) {
		*out = tt_same_usual;
		return 0;
	}
	while (n < 4) {
		char *end;
		double number = strtod(at, &end);

		if (end == at || !isfinite(number))
			break;
		v[n++] = number;
		at = end;
	}
	if ((n != 2 && n != 4) || at[strspn(at, " ")] || v[0] <= 0)
		return tt_err_set(err, TT_EINVALID, "the calibration '%.80s' is not 'a b' or 'a b c d'", text);
	*out = (struct tt_same){ v[0], v[1], v[2], v[3] };
	return 0;
}

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

double tt_same_probability(const struct tt_same *s, double cosine, double quality_a, double quality_b)
{
	double u = 1 - fmin(quality_a, quality_b);

	return logistic((s->a + s->c * u) * cosine + s->b + s->d * u);
}

double tt_same_cosine(const struct tt_same *s, double p)
{
	return (log(p / (1 - p)) - s->b) / s->a;
}

/* ---- fit */

enum { TERMS = 4, STEPS = 50 };

struct newton {
	double w[TERMS], gradient[TERMS], hessian[TERMS][TERMS];
	unsigned terms;
};

static void terms_of(const struct tt_same_pair *p, double x[TERMS])
{
	double u = 1 - p->quality;

	x[0] = p->cosine;
	x[1] = 1;
	x[2] = u * p->cosine;
	x[3] = u;
}

static void sum_up(struct newton *w, const struct tt_same_pair *pairs, size_t n, const double weight[2])
{
	const double penalty = 1e-6;

	memset(w->gradient, 0, sizeof w->gradient);
	memset(w->hessian, 0, sizeof w->hessian);
	for (size_t i = 0; i < n; i++) {
		double x[TERMS], z = 0, p;

		terms_of(&pairs[i], x);
		for (unsigned t = 0; t < w->terms; t++)
			z += w->w[t] * x[t];
		p = logistic(z);
		for (unsigned t = 0; t < w->terms; t++) {
			w->gradient[t] += weight[pairs[i].same] * (p - pairs[i].same) * x[t];
			for (unsigned s = 0; s < w->terms; s++)
				w->hessian[t][s] += weight[pairs[i].same] * p * (1 - p) * x[t] * x[s];
		}
	}
	for (unsigned t = 0; t < w->terms; t++) {
		w->gradient[t] += penalty * w->w[t];
		w->hessian[t][t] += penalty;
	}
}

/* Solves hessian · step = gradient in place (positive definite: no pivots are needed). */
static void solve(struct newton *w)
{
	for (unsigned c = 0; c < w->terms; c++)
		for (unsigned r = c + 1; r < w->terms; r++) {
			double f = w->hessian[r][c] / w->hessian[c][c];

			for (unsigned k = c; k < w->terms; k++)
				w->hessian[r][k] -= f * w->hessian[c][k];
			w->gradient[r] -= f * w->gradient[c];
		}
	for (unsigned r = w->terms; r-- > 0;) {
		for (unsigned k = r + 1; k < w->terms; k++)
			w->gradient[r] -= w->hessian[r][k] * w->gradient[k];
		w->gradient[r] /= w->hessian[r][r];
	}
}

int tt_same_fit(struct tt_same *out, const struct tt_same_pair *pairs, size_t n, bool with_quality, struct tt_err *err)
{
	struct newton w = { .terms = with_quality ? 4 : 2 };
	size_t count[2] = { 0 };
	double weight[2];

	for (size_t i = 0; i < n; i++)
		count[pairs[i].same]++;
	if (!count[0] || !count[1])
		return tt_err_set(err, TT_EINVALID, "the calibration needs pairs of one person and pairs of two");
	weight[0] = .5 / (double)count[0];
	weight[1] = .5 / (double)count[1];
	for (unsigned step = 0; step < STEPS; step++) {
		double length = 0;

		sum_up(&w, pairs, n, weight);
		solve(&w);
		for (unsigned t = 0; t < w.terms; t++)
			length += fabs(w.gradient[t]);
		for (unsigned t = 0; t < w.terms; t++)
			w.w[t] -= length > 20 ? w.gradient[t] * 20 / length : w.gradient[t];
		if (length < 1e-9)
			break;
	}
	*out = (struct tt_same){ w.w[0], w.w[1], w.w[2], w.w[3] };
	return 0;
}
