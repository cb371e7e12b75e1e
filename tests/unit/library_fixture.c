#include "library_fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int library_open(void **state)
{
	struct library *l = calloc(1, sizeof *l);
	void *fx = NULL;

	CHECK(l != NULL);
	CHECK(fixture_open(&fx) == 0);
	l->fx = fx;
	snprintf(l->dir, sizeof l->dir, "%s", l->fx->dir);
	OK(l->fx, tt_blobs_open_folder(&l->blobs, l->dir, &l->fx->err));
	*state = l;
	return 0;
}

static int drop(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

int library_close(void **state)
{
	struct library *l = *state;
	void *fx = l->fx;

	tt_blobs_close(l->blobs);
	CHECK(fixture_close(&fx) == 0);
	(void)nftw(l->dir, drop, 16, FTW_DEPTH | FTW_PHYS);
	free(l);
	return 0;
}

static _Thread_local int64_t files;

static int count(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)path;
	(void)st;
	(void)at;
	files += flag == FTW_F;
	return 0;
}

int64_t library_files(const struct library *l, const char *folder)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", l->dir, folder);
	files = 0;
	(void)nftw(path, count, 16, FTW_PHYS);
	return files;
}

const char *library_write(const struct library *l, const char *name, const void *p, size_t n)
{
	static char path[160];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", l->dir, name);
	f = fopen(path, "wb");
	CHECK(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
	return path;
}
