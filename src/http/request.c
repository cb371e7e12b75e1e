#include "http/request.h"

#include "accounts/password.h"
#include "base/clock.h"
#include "base/json.h"

#include <string.h>
#include <strings.h>

void tt_req_init(struct tt_req *rq, struct tt_context *cx, const char *target)
{
	uint8_t id[(TT_REQUEST_ID_SIZE - 1) / 2];

	rq->cx = cx;
	rq->started_ns = tt_mono_ns();
	rq->arena.max = TT_REQUEST_ARENA;
	tt_random_bytes(id, sizeof id);
	tt_hex(rq->id, id, sizeof id);
	rq->target.p = tt_arena_strndup(&rq->arena, target, strlen(target));
	rq->target.len = rq->target.p ? strlen(target) : 0;
}

struct tt_str tt_req_header(const struct tt_req *rq, const char *name)
{
	size_t n = strlen(name);

	for (unsigned i = 0; i < rq->headers; i++)
		if (rq->header[i].name.len == n && strncasecmp(rq->header[i].name.p, name, n) == 0)
			return rq->header[i].value;
	return TT_STR("");
}

unsigned tt_req_header_count(const struct tt_req *rq, const char *name)
{
	size_t n = strlen(name);
	unsigned count = 0;

	for (unsigned i = 0; i < rq->headers; i++)
		count += rq->header[i].name.len == n && strncasecmp(rq->header[i].name.p, name, n) == 0;
	return count;
}

bool tt_req_is_safe(const struct tt_req *rq)
{
	return tt_str_is(rq->method, "GET") || tt_str_is(rq->method, "HEAD");
}

int tt_req_query_i64(const struct tt_req *rq, const char *name, int64_t min, int64_t max, int64_t fallback,
		     int64_t *out, struct tt_err *err)
{
	const struct tt_str *v = tt_uri_query(&rq->uri, name);

	if (!v)
		*out = fallback;
	else if (!tt_str_i64(*v, min, max, out))
		return tt_err_set(err, TT_EINVALID, "'%s' must be a number from %lld to %lld", name, (long long)min,
				  (long long)max);
	return 0;
}

int tt_req_query_str(const struct tt_req *rq, const char *name, size_t max, struct tt_str *out, struct tt_err *err)
{
	const struct tt_str *v = tt_uri_query(&rq->uri, name);

	if (v && v->len > max)
		return tt_err_set(err, TT_EINVALID, "'%s' is longer than %zu bytes", name, max);
	*out = v ? *v : TT_STR("");
	return 0;
}

int tt_req_list(struct tt_req *rq, const char *name, size_t max, const char *setting, const int64_t **out,
		size_t *count, struct tt_err *err)
{
	const json_t *list = json_object_get(rq->json, name);
	size_t n = json_array_size(list);
	int64_t *ids;

	if (!json_is_array(list) || n == 0 || (n > max && !setting))
		return tt_err_set(err, TT_EINVALID, "'%s' must be a list of 1 to %zu ids", name, max);
	if (n > max)
		return tt_err_set(err, TT_ETOOBIG, "'%s' has %zu ids; the setting %s allows %zu", name, n, setting,
				  max);
	ids = tt_arena_alloc(&rq->arena, n * sizeof *ids);
	if (!ids)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		ids[i] = json_integer_value(json_array_get(list, i));
		if (ids[i] < 1)
			return tt_err_set(err, TT_EINVALID, "'%s' holds something that is not an id", name);
	}
	*out = ids;
	*count = n;
	return 0;
}

int tt_req_ids(struct tt_req *rq, const int64_t **ids, size_t *count, struct tt_err *err)
{
	static const char *const names[] = { "ids", NULL };
	int rc = tt_req_list(rq, "ids", TT_IDS_MAX, NULL, ids, count, err);

	return rc < 0 ? rc : tt_req_only(rq, names, err);
}

int tt_req_only(const struct tt_req *rq, const char *const *names, struct tt_err *err)
{
	const char *key;
	json_t *value;

	json_object_foreach(rq->json, key, value)
	{
		const char *const *name = names;

		while (*name && strcmp(*name, key) != 0)
			name++;
		if (!*name)
			return tt_err_set(err, TT_EINVALID, "the request has a member '%.64s' that is not known", key);
	}
	return 0;
}

void tt_req_done(struct tt_req *rq)
{
	tt_json_decrefp(&rq->json);
	tt_buf_free(&rq->body);
	tt_arena_free(&rq->arena);
}
