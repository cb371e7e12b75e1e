#include "base/fs.h"

#include "base/alloc.h"
#include "base/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void tt_closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

int tt_fs_mkdirs(const char *path, mode_t mode, struct tt_err *err)
{
	char at[PATH_MAX];
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof at)
		return tt_err_set(err, TT_EINVALID, "the path is empty or longer than %d bytes", PATH_MAX - 1);
	memcpy(at, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (at[i] != '/' && at[i] != 0)
			continue;
		at[i] = 0;
		if (mkdir(at, mode) < 0 && errno != EEXIST)
			return tt_err_set(err, TT_EIO, "cannot make the folder %s: %s", at, strerror(errno));
		at[i] = path[i];
	}
	return 0;
}

int tt_fs_write_all(int fd, const void *p, size_t n, struct tt_err *err)
{
	const char *at = p;

	while (n) {
		ssize_t done;

		if (tt_fault_strikes(TT_FAULT_WRITE))
			return tt_err_set(err, TT_EIO, "cannot write: %s", strerror(ENOSPC));
		done = write(fd, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return tt_err_set(err, TT_EIO, "cannot write: %s", strerror(errno));
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

int tt_fs_sync(int fd, struct tt_err *err)
{
	if (tt_fault_strikes(TT_FAULT_FSYNC))
		return tt_err_set(err, TT_EIO, "cannot flush to disk: %s", strerror(EIO));
	if (fsync(fd) < 0)
		return tt_err_set(err, TT_EIO, "cannot flush to disk: %s", strerror(errno));
	return 0;
}

int tt_fs_sync_dir(const char *path, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return tt_err_set(err, TT_EIO, "cannot open the folder %s: %s", path, strerror(errno));
	return tt_fs_sync(fd, err);
}

int tt_fs_read_file(const char *path, struct tt_buf *out, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char chunk[16384];

	if (fd < 0)
		return tt_err_set(err, errno == ENOENT ? TT_ENOTFOUND : TT_EIO, "cannot open %s: %s", path,
				  strerror(errno));
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tt_err_set(err, TT_EIO, "cannot read %s: %s", path, strerror(errno));
		if (tt_buf_add(out, chunk, (size_t)n, err) < 0)
			return tt_err_ctx(err, "%s", path);
		if (n == 0)
			return 0;
	}
}

static int flush_and_rename(int fd, const char *temp, const char *path, struct tt_err *err)
{
	char dir[PATH_MAX];
	char *slash;
	int rc = tt_fs_sync(fd, err);

	if (rc < 0)
		return tt_err_ctx(err, "%s", path);
	if (rename(temp, path) < 0)
		return tt_err_set(err, TT_EIO, "cannot write %s: %s", path, strerror(errno));
	(void)snprintf(dir, sizeof dir, "%s", path);
	slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = 0;
	return tt_fs_sync_dir(slash ? dir : ".", err);
}

static int open_temp(char temp[PATH_MAX], const char *path, struct tt_err *err)
{
	int fd;

	if ((size_t)snprintf(temp, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX)
		return tt_err_set(err, TT_EINVALID, "the path is longer than %d bytes", PATH_MAX - 8);
	fd = mkostemp(temp, O_CLOEXEC);
	return fd < 0 ? tt_err_set(err, TT_EIO, "cannot write %s: %s", path, strerror(errno)) : fd;
}

int tt_fs_write_file(const char *path, const void *p, size_t n, struct tt_err *err)
{
	char temp[PATH_MAX];
	TT_SCOPED(tt_closep) int fd = open_temp(temp, path, err);
	int rc;

	if (fd < 0)
		return fd;
	rc = tt_fs_write_all(fd, p, n, err);
	rc = rc < 0 ? tt_err_ctx(err, "%s", path) : flush_and_rename(fd, temp, path, err);
	if (rc < 0)
		(void)unlink(temp);
	return rc;
}

static int copy_all(int from, int to, struct tt_err *err)
{
	char chunk[65536];

	for (;;) {
		ssize_t n = read(from, chunk, sizeof chunk);
		int rc;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tt_err_set(err, TT_EIO, "cannot read: %s", strerror(errno));
		if (n == 0)
			return 0;
		rc = tt_fs_write_all(to, chunk, (size_t)n, err);
		if (rc < 0)
			return rc;
	}
}

int tt_fs_copy_file(const char *from, const char *path, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int in = open(from, O_RDONLY | O_CLOEXEC);
	TT_SCOPED(tt_closep) int fd = -1;
	char temp[PATH_MAX];
	int rc;

	if (in < 0)
		return tt_err_set(err, errno == ENOENT ? TT_ENOTFOUND : TT_EIO, "cannot open %s: %s", from,
				  strerror(errno));
	fd = open_temp(temp, path, err);
	if (fd < 0)
		return fd;
	rc = copy_all(in, fd, err);
	rc = rc < 0 ? tt_err_ctx(err, "%s", path) : flush_and_rename(fd, temp, path, err);
	if (rc < 0)
		(void)unlink(temp);
	return rc;
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "@eaDir") != 0;
}

static void free_entries(struct dirent **entries, int n)
{
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
}

#define MAX_WALK_DEPTH 64

static int walk(const char *path, unsigned depth, tt_fs_walk_fn *fn, void *ctx, struct tt_err *err)
{
	struct dirent **entries = NULL;
	int n, rc = 0;

	if (depth > MAX_WALK_DEPTH)
		return tt_err_set(err, TT_ETOOBIG, "%s is more than %d folders deep", path, MAX_WALK_DEPTH);
	n = scandir(path, &entries, not_hidden, alphasort);
	if (n < 0 && depth > 0)
		return fn(ctx, path, err);
	if (n < 0)
		return tt_err_set(err, TT_EIO, "cannot read the folder %s: %s", path, strerror(errno));
	for (int i = 0; i < n && rc >= 0; i++) {
		char child[PATH_MAX];
		struct stat st, target;

		if ((size_t)snprintf(child, sizeof child, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/",
				     entries[i]->d_name) >= sizeof child)
			continue;
		if (lstat(child, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			rc = walk(child, depth + 1, fn, ctx, err);
		else if (S_ISREG(st.st_mode) ||
			 (S_ISLNK(st.st_mode) && stat(child, &target) == 0 && S_ISREG(target.st_mode)))
			rc = fn(ctx, child, err);
	}
	free_entries(entries, n);
	return rc < 0 ? rc : 0;
}

int tt_fs_walk(const char *path, tt_fs_walk_fn *fn, void *ctx, struct tt_err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return tt_err_set(err, errno == ENOENT ? TT_ENOTFOUND : TT_EIO, "cannot read %s: %s", path,
				  strerror(errno));
	if (S_ISDIR(st.st_mode))
		return walk(path, 0, fn, ctx, err);
	if (!S_ISREG(st.st_mode))
		return tt_err_set(err, TT_EINVALID, "%s is neither a file nor a folder", path);
	return fn(ctx, path, err) < 0 ? err->code : 0;
}
