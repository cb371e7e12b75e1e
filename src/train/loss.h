/* Softmax cross-entropy against soft targets: label smoothing (Szegedy et al. 2016), two photos mixed (Yun et al. 2019)
 * and a teacher's answer (Hinton et al. 2015) are all such targets. Pure; any thread. */
#ifndef TT_TRAIN_LOSS_H
#define TT_TRAIN_LOSS_H

/* Adds share × (one-hot of label, smoothed) to target. label < 0 adds nothing. */
void tt_target_add(float *target, unsigned classes, int label, float smoothing, float share);
/* target = softmax(logits / temperature) × share, added. */
void tt_target_add_teacher(float *target, unsigned classes, const float *logits, float temperature, float share);
/* Mean over `mean_of` photos of −Σ target × log softmax(logits); dlogits is written (gradient of that mean). */
double tt_soft_cross_entropy(const float *logits, const float *target, unsigned photos, unsigned classes,
			     unsigned mean_of, float *dlogits);

#endif
