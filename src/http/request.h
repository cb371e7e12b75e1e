/* One request as handlers see it; knows nothing of the server library. Made by server.c, filled by dispatch.c.
 * Everything in it lives as long as the request. One thread at a time. */
#ifndef TT_HTTP_REQUEST_H
#define TT_HTTP_REQUEST_H

#include "accounts/accounts.h"
#include "base/arena.h"
#include "base/buf.h"
#include "http/uri.h"

#include <jansson.h>

#define TT_HEADERS_MAX 64     /* header lines of one request */
#define TT_REQUEST_ID_SIZE 17 /* 16 hex digits and NUL */
#define TT_ADDRESS_SIZE 64
#define TT_REQUEST_ARENA (256 * 1024)

struct tt_context;
struct tt_res;
struct tt_route;
struct tt_form;

struct tt_req {
	struct tt_context *cx;
	struct tt_arena arena;
	char id[TT_REQUEST_ID_SIZE];
	int64_t started_ns;
	struct tt_str method;
	struct tt_str target; /* raw, as sent */
	unsigned headers;
	struct tt_pair header[TT_HEADERS_MAX];
	char address[TT_ADDRESS_SIZE]; /* of the client; behind a trusted proxy what that says */
	bool secure;                   /* came over TLS to a trusted proxy */
	struct tt_uri uri;
	const struct tt_route *route; /* NULL for web files and unknown addresses */
	int64_t path_id;              /* the {id} of the path; 0 when it has none */
	struct tt_account user;       /* id 0: nobody is signed in */
	struct tt_str token;          /* of the session */
	struct tt_buf body;           /* of a JSON request */
	json_t *json;
	struct tt_form *form; /* state of a streamed body; NULL: none was begun */
};

/* A zeroed request gets its name, its clock and a copy of the target (empty when memory is short). */
void tt_req_init(struct tt_req *rq, struct tt_context *cx, const char *target);
/* The value of a header, empty when absent (of several the first). Names are compared without case. */
struct tt_str tt_req_header(const struct tt_req *rq, const char *name);
unsigned tt_req_header_count(const struct tt_req *rq, const char *name);
bool tt_req_is_safe(const struct tt_req *rq); /* GET, HEAD */

/* Query parameters. The number is `fallback` when absent; TT_EINVALID names the parameter otherwise. */
int tt_req_query_i64(const struct tt_req *rq, const char *name, int64_t min, int64_t max, int64_t fallback,
		     int64_t *out, struct tt_err *err) TT_CHECKED;
/* Empty when absent. */
int tt_req_query_str(const struct tt_req *rq, const char *name, size_t max, struct tt_str *out,
		     struct tt_err *err) TT_CHECKED;

/* A list of 1 to max ids of the JSON body, in the arena. Longer ones: TT_ETOOBIG, which names the setting that allows
 * no more; without one TT_EINVALID. */
int tt_req_list(struct tt_req *rq, const char *name, size_t max, const char *setting, const int64_t **out,
		size_t *count, struct tt_err *err) TT_CHECKED;
/* {"ids":[…]} and nothing else, at most TT_IDS_MAX. */
#define TT_IDS_MAX 1000
int tt_req_ids(struct tt_req *rq, const int64_t **ids, size_t *count, struct tt_err *err) TT_CHECKED;
/* TT_EINVALID when the JSON body has a member that is not in names (a NULL-terminated list). */
int tt_req_only(const struct tt_req *rq, const char *const *names, struct tt_err *err) TT_CHECKED;
void tt_req_done(struct tt_req *rq); /* frees what it holds, not itself */

#endif
