/* A small replacement for the class head, learnt from what one user said of the own photos. It looks at the features
 * that the network pools before its heads and corrects the shipped answer:
 *
 *     logits' = log p(shipped) + W · f / |f| + b
 *
 * which is the softmax layer with other weights; with W = 0 and b = 0 it is the shipped one, so that fitting starts
 * there and the penalty on W holds it there where nothing was said. Pure: no files, no clock, no chance: the same
 * samples give the same head. Any thread. */
#ifndef TT_VISION_HEAD_H
#define TT_VISION_HEAD_H

#include "vision/classifier.h"

#define TT_FEATURES_BYTES (sizeof(float) + TT_FEATURES_MAX)

/* As a blob: the scale, then a byte for each feature; little-endian. Returns the size (0: there are no features). */
size_t tt_features_pack(uint8_t out[TT_FEATURES_BYTES], const struct tt_features *f);
int tt_features_unpack(struct tt_features *out, const void *blob, size_t size, struct tt_err *err) TT_CHECKED;

struct tt_own_head {
	uint32_t n;                 /* features */
	float bias[TT_CLASSES], *w; /* TT_CLASSES × n */
};
void tt_own_head_done(struct tt_own_head *h); /* a zeroed struct is fine */
/* From p of the shipped head to p of this one. TT_EINVALID: another number of features. */
int tt_own_head_apply(const struct tt_own_head *h, const struct tt_features *f, struct tt_classified *c,
		      struct tt_err *err) TT_CHECKED;

/* Blobs of heads; what is read may be anything. */
size_t tt_own_head_size(uint32_t n);
void tt_own_head_write(const struct tt_own_head *h, void *out); /* tt_own_head_size(h->n) bytes */
int tt_own_head_read(struct tt_own_head *out, const void *blob, size_t size, struct tt_err *err) TT_CHECKED;

/* ---- fitting */

struct tt_head_sample {
	const struct tt_features *features;
	float shipped[TT_CLASSES]; /* p of the shipped head */
	float target[TT_CLASSES];  /* 1 at what the user said; `shipped` again for what is only rehearsed */
	float weight;
};

struct tt_head_fit {
	float penalty;       /* on W² / 2, against a mean loss over the samples' weights */
	unsigned iterations; /* at most */
};

/* Softmax regression by L-BFGS (Liu and Nocedal 1989) over all samples. */
int tt_own_head_fit(struct tt_own_head *out, const struct tt_head_sample *samples, size_t n,
		    const struct tt_head_fit *opts, struct tt_err *err) TT_CHECKED;

#endif
