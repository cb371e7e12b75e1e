/* Which photos to learn from: folders named like the classes, already split into train, val and test or split here
 * 6:2:2 within each class, by a hash of seed and name. Owns its strings. One thread. */
#ifndef TT_TRAIN_DATASET_H
#define TT_TRAIN_DATASET_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum tt_split { TT_SPLIT_TRAIN, TT_SPLIT_VAL, TT_SPLIT_TEST, TT_SPLITS };
extern const char *const tt_split_names[TT_SPLITS];

#define TT_DATASET_CLASSES 1000
#define TT_DATASET_FILES 10000000

struct tt_dataset_item {
	char *path;
	unsigned label;
	enum tt_split split;
	uint64_t chance; /* a hash of seed and name, where the split is made here */
};

struct tt_dataset {
	char **classes; /* by name */
	unsigned class_count;
	struct tt_dataset_item *items; /* by path */
	size_t count, room;
};

/* TT_EINVALID: no such layout, fewer than two classes, or a split without photos. */
int tt_dataset_open(struct tt_dataset *d, const char *dir, uint64_t seed, struct tt_err *err) TT_CHECKED;
void tt_dataset_done(struct tt_dataset *d);
size_t tt_dataset_count(const struct tt_dataset *d, enum tt_split split);

#endif
