#include "train/cache_file.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 64   /* photos in memory at once */
#define THREADS 64 /* most at once */

struct slot {
	struct tt_pixels pixels; /* rgb is ours; NULL: rejected */
	struct tt_err err;
};

struct chunk {
	const struct tt_dataset *d;
	const struct tt_decoder *decoder;
	unsigned side;
	size_t first, count;
	atomic_size_t next;
	struct slot slot[CHUNK];
};

int tt_cache_key(const struct tt_dataset *d, unsigned side, uint8_t out[TT_SHA256_SIZE], struct tt_err *err)
{
	struct tt_sha256 h;
	uint64_t head[2] = { side, d->class_count };

	tt_sha256_init(&h);
	tt_sha256_add(&h, head, sizeof head);
	for (unsigned k = 0; k < d->class_count; k++)
		tt_sha256_add(&h, d->classes[k], strlen(d->classes[k]) + 1);
	for (size_t i = 0; i < d->count; i++) {
		const struct tt_dataset_item *item = &d->items[i];
		struct stat st;
		int64_t facts[5];

		if (stat(item->path, &st) < 0)
			return tt_err_set(err, TT_EIO, "cannot read '%s': %s", item->path, strerror(errno));
		facts[0] = st.st_size;
		facts[1] = st.st_mtim.tv_sec;
		facts[2] = st.st_mtim.tv_nsec;
		facts[3] = (int64_t)item->split;
		facts[4] = item->label;
		tt_sha256_add(&h, item->path, strlen(item->path) + 1);
		tt_sha256_add(&h, facts, sizeof facts);
	}
	tt_sha256_end(&h, out);
	return 0;
}

static void decode_one(struct chunk *c, struct slot *s, const char *path, struct tt_augment_scratch *scratch)
{
	struct tt_developed got = { 0 };
	struct tt_pixels in, out;

	*s = (struct slot){ 0 };
	if (c->decoder->decode(c->decoder->ctx, path, &got, &s->err) < 0)
		return;
	in = (struct tt_pixels){ got.plane.width, got.plane.height, got.plane.rgb };
	if (!in.rgb || in.w == 0 || in.h == 0)
		(void)tt_err_set(&s->err, TT_EINVALID, "has no picture in it");
	else if (tt_augment_shrink(&in, c->side, c->side + c->side / 2, scratch, &out, &s->err) == 0)
		s->pixels = out;
	c->decoder->done(&got);
}

static void *decode_some(void *ctx)
{
	struct chunk *c = ctx;
	struct tt_augment_scratch scratch = { 0 };
	size_t i;

	while ((i = atomic_fetch_add(&c->next, 1)) < c->count)
		decode_one(c, &c->slot[i], c->d->items[c->first + i].path, &scratch);
	tt_augment_scratch_done(&scratch);
	return NULL;
}

static int decode_chunk(struct chunk *c, struct tt_err *err)
{
	pthread_t thread[THREADS];
	unsigned want = c->decoder->threads < THREADS ? c->decoder->threads : THREADS, n = 0;

	atomic_store(&c->next, 0);
	while (n < want && pthread_create(&thread[n], NULL, decode_some, c) == 0)
		n++;
	if (n == 0)
		return tt_err_set(err, TT_EINTERNAL, "training: cannot start a thread to decode photos");
	for (unsigned k = 0; k < n; k++)
		(void)pthread_join(thread[k], NULL);
	return 0;
}

struct out {
	int fd;
	uint64_t at;
	struct tt_cache_row *row;
};

/* Writes what is good of a chunk in its order, and frees all of it. */
static int write_chunk(struct out *o, struct chunk *c, const struct tt_cache_watch *w, struct tt_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct slot *s = &c->slot[i];
		size_t size = 3 * (size_t)s->pixels.w * s->pixels.h;

		if (rc == 0 && s->pixels.rgb) {
			o->row[c->first + i] = (struct tt_cache_row){ o->at, (uint16_t)s->pixels.w,
								      (uint16_t)s->pixels.h, 0 };
			o->at += size;
			rc = tt_fs_write_all(o->fd, s->pixels.rgb, size, err);
		} else if (rc == 0 && w->rejected) {
			w->rejected(w->ctx, c->d->items[c->first + i].path, s->err.msg);
		}
		free((void *)(uintptr_t)s->pixels.rgb);
	}
	return rc;
}

static int write_head(struct out *o, const uint8_t key[TT_SHA256_SIZE], size_t count, struct tt_err *err)
{
	struct tt_cache_head head = { .magic = TT_CACHE_MAGIC, .count = count, .size = o->at };
	int rc;

	memcpy(head.key, key, sizeof head.key);
	if (lseek(o->fd, 0, SEEK_SET) < 0)
		return tt_err_set(err, TT_EIO, "training: cannot write the cache: %s", strerror(errno));
	rc = tt_fs_write_all(o->fd, &head, sizeof head, err);
	rc = rc ? rc : tt_fs_write_all(o->fd, o->row, count * sizeof *o->row, err);
	return rc ? rc : tt_fs_sync(o->fd, err);
}

static int fill(struct out *o, struct chunk *c, const uint8_t key[TT_SHA256_SIZE], const struct tt_cache_watch *w,
		struct tt_err *err)
{
	const struct tt_dataset *d = c->d;
	int rc = 0;

	if (lseek(o->fd, (off_t)o->at, SEEK_SET) < 0)
		return tt_err_set(err, TT_EIO, "training: cannot write the cache: %s", strerror(errno));
	for (c->first = 0; rc == 0 && c->first < d->count; c->first += c->count) {
		c->count = d->count - c->first < CHUNK ? d->count - c->first : CHUNK;
		if (w->stop && w->stop(w->ctx))
			return tt_err_set(err, TT_EBUSY, "stopped while decoding the photos");
		rc = decode_chunk(c, err);
		if (rc == 0)
			rc = write_chunk(o, c, w, err);
		if (rc == 0 && w->progress)
			w->progress(w->ctx, c->first + c->count, d->count);
	}
	return rc ? rc : write_head(o, key, d->count, err);
}

int tt_cache_make(const char *path, const uint8_t key[TT_SHA256_SIZE], const struct tt_dataset *d, unsigned side,
		  const struct tt_decoder *decoder, const struct tt_cache_watch *watch, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_cache_row *row = tt_calloc(d->count, sizeof *row);
	TT_SCOPED(tt_freep) struct chunk *c = tt_calloc(1, sizeof *c);
	struct out o = { .fd = -1, .at = sizeof(struct tt_cache_head) + d->count * sizeof *row, .row = row };
	char temp[4096];
	int rc;

	if (!row || !c)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory for the list of photos");
	if (snprintf(temp, sizeof temp, "%s.tmp", path) >= (int)sizeof temp)
		return tt_err_set(err, TT_ETOOBIG, "the path '%s' is too long", path);
	c->d = d;
	c->decoder = decoder;
	c->side = side;
	o.fd = open(temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (o.fd < 0)
		return tt_err_set(err, TT_EIO, "cannot write '%s': %s", temp, strerror(errno));
	rc = fill(&o, c, key, watch, err);
	(void)close(o.fd);
	if (rc == 0 && rename(temp, path) < 0)
		rc = tt_err_set(err, TT_EIO, "cannot write '%s': %s", path, strerror(errno));
	if (rc < 0)
		(void)unlink(temp);
	return rc;
}
