/* A library for units: the store's fixture with a folder of files beside it, all removed at the end. */
#ifndef TT_TESTS_UNIT_LIBRARY_FIXTURE_H
#define TT_TESTS_UNIT_LIBRARY_FIXTURE_H

#include "blob/blob.h"
#include "store/fixture.h"

struct library {
	struct fixture *fx;
	struct tt_blobs *blobs;
	char dir[64];
};

/* Setup and teardown of a test: *state is the library. */
int library_open(void **state);
int library_close(void **state);

/* Files below a folder of the library ("originals", "derived", "tmp"). */
int64_t library_files(const struct library *l, const char *folder);
/* Writes a file in the library's folder and returns its path (static). */
const char *library_write(const struct library *l, const char *name, const void *p, size_t n);

#endif
