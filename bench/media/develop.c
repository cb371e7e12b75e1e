/* Photos developed per second by a team of workers, and the memory of all their processes together.
 *
 * usage: develop WORKERS REPEATS FILE...     every file is developed REPEATS times, as many at once as there are
 * workers */
#include "base/clock.h"
#include "base/str.h"
#include "worker/worker.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLE_NS = 250000000, THREADS_MAX = 64 };

static struct tt_workers *workers;
static char **files;
static long file_count, total;
static atomic_long next_file, failed, bytes;
static atomic_bool finished;
static atomic_long peak_kb;

static long number_of(const char *path, const char *key)
{
	char line[256];
	long v = 0;
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, key, strlen(key)))
			v = strtol(line + strlen(key), NULL, 10);
	if (f)
		fclose(f);
	return v;
}

/* Private and shared pages of this process and all below it, each shared page once (Pss). */
static long tree_kb(void)
{
	long sum = 0, group = getpgrp();
	DIR *proc = opendir("/proc");
	const struct dirent *e;

	while (proc && (e = readdir(proc))) {
		char path[300];
		int64_t pid;

		if (!tt_str_i64(tt_str_of(e->d_name), 1, INT32_MAX, &pid) || getpgid((pid_t)pid) != group)
			continue;
		snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
		sum += number_of(path, "Pss:");
	}
	if (proc)
		closedir(proc);
	return sum;
}

static void *sample(void *p)
{
	while (!atomic_load(&finished)) {
		long kb = tree_kb();

		if (kb > atomic_load(&peak_kb))
			atomic_store(&peak_kb, kb);
		(void)nanosleep(&(struct timespec){ 0, SAMPLE_NS }, NULL);
	}
	return p;
}

static void *work(void *p)
{
	for (long i; (i = atomic_fetch_add(&next_file, 1)) < total;) {
		const char *path = files[i % file_count];
		struct tt_developed d = { .memory = NULL };
		struct tt_err err = { 0 };
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0 || tt_workers_develop(workers, fd, path, TT_DEVELOP_ALL, &d, &err) < 0) {
			atomic_fetch_add(&failed, 1);
			fprintf(stderr, "%s: %s\n", path, err.msg);
		}
		atomic_fetch_add(&bytes, (long)(d.thumb_size + d.preview_size));
		tt_workers_developed_done(&d);
		if (fd >= 0)
			close(fd);
	}
	return p;
}

int main(int argc, char **argv)
{
	struct tt_workers_opts opts = { 1, 60000, (uint64_t)2 << 30, { 400000000, 60000 } };
	pthread_t threads[THREADS_MAX], sampler;
	int64_t count, repeats, start;
	struct tt_err err = { 0 };
	double seconds;

	if (argc < 4 || !tt_str_i64(tt_str_of(argv[1]), 1, THREADS_MAX, &count) ||
	    !tt_str_i64(tt_str_of(argv[2]), 1, 1000000, &repeats)) {
		fprintf(stderr, "usage: %s WORKERS REPEATS FILE...\n", argv[0]);
		return 2;
	}
	(void)setpgid(0, 0);
	opts.count = (unsigned)count;
	if (tt_workers_start(&workers, &opts, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	files = argv + 3;
	file_count = argc - 3;
	total = file_count * (long)repeats;
	start = tt_mono_ns();
	(void)pthread_create(&sampler, NULL, sample, NULL);
	for (int64_t i = 0; i < count; i++)
		(void)pthread_create(&threads[i], NULL, work, NULL);
	for (int64_t i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	seconds = (double)(tt_mono_ns() - start) / 1e9;
	atomic_store(&finished, true);
	pthread_join(sampler, NULL);
	printf("{\"photos\":%ld,\"failed\":%ld,\"seconds\":%.2f,\"photos_per_second\":%.1f,\"peak_mb\":%.0f,\"derived_"
	       "kb\":%.1f}\n",
	       total, atomic_load(&failed), seconds, (double)total / seconds, (double)atomic_load(&peak_kb) / 1024,
	       (double)atomic_load(&bytes) / 1024 / (double)total);
	tt_workers_stop(workers);
	return atomic_load(&failed) > 0;
}
