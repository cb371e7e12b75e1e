/* One thread's copy of a network in training: activations of a fixed number of photos, forward and backward.
 *
 * It walks an nn/graph of the SE-ResNeXt kind: convolutions without bias, batch-norm with or without ReLU, squeeze and
 * excitation + addition + ReLU, the maximum of 3×3, the mean, linear heads. Parameters stay outside (train/params.h),
 * so that all threads share them. Used by the thread that made it. */
#ifndef TT_TRAIN_NET_H
#define TT_TRAIN_NET_H

#include "nn/train_ops.h"
#include "train/params.h"

struct tt_train_net;

/* graph and params must live as long. TT_EINVALID: an arrangement of layers that is not of this kind. */
int tt_train_net_new(struct tt_train_net **out, const struct tt_graph *graph, const struct tt_train_params *params,
		     unsigned batch, enum tt_train_type type, struct tt_err *err) TT_CHECKED;
void tt_train_net_free(struct tt_train_net *net); /* NULL is fine */
void tt_train_net_freep(struct tt_train_net **net);
/* batch × rows × columns × channels floats, to be filled before each forward. */
float *tt_train_net_input(struct tt_train_net *net);
/* statistics NULL: batch-norm normalises with the batch's own; else with those given (for judging). */
int tt_train_net_forward(struct tt_train_net *net, const float *values, const float *statistics,
			 struct tt_err *err) TT_CHECKED;
const float *tt_train_net_output(const struct tt_train_net *net, unsigned k); /* batch × outputs */
/* After a forward with the batch's own statistics. dout[k]: the gradient of output k, NULL for none; every value of
 * grads (params->values of them) is overwritten. */
int tt_train_net_backward(struct tt_train_net *net, const float *values, const float *const *dout, float *grads,
			  struct tt_err *err) TT_CHECKED;
/* Means and biased variances of the last batch, laid out like the running statistics. */
const float *tt_train_net_batch_statistics(const struct tt_train_net *net);

#endif
