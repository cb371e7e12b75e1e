/* A model file opened and understood: its metadata checked, its weights still in the file. A file without metadata of
 * ours may be a public one (public.h): then `imagenet` is set, and labels are those of imagenet.h.
 *
 * __metadata__ (all text): architecture, layers, input (px), resize (px), mean, std, classes (the five, in the order of
 * the head "fc"), labels (of the head "fine"; may be missing), temperature (softmax(logits / temperature) is
 * calibrated), label_temperature and label_threshold (optional), calibration (for int8, optional), name (optional),
 * version. Read-only after opening; any thread. */
#ifndef TT_VISION_MODEL_H
#define TT_VISION_MODEL_H

#include "nn/safetensors.h"
#include "vision/classifier.h"
#include "vision/networks.h"
#include "vision/preprocess.h"
#include "vision/public.h"

#define TT_MODEL_MAX_LABELS 4096

struct tt_model {
	struct tt_safetensors *file;
	const struct tt_network *network;
	struct tt_input_spec input;
	bool imagenet;
	struct tt_public form;              /* if imagenet */
	unsigned outputs;                   /* of "fc": TT_CLASSES, or ImageNet's */
	enum tt_class class_at[TT_CLASSES]; /* of each output of "fc", if these are the five */
	unsigned labels;
	char (*label)[48]; /* readable, in the order of "fine" or of the tree */
	float temperature, label_temperature, label_threshold;
	char name[64], version[80];
};

int tt_model_open(struct tt_model *out, const char *path, struct tt_err *err) TT_CHECKED;
void tt_model_done(struct tt_model *m); /* a zeroed struct is fine */
/* The graph with the heads that the file has: "fc", and "fine" where there are labels of our own. */
int tt_model_graph(const struct tt_model *m, struct tt_graph *g, struct tt_err *err) TT_CHECKED;
/* "big_cat" -> "big cat", "sport_tennis" -> "tennis": what a label of the training data is called in the album. */
void tt_label_readable(char out[48], const char *label, size_t n);

#endif
