#include "app/wake.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "wake.sock"

struct tt_wake {
	int fd, stop;
	void (*fn)(void *ctx);
	void *ctx;
	pthread_t thread;
	bool runs;
};

/* By way of /proc: a path to the library may be longer than an address holds. *dir stays open for as long as the
 * address is used. */
static bool address_of(const char *library, struct sockaddr_un *out, int *dir)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof path, "%s/tmp", library) >= sizeof path)
		return false;
	*dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/" SOCKET_NAME, *dir);
	return *dir >= 0;
}

static void *listen_loop(void *arg)
{
	struct tt_wake *w = arg;
	struct pollfd fds[2] = { { .fd = w->fd, .events = POLLIN }, { .fd = w->stop, .events = POLLIN } };
	char byte;

	while (!(fds[1].revents & POLLIN)) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (!(fds[0].revents & POLLIN))
			continue;
		while (recv(w->fd, &byte, sizeof byte, MSG_DONTWAIT) >= 0)
			; /* many calls are one */
		w->fn(w->ctx);
	}
	return NULL;
}

static int bind_socket(struct tt_wake *w, const char *library, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int dir = -1;
	struct sockaddr_un address;

	if (!address_of(library, &address, &dir))
		return tt_err_set(err, TT_EIO, "cannot open %s/tmp: %s", library, strerror(errno));
	(void)unlinkat(dir, SOCKET_NAME, 0);
	w->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (w->fd < 0 || bind(w->fd, (struct sockaddr *)&address, sizeof address) < 0)
		return tt_err_set(err, TT_EIO, "cannot listen on %s/tmp/" SOCKET_NAME ": %s", library, strerror(errno));
	return 0;
}

static void closep(struct tt_wake **w)
{
	tt_wake_close(*w);
}

int tt_wake_listen(struct tt_wake **out, const char *library, void (*fn)(void *ctx), void *ctx, struct tt_err *err)
{
	TT_SCOPED(closep) struct tt_wake *w = tt_alloc(sizeof *w);
	int rc;

	if (!w)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	*w = (struct tt_wake){ .fd = -1, .stop = eventfd(0, EFD_CLOEXEC), .fn = fn, .ctx = ctx };
	rc = bind_socket(w, library, err);
	if (rc < 0)
		return rc;
	if (w->stop < 0 || pthread_create(&w->thread, NULL, listen_loop, w) != 0)
		return tt_err_set(err, TT_EINTERNAL, "cannot start a thread");
	w->runs = true;
	*out = tt_take(w);
	return 0;
}

void tt_wake_close(struct tt_wake *w)
{
	uint64_t one = 1;

	if (!w)
		return;
	if (w->runs && write(w->stop, &one, sizeof one) == (ssize_t)sizeof one)
		pthread_join(w->thread, NULL);
	tt_closep(&w->fd);
	tt_closep(&w->stop);
	free(w);
}

void tt_wake_send(const char *library)
{
	TT_SCOPED(tt_closep) int dir = -1;
	TT_SCOPED(tt_closep) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;

	if (fd < 0 || !address_of(library, &address, &dir))
		return;
	if (sendto(fd, "", 1, MSG_DONTWAIT, (struct sockaddr *)&address, sizeof address) < 0)
		return; /* nobody listens, or is being woken already */
}
