#include "train/state.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "ttstate1"

struct head {
	char magic[8];
	uint8_t key[TT_SHA256_SIZE];
	uint64_t step, right, seen, values, statistics, epochs;
	double loss_sum, seconds;
};

struct part {
	void *p;
	size_t size;
};

enum { PARTS = 6 };

static void parts_of(const struct tt_state *s, uint32_t epochs, struct part out[PARTS])
{
	size_t values = s->values * sizeof(float), statistics = s->statistics * sizeof(float);

	out[0] = (struct part){ s->epoch, epochs * sizeof *s->epoch };
	out[1] = (struct part){ s->weight, values };
	out[2] = (struct part){ s->momentum, values };
	out[3] = (struct part){ s->mean, values };
	out[4] = (struct part){ s->stat, statistics };
	out[5] = (struct part){ s->mean_stat, statistics };
}

int tt_state_init(struct tt_state *s, const struct tt_train_params *p, uint32_t epochs, struct tt_err *err)
{
	*s = (struct tt_state){ .values = p->values, .statistics = p->statistics, .epochs_room = epochs };
	s->epoch = tt_calloc(epochs, sizeof *s->epoch);
	s->weight = tt_calloc(p->values, sizeof(float));
	s->momentum = tt_calloc(p->values, sizeof(float));
	s->mean = tt_calloc(p->values, sizeof(float));
	s->stat = tt_calloc(p->statistics + 1, sizeof(float));
	s->mean_stat = tt_calloc(p->statistics + 1, sizeof(float));
	if (s->epoch && s->weight && s->momentum && s->mean && s->stat && s->mean_stat)
		return 0;
	tt_state_done(s);
	return tt_err_set(err, TT_ENOMEM, "training: out of memory for the weights");
}

void tt_state_done(struct tt_state *s)
{
	free(s->epoch);
	free(s->weight);
	free(s->momentum);
	free(s->mean);
	free(s->stat);
	free(s->mean_stat);
	*s = (struct tt_state){ 0 };
}

static int write_parts(const struct tt_state *s, int fd, struct tt_err *err)
{
	struct head head = { .magic = MAGIC,
			     .step = s->step,
			     .right = s->right,
			     .seen = s->seen,
			     .values = s->values,
			     .statistics = s->statistics,
			     .epochs = s->epochs,
			     .loss_sum = s->loss_sum,
			     .seconds = s->seconds };
	struct part part[PARTS];
	struct tt_sha256 h;
	uint8_t sum[TT_SHA256_SIZE];
	int rc;

	memcpy(head.key, s->key, sizeof head.key);
	parts_of(s, s->epochs, part);
	tt_sha256_init(&h);
	tt_sha256_add(&h, &head, sizeof head);
	rc = tt_fs_write_all(fd, &head, sizeof head, err);
	for (int k = 0; rc == 0 && k < PARTS; k++) {
		tt_sha256_add(&h, part[k].p, part[k].size);
		rc = tt_fs_write_all(fd, part[k].p, part[k].size, err);
	}
	tt_sha256_end(&h, sum);
	rc = rc ? rc : tt_fs_write_all(fd, sum, sizeof sum, err);
	return rc ? rc : tt_fs_sync(fd, err);
}

static int sync_folder(const char *path, struct tt_err *err)
{
	const char *slash = strrchr(path, '/');
	TT_SCOPED(tt_freep) char *dir = slash ? tt_strndup(path, (size_t)(slash - path) + 1) : tt_strdup(".");

	return dir ? tt_fs_sync_dir(dir, err) : tt_err_set(err, TT_ENOMEM, "training: out of memory");
}

int tt_state_save(const struct tt_state *s, const char *path, struct tt_err *err)
{
	char temp[4096];
	int fd, rc;

	if (snprintf(temp, sizeof temp, "%s.tmp", path) >= (int)sizeof temp)
		return tt_err_set(err, TT_ETOOBIG, "the path '%s' is too long", path);
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return tt_err_set(err, TT_EIO, "cannot write '%s': %s", temp, strerror(errno));
	rc = write_parts(s, fd, err);
	(void)close(fd);
	if (rc == 0 && rename(temp, path) < 0)
		rc = tt_err_set(err, TT_EIO, "cannot write '%s': %s", path, strerror(errno));
	if (rc < 0)
		(void)unlink(temp);
	return rc ? rc : sync_folder(path, err);
}

static bool read_all(int fd, void *p, size_t n)
{
	char *q = p;

	while (n > 0) {
		ssize_t got = read(fd, q, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		q += got;
		n -= (size_t)got;
	}
	return true;
}

static int damaged(const char *path, struct tt_err *err)
{
	return tt_err_set(err, TT_EINVALID, "'%s' is damaged: delete it and train anew", path);
}

int tt_state_load(struct tt_state *s, const char *path, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct head head;
	struct part part[PARTS];
	struct tt_sha256 h;
	uint8_t want[TT_SHA256_SIZE], have[TT_SHA256_SIZE];

	if (fd < 0)
		return tt_err_set(err, errno == ENOENT ? TT_ENOTFOUND : TT_EIO, "cannot read '%s': %s", path,
				  strerror(errno));
	if (!read_all(fd, &head, sizeof head) || memcmp(head.magic, MAGIC, sizeof head.magic) != 0)
		return damaged(path, err);
	if (memcmp(head.key, s->key, sizeof head.key) != 0 || head.values != s->values ||
	    head.statistics != s->statistics)
		return tt_err_set(err, TT_EINVALID, "'%s' belongs to a training with other photos or settings", path);
	if (head.epochs > s->epochs_room)
		return damaged(path, err);
	parts_of(s, (uint32_t)head.epochs, part);
	tt_sha256_init(&h);
	tt_sha256_add(&h, &head, sizeof head);
	for (int k = 0; k < PARTS; k++) {
		if (!read_all(fd, part[k].p, part[k].size))
			return damaged(path, err);
		tt_sha256_add(&h, part[k].p, part[k].size);
	}
	tt_sha256_end(&h, have);
	if (!read_all(fd, want, sizeof want) || memcmp(want, have, sizeof want) != 0)
		return damaged(path, err);
	s->step = head.step;
	s->right = head.right;
	s->seen = head.seen;
	s->loss_sum = head.loss_sum;
	s->seconds = head.seconds;
	s->epochs = (uint32_t)head.epochs;
	return 0;
}
