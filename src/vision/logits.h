/* From a network's raw outputs to classes and labels. Pure; any thread. */
#ifndef TT_VISION_LOGITS_H
#define TT_VISION_LOGITS_H

#include "vision/model.h"

/* p[i] = softmax(x / temperature); p may be x. */
void tt_softmax(float *p, const float *x, unsigned n, float temperature);
/* fine may be NULL where the model has no labels; it is overwritten. */
void tt_logits_read(struct tt_classified *out, const struct tt_model *m, const float *fc, float *fine);

#endif
