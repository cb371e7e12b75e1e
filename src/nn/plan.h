/* Inside of the compiler (nn/fuse.c, values.c, params.c, plan.c, run.c, net.c); nobody else includes this.
 *
 * graph --fuse--> steps (what runs, in order) --values--> type, layout and place of each intermediate value
 * --params--> folded weights, shared by all batch sizes --plan (one batch size)--> the library's ops and the arena
 * --run--> a context: the arena's memory and the calls bound to it. */
#ifndef TT_NN_PLAN_H
#define TT_NN_PLAN_H

#include "nn/kernels.h"
#include "nn/net.h"
#include "nn/onednn.h"

#include <pthread.h>

enum tt_step_op {
	TT_STEP_CONV,   /* + folded batch-norm + residual + relu */
	TT_STEP_SE,     /* + residual + relu */
	TT_STEP_AFFINE, /* batch-norm that follows no convolution, + relu */
	TT_STEP_ADD,    /* + relu */
	TT_STEP_RELU,
	TT_STEP_POOL,
	TT_STEP_MEAN,
	TT_STEP_LINEAR, /* + relu */
	TT_STEP_CONCAT,
	TT_STEP_UPSAMPLE,
	TT_STEP_WEIGHTED_MEAN
};

/* Values are named by the node that they come out of. */
struct tt_step {
	enum tt_step_op op;
	int node, bn, out; /* bn: the folded one or -1; out: the last node that this step takes in */
	unsigned ins;
	int in[TT_NODE_INS];
	int residual; /* -1: none */
	int in_place; /* the value whose memory the result takes over; -1: memory of its own */
	bool relu;
};

struct tt_steps {
	struct tt_step *step;
	unsigned count;
};

int tt_fuse(struct tt_steps *out, const struct tt_graph *g, bool conv_sums, struct tt_err *err) TT_CHECKED;

struct tt_value {
	bool used;
	struct tt_number number;
	enum tt_layout layout;
	struct tt_view view; /* of one photo */
	size_t bytes;        /* of one photo */
	int first, last;     /* steps; -1 is the input */
	int home;            /* the value in whose memory it lies: itself or one taken over */
};

/* calibration: "NAME=largest,…" for int8, else NULL. TT_ENOTFOUND: no such number in it. */
int tt_values_make(struct tt_value **out, const struct tt_graph *g, const struct tt_steps *steps,
		   enum tt_dtype precision, enum tt_layout layout, const char *calibration,
		   struct tt_err *err) TT_CHECKED;
/* Places for all values of a batch: offset by node, and the size of it all. */
int tt_values_place(size_t *offset, size_t *total, const struct tt_value *values, unsigned count, unsigned batch,
		    struct tt_err *err) TT_CHECKED;

struct tt_packed { /* weights in one order that the library asked for */
	struct tt_packed *next;
	struct tt_dn_desc *desc;
	void *data;
};

struct tt_param {               /* of one step */
	struct tt_dn_conv conv; /* without batch size; groups may be merged */
	struct tt_packed *packed;
	void *plain;          /* until the first order is known */
	float *a, *b, *c, *d; /* conv: b bias, c int8 scales; SE: fc1 a, b, fc2 c, d; affine: scale a, shift b; linear
				 a, b; weighted mean a, in its input's order */
};

int tt_params_make(struct tt_param **out, const struct tt_graph *g, const struct tt_steps *steps,
		   const struct tt_value *values, const struct tt_safetensors *weights, struct tt_err *err) TT_CHECKED;
void tt_params_free(struct tt_param *params, unsigned count);
/* The weights in the order that `op` wants, made if they are not there yet. */
int tt_param_packed(void **out, struct tt_param *p, const struct tt_dn_op *op, struct tt_err *err) TT_CHECKED;

struct tt_context;

struct tt_plan { /* of one batch size */
	unsigned batch;
	struct tt_dn_op **op; /* by step; NULL where our own code runs */
	void **weights;       /* by step */
	size_t *offset;       /* by value */
	size_t arena, scratch, small;
	struct tt_context *idle; /* guarded by the net's lock */
};

#define TT_NET_PLANS 4 /* 1, 2, 4, 8 photos */

struct tt_net {
	struct tt_graph graph; /* our copy */
	struct tt_steps steps;
	struct tt_value *values;
	struct tt_param *params;
	enum tt_dtype precision;
	enum tt_layout layout;
	unsigned threads;
	bool forgets;
	const struct tt_kernels *kernels;
	pthread_mutex_t lock;
	struct tt_plan *plan[TT_NET_PLANS];
};

int tt_plan_make(struct tt_plan **out, struct tt_net *net, unsigned batch, struct tt_err *err) TT_CHECKED;
void tt_plan_free(struct tt_plan *p, unsigned steps);

int tt_context_make(struct tt_context **out, const struct tt_net *net, const struct tt_plan *plan,
		    struct tt_err *err) TT_CHECKED;
void tt_context_free(struct tt_context *c);
struct tt_context **tt_context_next(struct tt_context *c); /* the link of the idle list */
int tt_context_run(struct tt_context *c, const float *input, float *const *out, size_t done,
		   struct tt_err *err) TT_CHECKED;

#endif
