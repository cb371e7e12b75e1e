#include "cli/progress.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { BAR = 30, EVERY_MS = 150 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t shown_ns;

static void print_left(double seconds)
{
	long s = (long)(seconds + 0.5);

	if (s >= 3600)
		(void)fprintf(stderr, "  %ld h %02ld min left", s / 3600, s / 60 % 60);
	else if (s >= 60)
		(void)fprintf(stderr, "  %ld min %02ld s left", s / 60, s % 60);
	else
		(void)fprintf(stderr, "  %ld s left", s);
}

void tt_progress_show(const char *what, int64_t done, int64_t total, double per_second)
{
	int64_t now = tt_mono_ns();
	int full;

	if (!isatty(STDERR_FILENO))
		return;
	pthread_mutex_lock(&lock);
	if (now - shown_ns < (int64_t)EVERY_MS * 1000000) {
		pthread_mutex_unlock(&lock);
		return;
	}
	shown_ns = now;
	(void)fprintf(stderr, "\r\033[K%s ", what);
	if (total > 0) {
		full = (int)(done * BAR / total);
		(void)fputc('[', stderr);
		for (int i = 0; i < BAR; i++)
			(void)fputc(i < full ? '#' : '.', stderr);
		(void)fprintf(stderr, "] %lld of %lld", (long long)done, (long long)total);
	} else {
		(void)fprintf(stderr, "%lld", (long long)done);
	}
	if (per_second > 0) {
		(void)fprintf(stderr, "  %.1f/s", per_second);
		if (total > done)
			print_left((double)(total - done) / per_second);
	}
	(void)fflush(stderr);
	pthread_mutex_unlock(&lock);
}

void tt_progress_clear(void)
{
	if (isatty(STDERR_FILENO))
		(void)fputs("\r\033[K", stderr);
}
