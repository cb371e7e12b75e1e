#include "train/sgd.h"

#include <math.h>

double tt_rate_at(const struct tt_rate *r, uint64_t step)
{
	double warm = r->warmup ? (double)(step + 1) / (double)r->warmup : 1.0;
	double done = r->steps ? (double)step / (double)r->steps : 1.0;

	return r->top * (warm < 1.0 ? warm : 1.0) * 0.5 * (1.0 + cos(M_PI * (done < 1.0 ? done : 1.0)));
}

double tt_sgd_step(const struct tt_sgd *o, const struct tt_train_params *p, double rate, float *grads, float *momentum,
		   float *values)
{
	double square = 0, norm;
	float scale = 1.0f;

	for (size_t i = 0; i < p->values; i++)
		square += (double)grads[i] * (double)grads[i];
	norm = sqrt(square);
	if (o->clip > 0 && norm > (double)o->clip)
		scale = (float)((double)o->clip / norm);
	for (unsigned k = 0; k < p->count; k++) {
		const struct tt_train_param *e = &p->list[k];
		float decay = e->decay ? o->decay : 0.0f;
		float *g = grads + e->at, *m = momentum + e->at, *w = values + e->at;

		if (e->statistic)
			continue;
		for (size_t i = 0; i < e->count; i++) {
			g[i] = g[i] * scale + decay * w[i];
			m[i] = o->momentum * m[i] + g[i];
			w[i] -= (float)rate * (g[i] + o->momentum * m[i]);
		}
	}
	return norm;
}

void tt_mean_step(const struct tt_sgd *o, uint64_t step, size_t count, const float *values, float *mean)
{
	double early = (double)(step + 1) / (double)(step + 10);
	float keep = early < (double)o->mean_keep ? (float)early : o->mean_keep;

	for (size_t i = 0; i < count; i++)
		mean[i] = keep * mean[i] + (1.0f - keep) * values[i];
}
