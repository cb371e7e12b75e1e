/* Finds where a smooth function of many numbers is least: L-BFGS (Liu and Nocedal 1989) with a line search that halves
 * its step until the loss falls well enough (Armijo). Pure: the same function gives the same answer. Any thread. */
#ifndef TT_VISION_LBFGS_H
#define TT_VISION_LBFGS_H

#include "base/err.h"

#include <stddef.h>

/* The loss at x; its gradient in g. */
typedef double tt_lbfgs_fn(const void *ctx, const float *x, float *g);

/* x: where it begins, and where it ends after at most so many steps, or where the gradient has become small. */
int tt_lbfgs(float *x, size_t dim, tt_lbfgs_fn *fn, const void *ctx, unsigned iterations,
	     struct tt_err *err) TT_CHECKED;

#endif
