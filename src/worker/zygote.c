/* Forked while the server has one thread only, so that forking again is safe at any time later. Sleeps in poll(); ends
 * when the server's end of its socket is closed, and takes its workers along. */
#include "worker/zygote.h"

#include "worker/channel.h"
#include "worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTROL = 3 };

/* The server's files (database, sockets) are none of a decoder's business. Standard output is the user's data and
 * standard error the server's log: what a library prints over a broken file belongs into neither. */
static void drop_descriptors(int control)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		(void)dup2(null, 0);
		(void)dup2(null, 1);
#if !TT_SANITIZED /* whose reports are wanted */
		(void)dup2(null, 2);
#endif
	}
	if (control != CONTROL)
		(void)dup3(control, CONTROL, O_CLOEXEC);
	(void)syscall(SYS_close_range, CONTROL + 1, ~0U, 0);
}

/* A terminal's Ctrl-C and a service manager's SIGTERM go to the whole group: the server decides when workers end. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2 };
	sigset_t none;

	for (size_t i = 0; i < TT_LEN(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int watch_children(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void become_child(int sock, const struct tt_workers_opts *opts, const struct tt_worker_hooks *hooks)
{
	sigset_t none;
	pid_t parent = getppid();

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	if (sock != CONTROL)
		(void)dup3(sock, CONTROL, O_CLOEXEC);
	(void)syscall(SYS_close_range, CONTROL + 1, ~0U, 0);
	(void)prctl(PR_SET_NAME, "tintype worker");
	tt_child_run(CONTROL, opts, hooks);
}

/* The child is not reaped before pidfd_open(), so that its number cannot have gone to another process. */
static void spawn(int control, const struct tt_workers_opts *opts, const struct tt_worker_hooks *hooks)
{
	int ends[2], fds[2], pidfd, status = 0;
	struct tt_err err;
	pid_t pid;

	if (tt_channel_pair(ends, &err) < 0) {
		status = -EMFILE;
		(void)!tt_channel_send(control, &status, sizeof status, NULL, 0);
		return;
	}
	pid = fork();
	if (pid == 0)
		become_child(ends[1], opts, hooks);
	close(ends[1]);
	pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	if (pidfd < 0) {
		status = -errno;
		if (pid > 0)
			(void)kill(pid, SIGKILL);
		(void)!tt_channel_send(control, &status, sizeof status, NULL, 0);
	} else {
		fds[0] = ends[0];
		fds[1] = pidfd;
		(void)!tt_channel_send(control, &status, sizeof status, fds, 2);
		close(pidfd);
	}
	close(ends[0]);
}

static void reap(int children)
{
	struct signalfd_siginfo info;

	while (read(children, &info, sizeof info) > 0)
		;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

void tt_zygote_run(int control, const struct tt_workers_opts *opts, const struct tt_worker_hooks *hooks)
{
	struct pollfd wait[2];
	struct tt_err err = { 0 };
	int children;

	drop_descriptors(control);
	ignore_signals();
	(void)prctl(PR_SET_NAME, "tintype zygote");
	if (hooks->init(&err) < 0)
		_exit(1);
	children = watch_children();
	wait[0] = (struct pollfd){ CONTROL, POLLIN, 0 };
	wait[1] = (struct pollfd){ children, POLLIN, 0 };
	for (;;) {
		int unused[TT_CHANNEL_FDS], rc;
		char order;

		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			_exit(1);
		if (wait[1].revents)
			reap(children);
		if (!wait[0].revents)
			continue;
		rc = tt_channel_receive(CONTROL, &order, 1, unused);
		if (rc <= 0)
			_exit(0); /* PR_SET_PDEATHSIG ends the workers */
		spawn(CONTROL, opts, hooks);
	}
}
