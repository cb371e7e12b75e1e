/* The parameters of a network as flat arrays of float32: one of what is learnt, one of batch-norm's running statistics,
 * and a list that says which piece is which tensor of the weight file. Read-only once built; any thread. */
#ifndef TT_TRAIN_PARAMS_H
#define TT_TRAIN_PARAMS_H

#include "nn/graph.h"
#include "nn/safetensors.h"

#include <stddef.h>

#define TT_PARAM_NAME (TT_NODE_NAME + 24)

struct tt_train_param {
	char name[TT_PARAM_NAME];
	unsigned rank;
	uint64_t shape[4];
	size_t at, count; /* in values, or in statistics */
	bool statistic;
	bool decay; /* weight decay applies: weights, not biases and batch-norm */
	int node;
	uint32_t rows; /* statistics: pixels of one photo they are taken over */
};

struct tt_train_params {
	struct tt_train_param *list;
	unsigned count, room;
	size_t values, statistics; /* lengths of the flat arrays */
	unsigned *first;           /* for each node of the graph the index of its first entry */
};

int tt_train_params_init(struct tt_train_params *p, const struct tt_graph *g, struct tt_err *err) TT_CHECKED;
void tt_train_params_done(struct tt_train_params *p);
/* He et al. 2015 (fan out) for convolutions, the last batch-norm of each branch at 0 (Goyal et al. 2017). */
void tt_train_params_randomise(const struct tt_train_params *p, const struct tt_graph *g, uint64_t seed, float *values,
			       float *statistics);
/* Takes what has the same name and shape; says how many entries were not in the file. TT_EINVALID when none was. */
int tt_train_params_load(const struct tt_train_params *p, const struct tt_safetensors *file, float *values,
			 float *statistics, unsigned *missing, struct tt_err *err) TT_CHECKED;
/* Weights as F16, vectors (batch-norm, biases) as F32: half would underflow some variances. */
int tt_train_params_save(const struct tt_train_params *p, const char *path, const float *values,
			 const float *statistics, const struct tt_st_meta *meta, size_t metas,
			 struct tt_err *err) TT_CHECKED;

#endif
