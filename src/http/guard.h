/* What every request must pass before its handler runs: framing that two programs could read in two ways, requests sent
 * by other web sites, content types. And the headers that every reply carries. Pure. */
#ifndef TT_HTTP_GUARD_H
#define TT_HTTP_GUARD_H

#include "http/response.h"

/* Two lengths, a length beside Transfer-Encoding, no or several hosts: TT_EINVALID (RFC 9112 §3.2, §6.3). */
int tt_guard_framing(const struct tt_req *rq, struct tt_err *err) TT_CHECKED;
/* TT_EDENIED for an unsafe method when Sec-Fetch-Site or Origin say that another site sent it. Clients that send
 * neither are no browsers, and carry no cookies against their user's will. */
int tt_guard_same_site(const struct tt_req *rq, struct tt_err *err) TT_CHECKED;
/* Whether Content-Type is that type, whatever its parameters. */
bool tt_guard_is_type(const struct tt_req *rq, const char *type);
/* Address of the client and whether it came by TLS, told by a proxy if `peer` is one of `trusted` (joined by ','). */
void tt_guard_client(struct tt_req *rq, const char *peer, const char *trusted);
int tt_guard_headers(struct tt_req *rq, struct tt_res *rs, struct tt_err *err) TT_CHECKED;

#endif
