/* Interface: lbfgs.h. */
#include "vision/lbfgs.h"

#include "base/alloc.h"

#include <stdbool.h>
#include <string.h>

#define ENOUGH 1e-4 /* of the gradient against the first one: further steps change no answer */
enum { MEMORY = 8, HALVINGS = 20 };

struct bfgs {
	size_t dim;
	float *memory; /* all that follows */
	float *x, *g, *next_x, *next_g, *step;
	float *s[MEMORY], *y[MEMORY];
	double rho[MEMORY];
	unsigned kept; /* pairs so far; the newest is (kept - 1) % MEMORY */
};

static double dot(const float *a, const float *b, size_t n)
{
	double sum[4] = { 0 };
	size_t i = 0;

	for (; i + 4 <= n; i += 4)
		for (unsigned l = 0; l < 4; l++)
			sum[l] += (double)a[i + l] * b[i + l];
	for (; i < n; i++)
		sum[0] += (double)a[i] * b[i];
	return sum[0] + sum[1] + sum[2] + sum[3];
}

static void add(float *to, const float *x, double by, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += (float)by * x[i];
}

static int bfgs_init(struct bfgs *b, size_t dim, struct tt_err *err)
{
	float *at = tt_calloc(dim * (5 + 2 * MEMORY), sizeof *at);

	if (!at)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	*b = (struct bfgs){ .dim = dim, .memory = at };
	b->x = at;
	b->g = at + dim;
	b->next_x = at + 2 * dim;
	b->next_g = at + 3 * dim;
	b->step = at + 4 * dim;
	for (unsigned k = 0; k < MEMORY; k++) {
		b->s[k] = at + (5 + 2 * (size_t)k) * dim;
		b->y[k] = at + (6 + 2 * (size_t)k) * dim;
	}
	return 0;
}

/* The two loops: where to go from the gradient and the last steps. */
static void direction(struct bfgs *b)
{
	unsigned n = b->kept < MEMORY ? b->kept : MEMORY;
	double alpha[MEMORY];

	for (size_t i = 0; i < b->dim; i++)
		b->step[i] = -b->g[i];
	for (unsigned j = 0; j < n; j++) {
		unsigned k = (b->kept - 1 - j) % MEMORY;

		alpha[k] = b->rho[k] * dot(b->s[k], b->step, b->dim);
		add(b->step, b->y[k], -alpha[k], b->dim);
	}
	if (n > 0) {
		unsigned k = (b->kept - 1) % MEMORY;
		double scale = 1 / (b->rho[k] * dot(b->y[k], b->y[k], b->dim));

		for (size_t i = 0; i < b->dim; i++)
			b->step[i] *= (float)scale;
	}
	for (unsigned j = n; j > 0; j--) {
		unsigned k = (b->kept - j) % MEMORY;

		add(b->step, b->s[k], alpha[k] - b->rho[k] * dot(b->y[k], b->step, b->dim), b->dim);
	}
}

static void remember(struct bfgs *b)
{
	unsigned k = b->kept % MEMORY;
	double curved;

	for (size_t i = 0; i < b->dim; i++) {
		b->s[k][i] = b->next_x[i] - b->x[i];
		b->y[k][i] = b->next_g[i] - b->g[i];
	}
	curved = dot(b->s[k], b->y[k], b->dim);
	if (curved > 1e-12) {
		b->rho[k] = 1 / curved;
		b->kept++;
	}
}

static void swap(float **a, float **b)
{
	float *t = *a;

	*a = *b;
	*b = t;
}

/* Goes along the step as far as the loss falls well enough (Armijo). */
static bool advance(struct bfgs *b, tt_lbfgs_fn *fn, const void *ctx, double *loss)
{
	double slope = dot(b->g, b->step, b->dim), far = 1;

	if (slope >= 0)
		return false;
	for (unsigned i = 0; i < HALVINGS; i++, far /= 2) {
		double next;

		memcpy(b->next_x, b->x, b->dim * sizeof *b->x);
		add(b->next_x, b->step, far, b->dim);
		next = fn(ctx, b->next_x, b->next_g);
		if (next > *loss + 1e-4 * far * slope)
			continue;
		*loss = next;
		remember(b);
		swap(&b->x, &b->next_x);
		swap(&b->g, &b->next_g);
		return true;
	}
	return false;
}

int tt_lbfgs(float *x, size_t dim, tt_lbfgs_fn *fn, const void *ctx, unsigned iterations, struct tt_err *err)
{
	struct bfgs b = { 0 };
	double loss, first;
	int rc = bfgs_init(&b, dim, err);

	if (rc < 0)
		return rc;
	memcpy(b.x, x, dim * sizeof *x);
	loss = fn(ctx, b.x, b.g);
	first = dot(b.g, b.g, dim);
	for (unsigned i = 0; i < iterations && dot(b.g, b.g, dim) > ENOUGH * ENOUGH * first; i++) {
		direction(&b);
		if (!advance(&b, fn, ctx, &loss))
			break;
	}
	memcpy(x, b.x, dim * sizeof *x);
	free(b.memory);
	return 0;
}
