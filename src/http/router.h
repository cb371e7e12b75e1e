/* Which handler answers which method and path. Pure. */
#ifndef TT_HTTP_ROUTER_H
#define TT_HTTP_ROUTER_H

#include "base/err.h"
#include "base/str.h"

struct tt_req;
struct tt_res;

/* Parse, call, render. A negative code becomes the error reply in one place (dispatch.c). */
typedef int tt_handler(struct tt_req *rq, struct tt_res *rs, struct tt_err *err);

/* Where a body goes that is not kept in memory. done is called exactly once for each begin that returned 0, after the
 * handler or when the request breaks off. waits says whether data would have to wait for the disk with these bytes:
 * then it runs off the event loops. */
struct tt_body_sink {
	int (*begin)(struct tt_req *rq, struct tt_err *err);
	bool (*waits)(const struct tt_req *rq, const char *p, size_t n);
	int (*data)(struct tt_req *rq, const char *p, size_t n, struct tt_err *err);
	void (*done)(struct tt_req *rq);
};

enum tt_auth { TT_AUTH_PUBLIC, TT_AUTH_USER, TT_AUTH_OWNER };

enum tt_route_flags {
	TT_ROUTE_JSON = 1 << 0,     /* needs a JSON object as body */
	TT_ROUTE_JSON_OPT = 1 << 1, /* may have one */
	TT_ROUTE_HASH = 1 << 2,     /* hashes a password */
	TT_ROUTE_SLOW = 1 << 3,     /* takes its time: runs off the event loops although it changes nothing */
};

struct tt_route {
	const char *method, *path; /* "/api/v1/photos/{id}": a name in braces stands for one id */
	tt_handler *run;
	enum tt_auth auth;
	unsigned flags;
	const struct tt_body_sink *sink;
};

struct tt_match {
	const struct tt_route *route; /* NULL: see path_known */
	bool path_known;              /* another method would do: 405 with allow */
	int64_t id;                   /* the id in the path, 0 when there is none */
	char allow[64];               /* "GET, HEAD, POST" */
};

/* HEAD finds the row of GET. */
void tt_router_match(const struct tt_route *routes, size_t count, struct tt_str method, struct tt_str path,
		     struct tt_match *out);

#endif
