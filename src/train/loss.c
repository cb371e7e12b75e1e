#include "train/loss.h"

#include <math.h>

void tt_target_add(float *target, unsigned classes, int label, float smoothing, float share)
{
	if (label < 0)
		return;
	for (unsigned c = 0; c < classes; c++)
		target[c] += share * smoothing / (float)classes;
	target[label] += share * (1.0f - smoothing);
}

static double log_sum_exp(const float *z, unsigned n, float scale)
{
	float top = z[0];
	double sum = 0;

	for (unsigned c = 1; c < n; c++)
		top = z[c] > top ? z[c] : top;
	for (unsigned c = 0; c < n; c++)
		sum += exp((double)((z[c] - top) * scale));
	return (double)(top * scale) + log(sum);
}

void tt_target_add_teacher(float *target, unsigned classes, const float *logits, float temperature, float share)
{
	double lse = log_sum_exp(logits, classes, 1.0f / temperature);

	for (unsigned c = 0; c < classes; c++)
		target[c] += share * (float)exp((double)(logits[c] / temperature) - lse);
}

double tt_soft_cross_entropy(const float *logits, const float *target, unsigned photos, unsigned classes,
			     unsigned mean_of, float *dlogits)
{
	double loss = 0;

	for (unsigned i = 0; i < photos; i++) {
		const float *z = logits + (unsigned long)i * classes, *t = target + (unsigned long)i * classes;
		float *d = dlogits + (unsigned long)i * classes;
		double lse = log_sum_exp(z, classes, 1.0f), weight = 0;

		for (unsigned c = 0; c < classes; c++) {
			weight += (double)t[c];
			loss += (double)t[c] * (lse - (double)z[c]);
		}
		for (unsigned c = 0; c < classes; c++)
			d[c] = (float)((weight * exp((double)z[c] - lse) - (double)t[c]) / mean_of);
	}
	return loss / mean_of;
}
