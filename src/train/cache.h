/* The photos of a dataset, decoded once and kept small in one file, so that each epoch reads pixels instead of files.
 * The file is mapped read-only; it is made anew when the photos, their sizes or times, or the side change. Reading: any
 * thread. */
#ifndef TT_TRAIN_CACHE_H
#define TT_TRAIN_CACHE_H

#include "base/hash.h"
#include "media/media.h"
#include "train/augment.h"
#include "train/dataset.h"

/* Pixels of a file, by a sandboxed worker in the product. `done` is called with what was got. Any thread. */
struct tt_decoder {
	int (*decode)(void *ctx, const char *path, struct tt_developed *out, struct tt_err *err);
	void (*done)(struct tt_developed *d);
	void *ctx;
	unsigned threads;
};

struct tt_cache_watch { /* either may be NULL */
	void (*progress)(void *ctx, size_t done, size_t all);
	void (*rejected)(void *ctx, const char *path, const char *why);
	bool (*stop)(void *ctx);
	void *ctx;
};

struct tt_cache_entry {
	struct tt_pixels pixels;
	unsigned label;
};

struct tt_cache {
	struct tt_cache_entry *entry; /* readable photos, grouped by split, in the order of the dataset */
	size_t first[TT_SPLITS], count[TT_SPLITS];
	uint8_t key[TT_SHA256_SIZE];
	void *map;
	size_t map_size;
};

/* Opens `path` when it fits the dataset and side, else makes it. Photos that cannot be decoded are left out. TT_EBUSY:
 * stopped. */
int tt_cache_open(struct tt_cache *c, const char *path, const struct tt_dataset *d, unsigned side,
		  const struct tt_decoder *decoder, const struct tt_cache_watch *watch, struct tt_err *err) TT_CHECKED;
void tt_cache_done(struct tt_cache *c);

#endif
