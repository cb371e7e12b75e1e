#include "http/listen.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/str.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static int split(const char *where, char host[256], char port[8], struct tt_err *err)
{
	const char *colon = strrchr(where, ':');
	size_t n = colon ? (size_t)(colon - where) : 0;
	int64_t number;

	if (!colon || n >= 256 || !tt_str_i64(tt_str_of(colon + 1), 0, 65535, &number))
		return tt_err_set(err, TT_EINVALID, "'%.100s' is no HOST:PORT to listen on", where);
	if (n >= 2 && where[0] == '[' && where[n - 1] == ']') {
		where++;
		n -= 2;
	}
	memcpy(host, where, n);
	host[n] = '\0';
	snprintf(port, 8, "%d", (int)number);
	return 0;
}

static int open_one(const struct addrinfo *ai)
{
	int on = 1, off = 0, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (ai->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	tt_closep(&fd);
	return -1;
}

int tt_listen_open(const char *where, int *out, struct tt_err *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *list;
	char host[256], port[8];
	int fd = -1, problem, rc = split(where, host, port, err);

	if (rc < 0)
		return rc;
	problem = getaddrinfo(host[0] ? host : NULL, port, &hints, &list);
	if (problem)
		return tt_err_set(err, TT_EINVALID, "cannot listen on %s: %s", where, gai_strerror(problem));
	errno = 0;
	for (const struct addrinfo *ai = list; ai && fd < 0; ai = ai->ai_next)
		fd = open_one(ai);
	freeaddrinfo(list);
	if (fd < 0)
		return tt_err_set(err, errno == EADDRINUSE ? TT_EBUSY : TT_EIO, "cannot listen on %s: %s", where,
				  errno == EADDRINUSE ? "another program uses that port" : strerror(errno));
	*out = fd;
	return 0;
}

uint16_t tt_listen_port(int fd)
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof sa;

	if (getsockname(fd, (struct sockaddr *)&sa, &n) < 0)
		return 0;
	return ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&sa)->sin6_port
					      : ((struct sockaddr_in *)&sa)->sin_port);
}

void tt_listen_peer(const struct sockaddr *sa, char *out, unsigned size)
{
	static const char mapped[] = "::ffff:";
	socklen_t n = sa && sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	char text[NI_MAXHOST];
	const char *start = text;

	if (!sa || getnameinfo(sa, n, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
		text[0] = '\0';
	/* An IPv4 client on an IPv6 socket is the same client. */
	if (strncmp(text, mapped, sizeof mapped - 1) == 0 && strchr(text, '.'))
		start += sizeof mapped - 1;
	tt_utf8_copy(out, size, start, strlen(start));
}

void tt_listen_url(int fd, char *out, unsigned size)
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof sa;
	char host[64] = "";

	if (getsockname(fd, (struct sockaddr *)&sa, &n) == 0)
		tt_listen_peer((struct sockaddr *)&sa, host, sizeof host);
	snprintf(out, size, strchr(host, ':') ? "http://[%s]:%u" : "http://%s:%u", host, tt_listen_port(fd));
}
