#include "http/multipart.h"

#include <string.h>
#include <strings.h>

static bool is_boundary_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("'()+_,-./:=? ", c));
}

int tt_multipart_boundary(struct tt_str content_type, char out[TT_BOUNDARY_MAX + 1], struct tt_err *err)
{
	struct tt_str part, key, rest = content_type, found = { NULL, 0 };

	if (!tt_str_split(&rest, ';', &part) || tt_str_trim(part).len != 19 ||
	    strncasecmp(tt_str_trim(part).p, "multipart/form-data", 19) != 0)
		return tt_err_set(err, TT_EINVALID, "the body is not multipart/form-data");
	while (tt_str_split(&rest, ';', &part)) {
		part = tt_str_trim(part);
		if (!tt_str_split(&part, '=', &key) || key.len != 8 || strncasecmp(key.p, "boundary", 8) != 0)
			continue;
		if (found.p)
			return tt_err_set(err, TT_EINVALID, "the form has two boundaries");
		if (part.len >= 2 && part.p[0] == '"' && part.p[part.len - 1] == '"')
			part = (struct tt_str){ part.p + 1, part.len - 2 };
		found = part;
	}
	if (found.len == 0 || found.len > TT_BOUNDARY_MAX || found.p[found.len - 1] == ' ')
		return tt_err_set(err, TT_EINVALID, "the form has no usable boundary");
	for (size_t i = 0; i < found.len; i++)
		if (!is_boundary_char(found.p[i]))
			return tt_err_set(err, TT_EINVALID, "the form has no usable boundary");
	memcpy(out, found.p, found.len);
	out[found.len] = '\0';
	return 0;
}

void tt_multipart_init(struct tt_multipart *m, const char *boundary, unsigned max_parts,
		       const struct tt_multipart_ops *ops, void *ctx)
{
	size_t n = strnlen(boundary, TT_BOUNDARY_MAX);

	*m = (struct tt_multipart){ .ops = ops, .ctx = ctx, .state = TT_MP_PREAMBLE, .max_parts = max_parts };
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary, n);
	m->delimiter_len = n + 4;
	m->matched = 2; /* the first delimiter may stand at the very start, without its line break */
}

static int emit(struct tt_multipart *m, const char *p, size_t n, struct tt_err *err)
{
	if (m->state == TT_MP_PREAMBLE || n == 0)
		return 0;
	return m->ops->data(m->ctx, p, n, err);
}

/* Data up to the delimiter. CR stands at the front of the delimiter only, so a failed match restarts at the byte at
 * hand. */
static int feed_data(struct tt_multipart *m, const char *p, size_t n, size_t *used, struct tt_err *err)
{
	size_t i = 0;
	int rc;

	while (i < n) {
		if (m->matched == 0) {
			const char *cr = memchr(p + i, '\r', n - i);
			size_t plain = cr ? (size_t)(cr - p) - i : n - i;

			rc = emit(m, p + i, plain, err);
			if (rc < 0)
				return rc;
			i += plain;
			if (!cr)
				break;
			m->matched = 1;
			i++;
		} else if (p[i] != m->delimiter[m->matched]) {
			size_t held = m->matched;

			m->matched = 0;
			rc = emit(m, m->delimiter, held, err);
			if (rc < 0)
				return rc;
		} else {
			i++;
			if (++m->matched < m->delimiter_len)
				continue;
			m->matched = 0;
			rc = m->state == TT_MP_DATA ? m->ops->end(m->ctx, err) : 0;
			if (rc < 0)
				return rc;
			m->state = TT_MP_BOUNDARY;
			break;
		}
	}
	*used = i;
	return 0;
}

static int header_line(struct tt_multipart *m, struct tt_err *err)
{
	struct tt_str name, value = { m->line, m->line_len };

	if (++m->headers > TT_PART_HEADERS_MAX)
		return tt_err_set(err, TT_ETOOBIG, "a part of the form has more than %d headers", TT_PART_HEADERS_MAX);
	if (!memchr(m->line, ':', m->line_len))
		return tt_err_set(err, TT_EINVALID, "a part of the form has a broken header");
	(void)tt_str_split(&value, ':', &name);
	value = tt_str_trim(value);
	if (name.len == 19 && strncasecmp(name.p, "content-disposition", 19) == 0) {
		if (m->has_part)
			return tt_err_set(err, TT_EINVALID, "a part of the form has two Content-Dispositions");
		m->has_part = true;
		return tt_disposition_parse(value, &m->part, err);
	}
	if (name.len == 25 && strncasecmp(name.p, "content-transfer-encoding", 25) == 0 &&
	    !(value.len == 6 && strncasecmp(value.p, "binary", 6) == 0) && !tt_str_is(value, "8bit") &&
	    !tt_str_is(value, "7bit"))
		return tt_err_set(err, TT_EINVALID, "a part of the form is sent in an encoding that is not supported");
	return 0;
}

static int header_end(struct tt_multipart *m, struct tt_err *err)
{
	int rc;

	m->state = TT_MP_HEADER;
	if (m->line_len > 0) {
		rc = header_line(m, err);
		m->line_len = 0;
		return rc;
	}
	if (!m->has_part)
		return tt_err_set(err, TT_EINVALID, "a part of the form has no Content-Disposition");
	if (++m->parts > m->max_parts)
		return tt_err_set(err, TT_ETOOBIG, "the form has more than %u parts; send fewer files at once",
				  m->max_parts);
	m->state = TT_MP_DATA;
	m->matched = 0;
	return m->ops->begin(m->ctx, &m->part, err);
}

/* One byte between a delimiter and the data. */
static int feed_byte(struct tt_multipart *m, char c, struct tt_err *err)
{
	switch (m->state) {
	case TT_MP_BOUNDARY:
	case TT_MP_PADDING:
		if (c == '-' && m->state == TT_MP_BOUNDARY)
			m->state = TT_MP_DASH;
		else if (c == ' ' || c == '\t')
			m->state = TT_MP_PADDING;
		else if (c == '\r')
			m->state = TT_MP_LF;
		else
			return tt_err_set(err, TT_EINVALID, "the form is broken behind a boundary");
		return 0;
	case TT_MP_DASH:
		if (c != '-')
			return tt_err_set(err, TT_EINVALID, "the form is broken behind a boundary");
		m->state = TT_MP_DONE;
		return 0;
	case TT_MP_LF:
		if (c != '\n')
			return tt_err_set(err, TT_EINVALID, "the form is broken behind a boundary");
		m->state = TT_MP_HEADER;
		m->headers = 0;
		m->has_part = false;
		m->line_len = 0;
		return 0;
	case TT_MP_HEADER:
		if (c == '\r') {
			m->state = TT_MP_HEADER_LF;
			return 0;
		}
		if (c == '\0' || c == '\n')
			return tt_err_set(err, TT_EINVALID, "a part of the form has a broken header");
		if (m->line_len == sizeof m->line)
			return tt_err_set(err, TT_ETOOBIG, "a part of the form has a header that is too long");
		m->line[m->line_len++] = c;
		return 0;
	default: /* TT_MP_HEADER_LF */
		if (c != '\n')
			return tt_err_set(err, TT_EINVALID, "a part of the form has a broken header");
		return header_end(m, err);
	}
}

int tt_multipart_feed(struct tt_multipart *m, const char *p, size_t n, struct tt_err *err)
{
	while (n > 0 && m->state != TT_MP_DONE) {
		size_t used = 1;
		int rc;

		if (m->state == TT_MP_PREAMBLE || m->state == TT_MP_DATA)
			rc = feed_data(m, p, n, &used, err);
		else
			rc = feed_byte(m, *p, err);
		if (rc < 0)
			return rc;
		p += used;
		n -= used;
	}
	return 0;
}

bool tt_multipart_may_end(const struct tt_multipart *m, const char *p, size_t n)
{
	/* A delimiter that began in an earlier piece, or one that lies whole in this one. */
	return m->matched > 0 || memmem(p, n, m->delimiter, m->delimiter_len);
}

int tt_multipart_finish(const struct tt_multipart *m, struct tt_err *err)
{
	return m->state == TT_MP_DONE ? 0 : tt_err_set(err, TT_EINVALID, "the upload broke off before its end");
}
