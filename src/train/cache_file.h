/* The cache's file: a head, one row for each photo of the dataset in its order, then pixels. Numbers are of this
 * machine: the file does not travel. Inside train/ only. */
#ifndef TT_TRAIN_CACHE_FILE_H
#define TT_TRAIN_CACHE_FILE_H

#include "train/cache.h"

#define TT_CACHE_MAGIC "ttcache1"

struct tt_cache_head {
	char magic[8];
	uint8_t key[TT_SHA256_SIZE];
	uint64_t count;
	uint64_t size; /* of the whole file */
};

struct tt_cache_row {
	uint64_t at;   /* of the pixels; rows of w × 3 bytes */
	uint16_t w, h; /* 0: could not be decoded */
	uint32_t pad;
};

/* What the content follows from. */
int tt_cache_key(const struct tt_dataset *d, unsigned side, uint8_t out[TT_SHA256_SIZE], struct tt_err *err) TT_CHECKED;
int tt_cache_make(const char *path, const uint8_t key[TT_SHA256_SIZE], const struct tt_dataset *d, unsigned side,
		  const struct tt_decoder *decoder, const struct tt_cache_watch *watch, struct tt_err *err) TT_CHECKED;

#endif
