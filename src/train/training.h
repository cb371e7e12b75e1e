/* What the halves of train/trainer.h share while a training runs: the loop (trainer.c) and its end (finish.c). */
#ifndef TT_TRAIN_TRAINING_H
#define TT_TRAIN_TRAINING_H

#include "train/judge.h"
#include "train/team.h"
#include "train/trainer.h"

#define TT_TRAIN_MEAN                                                                                                  \
	{                                                                                                              \
		0.485f, 0.456f, 0.406f                                                                                 \
	}
#define TT_TRAIN_STD                                                                                                   \
	{                                                                                                              \
		0.229f, 0.224f, 0.225f                                                                                 \
	}

struct tt_arch;

struct tt_training {
	const struct tt_train_opts *o;
	const struct tt_train_watch *w;
	const struct tt_arch *arch;
	struct tt_dataset data;
	struct tt_graph graph;
	struct tt_train_params params;
	struct tt_cache cache;
	struct tt_state state;
	struct tt_team *team;
	struct tt_teacher teacher;
	float *grads, *batch_stat;
	uint32_t *order; /* of the photos in this epoch */
	size_t photos;
	unsigned batch, resize;
	uint64_t steps; /* in an epoch */
	char state_path[4096], cache_path[4096];
};

#endif
