/* libmicrohttpd behind a small interface: event loops on threads of their own, each request through http/dispatch.h. */
#ifndef TT_HTTP_SERVER_H
#define TT_HTTP_SERVER_H

#include "http/context.h"

struct tt_server;

/* Takes over listen_fd, also when it fails. */
int tt_server_start(struct tt_server **out, struct tt_context *cx, int listen_fd, struct tt_err *err) TT_CHECKED;
/* No new connections; waits up to cx->opts.shutdown_s until no request runs (event streams must have been ended), then
 * closes what is left and joins the threads. NULL is fine. */
void tt_server_stop(struct tt_server *s);

#endif
