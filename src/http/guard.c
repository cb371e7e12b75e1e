#include "http/guard.h"

#include "http/router.h"

#include <string.h>
#include <strings.h>

int tt_guard_framing(const struct tt_req *rq, struct tt_err *err)
{
	unsigned lengths = tt_req_header_count(rq, "Content-Length");
	struct tt_str length = tt_req_header(rq, "Content-Length"), coding = tt_req_header(rq, "Transfer-Encoding");
	int64_t n;

	if (lengths > 0 && !tt_str_i64(length, 0, INT64_MAX, &n))
		return tt_err_set(err, TT_EINVALID, "the request has a Content-Length that is no number");
	for (unsigned i = 0; lengths > 1 && i < rq->headers; i++)
		if (rq->header[i].name.len == 14 && strncasecmp(rq->header[i].name.p, "Content-Length", 14) == 0 &&
		    !tt_str_eq(rq->header[i].value, length))
			return tt_err_set(err, TT_EINVALID, "the request has two different Content-Lengths");
	if (coding.len > 0 && lengths > 0)
		return tt_err_set(err, TT_EINVALID, "the request has both Content-Length and Transfer-Encoding");
	if (coding.len > 0 && (coding.len != 7 || strncasecmp(coding.p, "chunked", 7) != 0))
		return tt_err_set(err, TT_EINVALID, "the request has a Transfer-Encoding that is not supported");
	if (tt_req_header_count(rq, "Host") != 1)
		return tt_err_set(err, TT_EINVALID, "the request must name one host");
	return 0;
}

int tt_guard_same_site(const struct tt_req *rq, struct tt_err *err)
{
	struct tt_str site = tt_req_header(rq, "Sec-Fetch-Site"), origin = tt_req_header(rq, "Origin");
	struct tt_str host = tt_req_header(rq, "Host");

	if (tt_req_is_safe(rq))
		return 0;
	if (site.len > 0) {
		if (tt_str_is(site, "same-origin") || tt_str_is(site, "none"))
			return 0;
		return tt_err_set(err, TT_EDENIED, "the request was sent by another web site");
	}
	if (tt_req_header_count(rq, "Origin") == 0)
		return 0;
	if (tt_str_starts(origin, TT_STR("http://")))
		origin = (struct tt_str){ origin.p + 7, origin.len - 7 };
	else if (tt_str_starts(origin, TT_STR("https://")))
		origin = (struct tt_str){ origin.p + 8, origin.len - 8 };
	else
		origin.len = 0;
	if (origin.len == 0 || origin.len != host.len || strncasecmp(origin.p, host.p, host.len) != 0)
		return tt_err_set(err, TT_EDENIED, "the request was sent by another web site");
	return 0;
}

bool tt_guard_is_type(const struct tt_req *rq, const char *type)
{
	struct tt_str part, rest = tt_req_header(rq, "Content-Type");

	if (rest.len == 0 || !tt_str_split(&rest, ';', &part))
		return false;
	part = tt_str_trim(part);
	return part.len == strlen(type) && strncasecmp(part.p, type, part.len) == 0;
}

static bool is_trusted(const char *peer, const char *trusted)
{
	struct tt_str part, rest = tt_str_of(trusted);

	while (tt_str_split(&rest, ',', &part))
		if (part.len > 0 && tt_str_is(tt_str_trim(part), peer))
			return true;
	return false;
}

void tt_guard_client(struct tt_req *rq, const char *peer, const char *trusted)
{
	struct tt_str address = tt_str_of(peer);

	if (is_trusted(peer, trusted)) {
		struct tt_str part, rest = tt_req_header(rq, "X-Forwarded-For"), last = { NULL, 0 };

		while (tt_str_split(&rest, ',', &part))
			last = tt_str_trim(part);
		if (last.len > 0)
			address = last;
		rq->secure = tt_str_is(tt_req_header(rq, "X-Forwarded-Proto"), "https");
	}
	tt_utf8_copy(rq->address, sizeof rq->address, address.p, address.len);
}

int tt_guard_headers(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	/* Files that users brought along get the strictest policy: even one that a browser takes for a page can do
	 * nothing. */
	static const char app_policy[] =
		"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
		"media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action "
		"'self'; "
		"frame-ancestors 'none'";
	static const char api_policy[] = "default-src 'none'; sandbox; frame-ancestors 'none'";
	static const struct {
		const char *name, *value;
	} always[] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "X-Frame-Options", "DENY" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
	};
	int rc = tt_res_header(rs, "Content-Security-Policy", rq->route || rs->status >= 400 ? api_policy : app_policy,
			       err);

	for (size_t i = 0; rc == 0 && i < TT_LEN(always); i++)
		rc = tt_res_header(rs, always[i].name, always[i].value, err);
	if (rc == 0)
		rc = tt_res_header(rs, "X-Request-Id", rq->id, err);
	if (rc == 0 && rq->secure)
		rc = tt_res_header(rs, "Strict-Transport-Security", "max-age=31536000", err);
	if (rc == 0 && !rs->own_cache)
		rc = tt_res_header(rs, "Cache-Control", "no-store", err);
	return rc;
}
