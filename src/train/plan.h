/* The order of work for a graph: what inference fuses is one operation here too. Inside train/ only. */
#ifndef TT_TRAIN_PLAN_H
#define TT_TRAIN_PLAN_H

#include "nn/graph.h"

enum tt_plan_kind {
	TT_PLAN_CONV,
	TT_PLAN_BN, /* with ReLU where relu is set */
	TT_PLAN_SE, /* squeeze and excitation of in[0], plus in[1], ReLU */
	TT_PLAN_POOL,
	TT_PLAN_MEAN,
	TT_PLAN_LINEAR,
};

struct tt_train_op {
	enum tt_plan_kind kind;
	int node;  /* that holds the parameters */
	int in[2]; /* nodes whose values are read; in[1] is -1 mostly */
	int out;   /* the node whose value is made */
	bool relu;
};

struct tt_train_plan {
	struct tt_train_op *op;
	unsigned ops;
};

int tt_train_plan_init(struct tt_train_plan *p, const struct tt_graph *g, struct tt_err *err) TT_CHECKED;
void tt_train_plan_done(struct tt_train_plan *p);

#endif
