/* Bytes as a file, for code that opens or maps one. */
#ifndef TT_TESTS_FUZZ_MEMORY_FILE_H
#define TT_TESTS_FUZZ_MEMORY_FILE_H

#include "fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY_PATH_SIZE 32

/* A new memfd; path names it for open(). The caller closes it. */
static inline int memory_file(const uint8_t *data, size_t n, char path[MEMORY_PATH_SIZE])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	PROMISE(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	(void)snprintf(path, MEMORY_PATH_SIZE, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
