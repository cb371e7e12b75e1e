#include "http/disposition.h"

#include <string.h>
#include <strings.h>

/* Characters that RFC 8187 lets stand unescaped, less those that some browsers mistreat. */
static bool is_attr_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

int tt_disposition_write(struct tt_buf *out, bool attachment, struct tt_str name, struct tt_err *err)
{
	int rc = tt_buf_addf(out, err, "%s; filename=\"", attachment ? "attachment" : "inline");

	for (size_t i = 0; rc >= 0 && i < name.len; i++) {
		unsigned char c = (unsigned char)name.p[i];
		bool plain = c >= 0x20 && c < 0x7f && !strchr("\"\\/%;", c);

		if ((c & 0xc0) != 0x80) /* one '_' for a whole UTF-8 character */
			rc = tt_buf_add(out, plain ? name.p + i : "_", 1, err);
	}
	if (rc >= 0)
		rc = tt_buf_adds(out, "\"; filename*=UTF-8''", err);
	for (size_t i = 0; rc >= 0 && i < name.len; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (is_attr_char(c))
			rc = tt_buf_add(out, &c, 1, err);
		else
			rc = tt_buf_addf(out, err, "%%%02X", c == '/' || c == '\\' || c < 0x20 || c == 0x7f ? '_' : c);
	}
	return rc < 0 ? rc : 0;
}

static bool is_token_char(char c)
{
	return (unsigned char)c > 0x20 && (unsigned char)c < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", c);
}

/* `; name=value` or `; name="value"` off the front of *s. */
static bool next_parameter(struct tt_str *s, struct tt_str *name, struct tt_str *value)
{
	size_t i = 0, start;

	while (i < s->len && (s->p[i] == ';' || s->p[i] == ' ' || s->p[i] == '\t'))
		i++;
	start = i;
	while (i < s->len && is_token_char(s->p[i]))
		i++;
	*name = (struct tt_str){ s->p + start, i - start };
	if (name->len == 0 || i == s->len || s->p[i] != '=')
		return false;
	i++;
	if (i < s->len && s->p[i] == '"') {
		const char *end = memchr(s->p + i + 1, '"', s->len - i - 1);

		if (!end)
			return false;
		*value = (struct tt_str){ s->p + i + 1, (size_t)(end - s->p) - i - 1 };
		i = (size_t)(end - s->p) + 1;
	} else {
		start = i;
		while (i < s->len && is_token_char(s->p[i]))
			i++;
		*value = (struct tt_str){ s->p + start, i - start };
	}
	*s = (struct tt_str){ s->p + i, s->len - i };
	return true;
}

/* Some clients send whole paths; only the last component is of use, and only as text. */
static void set_filename(struct tt_form_part *out, struct tt_str s)
{
	for (size_t i = s.len; i-- > 0;) {
		if (s.p[i] == '/' || s.p[i] == '\\') {
			s = (struct tt_str){ s.p + i + 1, s.len - i - 1 };
			break;
		}
	}
	tt_utf8_copy(out->filename, sizeof out->filename, s.p, s.len);
	for (char *p = out->filename; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '_';
	out->has_filename = true;
}

int tt_disposition_parse(struct tt_str value, struct tt_form_part *out, struct tt_err *err)
{
	struct tt_str type, name, v, rest = tt_str_trim(value);
	struct tt_form_part part = { .has_filename = false };

	(void)tt_str_split(&rest, ';', &type);
	if (tt_str_trim(type).len != 9 || strncasecmp(tt_str_trim(type).p, "form-data", 9) != 0)
		return tt_err_set(err, TT_EINVALID, "a part of the form is not form-data");
	while (tt_str_trim(rest).len > 0) {
		if (!next_parameter(&rest, &name, &v))
			return tt_err_set(err, TT_EINVALID, "a part of the form has a broken Content-Disposition");
		if (name.len == 4 && strncasecmp(name.p, "name", 4) == 0) {
			if (v.len == 0 || v.len >= sizeof part.name || part.name[0])
				return tt_err_set(err, TT_EINVALID, "a part of the form has a bad name");
			tt_utf8_copy(part.name, sizeof part.name, v.p, v.len);
		} else if (name.len == 8 && strncasecmp(name.p, "filename", 8) == 0) {
			set_filename(&part, v);
		}
	}
	if (!part.name[0])
		return tt_err_set(err, TT_EINVALID, "a part of the form has no name");
	*out = part;
	return 0;
}
