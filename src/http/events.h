/* Server-sent events (WHATWG HTML §9.2): a bounded set of streams that sleep until somebody has news.
 *
 * The hub owns nothing of a stream but its place in a list. A stream is read by the event loop of its connection; when
 * it has nothing to say it suspends the connection under the hub's lock, and tt_events_wake() resumes it, so that no
 * wake-up is lost and an idle server does nothing at all. When all places are taken the oldest stream ends: a live
 * client connects anew, a dead one was only noticed now. News that come faster than a client reads are merged. Any
 * thread. */
#ifndef TT_HTTP_EVENTS_H
#define TT_HTTP_EVENTS_H

#include "base/buf.h"

#include <sys/types.h>

struct tt_events;
struct tt_event_stream;

/* Writes the JSON of one event for this user; runs without the lock. */
typedef int tt_event_render(void *ctx, int64_t user, struct tt_buf *out, struct tt_err *err);

int tt_events_new(struct tt_events **out, unsigned max, tt_event_render *render, void *ctx,
		  struct tt_err *err) TT_CHECKED;
void tt_events_free(struct tt_events *h);  /* all streams must be gone; NULL is fine */
void tt_events_wake(struct tt_events *h);  /* there are news */
void tt_events_close(struct tt_events *h); /* every stream ends, new ones end at once */

int tt_event_stream_new(struct tt_event_stream **out, struct tt_events *h, int64_t user, struct tt_err *err) TT_CHECKED;
void tt_event_stream_free(struct tt_event_stream *s); /* NULL is fine */
/* How its connection sleeps and wakes; before the first read. */
void tt_event_stream_attach(struct tt_event_stream *s, void (*sleep)(void *conn), void (*wake)(void *conn), void *conn);
/* Bytes put into buf; 0: none, the connection sleeps; -1: the stream is over. */
ssize_t tt_event_stream_read(struct tt_event_stream *s, char *buf, size_t max);

#endif
