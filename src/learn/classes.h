/* Classes of a user's own: "our garden", "receipts". The user puts photos in (at least conf learn.class_examples) and
 * keeps others out; a head (vision/own_class.h) learns from these, together with a sample of the other photos, which
 * are taken for not belonging, and then looks at all photos. Examples that were left out judge it: where half of them
 * are not found, or it takes nearly anything, the class shows only what the user put in. Facts are only read. In the
 * caller's thread. */
#ifndef TT_LEARN_CLASSES_H
#define TT_LEARN_CLASSES_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct tt_learn_opts;
struct tt_store;

/* Learns each class of which something was said since, or which can be learnt better now; *learnt: how many. go_on (may
 * be NULL) is asked between them. */
int tt_classes_fit(struct tt_store *s, int64_t owner, const char *model_version, const struct tt_learn_opts *opts,
		   bool (*go_on)(void *ctx), void *ctx, int64_t *learnt, struct tt_err *err) TT_CHECKED;
/* Guesses for each photo that was not looked at with these heads; a transaction for each batch. */
int tt_classes_apply(struct tt_store *s, int64_t owner, const char *model_version, bool (*go_on)(void *ctx), void *ctx,
		     int64_t *looked, struct tt_err *err) TT_CHECKED;

#endif
