/* Files: whole reads and writes, durable creation, directory walks. Paths are bytes. Any thread. */
#ifndef TT_BASE_FS_H
#define TT_BASE_FS_H

#include "base/buf.h"

#include <stdint.h>
#include <sys/types.h>

void tt_closep(int *fd);                                                        /* for TT_SCOPED; negative is fine */
int tt_fs_mkdirs(const char *path, mode_t mode, struct tt_err *err) TT_CHECKED; /* like mkdir -p */
int tt_fs_write_all(int fd, const void *p, size_t n, struct tt_err *err) TT_CHECKED; /* asks TT_FAULT_WRITE */
int tt_fs_sync(int fd, struct tt_err *err) TT_CHECKED;                               /* fsync; asks TT_FAULT_FSYNC */
int tt_fs_sync_dir(const char *path, struct tt_err *err) TT_CHECKED;
/* Reads a whole file into out (its max is the limit). */
int tt_fs_read_file(const char *path, struct tt_buf *out, struct tt_err *err) TT_CHECKED;
/* Writes temp + fsync + rename + fsync of the directory. */
int tt_fs_write_file(const char *path, const void *p, size_t n, struct tt_err *err) TT_CHECKED;
/* The same for a copy of a file. */
int tt_fs_copy_file(const char *from, const char *path, struct tt_err *err) TT_CHECKED;
/* Calls fn for every regular file below path (or for path itself), depth first in the order of names. Symbolic links to
 * files are followed, to directories not. fn returns negative to stop. Hidden names (".x", "@eaDir") are left out. A
 * folder further down that cannot be read is handed to fn itself, which then may say so. */
typedef int tt_fs_walk_fn(void *ctx, const char *path, struct tt_err *err);
int tt_fs_walk(const char *path, tt_fs_walk_fn *fn, void *ctx, struct tt_err *err) TT_CHECKED;

#endif
