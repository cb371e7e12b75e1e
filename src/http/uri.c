#include "http/uri.h"

#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int tt_uri_decode(struct tt_arena *a, struct tt_str in, bool plus, struct tt_str *out, struct tt_err *err)
{
	char *p = tt_arena_alloc(a, in.len + 1);
	size_t n = 0;

	if (!p)
		return tt_err_set(err, TT_ENOMEM, "the address is too long");
	for (size_t i = 0; i < in.len; i++) {
		char c = in.p[i];

		if (c == '%') {
			int hi = i + 2 < in.len ? hex_digit(in.p[i + 1]) : -1;
			int lo = hi >= 0 ? hex_digit(in.p[i + 2]) : -1;

			if (lo < 0)
				return tt_err_set(err, TT_EINVALID, "the address holds a broken %% escape");
			c = (char)(hi << 4 | lo);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if ((unsigned char)c < 0x20 || c == 0x7f)
			return tt_err_set(err, TT_EINVALID, "the address holds a control character");
		p[n++] = c;
	}
	if (!tt_utf8_valid(p, n))
		return tt_err_set(err, TT_EINVALID, "the address is not UTF-8");
	*out = (struct tt_str){ p, n };
	return 0;
}

/* One segment between two slashes, raw: a slash that only appears by decoding would move the borders. */
static int check_segment(struct tt_arena *a, struct tt_str raw, struct tt_err *err)
{
	struct tt_str s;
	int rc = tt_uri_decode(a, raw, false, &s, err);

	if (rc < 0)
		return rc;
	if (tt_str_is(s, ".") || tt_str_is(s, "..") || memchr(s.p, '/', s.len) || memchr(s.p, '\\', s.len))
		return tt_err_set(err, TT_EINVALID, "the address holds a path segment that is not allowed");
	return 0;
}

static int parse_path(struct tt_arena *a, struct tt_str raw, struct tt_str *out, struct tt_err *err)
{
	struct tt_str rest, part;
	int rc;

	if (raw.len == 0 || raw.p[0] != '/')
		return tt_err_set(err, TT_EINVALID, "the address does not begin with a slash");
	rest = (struct tt_str){ raw.p + 1, raw.len - 1 };
	while (tt_str_split(&rest, '/', &part)) {
		if (part.len == 0 && raw.len > 1)
			return tt_err_set(err, TT_EINVALID, "the address holds an empty path segment");
		rc = check_segment(a, part, err);
		if (rc < 0)
			return rc;
	}
	return tt_uri_decode(a, raw, false, out, err);
}

static int parse_query(struct tt_arena *a, struct tt_str raw, struct tt_uri *out, struct tt_err *err)
{
	struct tt_str part;

	while (tt_str_split(&raw, '&', &part)) {
		struct tt_pair pair = { 0 };
		struct tt_str name;
		int rc;

		if (part.len == 0)
			continue;
		if (out->pairs == TT_QUERY_MAX)
			return tt_err_set(err, TT_EINVALID, "the address has more than %d parameters", TT_QUERY_MAX);
		(void)tt_str_split(&part, '=', &name);
		rc = tt_uri_decode(a, name, true, &pair.name, err);
		if (rc == 0)
			rc = tt_uri_decode(a, part, true, &pair.value, err);
		if (rc < 0)
			return rc;
		for (unsigned i = 0; i < out->pairs; i++)
			if (tt_str_eq(out->pair[i].name, pair.name))
				return tt_err_set(err, TT_EINVALID, "the address has the same parameter twice");
		out->pair[out->pairs++] = pair;
	}
	return 0;
}

/* The absolute form that proxies may send: all up to the path goes. */
static struct tt_str without_authority(struct tt_str s)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < TT_LEN(schemes); i++) {
		size_t n = strlen(schemes[i]);
		const char *slash;

		if (s.len < n || strncasecmp(s.p, schemes[i], n) != 0)
			continue;
		slash = memchr(s.p + n, '/', s.len - n);
		return slash ? (struct tt_str){ slash, s.len - (size_t)(slash - s.p) } : TT_STR("/");
	}
	return s;
}

int tt_uri_parse(struct tt_arena *a, struct tt_str target, struct tt_uri *out, struct tt_err *err)
{
	struct tt_str rest = without_authority(target), path = rest;
	const char *mark = memchr(rest.p, '?', rest.len);
	struct tt_uri uri = { .pairs = 0 };
	int rc;

	if (mark)
		path.len = (size_t)(mark - rest.p);
	rc = parse_path(a, path, &uri.path, err);
	if (rc == 0 && mark)
		rc = parse_query(a, (struct tt_str){ mark + 1, rest.len - path.len - 1 }, &uri, err);
	if (rc < 0)
		return rc;
	*out = uri;
	return 0;
}

const struct tt_str *tt_uri_query(const struct tt_uri *uri, const char *name)
{
	for (unsigned i = 0; i < uri->pairs; i++)
		if (tt_str_is(uri->pair[i].name, name))
			return &uri->pair[i].value;
	return NULL;
}
