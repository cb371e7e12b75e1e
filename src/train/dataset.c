#include "train/dataset.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

const char *const tt_split_names[TT_SPLITS] = { "train", "val", "test" };

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "training: out of memory for the list of photos");
}

static int add_class(struct tt_dataset *d, const char *name, struct tt_err *err)
{
	char *copy;

	for (unsigned k = 0; k < d->class_count; k++)
		if (strcmp(d->classes[k], name) == 0)
			return 0;
	if (d->class_count == TT_DATASET_CLASSES)
		return tt_err_set(err, TT_ETOOBIG, "more than %d folders of classes", TT_DATASET_CLASSES);
	copy = tt_strdup(name);
	if (!copy)
		return no_memory(err);
	d->classes[d->class_count++] = copy;
	return 0;
}

/* Every folder in dir is a class. */
static int list_classes(struct tt_dataset *d, const char *dir, struct tt_err *err)
{
	DIR *open = opendir(dir);
	struct dirent *e;
	int rc = 0;

	if (!open)
		return tt_err_set(err, TT_ENOTFOUND, "cannot read the folder '%s': %s", dir, strerror(errno));
	while (rc == 0 && (e = readdir(open))) {
		char path[4096];

		if (e->d_name[0] == '.' || snprintf(path, sizeof path, "%s/%s", dir, e->d_name) >= (int)sizeof path)
			continue;
		if (is_dir(path))
			rc = add_class(d, e->d_name, err);
	}
	(void)closedir(open);
	return rc;
}

struct walk {
	struct tt_dataset *d;
	unsigned label;
	int split; /* −1: by hash */
	uint64_t seed;
	size_t skip; /* of the path: the folder in front of the name that is hashed */
};

static uint64_t chance_of(uint64_t seed, const char *name)
{
	char text[32];
	uint8_t sum[TT_SHA256_SIZE];
	struct tt_sha256 h;
	uint64_t out;

	tt_sha256_init(&h);
	tt_sha256_add(&h, text, (size_t)snprintf(text, sizeof text, "%llu/", (unsigned long long)seed));
	tt_sha256_add(&h, name, strlen(name));
	tt_sha256_end(&h, sum);
	memcpy(&out, sum, sizeof out);
	return out;
}

static int add_file(void *ctx, const char *path, struct tt_err *err)
{
	struct walk *w = ctx;
	struct tt_dataset *d = w->d;
	struct tt_dataset_item *item;

	if (d->count == d->room) {
		size_t more = d->room ? 2 * d->room : 1024;
		struct tt_dataset_item *list;

		if (d->count >= TT_DATASET_FILES)
			return tt_err_set(err, TT_ETOOBIG, "more than %d photos to train on", TT_DATASET_FILES);
		list = tt_realloc(d->items, more * sizeof *list);
		if (!list)
			return no_memory(err);
		d->items = list;
		d->room = more;
	}
	item = &d->items[d->count];
	*item = (struct tt_dataset_item){ .path = tt_strdup(path), .label = w->label };
	if (!item->path)
		return no_memory(err);
	d->count++;
	if (w->split >= 0)
		item->split = (enum tt_split)w->split;
	else
		item->chance = chance_of(w->seed, path + w->skip);
	return 0;
}

static int by_chance(const void *a, const void *b)
{
	const struct tt_dataset_item *x = a, *y = b;

	return x->chance < y->chance ? -1 : x->chance > y->chance;
}

static int by_path(const void *a, const void *b)
{
	const struct tt_dataset_item *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* A fifth each, rounded, to val and test; three photos of a class are enough for one in val. */
static void split_class(struct tt_dataset_item *item, size_t n)
{
	size_t fifth = (n + 2) / 5;

	qsort(item, n, sizeof *item, by_chance);
	for (size_t i = 0; i < n; i++)
		item[i].split = i < fifth ? TT_SPLIT_VAL : i < 2 * fifth && n > 3 ? TT_SPLIT_TEST : TT_SPLIT_TRAIN;
	qsort(item, n, sizeof *item, by_path);
}

static int walk_classes(struct tt_dataset *d, const char *dir, int split, uint64_t seed, struct tt_err *err)
{
	int rc = 0;

	for (unsigned k = 0; rc == 0 && k < d->class_count; k++) {
		struct tt_buf path = { .max = 4096 };
		size_t first = d->count;
		struct walk w = { .d = d, .label = k, .split = split, .seed = seed, .skip = strlen(dir) + 1 };

		rc = tt_buf_addf(&path, err, "%s/%s", dir, d->classes[k]);
		if (rc == 0 && is_dir(path.p))
			rc = tt_fs_walk(path.p, add_file, &w, err);
		if (rc == 0 && split < 0)
			split_class(d->items + first, d->count - first);
		tt_buf_free(&path);
	}
	return rc;
}

static int read_all(struct tt_dataset *d, const char *dir, uint64_t seed, struct tt_err *err)
{
	char path[TT_SPLITS][4096];
	bool split;
	int rc = 0;

	for (int s = 0; s < TT_SPLITS; s++)
		if (snprintf(path[s], sizeof path[s], "%s/%s", dir, tt_split_names[s]) >= (int)sizeof path[s])
			return tt_err_set(err, TT_ETOOBIG, "the path '%s' is too long", dir);
	split = is_dir(path[TT_SPLIT_TRAIN]) && is_dir(path[TT_SPLIT_VAL]);
	if (!split)
		rc = list_classes(d, dir, err);
	for (int s = 0; split && rc == 0 && s < TT_SPLITS; s++)
		if (is_dir(path[s]))
			rc = list_classes(d, path[s], err);
	if (rc < 0)
		return rc;
	if (d->class_count < 2)
		return tt_err_set(err, TT_EINVALID, "'%s' has no folders named like classes (at least two)", dir);
	qsort(d->classes, d->class_count, sizeof *d->classes, by_name);
	if (!split)
		return walk_classes(d, dir, -1, seed, err);
	for (int s = 0; rc == 0 && s < TT_SPLITS; s++)
		rc = walk_classes(d, path[s], s, seed, err);
	return rc;
}

int tt_dataset_open(struct tt_dataset *d, const char *dir, uint64_t seed, struct tt_err *err)
{
	int rc;

	*d = (struct tt_dataset){ .classes = tt_calloc(TT_DATASET_CLASSES, sizeof *d->classes) };
	rc = d->classes ? read_all(d, dir, seed, err) : no_memory(err);
	if (rc == 0 && (tt_dataset_count(d, TT_SPLIT_TRAIN) == 0 || tt_dataset_count(d, TT_SPLIT_VAL) == 0))
		rc = tt_err_set(err, TT_EINVALID,
				"'%s' has too few photos: there are %zu to train on and %zu to judge by", dir,
				tt_dataset_count(d, TT_SPLIT_TRAIN), tt_dataset_count(d, TT_SPLIT_VAL));
	if (rc < 0)
		tt_dataset_done(d);
	return rc;
}

void tt_dataset_done(struct tt_dataset *d)
{
	for (unsigned k = 0; k < d->class_count; k++)
		free(d->classes[k]);
	for (size_t i = 0; i < d->count; i++)
		free(d->items[i].path);
	free(d->classes);
	free(d->items);
	*d = (struct tt_dataset){ 0 };
}

size_t tt_dataset_count(const struct tt_dataset *d, enum tt_split split)
{
	size_t n = 0;

	for (size_t i = 0; i < d->count; i++)
		n += d->items[i].split == split;
	return n;
}
