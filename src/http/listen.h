/* The listening socket. */
#ifndef TT_HTTP_LISTEN_H
#define TT_HTTP_LISTEN_H

#include "base/err.h"

#include <stdint.h>

struct sockaddr;

/* "127.0.0.1:2342", "[::1]:0", "localhost:2342", ":2342" (every address). *fd is non-blocking and listens. */
int tt_listen_open(const char *where, int *fd, struct tt_err *err) TT_CHECKED;
uint16_t tt_listen_port(int fd);
/* "http://127.0.0.1:2342" of a listening socket. */
void tt_listen_url(int fd, char *out, unsigned size);
/* The numeric address of a peer, "" when there is none. */
void tt_listen_peer(const struct sockaddr *sa, char *out, unsigned size);

#endif
