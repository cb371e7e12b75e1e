/* Request targets: path and query, split and percent-decoded strictly (RFC 9112 §3.2, RFC 3986 §2.1). Whatever two
 * programs could read in two ways is refused: bad escapes, %00, encoded slashes, backslashes, dot segments, empty
 * segments, text that is not UTF-8. Pure; results live in the arena. */
#ifndef TT_HTTP_URI_H
#define TT_HTTP_URI_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define TT_QUERY_MAX 16 /* parameters in one query */

struct tt_pair {
	struct tt_str name, value;
};

struct tt_uri {
	struct tt_str path; /* decoded, begins with '/', NUL-terminated */
	unsigned pairs;
	struct tt_pair pair[TT_QUERY_MAX]; /* decoded query, each name once */
};

/* Decodes %XX (and '+' as a space where `plus`). TT_EINVALID: bad escape, control character or not UTF-8. */
int tt_uri_decode(struct tt_arena *a, struct tt_str in, bool plus, struct tt_str *out, struct tt_err *err) TT_CHECKED;
/* "/a/b?c=d" or "http://host/a/b?c=d". */
int tt_uri_parse(struct tt_arena *a, struct tt_str target, struct tt_uri *out, struct tt_err *err) TT_CHECKED;
/* NULL when the query has no such parameter. */
const struct tt_str *tt_uri_query(const struct tt_uri *uri, const char *name);

#endif
