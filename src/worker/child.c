/* One worker: locks itself in, then takes one file after the other until told to end, too old, or out of work. */
#include "worker/channel.h"
#include "worker/sandbox.h"
#include "worker/wire.h"
#include "worker/zygote.h"

#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	GROWTH_MAX_KB = 1 << 20,
	CPU_MAX_S = 1200,
	/* Blocks up to this stay with the worker between two files: taking them anew costs a page fault for every 4
	   KiB. */
	KEEP_BYTES = 64 << 20,
	BREATH_MS = 100,
};

static void reply_error(struct tt_wire_reply *reply, int code, const struct tt_err *err)
{
	reply->code = code;
	snprintf(reply->msg, sizeof reply->msg, "%s", err->msg);
}

/* The resident peak or the processor time it has used: a worker that had one huge photo is not worth keeping. */
static bool is_worn(void)
{
	struct rusage use;

	return getrusage(RUSAGE_SELF, &use) == 0 && (use.ru_maxrss > GROWTH_MAX_KB || use.ru_utime.tv_sec > CPU_MAX_S);
}

static bool serve(int sock, const struct tt_wire_request *rq, int fd, const struct tt_workers_opts *opts,
		  const struct tt_worker_hooks *hooks, bool last)
{
	struct tt_wire_reply reply = { .kind = TT_WIRE_ANSWER, .last = last };
	struct tt_developed d = { .memory = NULL };
	struct tt_err err = { 0 };
	int answer = -1, rc = hooks->develop(fd, rq->name, (enum tt_develop_what)rq->what, &opts->limits, &d, &err);

	if (rc == 0) {
		rc = tt_wire_pack(&d, &answer, &reply.size, &err);
		hooks->done(&d);
	}
	if (rc < 0)
		reply_error(&reply, rc, &err);
	if (is_worn())
		reply.last = 1;
	rc = tt_channel_send(sock, &reply, sizeof reply, &answer, answer >= 0 ? 1 : 0);
	if (answer >= 0)
		close(answer);
	return rc == 0 && !reply.last;
}

static bool has_work(int sock, unsigned ms)
{
	struct pollfd p = { sock, POLLIN, 0 };

	return poll(&p, 1, (int)ms) != 0;
}

/* False after idle_ms without a request. What the last file took is given back when nothing follows at once. */
static bool wait_for_work(int sock, unsigned idle_ms)
{
	unsigned breath = idle_ms < BREATH_MS ? idle_ms : BREATH_MS;

	if (has_work(sock, breath))
		return true;
	(void)malloc_trim(0);
	return has_work(sock, idle_ms - breath);
}

void tt_child_run(int sock, const struct tt_workers_opts *opts, const struct tt_worker_hooks *hooks)
{
	struct tt_wire_reply bye = { .kind = TT_WIRE_BYE };
	struct tt_wire_request rq;
	struct tt_err err = { 0 };
	int fds[TT_CHANNEL_FDS];

	/* One heap for all threads: each of the decoders' threads would reserve 64 MiB of the address space for its
	 * own. */
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
	if (tt_sandbox_enter(opts->max_memory, &err) < 0) {
		reply_error(&bye, err.code, &err);
		(void)!tt_channel_send(sock, &bye, sizeof bye, NULL, 0);
		_exit(1);
	}
	for (unsigned n = 1;; n++) {
		bool more;

		if (n > 1 && !wait_for_work(sock, hooks->idle_ms)) /* the first file is what it was made for */
			break;
		if (tt_channel_receive(sock, &rq, sizeof rq, fds) != 1)
			_exit(0);
		rq.name[sizeof rq.name - 1] = '\0';
		more = serve(sock, &rq, fds[0], opts, hooks, n >= hooks->files_max);
		for (size_t i = 0; i < TT_CHANNEL_FDS; i++)
			if (fds[i] >= 0)
				close(fds[i]);
		if (!more)
			_exit(0);
	}
	(void)!tt_channel_send(sock, &bye, sizeof bye, NULL, 0);
	_exit(0);
}
