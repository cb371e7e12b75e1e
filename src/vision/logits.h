/* From a network's raw outputs to classes and labels. Pure; any thread. */
#ifndef TT_VISION_LOGITS_H
#define TT_VISION_LOGITS_H

#include "vision/model.h"

/* p[i] = softmax(x / temperature); p may be x. */
void tt_softmax(float *p, const float *x, unsigned n, float temperature);
/* fc: the model's outputs; fine: those for its labels, if it has a head for them, else room for as many numbers. fine
 * may be NULL where the model has no labels. Both are overwritten. */
void tt_logits_read(struct tt_classified *out, const struct tt_model *m, float *fc, float *fine);
/* Raw values of the five classes: softmax(out / m->temperature) are the probabilities. fc and fine as above. */
void tt_logits_of_classes(float out[TT_CLASSES], const struct tt_model *m, float *fc, float *fine);

#endif
