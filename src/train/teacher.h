/* A trained network of this family that a training learns from beside its labels (Hinton et al. 2015). Read-only once
 * open; any thread may use it in a tt_train_net of its own. */
#ifndef TT_TRAIN_TEACHER_H
#define TT_TRAIN_TEACHER_H

#include "base/hash.h"
#include "train/params.h"

struct tt_teacher {
	struct tt_graph graph;
	struct tt_train_params params;
	float *values, *statistics;
	float temperature;           /* its answers are softmax(logits / temperature) */
	uint8_t sum[TT_SHA256_SIZE]; /* of its file */
};

/* TT_EINVALID: not of this family, or of other classes (names in their order). */
int tt_teacher_open(struct tt_teacher *t, const char *path, unsigned side, char *const *classes, unsigned count,
		    struct tt_err *err) TT_CHECKED;
void tt_teacher_done(struct tt_teacher *t); /* a zeroed struct is fine */

#endif
