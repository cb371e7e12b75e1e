/* Everything that a training is, so that it can stop at any step and go on as if it had not. On disk: a head, the
 * epochs so far, the arrays, a SHA-256 over all; written whole or not at all (a kill leaves the previous one). One
 * thread. */
#ifndef TT_TRAIN_STATE_H
#define TT_TRAIN_STATE_H

#include "base/hash.h"
#include "train/params.h"

struct tt_epoch {
	uint32_t epoch; /* from 1 */
	uint32_t pad;
	double loss, train_top1; /* means over the epoch; shares of 1 */
	double val_loss, val_top1;
	double rate, seconds, photos_per_second;
};

struct tt_state {
	uint8_t key[TT_SHA256_SIZE]; /* of the settings and photos that it belongs to */
	uint64_t step;               /* steps done */
	double loss_sum, seconds;    /* of the epoch in progress */
	uint64_t right, seen;
	struct tt_epoch *epoch; /* those done; room for all */
	uint32_t epochs, epochs_room;
	size_t values, statistics; /* lengths */
	float *weight, *momentum, *mean;
	float *stat, *mean_stat;
};

int tt_state_init(struct tt_state *s, const struct tt_train_params *p, uint32_t epochs, struct tt_err *err) TT_CHECKED;
void tt_state_done(struct tt_state *s);
int tt_state_save(const struct tt_state *s, const char *path, struct tt_err *err) TT_CHECKED;
/* Into an initialised state with its key set. TT_ENOTFOUND: no file; TT_EINVALID: of other settings or photos, or
 * damaged. */
int tt_state_load(struct tt_state *s, const char *path, struct tt_err *err) TT_CHECKED;

#endif
