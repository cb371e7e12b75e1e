/* The probability that two faces are of one person, from their cosine and qualities.
 *
 * p = 1 / (1 + exp(-((a + c·u)·cosine + b + d·u))), u = 1 - the lower of the two qualities: logistic calibration
 * (Platt 1999) whose slope and offset follow the quality. Fitted on pairs that are as often the same person as not.
 * Pure functions: any thread. */
#ifndef TT_VISION_SAME_H
#define TT_VISION_SAME_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct tt_same {
	double a, b, c, d;
};

/* For an embedder whose metadata says nothing (key `same`). */
extern const struct tt_same tt_same_usual;

/* "a b" or "a b c d" as in the embedder's metadata; NULL gives tt_same_usual. TT_EINVALID. */
int tt_same_parse(struct tt_same *out, const char *text, struct tt_err *err) TT_CHECKED;
/* qualities 0…1 */
double tt_same_probability(const struct tt_same *s, double cosine, double quality_a, double quality_b);
/* The cosine from which on the probability of two good faces is at least p (0 < p < 1). */
double tt_same_cosine(const struct tt_same *s, double p);

struct tt_same_pair {
	float cosine, quality; /* quality: the lower of the two */
	bool same;
};
/* Maximum likelihood by Newton's method with a small penalty, each class weighing the same; with_quality false leaves
 * c = d = 0. TT_EINVALID unless both kinds are there. */
int tt_same_fit(struct tt_same *out, const struct tt_same_pair *pairs, size_t n, bool with_quality,
		struct tt_err *err) TT_CHECKED;

#endif
