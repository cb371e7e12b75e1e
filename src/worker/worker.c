/* The server's side: a fixed number of slots, each with at most one living worker, made when it is needed. */
#include "worker/worker.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "worker/channel.h"
#include "worker/wire.h"
#include "worker/zygote.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES_MAX = 2000, IDLE_MS = 10000, SLOTS_MAX = 64, ATTEMPTS = 3 };

struct slot {
	int sock, pidfd; /* -1: no worker */
	bool busy;
};

struct tt_workers {
	struct tt_workers_opts opts;
	pid_t zygote;
	int control; /* guarded by spawning */
	pthread_mutex_t lock, spawning;
	pthread_cond_t freed;
	struct slot slots[SLOTS_MAX]; /* .busy guarded by lock; the rest belongs to who made it busy */
};

static const struct tt_worker_hooks product_hooks = { tt_media_init, tt_media_develop, tt_developed_done, FILES_MAX,
						      IDLE_MS };

static void end_worker(struct slot *s)
{
	if (s->pidfd >= 0) {
		(void)syscall(SYS_pidfd_send_signal, s->pidfd, SIGKILL, NULL, 0);
		close(s->pidfd);
	}
	if (s->sock >= 0)
		close(s->sock);
	s->sock = s->pidfd = -1;
}

static int make_worker(struct tt_workers *w, struct slot *s, struct tt_err *err)
{
	int fds[TT_CHANNEL_FDS] = { -1, -1 }, status = 0, rc;
	char order = 'w';

	pthread_mutex_lock(&w->spawning);
	rc = tt_channel_send(w->control, &order, 1, NULL, 0);
	if (rc == 0)
		rc = tt_channel_receive(w->control, &status, sizeof status, fds) == 1 ? 0 : -EPIPE;
	pthread_mutex_unlock(&w->spawning);
	if (rc < 0)
		return tt_err_set(err, TT_EINTERNAL, "the process that makes decoders is gone; restart tintype");
	if (status < 0 || fds[0] < 0 || fds[1] < 0) {
		for (size_t i = 0; i < TT_CHANNEL_FDS; i++)
			if (fds[i] >= 0)
				close(fds[i]);
		return tt_err_set(err, TT_EBUSY, "no decoder can be started: %s", strerror(-status));
	}
	s->sock = fds[0];
	s->pidfd = fds[1];
	return 0;
}

static struct slot *take_slot(struct tt_workers *w)
{
	struct slot *best = NULL;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		/* One that lives already before one that must be made. */
		for (unsigned i = 0; i < w->opts.count; i++)
			if (!w->slots[i].busy && (!best || (best->sock < 0 && w->slots[i].sock >= 0)))
				best = &w->slots[i];
		if (best)
			break;
		pthread_cond_wait(&w->freed, &w->lock);
	}
	best->busy = true;
	pthread_mutex_unlock(&w->lock);
	return best;
}

static void give_slot(struct tt_workers *w, struct slot *s)
{
	pthread_mutex_lock(&w->lock);
	s->busy = false;
	pthread_cond_signal(&w->freed);
	pthread_mutex_unlock(&w->lock);
}

/* False when the time is over. */
static bool wait_for_answer(const struct slot *s, int64_t deadline)
{
	for (;;) {
		struct pollfd p = { s->sock, POLLIN, 0 };
		int64_t left = (deadline - tt_mono_ns() + 999999) / 1000000;
		int rc;

		if (left < 0)
			left = 0;
		rc = poll(&p, 1, left > 3600000 ? 3600000 : (int)left);
		if (rc > 0)
			return true;
		if (rc == 0 && tt_mono_ns() >= deadline)
			return false;
	}
}

/* 1: the worker ended before it saw the request, so that another may try. */
static int read_answer(struct slot *s, struct tt_developed *out, struct tt_err *err)
{
	struct tt_wire_reply reply;
	int fds[TT_CHANNEL_FDS], got = tt_channel_receive(s->sock, &reply, sizeof reply, fds), rc;

	if (got != 1) {
		end_worker(s);
		return tt_err_set(
			err, TT_ECRASH,
			"the decoder crashed over this file: it is broken, or needs more than worker.max_memory");
	}
	reply.msg[sizeof reply.msg - 1] = '\0';
	if (reply.kind == TT_WIRE_BYE && reply.code == 0)
		rc = 1;
	else if (reply.code < 0 && reply.code >= TT_ECRASH)
		rc = tt_err_set(err, reply.code, "%s", reply.msg);
	else if (reply.code != 0 || fds[0] < 0)
		rc = tt_err_set(err, TT_ECRASH, "the decoder gave an answer that makes no sense");
	else
		rc = tt_wire_unpack(fds[0], reply.size, out, err);
	for (size_t i = 0; i < TT_CHANNEL_FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (rc == 1 || rc == TT_ECRASH || reply.last)
		end_worker(s);
	return rc;
}

static int ask(struct tt_workers *w, struct slot *s, int fd, const struct tt_wire_request *rq, struct tt_developed *out,
	       struct tt_err *err)
{
	for (int i = 0; i < ATTEMPTS; i++) {
		int rc = s->sock < 0 ? make_worker(w, s, err) : 0;

		if (rc < 0)
			return rc;
		rc = tt_channel_send(s->sock, rq, sizeof *rq, &fd, 1);
		if (rc == -EPIPE || rc == -ECONNRESET) { /* it ended while it was idle */
			end_worker(s);
			continue;
		}
		if (rc < 0)
			return tt_err_set(err, TT_EINTERNAL, "worker: the file cannot be handed over: %s",
					  strerror(-rc));
		if (!wait_for_answer(s, tt_mono_ns() + (int64_t)w->opts.timeout_ms * 1000000)) {
			end_worker(s);
			return tt_err_set(err, TT_ETIMEOUT, "took longer than worker.timeout_ms (%u)",
					  w->opts.timeout_ms);
		}
		rc = read_answer(s, out, err);
		if (rc != 1)
			return rc;
	}
	return tt_err_set(err, TT_EINTERNAL, "no decoder stays alive");
}

int tt_workers_develop(struct tt_workers *w, int fd, const char *name, enum tt_develop_what what,
		       struct tt_developed *out, struct tt_err *err)
{
	struct tt_wire_request rq = { .what = (uint32_t)what };
	size_t length = name ? strlen(name) : 0;
	struct slot *s = take_slot(w);
	int rc;

	/* The end of a long name: its extension is what counts. */
	if (name)
		snprintf(rq.name, sizeof rq.name, "%s",
			 length < sizeof rq.name ? name : name + length - (sizeof rq.name - 1));
	rc = ask(w, s, fd, &rq, out, err);
	give_slot(w, s);
	return rc;
}

void tt_workers_developed_done(struct tt_developed *d)
{
	if (d->memory)
		munmap(d->memory, d->memory_size);
	*d = (struct tt_developed){ .memory = NULL };
}

int tt_workers_start_with(struct tt_workers **out, const struct tt_workers_opts *opts,
			  const struct tt_worker_hooks *hooks, struct tt_err *err)
{
	struct tt_workers *w = tt_calloc(1, sizeof *w);
	int ends[2], rc;

	if (!w)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	w->opts = *opts;
	if (w->opts.count < 1)
		w->opts.count = 1;
	if (w->opts.count > SLOTS_MAX)
		w->opts.count = SLOTS_MAX;
	rc = tt_channel_pair(ends, err);
	if (rc < 0) {
		free(w);
		return rc;
	}
	w->zygote = fork();
	if (w->zygote == 0)
		tt_zygote_run(ends[1], &w->opts, hooks);
	close(ends[1]);
	if (w->zygote < 0) {
		close(ends[0]);
		free(w);
		return tt_err_set(err, TT_EINTERNAL, "worker: fork: %s", strerror(errno));
	}
	w->control = ends[0];
	pthread_mutex_init(&w->lock, NULL);
	pthread_mutex_init(&w->spawning, NULL);
	pthread_cond_init(&w->freed, NULL);
	for (size_t i = 0; i < SLOTS_MAX; i++)
		w->slots[i].sock = w->slots[i].pidfd = -1;
	*out = w;
	return 0;
}

int tt_workers_start(struct tt_workers **out, const struct tt_workers_opts *opts, struct tt_err *err)
{
	return tt_workers_start_with(out, opts, &product_hooks, err);
}

void tt_workers_stop(struct tt_workers *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < SLOTS_MAX; i++)
		end_worker(&w->slots[i]);
	close(w->control);
	while (waitpid(w->zygote, NULL, 0) < 0 && errno == EINTR)
		;
	pthread_mutex_destroy(&w->lock);
	pthread_mutex_destroy(&w->spawning);
	pthread_cond_destroy(&w->freed);
	free(w);
}
