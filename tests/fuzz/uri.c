/* A request target: what is let through is one clean path and a query that can be read in one way only. */
#include "http/uri.h"

#include "fuzz.h"

#include <string.h>

static void check_text(struct tt_str s)
{
	PROMISE(tt_utf8_valid(s.p, s.len));
	PROMISE(memchr(s.p, 0, s.len) == NULL);
}

static void check_path(struct tt_str path)
{
	PROMISE(path.len >= 1 && path.p[0] == '/' && path.p[path.len] == 0);
	check_text(path);
	PROMISE(!strstr(path.p, "//") && !strchr(path.p, '\\'));
	for (struct tt_str rest = path, part; tt_str_split(&rest, '/', &part);)
		PROMISE(!tt_str_is(part, ".") && !tt_str_is(part, ".."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_err err = { 0 };
	struct tt_str out;
	struct tt_uri uri;
	int rc = tt_uri_parse(&arena, (struct tt_str){ (const char *)data, size }, &uri, &err);

	PROMISE((rc < 0) == (err.msg[0] != 0));
	if (rc == 0) {
		check_path(uri.path);
		PROMISE(uri.pairs <= TT_QUERY_MAX);
		for (unsigned i = 0; i < uri.pairs; i++) {
			check_text(uri.pair[i].name);
			check_text(uri.pair[i].value);
			for (unsigned j = 0; j < i; j++)
				PROMISE(!tt_str_eq(uri.pair[i].name, uri.pair[j].name));
		}
	}
	if (tt_uri_decode(&arena, (struct tt_str){ (const char *)data, size }, true, &out, &err) == 0)
		check_text(out);
	tt_arena_free(&arena);
	return 0;
}
