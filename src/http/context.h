/* What all requests of a server share. Set up before the first request, not changed afterwards but for
 * the atomic member. */
#ifndef TT_HTTP_CONTEXT_H
#define TT_HTTP_CONTEXT_H

#include "http/http.h"

#include <stdatomic.h>

struct tt_events;
struct tt_static;

struct tt_context {
	struct tt_http_deps deps;
	struct tt_http_opts opts;
	struct tt_events *events;
	struct tt_static *files;     /* NULL: no web app installed */
	atomic_uint_fast32_t people; /* how often persons or faces may have changed: see tt_people_changed() */
};

#endif
