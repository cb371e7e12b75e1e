/* Networks computed the slow and plain way, node by node in double precision, and files of random weights for them. */
#ifndef TT_TESTS_UNIT_NN_REFERENCE_H
#define TT_TESTS_UNIT_NN_REFERENCE_H

#include "nn/graph.h"
#include "nn/safetensors.h"

float reference_random(uint32_t *seed); /* -1 … 1, the same on every machine */
/* Writes weights for every node of g that has parameters; returns false when it cannot. */
bool reference_weights(const struct tt_graph *g, const char *path, const char *calibration, uint32_t seed);
/* out[k]: n photos of the k-th output. Aborts when out of memory. */
void reference_run(const struct tt_graph *g, const struct tt_safetensors *w, const float *input, unsigned n,
		   float *const *out);
/* Without photos' order: the largest magnitude of every node's value over n photos, in largest[node]. */
void reference_ranges(const struct tt_graph *g, const struct tt_safetensors *w, const float *input, unsigned n,
		      float *largest);

#endif
