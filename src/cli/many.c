#include "cli/many.h"

#include "app/app.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#define BATCH_MAX 8u
#define AHEAD 4096u /* answers that wait for an earlier one */

struct slot {
	struct tt_many_answer answer;
	bool ready;
};

struct shared {
	const struct tt_many *many;
	struct tt_workers *workers;
	struct tt_classifier *classifier;
	unsigned batch;
	pthread_mutex_t lock;
	pthread_cond_t ready, room;
	struct slot *ring; /* answer i stands in ring[i % AHEAD] */
	size_t next, told; /* first file that nobody has taken; answers given so far */
	bool stop;
};

static int develop(const struct shared *s, const char *path, struct tt_developed *d, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold us up */
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return tt_err_set(err, TT_EIO, "cannot be opened: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return tt_err_set(err, TT_EINVALID, "is no file");
	return tt_workers_develop(s->workers, fd, path, TT_DEVELOP_PLANE, d, err);
}

/* Files first … first + n - 1; the answers stand in a. */
static void classify(const struct shared *s, size_t first, unsigned n, struct tt_many_answer *a)
{
	struct tt_developed developed[BATCH_MAX] = { 0 };
	struct tt_plane planes[BATCH_MAX];
	struct tt_classified results[BATCH_MAX];
	struct tt_many_answer *of[BATCH_MAX];
	unsigned good = 0;
	struct tt_err err = { 0 };
	int64_t start;
	int rc = 0;

	for (unsigned i = 0; i < n; i++) {
		a[i] = (struct tt_many_answer){ .path = s->many->paths[first + i] };
		start = tt_mono_ns();
		a[i].rc = develop(s, a[i].path, &developed[good], &a[i].err);
		a[i].ms = (double)(tt_mono_ns() - start) / 1e6;
		if (a[i].rc < 0)
			continue;
		planes[good] = developed[good].plane;
		of[good++] = &a[i];
	}
	start = tt_mono_ns();
	if (good)
		rc = tt_classifier_run(s->classifier, planes, good, results, &err);
	for (unsigned i = 0; i < good; i++) {
		of[i]->ms += (double)(tt_mono_ns() - start) / 1e6 / good;
		of[i]->rc = rc;
		of[i]->err = err;
		if (rc == 0)
			of[i]->result = results[i];
		if (rc == 0 && s->many->logits)
			of[i]->rc = tt_classifier_logits(s->classifier, &planes[i], of[i]->logits, &of[i]->err);
		tt_workers_developed_done(&developed[i]);
	}
}

static void *work(void *arg)
{
	struct shared *s = arg;
	struct tt_many_answer *a = tt_calloc(BATCH_MAX, sizeof *a);

	pthread_mutex_lock(&s->lock);
	s->stop |= !a;
	while (!s->stop && s->next < s->many->count) {
		size_t first = s->next, left = s->many->count - first;
		unsigned n = left < s->batch ? (unsigned)left : s->batch;

		if (first + n > s->told + AHEAD) {
			pthread_cond_wait(&s->room, &s->lock);
			continue;
		}
		s->next += n;
		pthread_mutex_unlock(&s->lock);
		classify(s, first, n, a);
		pthread_mutex_lock(&s->lock);
		for (unsigned i = 0; i < n; i++)
			s->ring[(first + i) % AHEAD] = (struct slot){ a[i], true };
		pthread_cond_signal(&s->ready);
	}
	pthread_cond_broadcast(&s->ready);
	pthread_mutex_unlock(&s->lock);
	free(a);
	return NULL;
}

static int tell(struct shared *s, struct tt_err *err)
{
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	while (rc == 0 && s->told < s->many->count) {
		struct slot *slot = &s->ring[s->told % AHEAD];

		if (s->stop) {
			rc = tt_err_set(err, TT_ENOMEM, "out of memory");
			break;
		}
		if (!slot->ready) {
			pthread_cond_wait(&s->ready, &s->lock);
			continue;
		}
		slot->ready = false;
		pthread_mutex_unlock(&s->lock);
		rc = s->many->answer(s->many->ctx, &slot->answer,
				     err); /* nobody writes to the slot before told moves on */
		pthread_mutex_lock(&s->lock);
		s->told++;
		pthread_cond_broadcast(&s->room);
	}
	s->stop |= rc < 0;
	pthread_cond_broadcast(&s->room);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

static int run_threads(struct shared *s, unsigned threads, struct tt_err *err)
{
	TT_SCOPED(tt_freep) pthread_t *t = tt_calloc(threads, sizeof *t);
	unsigned running = 0;
	int rc;

	s->ring = tt_calloc(AHEAD, sizeof *s->ring);
	if (!t || !s->ring)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	while (running < threads && pthread_create(&t[running], NULL, work, s) == 0)
		running++;
	rc = running ? tell(s, err) : tt_err_set(err, TT_ENOMEM, "cannot start a thread");
	for (unsigned i = 0; i < running; i++)
		pthread_join(t[i], NULL);
	return rc;
}

int tt_cli_many(const struct tt_cli *cli, const struct tt_many *many, struct tt_err *err)
{
	struct shared s = { .many = many,
			    .lock = PTHREAD_MUTEX_INITIALIZER,
			    .ready = PTHREAD_COND_INITIALIZER,
			    .room = PTHREAD_COND_INITIALIZER };
	struct tt_workers_opts opts;
	unsigned threads, batch;
	int rc;

	tt_app_workers_opts(cli->conf, &opts);
	if (opts.count > many->count)
		opts.count = many->count ? (unsigned)many->count : 1;
	threads = opts.count;
	batch = (unsigned)(many->count / threads / 2 < BATCH_MAX ? many->count / threads / 2 : BATCH_MAX);
	s.batch = batch ? batch : 1;
	rc = tt_workers_start(&s.workers, &opts, err);
	if (rc == 0)
		rc = tt_app_open_classifier(&s.classifier, cli->conf, cli->library, many->model, 1, err);
	if (rc == 0)
		rc = run_threads(&s, threads, err);
	tt_classifier_close(s.classifier);
	tt_workers_stop(s.workers);
	free(s.ring);
	return rc;
}
