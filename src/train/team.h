/* The threads of a training: each has its own copy of the network and its share of a batch, on one core. The result
 * follows from seed, step and number of threads only: gradients are added in the order of the threads. One caller. */
#ifndef TT_TRAIN_TEAM_H
#define TT_TRAIN_TEAM_H

#include "train/augment.h"
#include "train/cache.h"
#include "train/net.h"
#include "train/teacher.h"

#define TT_TEAM_MAX 64

struct tt_team_opts {
	const struct tt_graph *graph; /* its first output: the classes */
	const struct tt_train_params *params;
	const struct tt_cache *cache;
	struct tt_augment augment;
	unsigned resize;         /* short side when judging */
	unsigned threads, batch; /* batch: of all threads; a multiple of threads */
	unsigned classes;
	enum tt_train_type type;
	uint64_t seed;
	float smoothing;
	const struct tt_teacher *teacher; /* NULL: labels alone */
	float teacher_share;              /* of the target that comes from it */
};

struct tt_team_step {
	uint64_t step;
	const uint32_t *photos; /* batch of them, indices among the training photos */
	double cutmix;          /* how often two photos are mixed */
	const float *values;
};

struct tt_team_result {
	double loss;    /* mean over the batch */
	unsigned right; /* photos whose label (the larger share's) came first */
};

struct tt_team;
int tt_team_start(struct tt_team **out, const struct tt_team_opts *opts, struct tt_err *err) TT_CHECKED;
void tt_team_stop(struct tt_team *t); /* NULL is fine */
void tt_team_stopp(struct tt_team **t);
/* grads: sums over the threads (already a mean over the batch); statistics: means over the threads. */
int tt_team_step(struct tt_team *t, const struct tt_team_step *step, float *grads, float *statistics,
		 struct tt_team_result *out, struct tt_err *err) TT_CHECKED;
/* logits: photos of the split × classes, in the order of the cache. */
int tt_team_judge(struct tt_team *t, enum tt_split split, const float *values, const float *statistics, float *logits,
		  struct tt_err *err) TT_CHECKED;

#endif
