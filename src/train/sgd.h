/* Stochastic gradient descent with Nesterov's momentum (Sutskever et al. 2013), weight decay on weights only, the
 * gradient's norm limited, a linear warm-up and a cosine to zero (Loshchilov & Hutter 2017), and a running mean of the
 * weights. One thread. */
#ifndef TT_TRAIN_SGD_H
#define TT_TRAIN_SGD_H

#include "train/params.h"

struct tt_sgd {
	float momentum, decay, clip; /* clip: largest norm of the gradient, 0 for none */
	float mean_keep;             /* of the running mean of weights, per step; small steps keep less */
};

struct tt_rate {
	double top; /* at the end of the warm-up */
	uint64_t warmup, steps;
};

/* The learning rate of a step, 0 … steps−1. */
double tt_rate_at(const struct tt_rate *r, uint64_t step);
/* values, momentum: updated. grads: read, and scaled when clipped. Returns the gradient's norm before. */
double tt_sgd_step(const struct tt_sgd *o, const struct tt_train_params *p, double rate, float *grads, float *momentum,
		   float *values);
/* mean = keep × mean + (1 − keep) × values */
void tt_mean_step(const struct tt_sgd *o, uint64_t step, size_t count, const float *values, float *mean);

#endif
