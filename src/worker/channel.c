#include "worker/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int tt_channel_pair(int ends[2], struct tt_err *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return tt_err_set(err, TT_EINTERNAL, "worker: socketpair: %s", strerror(errno));
	return 0;
}

int tt_channel_send(int sock, const void *p, size_t n, const int *fds, size_t count)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * TT_CHANNEL_FDS)];
		struct cmsghdr align;
	} control;
	struct iovec part = { (void *)p, n };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	if (count > 0) {
		struct cmsghdr *c;

		memset(&control, 0, sizeof control);
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * count);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * count);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * count);
	}
	do
		sent = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)n ? 0 : sent < 0 ? -errno : -EIO;
}

static void take_fds(struct msghdr *m, int fds[TT_CHANNEL_FDS])
{
	size_t got = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (got < TT_CHANNEL_FDS)
				fds[got++] = fd;
			else
				close(fd);
		}
	}
}

int tt_channel_receive(int sock, void *p, size_t n, int fds[TT_CHANNEL_FDS])
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * TT_CHANNEL_FDS)];
		struct cmsghdr align;
	} control;
	struct iovec part = { p, n };
	struct msghdr m = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control
	};
	ssize_t got;

	for (size_t i = 0; i < TT_CHANNEL_FDS; i++)
		fds[i] = -1;
	do
		got = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got == 0 || errno == ECONNRESET ? 0 : -errno;
	take_fds(&m, fds);
	if ((size_t)got == n && !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return 1;
	for (size_t i = 0; i < TT_CHANNEL_FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return -EBADMSG;
}
