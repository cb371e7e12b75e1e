/* Random numbers that follow from what they are for (seed, epoch, photo …) and from nothing else: a stopped training
 * goes on with the same numbers, whatever thread draws them. SplitMix64 (Steele, Lea & Flood 2014). One object, one
 * thread. */
#ifndef TT_TRAIN_RNG_H
#define TT_TRAIN_RNG_H

#include <stdint.h>

struct tt_rng {
	uint64_t state;
};

struct tt_rng tt_rng_of(uint64_t seed, uint64_t a, uint64_t b);
uint64_t tt_rng_next(struct tt_rng *r);
double tt_rng_unit(struct tt_rng *r); /* [0, 1) */
double tt_rng_range(struct tt_rng *r, double lo, double hi);
uint32_t tt_rng_below(struct tt_rng *r, uint32_t n); /* 0 … n−1; n > 0 */
double tt_rng_normal(struct tt_rng *r);

#endif
