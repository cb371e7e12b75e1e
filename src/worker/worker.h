/* A team of sandboxed processes that touch bytes of unknown origin (`tintype worker`).
 *
 * tt_workers_start() must be called before the process makes its first thread: it forks the zygote, from which every
 * worker is forked (also those that replace dead ones). A worker has no network, cannot make or open files (seccomp,
 * Landlock where the kernel has it, RLIMIT_AS/CPU/FSIZE/NOFILE), gets the file as a descriptor by SCM_RIGHTS and
 * answers through a memfd that is mapped read-only here; every size in it is checked before it is believed. A crash
 * costs that worker only. */
#ifndef TT_WORKER_WORKER_H
#define TT_WORKER_WORKER_H

#include "media/media.h"

struct tt_workers;

struct tt_workers_opts {
	unsigned count;      /* processes that run at once */
	unsigned timeout_ms; /* conf worker.timeout_ms: wall time of one file, then it is killed: TT_ETIMEOUT */
	uint64_t max_memory; /* conf worker.max_memory: bytes of address space over the idle worker's */
	struct tt_media_limits limits;
};

int tt_workers_start(struct tt_workers **out, const struct tt_workers_opts *opts, struct tt_err *err) TT_CHECKED;
/* Any thread; waits for a free worker, then for its answer. fd stays the caller's. Errors: what tt_media_develop says,
 * TT_ECRASH (the worker died), TT_ETIMEOUT. On success the caller ends it with tt_workers_developed_done(). */
int tt_workers_develop(struct tt_workers *w, int fd, const char *name, enum tt_develop_what what,
		       struct tt_developed *out, struct tt_err *err) TT_CHECKED;
void tt_workers_developed_done(struct tt_developed *d); /* unmaps */
void tt_workers_stop(struct tt_workers *w);             /* ends all of them, reaps; NULL is fine */

#endif
