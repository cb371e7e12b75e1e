/* A whole training: photos in folders in, a weight file out. Stops at any step and goes on exactly where it stopped;
 * the same photos, settings, seed and number of threads give the same weights. One caller; it starts threads of its
 * own. */
#ifndef TT_TRAIN_TRAINER_H
#define TT_TRAIN_TRAINER_H

#include "nn/train_ops.h"
#include "train/cache.h"
#include "train/state.h"

struct tt_train_opts {
	const char *data, *arch, *out;
	const char *init;            /* weights to begin with; NULL: at random */
	const char *teacher;         /* a trained network to learn from beside the labels; NULL: none */
	const char *cache;           /* decoded photos; NULL: OUT.cache, removed at the end */
	const char *json_log, *plot; /* NULL: none */
	bool resume;                 /* from OUT.state, if it is there */
	unsigned epochs, threads, batch, side;
	uint64_t seed;
	double rate;   /* the highest learning rate for 256 photos a step; grows with the batch */
	double warmup; /* epochs until it is reached */
	double smoothing, cutmix;
	double teacher_share; /* of the target that the teacher gives */
	unsigned save_s;      /* the state is saved after each epoch, and within one after so many seconds */
	enum tt_train_type type;
	/* Another network than arch's, with one head "fc"; NULL: arch's. */
	void (*build)(struct tt_graph *g, uint32_t side, uint32_t classes);
};
extern const struct tt_train_opts tt_train_defaults;

struct tt_train_progress {
	unsigned epoch, epochs; /* epoch from 1 */
	uint64_t step, steps;   /* within the epoch */
	double loss, photos_per_second, eta_s;
};

struct tt_train_watch { /* any may be NULL */
	struct tt_cache_watch decoding;
	void (*step)(void *ctx, const struct tt_train_progress *p);
	void (*epoch)(void *ctx, const struct tt_epoch *e, double eta_s);
	bool (*stop)(void *ctx); /* asked at each step */
	void *ctx;
};

struct tt_train_result {
	double val_top1, test_top1; /* shares of 1; test: −1 when there are no photos for it */
	size_t val_photos, test_photos;
	double temperature; /* softmax of logits / temperature is calibrated on val */
};

/* TT_EBUSY: stopped, the state is saved. TT_EEXISTS: OUT.state is there, but resume was not asked for. */
int tt_train_run(const struct tt_train_opts *o, const struct tt_decoder *decoder, const struct tt_train_watch *w,
		 struct tt_train_result *out, struct tt_err *err) TT_CHECKED;

#endif
