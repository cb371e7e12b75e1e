/* The process that makes workers and the workers themselves. Inner header of worker. */
#ifndef TT_WORKER_ZYGOTE_H
#define TT_WORKER_ZYGOTE_H

#include "worker/worker.h"

/* What a worker does with a file; the product has one set, tests put in others. */
struct tt_worker_hooks {
	int (*init)(struct tt_err *err);
	int (*develop)(int fd, const char *name, enum tt_develop_what what, const struct tt_media_limits *limits,
		       struct tt_developed *out, struct tt_err *err);
	void (*done)(struct tt_developed *d);
	unsigned files_max; /* a worker ends after so many, which bounds what it leaks */
	unsigned idle_ms;   /* and after so long without work, which gives its memory back */
};

int tt_workers_start_with(struct tt_workers **out, const struct tt_workers_opts *opts,
			  const struct tt_worker_hooks *hooks, struct tt_err *err) TT_CHECKED;

/* Never return. A zygote answers each byte on `control` with a new worker: its socket and its pidfd. */
void tt_zygote_run(int control, const struct tt_workers_opts *opts, const struct tt_worker_hooks *hooks)
	__attribute__((noreturn));
void tt_child_run(int sock, const struct tt_workers_opts *opts, const struct tt_worker_hooks *hooks)
	__attribute__((noreturn));

#endif
