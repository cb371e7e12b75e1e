/* Thread pool with a bounded queue: user code runs unlocked; put blocks while the queue is full. */
#ifndef TT_BASE_POOL_H
#define TT_BASE_POOL_H

#include "base/err.h"

struct tt_pool;
typedef void tt_pool_fn(void *item);

int tt_pool_new(struct tt_pool **out, unsigned threads, unsigned queue, const char *name,
		struct tt_err *err) TT_CHECKED;
/* Any thread. TT_EBUSY once tt_pool_free() has begun. */
int tt_pool_put(struct tt_pool *p, tt_pool_fn *fn, void *item, struct tt_err *err) TT_CHECKED;
void tt_pool_drain(struct tt_pool *p); /* waits until all that was put has run */
void tt_pool_free(struct tt_pool *p);  /* runs what is queued, joins; NULL is fine */

#endif
