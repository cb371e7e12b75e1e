/* Packets over a SOCK_SEQPACKET pair, with at most two descriptors along. Any thread, one user of an end at a time. */
#ifndef TT_WORKER_CHANNEL_H
#define TT_WORKER_CHANNEL_H

#include "base/err.h"

#include <stddef.h>
#include <sys/types.h>

#define TT_CHANNEL_FDS 2

int tt_channel_pair(int ends[2], struct tt_err *err) TT_CHECKED;
/* False when the other end is gone. */
int tt_channel_send(int sock, const void *p, size_t n, const int *fds, size_t count) TT_CHECKED;
/* Exactly n bytes and at most TT_CHANNEL_FDS descriptors (the others are closed, missing ones are -1): 1 got, 0 the
 * other end is gone, negative errno for anything else. */
int tt_channel_receive(int sock, void *p, size_t n, int fds[TT_CHANNEL_FDS]) TT_CHECKED;

#endif
