/* Judging the averaged weights, and the end of a training. Inside train/ only. */
#ifndef TT_TRAIN_FINISH_H
#define TT_TRAIN_FINISH_H

#include "train/training.h"

int tt_finish_judge(struct tt_training *t, enum tt_split split, struct tt_judged *out, struct tt_err *err) TT_CHECKED;
/* Calibrates, judges on test, writes the weight file and the end of the log, removes state and cache. */
int tt_finish(struct tt_training *t, struct tt_train_result *out, struct tt_err *err) TT_CHECKED;

#endif
