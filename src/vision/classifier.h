/* Pixels in, classes and labels out. Pure: no database, no files but the model. Weights are mapped once and shared by
 * all threads; each call uses a scratch of its own from a pool, so that nothing is allocated per photo in the steady
 * state. Any thread may call tt_classifier_run() at any time. */
#ifndef TT_VISION_CLASSIFIER_H
#define TT_VISION_CLASSIFIER_H

#include "media/media.h"

enum tt_class {
	TT_CLASS_PEOPLE,
	TT_CLASS_ANIMALS,
	TT_CLASS_LANDSCAPE,
	TT_CLASS_VEHICLES,
	TT_CLASS_BUILDINGS,
	TT_CLASSES
};
extern const char *const tt_class_names[TT_CLASSES]; /* "people", "animals", "landscape", "vehicles", "buildings" */
int tt_class_of(const char *name);                   /* -1: no such class */

#define TT_LABELS_MAX 8

struct tt_label_guess {
	char name[48]; /* readable English name of the fine label ("big cat") */
	float confidence;
};

struct tt_classified {
	float p[TT_CLASSES]; /* calibrated: softmax(logits / temperature), sums to 1 */
	enum tt_class top;
	unsigned labels;
	struct tt_label_guess label[TT_LABELS_MAX]; /* falling confidence, ≥ the model's threshold */
};

/* What the network pools before its heads, in 8 bits: feature k = q[k] × scale. */
#define TT_FEATURES_MAX 2048
struct tt_features {
	float scale;
	uint32_t n; /* 0: the model has none, or more than fit here */
	uint8_t q[TT_FEATURES_MAX];
};

/* The version of a guess: the model's, and "+uN" where the N-th head of a user's own spoke. */
#define TT_GUESS_VERSION_SIZE 112

struct tt_classifier;

enum tt_precision { TT_F32, TT_BF16, TT_INT8 };

struct tt_classifier_opts {
	enum tt_precision precision; /* a precision that the CPU or model lacks falls back to float32; see _describe */
	unsigned threads;            /* for one call; 1 when many photos run side by side */
};

int tt_classifier_open(struct tt_classifier **out, const char *model_path, const struct tt_classifier_opts *opts,
		       struct tt_err *err) TT_CHECKED;
void tt_classifier_close(struct tt_classifier *c);
/* "se-resnext-26-first" and the version that guesses are stored with (name + first 12 hex digits of the file's
 * SHA-256). */
const char *tt_classifier_name(const struct tt_classifier *c);
const char *tt_classifier_version(const struct tt_classifier *c);
/* What it is and what it computes in (which may be less than was wished for). */
struct tt_classifier_info {
	const char *architecture, *layout;
	enum tt_precision precision;
	uint32_t input, resize; /* px */
	unsigned labels;
	uint64_t parameters, macs; /* macs: of one photo */
	size_t arena;              /* bytes of intermediate values of one photo */
};
void tt_classifier_describe(const struct tt_classifier *c, struct tt_classifier_info *out);
/* n planes of any size; results in the same order. */
int tt_classifier_run(struct tt_classifier *c, const struct tt_plane *planes, unsigned n, struct tt_classified *out,
		      struct tt_err *err) TT_CHECKED;
/* The same, and the features that the answers come from. */
int tt_classifier_run_features(struct tt_classifier *c, const struct tt_plane *planes, unsigned n,
			       struct tt_classified *out, struct tt_features *features, struct tt_err *err) TT_CHECKED;
/* The raw outputs for the five classes, before the temperature: for calibration and comparison. */
int tt_classifier_logits(struct tt_classifier *c, const struct tt_plane *plane, float out[TT_CLASSES],
			 struct tt_err *err) TT_CHECKED;

#endif
