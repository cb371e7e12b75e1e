#include "base/json.h"

#include <string.h>

void tt_json_decrefp(json_t **value)
{
	json_decref(*value);
	*value = NULL;
}

/* Depth by brackets outside strings: jansson's own limit is fixed at 2,048. */
static bool too_deep(struct tt_str text)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == '{') && ++depth > TT_JSON_MAX_DEPTH)
			return true;
		else if (!quoted && (c == ']' || c == '}'))
			depth--;
	}
	return false;
}

int tt_json_parse(json_t **out, struct tt_str text, size_t max, struct tt_err *err)
{
	json_error_t why;
	json_t *value;

	if (text.len > max)
		return tt_err_set(err, TT_ETOOBIG, "the JSON document has more than %zu bytes", max);
	if (too_deep(text))
		return tt_err_set(err, TT_EINVALID, "the JSON document is nested more than %d deep", TT_JSON_MAX_DEPTH);
	value = json_loadb(text.p ? text.p : "", text.len, JSON_REJECT_DUPLICATES, &why);
	if (!value)
		return tt_err_set(err, TT_EINVALID, "no valid JSON: %s at line %d", why.text, why.line);
	*out = value;
	return 0;
}

struct sink {
	struct tt_buf *out;
	struct tt_err *err;
};

static int add_chunk(const char *p, size_t n, void *ctx)
{
	struct sink *s = ctx;

	return tt_buf_add(s->out, p, n, s->err) < 0 ? -1 : 0;
}

int tt_json_write(struct tt_buf *out, const json_t *value, struct tt_err *err)
{
	struct tt_err why = { 0 };
	struct sink sink = { out, &why };

	/* jansson forgets some failures of the callback: what the sink says counts */
	if (value &&
	    json_dump_callback(value, add_chunk, &sink, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(10)) ==
		    0 &&
	    why.code == 0)
		return 0;
	if (why.code)
		return tt_err_set(err, why.code, "%s", why.msg);
	return tt_err_set(err, TT_ENOMEM, "out of memory");
}

int tt_json_get_str(const json_t *object, const char *key, size_t max, struct tt_str *out, struct tt_err *err)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return tt_err_set(err, TT_EINVALID, value ? "\"%s\" must be a text" : "\"%s\" is missing", key);
	if (json_string_length(value) > max)
		return tt_err_set(err, TT_EINVALID, "\"%s\" has more than %zu bytes", key, max);
	*out = (struct tt_str){ json_string_value(value), json_string_length(value) };
	return 0;
}

int tt_json_get_i64(const json_t *object, const char *key, int64_t min, int64_t max, int64_t *out, struct tt_err *err)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		return tt_err_set(err, TT_EINVALID, value ? "\"%s\" must be a whole number" : "\"%s\" is missing", key);
	if (json_integer_value(value) < min || json_integer_value(value) > max)
		return tt_err_set(err, TT_EINVALID, "\"%s\" must be from %lld to %lld", key, (long long)min,
				  (long long)max);
	*out = json_integer_value(value);
	return 0;
}
