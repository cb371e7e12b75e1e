/* Public ImageNet weights as they are: timm's seresnext{50,101,152}_32x4d and seresnext26{d,t}_32x4d, the older
 * legacy_seresnext{26,50,101}_32x4d (Cadene's names), each also as a data-parallel export ("module." before every
 * name), in F32, F16 or BF16. What it is is seen from the tensors; metadata are not needed. */
#ifndef TT_VISION_PUBLIC_H
#define TT_VISION_PUBLIC_H

#include "nn/safetensors.h"
#include "vision/networks.h"
#include "vision/preprocess.h"

struct tt_public {
	const struct tt_network *network;
	struct tt_seresnext_form form;
	struct tt_input_spec input;
	const char *origin; /* "timm", "timm legacy" */
};

/* Renames the tensors to timm's names and tells what they are. TT_EINVALID, with the reason: no network that is known
 * here. Shapes of single tensors are checked by tt_net_open(). */
int tt_public_recognise(struct tt_public *out, struct tt_safetensors *file, struct tt_err *err) TT_CHECKED;
/* One output: "fc", 1,000 numbers. */
int tt_public_graph(const struct tt_public *p, struct tt_graph *g, struct tt_err *err) TT_CHECKED;

#endif
