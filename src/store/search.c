#include "store/search.h"

#include "store/internal.h"

#include "base/buf.h"

#include <string.h>

/* The words' index says which photos, in no useful order: CROSS JOIN keeps it on the outside. */
enum { Q_SEARCH, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_SEARCH] = "SELECT " TT_SUMMARY_OF_P " FROM photo_text t CROSS JOIN photo p "
		     "WHERE p.id = t.rowid AND photo_text MATCH $1 AND p.owner = $2 AND p.trashed_at IS NULL AND "
		     "(p.moment, p.id) < ($3, $4) "
		     "ORDER BY p.moment DESC, p.id DESC LIMIT $5",
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* cat "big dog  ->  "cat" * """big" * "dog" *: nothing in it is an operator, and each word may be the begin of one. */
static int match_of(const char *query, struct tt_buf *out, struct tt_err *err)
{
	int rc = 0;

	for (const char *p = query; rc == 0 && *p;) {
		if (is_space(*p)) {
			p++;
			continue;
		}
		rc = tt_buf_adds(out, "\"", err);
		for (; rc == 0 && *p && !is_space(*p); p++)
			rc = *p == '"' ? tt_buf_adds(out, "\"\"", err) : tt_buf_add(out, p, 1, err);
		if (rc == 0)
			rc = tt_buf_adds(out, "\" * ", err);
	}
	return rc;
}

int tt_store_search(struct tt_store *s, int64_t owner, const char *query, struct tt_cursor after, unsigned limit,
		    struct tt_arena *arena, struct tt_photo_page *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	TT_SCOPED(tt_buf_free) struct tt_buf match = { .max = 8 * TT_SEARCH_MAX };
	size_t n = strlen(query);
	int rc;

	if (n > TT_SEARCH_MAX || !tt_utf8_valid(query, n))
		return tt_err_set(err, TT_EINVALID, "search for at most %d bytes of text", TT_SEARCH_MAX);
	rc = match_of(query, &match, err);
	if (rc == 0 && match.len == 0) {
		*out = (struct tt_photo_page){ 0 };
		return 0;
	}
	if (rc == 0)
		rc = tt_read_stmt(&r, s, queries[Q_SEARCH], &st, err);
	if (rc < 0)
		return rc;
	limit = tt_page_limit(limit);
	tt_stmt_text(st, 1, match.p);
	tt_stmt_i64(st, 2, owner);
	tt_stmt_i64(st, 3, after.id ? after.moment : INT64_MAX);
	tt_stmt_i64(st, 4, after.id ? after.id : INT64_MAX);
	tt_stmt_i64(st, 5, limit + 1);
	return tt_page_of(st, limit, arena, out, err);
}
