/* How good logits are against labels. Pure; any thread. */
#ifndef TT_TRAIN_JUDGE_H
#define TT_TRAIN_JUDGE_H

#include <stddef.h>

struct tt_judged {
	double top1, loss; /* share of 1; mean cross-entropy of softmax(logits / temperature) */
};

/* labels: one for each photo. */
struct tt_logits {
	const float *v;
	size_t photos;
	unsigned classes;
	const unsigned *labels;
};

struct tt_judged tt_judge(const struct tt_logits *z, double temperature);
/* Of least loss (Guo et al. 2017), within 0.05 … 20. */
double tt_judge_temperature(const struct tt_logits *z);
/* out[truth × classes + guess] */
void tt_judge_confusion(const struct tt_logits *z, unsigned *out);

#endif
