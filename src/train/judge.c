#include "train/judge.h"

#include <math.h>

static unsigned guess(const float *v, unsigned n)
{
	unsigned best = 0;

	for (unsigned c = 1; c < n; c++)
		if (v[c] > v[best])
			best = c;
	return best;
}

struct tt_judged tt_judge(const struct tt_logits *z, double temperature)
{
	struct tt_judged out = { 0 };

	for (size_t i = 0; i < z->photos; i++) {
		const float *v = z->v + i * z->classes;
		unsigned best = guess(v, z->classes);
		double sum = 0;

		for (unsigned c = 0; c < z->classes; c++)
			sum += exp((double)(v[c] - v[best]) / temperature);
		out.loss += log(sum) + (double)(v[best] - v[z->labels[i]]) / temperature;
		out.top1 += best == z->labels[i];
	}
	if (z->photos) {
		out.loss /= (double)z->photos;
		out.top1 /= (double)z->photos;
	}
	return out;
}

/* The loss has one minimum in 1 / temperature: golden section over its logarithm. */
double tt_judge_temperature(const struct tt_logits *z)
{
	const double part = 0.6180339887498949;
	double lo = log(0.05), hi = log(20);

	for (int i = 0; i < 40; i++) {
		double a = hi - part * (hi - lo), b = lo + part * (hi - lo);

		if (tt_judge(z, exp(a)).loss < tt_judge(z, exp(b)).loss)
			hi = b;
		else
			lo = a;
	}
	return exp((lo + hi) / 2);
}

void tt_judge_confusion(const struct tt_logits *z, unsigned *out)
{
	for (size_t i = 0; i < (size_t)z->classes * z->classes; i++)
		out[i] = 0;
	for (size_t i = 0; i < z->photos; i++)
		out[z->labels[i] * z->classes + guess(z->v + i * z->classes, z->classes)]++;
}
