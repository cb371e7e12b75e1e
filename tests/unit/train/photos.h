/* A folder of "photos" for the trainer's tests: small files whose two bytes say what a decoder would find. */
#ifndef TT_TESTS_UNIT_TRAIN_PHOTOS_H
#define TT_TESTS_UNIT_TRAIN_PHOTOS_H

#include "base/alloc.h"
#include "base/fs.h"
#include "train/cache.h"
#include "train/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void photos_folder(char dir[64])
{
	(void)snprintf(dir, 64, "/tmp/tt-train-XXXXXX");
	CHECK(mkdtemp(dir) != NULL);
}

static inline void photos_add(const char *dir, const char *below, const char *name, const char *text)
{
	char path[512];
	struct tt_err err = { 0 };
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, below);
	CHECK(tt_fs_mkdirs(path, 0755, &err) == 0);
	(void)snprintf(path, sizeof path, "%s/%s/%s", dir, below, name);
	f = fopen(path, "w"); /* without fsync: hundreds of them */
	CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* Light above in the first class, below in the second; every file another noise. */
static inline void photos_make(const char *dir, unsigned each)
{
	static const char *const name[] = { "above", "below" };

	for (unsigned c = 0; c < 2; c++)
		for (unsigned i = 0; i < each; i++) {
			char file[32], text[32];

			(void)snprintf(file, sizeof file, "%03u.jpg", i);
			(void)snprintf(text, sizeof text, "%u %u", c, i);
			photos_add(dir, name[c], file, text);
		}
}

static inline int photos_remove_one(void *ctx, const char *path, struct tt_err *err)
{
	(void)ctx, (void)err;
	return unlink(path);
}

static inline void photos_remove(const char *dir)
{
	struct tt_err err = { 0 };
	char path[512];
	static const char *const below[] = { "train/a", "train/b", "val/a", "val/b", "test/a", "test/b", "train",
					     "val",     "test",    "above", "below", "a",      "b",      "" };

	CHECK(tt_fs_walk(dir, photos_remove_one, NULL, &err) == 0);
	for (size_t i = 0; i < TT_LEN(below); i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, below[i]);
		(void)rmdir(path);
	}
}

static inline int photos_decode(void *ctx, const char *path, struct tt_developed *out, struct tt_err *err)
{
	struct tt_buf text = { .max = 64 };
	unsigned class, number, w = 24, h = 20;
	uint8_t *rgb;
	int rc = tt_fs_read_file(path, &text, err);

	(void)ctx;
	if (rc < 0)
		return rc;
	rc = sscanf(text.p, "%u %u", &class, &number) == 2 ? 0 : tt_err_set(err, TT_EINVALID, "is no photo");
	tt_buf_free(&text);
	if (rc < 0)
		return rc;
	rgb = tt_alloc(3 * (size_t)w * h);
	for (unsigned i = 0; i < 3 * w * h; i++) {
		struct tt_rng r = tt_rng_of(class, number, i);
		bool light = (i / (3 * w) < h / 2) == (class == 0);

		rgb[i] = (uint8_t)((light ? 160 : 40) + tt_rng_below(&r, 60));
	}
	*out = (struct tt_developed){ .plane = { w, h, rgb }, .memory = rgb };
	return 0;
}

static inline void photos_decoded(struct tt_developed *d)
{
	free(d->memory);
}

#define PHOTOS_DECODER                                                                                                 \
	{                                                                                                              \
		.decode = photos_decode, .done = photos_decoded, .threads = 2                                          \
	}

#endif
