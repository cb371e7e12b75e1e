/* The 1,000 classes of ImageNet (ILSVRC 2012, in the order of their WordNet ids, as all public weights have it) as a
 * readable tree, and as the album's five classes. Pure; any thread.
 *
 * A row's probability is the sum of its outputs and of all rows below it. ImageNet names things, hardly people: three
 * classes are persons; clothes stand for who wears them. Outputs that say nothing about the five classes (food, tools,
 * furniture) count for none. */
#ifndef TT_VISION_IMAGENET_H
#define TT_VISION_IMAGENET_H

#include "vision/classifier.h"

#define TT_IMAGENET_OUTPUTS 1000
#define TT_IMAGENET_ROWS 193
#define TT_IMAGENET_RANGES 32

struct tt_imagenet_row {
	const char *name;
	unsigned depth;  /* 0: one of the five classes, or "thing": too wide to be a label; its parent is the last row
			    above it with a smaller depth */
	unsigned counts; /* for which enum tt_class; TT_CLASSES: none */
	struct {
		uint16_t first, end;
	} outputs[TT_IMAGENET_RANGES]; /* up to the first empty one */
};

extern const struct tt_imagenet_row tt_imagenet_tree[TT_IMAGENET_ROWS];
unsigned tt_imagenet_labels(void); /* rows that are labels: depth > 0 */
/* p: probabilities of all outputs. labels: tt_imagenet_labels() numbers, in the order of the tree. classes: add up to
 * 1 (what is of no class is left out). */
void tt_imagenet_read(const float *p, float *labels, float classes[TT_CLASSES]);

#endif
