/* A class of a user's own, learnt from a few examples: does a photo belong to it or not? It looks at the features that
 * the network pools before its heads:
 *
 *     p = 1 / (1 + exp(-(w · f / |f| + b)))
 *
 * Pure: no files, no clock, no chance: the same samples give the same head. Any thread. */
#ifndef TT_VISION_OWN_CLASS_H
#define TT_VISION_OWN_CLASS_H

#include "vision/classifier.h"

struct tt_class_head {
	uint32_t n; /* features */
	float bias, *w;
};
void tt_class_head_done(struct tt_class_head *h); /* a zeroed struct is fine */
/* What stands in the exponent: above 0 where p is above one half. TT_EINVALID: another number of features. */
int tt_class_head_score(const struct tt_class_head *h, const struct tt_features *f, float *out,
			struct tt_err *err) TT_CHECKED;

/* Blobs of heads; what is read may be anything. */
size_t tt_class_head_size(uint32_t n);
void tt_class_head_write(const struct tt_class_head *h, void *out); /* tt_class_head_size(h->n) bytes */
int tt_class_head_read(struct tt_class_head *out, const void *blob, size_t size, struct tt_err *err) TT_CHECKED;

/* ---- fitting */

struct tt_class_sample {
	const struct tt_features *features;
	bool yes;
	float weight;
};
struct tt_class_fit {
	float penalty;       /* on w² / 2, against a mean loss over the samples' weights */
	unsigned iterations; /* at most */
};
/* Logistic regression over all samples. */
int tt_class_head_fit(struct tt_class_head *out, const struct tt_class_sample *samples, size_t n,
		      const struct tt_class_fit *opts, struct tt_err *err) TT_CHECKED;

/* ---- where the line lies
 *
 * Examples are known to belong, few photos known not to; of the others nobody knows. With r the share of examples above
 * a line and q the share of the others, r² / q grows with precision × recall although neither can be told (Lee and Liu
 * 2003, "Learning with positive and unlabeled examples using weighted logistic regression"). Photos that are known not
 * to belong count as others. Half of the examples are above it at least: of few, those at the top say little. */
struct tt_class_line {
	float line;             /* scores above it are taken */
	size_t yes, no, others; /* that are taken */
};
/* Scores of heads that had not seen the photo. Sorts them. There is at least one example. */
void tt_class_line_find(float *yes, size_t yes_n, float *no, size_t no_n, float *others, size_t others_n,
			struct tt_class_line *out);

#endif
