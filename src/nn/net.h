/* A compiled network: a graph with its weights, ready to run.
 *
 * Compiling folds batch-norm into convolutions, fuses ReLU and sums, keeps one layout from the first to the last layer,
 * reorders weights once and lays all intermediate values into one block by their lifetimes. Weights are shared by all
 * threads; each running call holds a context (that block, the library's handles) from a pool, so that nothing is
 * allocated in the steady state, unless the network forgets. Any thread may run. */
#ifndef TT_NN_NET_H
#define TT_NN_NET_H

#include "nn/dtype.h"
#include "nn/graph.h"
#include "nn/safetensors.h"

struct tt_net;

struct tt_net_opts {
	enum tt_dtype precision; /* TT_DT_F32, TT_DT_BF16 or TT_DT_I8; one that the CPU lacks falls back to float32 */
	unsigned threads;        /* of one call; 0 means 1 */
	bool forgets;            /* contexts are made for each call: for large networks that are seldom run */
};

#define TT_NET_MAX_BATCH 8

/* The graph is only read during the call; weights too. TT_EINVALID: a tensor is missing or has another shape. */
int tt_net_open(struct tt_net **out, const struct tt_graph *graph, const struct tt_safetensors *weights,
		const struct tt_net_opts *opts, struct tt_err *err) TT_CHECKED;
void tt_net_close(struct tt_net *net);                    /* NULL is fine; no call may be running */
enum tt_dtype tt_net_precision(const struct tt_net *net); /* what it really computes in */
const char *tt_net_layout(const struct tt_net *net);      /* "nChw16c" … */
size_t tt_net_arena(const struct tt_net *net);            /* bytes of one photo's intermediate values */

/* n photos of channels × height × width floats end to end; out[k]: n × (channels × height × width) of the k-th output
 * of the graph. Any n: it is cut into batches of 8, 4, 2 and 1, each compiled when first met. */
int tt_net_run(struct tt_net *net, const float *input, unsigned n, float *const *out, struct tt_err *err) TT_CHECKED;

#endif
