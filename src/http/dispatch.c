#include "http/dispatch.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "http/cookie.h"
#include "http/guard.h"
#include "http/routes.h"
#include "http/static.h"

#include <stdio.h>

#define DRAIN_MAX (1024 * 1024)

static const struct {
	int code, status;
	const char *word;
} codes[] = {
	{ TT_EINVALID, 400, "invalid" },    { TT_EAUTH, 401, "not_signed_in" }, { TT_EDENIED, 403, "denied" },
	{ TT_ENOTFOUND, 404, "not_found" }, { TT_EEXISTS, 409, "exists" },      { TT_ETOOBIG, 413, "too_big" },
	{ TT_EBUSY, 503, "busy" },          { TT_ETIMEOUT, 504, "timeout" },
};

/* A handler's failure as a reply. What is the server's own fault is told to the log in full and to the client in
 * general. */
static void fail(struct tt_req *rq, struct tt_res *rs, int code, const struct tt_err *err)
{
	const char *word = rs->code;
	struct tt_err ignored;

	for (size_t i = 0; i < TT_LEN(codes); i++) {
		if (codes[i].code != code)
			continue;
		tt_res_error(rq, rs, codes[i].status, word ? word : codes[i].word, err->msg);
		(void)!tt_guard_headers(rq, rs, &ignored);
		return;
	}
	tt_log(TT_LOG_ERROR, "http", "req=%s failed: %s", rq->id, err->msg);
	tt_res_error(rq, rs, 500, "internal",
		     "the server could not do this; its log says why, under the id of this request");
	(void)!tt_guard_headers(rq, rs, &ignored);
}

static void refuse(struct tt_req *rq, struct tt_res *rs, int status, const char *word, const char *message)
{
	struct tt_err ignored;

	tt_res_error(rq, rs, status, word, message);
	(void)!tt_guard_headers(rq, rs, &ignored);
}

static int authenticate(struct tt_req *rq, struct tt_err *err)
{
	struct tt_str token;
	int rc;

	if (rq->route->auth == TT_AUTH_PUBLIC)
		return 0;
	if (!tt_cookie_get(tt_req_header(rq, "Cookie"), "tintype_session", &token))
		return tt_err_set(err, TT_EAUTH, "sign in first");
	rc = tt_accounts_session(rq->cx->deps.accounts, token, tt_now_ms(), &rq->user, err);
	if (rc < 0)
		return rc;
	rq->token = token;
	if (rq->route->auth == TT_AUTH_OWNER && rq->user.role != TT_ROLE_OWNER)
		return tt_err_set(err, TT_EDENIED, "only the owner of this album may do this");
	return 0;
}

static bool has_body(const struct tt_req *rq)
{
	struct tt_str length = tt_req_header(rq, "Content-Length");

	return tt_req_header(rq, "Transfer-Encoding").len > 0 || (length.len > 0 && !tt_str_is(length, "0"));
}

/* Type and size as the headers tell them; what comes in chunks is counted as it comes. */
static bool check_body(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const struct tt_http_opts *o = &rq->cx->opts;
	uint64_t max = rq->route->sink ? o->max_upload_bytes : o->max_json_bytes;
	bool json = rq->route->flags & (TT_ROUTE_JSON | TT_ROUTE_JSON_OPT);
	int64_t length = 0;

	(void)tt_str_i64(tt_req_header(rq, "Content-Length"), 0, INT64_MAX, &length);
	if ((uint64_t)length > max) {
		fail(rq, rs,
		     tt_err_set(err, TT_ETOOBIG, "the request is larger than %llu bytes", (unsigned long long)max),
		     err);
		return false;
	}
	if (has_body(rq) && !json && !rq->route->sink) {
		fail(rq, rs, tt_err_set(err, TT_EINVALID, "this request takes no body"), err);
		return false;
	}
	if (rq->route->sink && !tt_guard_is_type(rq, "multipart/form-data")) {
		refuse(rq, rs, 415, "unsupported_type", "the body must be multipart/form-data");
		return false;
	}
	if (json && (has_body(rq) || rq->route->flags & TT_ROUTE_JSON) && !tt_guard_is_type(rq, "application/json")) {
		refuse(rq, rs, 415, "unsupported_type", "the body must be application/json");
		return false;
	}
	rq->body.max = o->max_json_bytes;
	return true;
}

/* Finds the row, or leaves route NULL for a web file. */
static bool find_route(struct tt_req *rq, struct tt_res *rs)
{
	struct tt_match match;
	struct tt_err err;

	tt_router_match(tt_routes, tt_routes_count, rq->method, rq->uri.path, &match);
	if (match.route) {
		rq->route = match.route;
		rq->path_id = match.id;
		return true;
	}
	if (!match.path_known && !tt_str_starts(rq->uri.path, TT_STR("/api/"))) {
		if (tt_req_is_safe(rq))
			return true;
		snprintf(match.allow, sizeof match.allow, "GET, HEAD");
		match.path_known = true;
	}
	if (!match.path_known) {
		refuse(rq, rs, 404, "not_found", "there is nothing at this address");
		return false;
	}
	refuse(rq, rs, 405, "method_not_allowed", "this address does not know that method");
	(void)!tt_res_headerf(rq, rs, &err, "Allow", "%s", match.allow);
	return false;
}

bool tt_dispatch_begin(struct tt_req *rq, struct tt_res *rs)
{
	struct tt_err err = { 0 };
	int rc = tt_guard_framing(rq, &err);

	if (rc < 0) {
		/* Where the next request on this connection begins is anybody's guess. */
		fail(rq, rs, rc, &err);
		rs->last = true;
		return false;
	}
	rc = tt_uri_parse(&rq->arena, rq->target, &rq->uri, &err);
	if (rc == 0 && !find_route(rq, rs))
		return false;
	if (rc == 0)
		rc = tt_guard_same_site(rq, &err);
	if (rc == 0 && rq->route)
		rc = authenticate(rq, &err);
	if (rc == 0 && rq->route && !check_body(rq, rs, &err))
		return false;
	if (rc == 0 && rq->route && rq->route->sink)
		rc = rq->route->sink->begin(rq, &err);
	if (rc < 0)
		fail(rq, rs, rc, &err);
	return rc == 0;
}

bool tt_dispatch_data(struct tt_req *rq, struct tt_res *rs, const char *p, size_t n)
{
	struct tt_err err = { 0 };
	int rc;

	if (rq->route && rq->route->sink)
		rc = rq->route->sink->data(rq, p, n, &err);
	else
		rc = tt_buf_add(&rq->body, p, n, &err);
	if (rc == TT_ETOOBIG && !(rq->route && rq->route->sink))
		tt_err_set(&err, rc, "the request is larger than %llu bytes", (unsigned long long)rq->body.max);
	if (rc < 0)
		fail(rq, rs, rc, &err);
	return rc >= 0;
}

bool tt_dispatch_body_is_small(const struct tt_req *rq)
{
	int64_t length = 0;

	if (tt_req_header(rq, "Transfer-Encoding").len > 0)
		return false;
	return tt_req_header(rq, "Content-Length").len == 0 ||
	       tt_str_i64(tt_req_header(rq, "Content-Length"), 0, DRAIN_MAX, &length);
}

enum tt_place tt_dispatch_place(const struct tt_req *rq)
{
	if (rq->route && rq->route->flags & TT_ROUTE_HASH)
		return TT_PLACE_HASHER;
	if (rq->route && rq->route->flags & TT_ROUTE_SLOW)
		return TT_PLACE_WRITER;
	return tt_req_is_safe(rq) ? TT_PLACE_LOOP : TT_PLACE_WRITER;
}

bool tt_dispatch_data_waits(const struct tt_req *rq, const char *p, size_t n)
{
	return rq->route && rq->route->sink && rq->route->sink->waits(rq, p, n);
}

static int parse_json(struct tt_req *rq, struct tt_err *err)
{
	int rc;

	if (!(rq->route->flags & TT_ROUTE_JSON) && rq->body.len == 0)
		return 0;
	rc = tt_json_parse(&rq->json, (struct tt_str){ rq->body.p ? rq->body.p : "", rq->body.len }, rq->body.max, err);
	if (rc < 0)
		return rc;
	return json_is_object(rq->json) ? 0 : tt_err_set(err, TT_EINVALID, "the body must be a JSON object");
}

void tt_dispatch_run(struct tt_req *rq, struct tt_res *rs)
{
	struct tt_err err = { 0 };
	int rc = 0;

	if (!rq->route) {
		rc = tt_static_serve(rq, rs, &err);
	} else {
		if (!rq->route->sink)
			rc = parse_json(rq, &err);
		if (rc == 0)
			rc = rq->route->run(rq, rs, &err);
	}
	if (rc == 0)
		rc = tt_guard_headers(rq, rs, &err);
	if (rc < 0)
		fail(rq, rs, rc, &err);
}

void tt_dispatch_busy(struct tt_req *rq, struct tt_res *rs)
{
	struct tt_err err;

	refuse(rq, rs, 503, "busy", "the server is busy; try again in a moment");
	(void)!tt_res_header(rs, "Retry-After", "2", &err);
}

/* The path alone: a query may hold what somebody searched for. */
static void log_line(const struct tt_req *rq, const struct tt_res *rs, bool broken)
{
	char path[200];
	size_t n = 0;

	for (size_t i = 0; i < rq->target.len && n < sizeof path - 1 && rq->target.p[i] != '?'; i++) {
		char c = rq->target.p[i];

		path[n++] = c > 0x20 && c < 0x7f && c != '"' && c != '\\' ? c : '_';
	}
	path[n] = '\0';
	tt_log(TT_LOG_INFO, "http", "req=%s user=%lld from=%s method=%.*s path=\"%s\" status=%d ms=%.1f%s", rq->id,
	       (long long)rq->user.id, rq->address, (int)(rq->method.len < 16 ? rq->method.len : 16), rq->method.p,
	       path, rs->status, (double)(tt_mono_ns() - rq->started_ns) / 1e6, broken ? " broken=1" : "");
}

void tt_dispatch_done(struct tt_req *rq, struct tt_res *rs, bool broken)
{
	if (rq->form)
		rq->route->sink->done(rq);
	if (rq->cx->opts.access_log && rq->method.p)
		log_line(rq, rs, broken);
	tt_res_done(rs);
	tt_req_done(rq);
}
