/* How far the work on new photos is, as JSON: for GET jobs and for each event of the stream. */
#ifndef TT_HTTP_JOBS_H
#define TT_HTTP_JOBS_H

#include "base/buf.h"

struct tt_context;

/* ctx: the tt_context. Fits tt_event_render. */
int tt_progress_render(void *ctx, int64_t user, struct tt_buf *out, struct tt_err *err) TT_CHECKED;
/* Persons or faces may have changed: tells the event streams. Any thread. */
void tt_people_changed(struct tt_context *cx);

#endif
