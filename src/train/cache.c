#include "train/cache.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "train/cache_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* 1: mapped and fits; 0: absent, or made of something else. */
static int map_file(struct tt_cache *c, const char *path, size_t count, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct tt_cache_head head;
	struct stat st;
	void *map;

	if (fd < 0)
		return errno == ENOENT ? 0 : tt_err_set(err, TT_EIO, "cannot read '%s': %s", path, strerror(errno));
	if (fstat(fd, &st) < 0 || pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head)
		return 0;
	if (memcmp(head.magic, TT_CACHE_MAGIC, sizeof head.magic) != 0 ||
	    memcmp(head.key, c->key, sizeof c->key) != 0 || head.count != count || head.size != (uint64_t)st.st_size)
		return 0;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return tt_err_set(err, TT_EIO, "cannot map '%s': %s", path, strerror(errno));
	c->map = map;
	c->map_size = (size_t)st.st_size;
	return 1;
}

static bool row_fits(const struct tt_cache *c, const struct tt_cache_row *row, size_t pixels_from)
{
	uint64_t size = 3 * (uint64_t)row->w * row->h;

	return row->at >= pixels_from && row->at <= c->map_size && size <= c->map_size - row->at;
}

static int read_rows(struct tt_cache *c, const struct tt_dataset *d, const char *path, struct tt_err *err)
{
	const uint8_t *base = c->map;
	const struct tt_cache_row *row = (const void *)(base + sizeof(struct tt_cache_head));
	size_t pixels_from = sizeof(struct tt_cache_head) + d->count * sizeof *row, n = 0;

	if (pixels_from > c->map_size)
		return tt_err_set(err, TT_EINVALID, "'%s' is damaged: delete it", path);
	c->entry = tt_calloc(d->count, sizeof *c->entry);
	if (!c->entry)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory for the list of photos");
	for (int s = 0; s < TT_SPLITS; s++) {
		c->first[s] = n;
		for (size_t i = 0; i < d->count; i++) {
			if (d->items[i].split != (enum tt_split)s || row[i].w == 0)
				continue;
			if (!row_fits(c, &row[i], pixels_from))
				return tt_err_set(err, TT_EINVALID, "'%s' is damaged: delete it", path);
			c->entry[n].pixels = (struct tt_pixels){ row[i].w, row[i].h, base + row[i].at };
			c->entry[n++].label = d->items[i].label;
		}
		c->count[s] = n - c->first[s];
	}
	return 0;
}

int tt_cache_open(struct tt_cache *c, const char *path, const struct tt_dataset *d, unsigned side,
		  const struct tt_decoder *decoder, const struct tt_cache_watch *watch, struct tt_err *err)
{
	int rc;

	*c = (struct tt_cache){ .entry = NULL };
	rc = tt_cache_key(d, side, c->key, err);
	if (rc < 0)
		return rc;
	rc = map_file(c, path, d->count, err);
	if (rc == 0) {
		rc = tt_cache_make(path, c->key, d, side, decoder, watch, err);
		rc = rc ? rc : map_file(c, path, d->count, err);
		if (rc == 0)
			rc = tt_err_set(err, TT_EIO, "'%s' changed while it was written", path);
	}
	if (rc > 0)
		rc = read_rows(c, d, path, err);
	if (rc == 0 && (c->count[TT_SPLIT_TRAIN] == 0 || c->count[TT_SPLIT_VAL] == 0))
		rc = tt_err_set(err, TT_EINVALID, "no photo could be decoded");
	if (rc < 0)
		tt_cache_done(c);
	return rc;
}

void tt_cache_done(struct tt_cache *c)
{
	if (c->map)
		(void)munmap(c->map, c->map_size);
	free(c->entry);
	*c = (struct tt_cache){ .entry = NULL };
}
