/* Files in a folder. A writer fills ROOT/tmp/NAME under a lock (flock), then renames it. The lock tells the sweep at
 * start which temporary files belong to a living process, whatever its process id. */
#include "blob/internal.h"

#include "base/fault.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 640 /* a key and a little */

struct folder {
	struct tt_blobs base;
	char *root;
	int dir, tmp; /* descriptors of ROOT and ROOT/tmp */
	atomic_uint serial;
	pthread_mutex_t making; /* held while folders are made: nobody builds on one that is not on disk yet */
};

struct writer {
	struct tt_blob_writer base;
	struct folder *folder;
	int fd;
	bool synced, committed;
	char name[64];
};

static int fail(struct tt_err *err, const char *what, const char *key)
{
	int e = errno;

	if (e == ENOENT)
		return tt_err_set(err, TT_ENOTFOUND, "no file '%.120s'", key);
	if (e == ENOSPC || e == EDQUOT)
		return tt_err_set(err, TT_EIO, "%s '%.120s': disk is full: make room and try again", what, key);
	return tt_err_set(err, TT_EIO, "%s '%.120s': %s", what, key, strerror(e));
}

static void folder_close(struct tt_blobs *b)
{
	struct folder *f = (struct folder *)b;

	tt_closep(&f->dir);
	tt_closep(&f->tmp);
	(void)pthread_mutex_destroy(&f->making);
	free(f->root);
	free(f);
}

static void folder_closep(struct folder **f)
{
	if (*f)
		folder_close(&(*f)->base);
}

/* ---- writing */

/* A new file under a lock. Another process's sweep may get hold of it between the two: then it has no name any more. */
static int create(struct folder *f, struct writer *w, struct tt_err *err)
{
	for (;;) {
		struct stat st;

		snprintf(w->name, sizeof w->name, "%ld-%u", (long)getpid(), atomic_fetch_add(&f->serial, 1));
		w->fd = openat(f->tmp, w->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
		if (w->fd < 0 && errno == EEXIST)
			continue; /* of a process with the same id in another container */
		if (w->fd < 0)
			return fail(err, "create", w->name);
		(void)flock(w->fd, LOCK_EX); /* where files cannot be locked, the sweep removes none */
		if (fstat(w->fd, &st) < 0 || st.st_nlink > 0)
			return 0;
		tt_closep(&w->fd);
	}
}

static int folder_begin(struct tt_blobs *b, struct tt_blob_writer **out, struct tt_err *err)
{
	struct folder *f = (struct folder *)b;
	struct writer *w = tt_calloc(1, sizeof *w);
	int rc;

	if (!w)
		return tt_err_set(err, TT_ENOMEM, "new file: out of memory");
	*w = (struct writer){ .base.ops = b->ops, .folder = f };
	rc = create(f, w, err);
	if (rc < 0) {
		free(w);
		return rc;
	}
	*out = &w->base;
	return 0;
}

static int folder_write(struct tt_blob_writer *bw, const void *p, size_t n, struct tt_err *err)
{
	struct writer *w = (struct writer *)bw;

	w->synced = false;
	return tt_fs_write_all(w->fd, p, n, err);
}

static int folder_sync(struct tt_blob_writer *bw, struct tt_err *err)
{
	struct writer *w = (struct writer *)bw;
	int rc = w->synced ? 0 : tt_fs_sync(w->fd, err);

	w->synced = rc == 0;
	return rc;
}

/* Makes the folders above a key. Each new folder's entry is made durable by syncing the folder that it stands in,
 * unless it may come later. */
static int make_parents(struct folder *f, const char *key, bool soon, struct tt_err *err)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s", key);
	for (char *slash = strchr(path, '/'), *above = NULL; slash; above = slash, slash = strchr(slash + 1, '/')) {
		TT_SCOPED(tt_closep) int parent = -1;
		int rc;

		*slash = 0;
		rc = mkdirat(f->dir, path, 0750);
		if (rc < 0 && errno != EEXIST)
			return fail(err, "make folder", path);
		if (rc == 0 && !soon) {
			if (above)
				*above = 0;
			parent = openat(f->dir, above ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (above)
				*above = '/';
			if (parent < 0)
				return fail(err, "open folder", path);
			rc = tt_fs_sync(parent, err);
			if (rc < 0) {
				/* The next try must sync it again, and does so only for a folder that it makes. */
				(void)unlinkat(f->dir, path, AT_REMOVEDIR);
				return rc;
			}
		}
		*slash = '/';
	}
	return 0;
}

static int sync_parent(struct folder *f, const char *key, struct tt_err *err)
{
	char path[PATH_SIZE];
	char *slash;
	TT_SCOPED(tt_closep) int fd = -1;

	snprintf(path, sizeof path, "%s", key);
	slash = strrchr(path, '/');
	if (slash)
		*slash = 0;
	fd = openat(f->dir, slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(err, "open folder", path) : tt_fs_sync(fd, err);
}

static int folder_commit(struct tt_blob_writer *bw, const char *key, bool soon, struct tt_err *err)
{
	struct writer *w = (struct writer *)bw;
	struct folder *f = w->folder;
	int rc = soon ? 0 : folder_sync(bw, err);

	if (rc == 0) {
		(void)pthread_mutex_lock(&f->making);
		rc = make_parents(f, key, soon, err);
		(void)pthread_mutex_unlock(&f->making);
	}
	if (rc < 0)
		return rc;
	if (renameat(f->tmp, w->name, f->dir, key) < 0)
		return fail(err, "put in place", key);
	w->committed = true;
	return soon ? 0 : sync_parent(f, key, err);
}

static void folder_end(struct tt_blob_writer *bw)
{
	struct writer *w = (struct writer *)bw;

	if (!w->committed)
		(void)unlinkat(w->folder->tmp, w->name, 0);
	tt_closep(&w->fd);
	free(w);
}

/* One wait for all that was written: syncfs() also tells of writes that failed meanwhile. */
static int folder_flush(struct tt_blobs *b, struct tt_err *err)
{
	struct folder *f = (struct folder *)b;

	if (tt_fault_strikes(TT_FAULT_FSYNC))
		errno = EIO;
	else if (syncfs(f->dir) == 0)
		return 0;
	return fail(err, "flush", f->root);
}

/* ---- the rest */

static int folder_open(struct tt_blobs *b, const char *key, int *out, int64_t *size, struct tt_err *err)
{
	struct folder *f = (struct folder *)b;
	TT_SCOPED(tt_closep) int fd = openat(f->dir, key, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(err, "open", key);
	if (!S_ISREG(st.st_mode))
		return tt_err_set(err, TT_ENOTFOUND, "'%.120s' is not a file", key);
	*size = st.st_size;
	*out = fd;
	fd = -1;
	return 0;
}

static int folder_size(struct tt_blobs *b, const char *key, int64_t *size, struct tt_err *err)
{
	struct folder *f = (struct folder *)b;
	struct stat st;

	if (fstatat(f->dir, key, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(err, "look at", key);
	if (!S_ISREG(st.st_mode))
		return tt_err_set(err, TT_ENOTFOUND, "'%.120s' is not a file", key);
	*size = st.st_size;
	return 0;
}

static int folder_remove(struct tt_blobs *b, const char *key, struct tt_err *err)
{
	struct folder *f = (struct folder *)b;

	if (unlinkat(f->dir, key, 0) < 0)
		return fail(err, "remove", key);
	return sync_parent(f, key, err);
}

struct listing {
	size_t skip; /* "ROOT/" */
	tt_blob_list_fn *fn;
	void *ctx;
};

static int list_one(void *ctx, const char *path, struct tt_err *err)
{
	const struct listing *l = ctx;

	return l->fn(l->ctx, path + l->skip, err);
}

static int folder_list(struct tt_blobs *b, const char *prefix, tt_blob_list_fn *fn, void *ctx, struct tt_err *err)
{
	struct folder *f = (struct folder *)b;
	struct listing l = { strlen(f->root) + 1, fn, ctx };
	TT_SCOPED(tt_freep) char *path = NULL;

	if (faccessat(f->dir, prefix, F_OK, 0) < 0)
		return errno == ENOENT ? 0 : fail(err, "look at", prefix);
	if (asprintf(&path, "%s/%s", f->root, prefix) < 0) {
		path = NULL;
		return tt_err_set(err, TT_ENOMEM, "list files: out of memory");
	}
	return tt_fs_walk(path, list_one, &l, err);
}

static const struct tt_blob_ops folder_ops = {
	.begin = folder_begin,
	.write = folder_write,
	.sync = folder_sync,
	.commit = folder_commit,
	.end = folder_end,
	.open = folder_open,
	.size = folder_size,
	.remove = folder_remove,
	.list = folder_list,
	.flush = folder_flush,
	.close = folder_close,
};

static void sweep_one(int tmp, const char *name)
{
	TT_SCOPED(tt_closep) int fd = openat(tmp, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		(void)unlinkat(tmp, name, 0);
}

static int sweep(struct folder *f, struct tt_err *err)
{
	int fd = openat(f->tmp, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d) {
		int rc = fail(err, "open folder", "tmp");

		tt_closep(&fd);
		return rc;
	}
	for (const struct dirent *e = readdir(d); e; e = readdir(d))
		if (e->d_name[0] != '.')
			sweep_one(f->tmp, e->d_name);
	(void)closedir(d);
	return 0;
}

int tt_blobs_open_folder(struct tt_blobs **out, const char *root, struct tt_err *err)
{
	TT_SCOPED(folder_closep) struct folder *f = tt_calloc(1, sizeof *f);
	int rc;

	if (!f)
		return tt_err_set(err, TT_ENOMEM, "open '%s': out of memory", root);
	*f = (struct folder){ .base.ops = &folder_ops, .root = tt_strdup(root), .dir = -1, .tmp = -1 };
	(void)pthread_mutex_init(&f->making, NULL);
	if (!f->root)
		return tt_err_set(err, TT_ENOMEM, "open '%s': out of memory", root);
	for (size_t n = strlen(f->root); n > 1 && f->root[n - 1] == '/'; n--)
		f->root[n - 1] = 0;
	rc = tt_fs_mkdirs(root, 0750, err);
	if (rc < 0)
		return rc;
	f->dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir < 0)
		return fail(err, "open folder", root);
	if (mkdirat(f->dir, "tmp", 0750) < 0 && errno != EEXIST)
		return fail(err, "make folder", "tmp");
	f->tmp = openat(f->dir, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->tmp < 0)
		return fail(err, "open folder", "tmp");
	rc = sweep(f, err);
	if (rc < 0)
		return rc;
	*out = &tt_take(f)->base;
	return 0;
}
