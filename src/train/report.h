/* What a training tells: a log of JSON lines and a picture of its curves, each written whole after every epoch. One
 * thread. */
#ifndef TT_TRAIN_REPORT_H
#define TT_TRAIN_REPORT_H

#include "base/buf.h"
#include "train/trainer.h"

struct tt_report_end {
	const struct tt_train_result *result;
	const char *model;
	char *const *classes;
	unsigned class_count;
	const unsigned *confusion; /* of test, or of val when there is no test; NULL: none */
};

#define TT_REPORT_MAX (16u << 20) /* bytes of a log or plot */

/* One line for each epoch and, when end is given, one for the result. */
int tt_report_log(const char *path, const struct tt_state *s, unsigned epochs, const struct tt_report_end *end,
		  struct tt_err *err) TT_CHECKED;
/* SVG: loss of training and val on the left, accuracy on the right. */
int tt_report_plot(const char *path, const struct tt_state *s, unsigned epochs, struct tt_err *err) TT_CHECKED;

#endif
