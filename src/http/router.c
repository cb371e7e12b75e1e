#include "http/router.h"

#include <stdio.h>
#include <string.h>

static bool path_matches(const char *pattern, struct tt_str path, int64_t *id)
{
	struct tt_str want = tt_str_of(pattern), a, b;
	int64_t found = 0;

	for (;;) {
		bool more_a = tt_str_split(&want, '/', &a), more_b = tt_str_split(&path, '/', &b);

		if (!more_a || !more_b) {
			*id = found;
			return more_a == more_b;
		}
		if (a.len > 0 && a.p[0] == '{') {
			if (!tt_str_i64(b, 1, INT64_MAX, &found))
				return false;
		} else if (!tt_str_eq(a, b)) {
			return false;
		}
	}
}

static void add_allowed(struct tt_match *m, const char *method)
{
	size_t n = strlen(m->allow);

	snprintf(m->allow + n, sizeof m->allow - n, "%s%s%s", n ? ", " : "", method,
		 strcmp(method, "GET") ? "" : ", HEAD");
}

void tt_router_match(const struct tt_route *routes, size_t count, struct tt_str method, struct tt_str path,
		     struct tt_match *out)
{
	*out = (struct tt_match){ .route = NULL };
	if (tt_str_is(method, "HEAD"))
		method = TT_STR("GET");
	for (size_t i = 0; i < count; i++) {
		int64_t id;

		if (!path_matches(routes[i].path, path, &id))
			continue;
		if (tt_str_is(method, routes[i].method)) {
			*out = (struct tt_match){ .route = &routes[i], .id = id };
			return;
		}
		out->path_known = true;
		add_allowed(out, routes[i].method);
	}
}
