/* How a process that only adds photos wakes the one that works: a datagram to LIBRARY/tmp/wake.sock. */
#ifndef TT_APP_WAKE_H
#define TT_APP_WAKE_H

#include "base/err.h"

struct tt_wake;

/* A thread that sleeps until somebody sends, then calls fn. */
int tt_wake_listen(struct tt_wake **out, const char *library, void (*fn)(void *ctx), void *ctx,
		   struct tt_err *err) TT_CHECKED;
void tt_wake_close(struct tt_wake *w); /* NULL is fine */
/* Wakes whoever listens; nothing happens when nobody does. */
void tt_wake_send(const char *library);

#endif
