#include "train/rng.h"

#include <math.h>

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

struct tt_rng tt_rng_of(uint64_t seed, uint64_t a, uint64_t b)
{
	return (struct tt_rng){ mix(mix(mix(seed + 0x9e3779b97f4a7c15u) ^ a) + 0x9e3779b97f4a7c15u * (b + 1)) };
}

uint64_t tt_rng_next(struct tt_rng *r)
{
	r->state += 0x9e3779b97f4a7c15u;
	return mix(r->state);
}

double tt_rng_unit(struct tt_rng *r)
{
	return (double)(tt_rng_next(r) >> 11) * 0x1p-53;
}

double tt_rng_range(struct tt_rng *r, double lo, double hi)
{
	return lo + (hi - lo) * tt_rng_unit(r);
}

uint32_t tt_rng_below(struct tt_rng *r, uint32_t n)
{
	return (uint32_t)((tt_rng_next(r) >> 32) * n >> 32);
}

double tt_rng_normal(struct tt_rng *r)
{
	double u = 1.0 - tt_rng_unit(r), v = tt_rng_unit(r);

	return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}
