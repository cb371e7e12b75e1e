/* What somebody types into the search, split at the first newline from a name of a person: whatever it is, FTS5 gets
 * text without operators of the user's, and persons are a list of ids. */
#include "store/search_words.h"

#include "fuzz.h"

#include <string.h>

/* Outside of quotes there is nothing but what the reader writes itself. */
static void check_words(const char *p)
{
	while (*p) {
		if (*p == '"') {
			for (p++; *p != '"' || p[1] == '"'; p++) {
				PROMISE(*p);
				p += *p == '"';
			}
			p++;
		} else if (strncmp(p, " AND ", 5) == 0) {
			p += 5;
		} else if (strncmp(p, " OR ", 4) == 0) {
			p += 4;
		} else {
			PROMISE(*p == '(' || *p == ')' || *p == ' ' || *p == '*');
			p++;
		}
	}
}

static void check_persons(const char *p)
{
	size_t n = strlen(p);

	PROMISE(n > 2 && p[0] == '[' && p[n - 1] == ']');
	PROMISE(strspn(p + 1, "0123456789,") == n - 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_arena arena = { .max = 16 << 20 };
	struct tt_search_name names[] = { { 1, "Ann" }, { 2, "王小明" }, { 3, "" } };
	struct tt_search_plan plan;
	struct tt_err err = { 0 };
	char *query, *name;

	if (size > 400 || !tt_utf8_valid((const char *)data, size))
		return 0;
	query = tt_arena_strndup(&arena, (const char *)data, size);
	PROMISE(query);
	name = strchr(query, '\n');
	if (name) {
		*name = 0;
		names[2].name = name + 1;
	}
	if (strlen(query) <= 200) {
		PROMISE(tt_search_plan_of(query, names, TT_LEN(names), &arena, &plan, &err) == 0);
		PROMISE(plan.count <= TT_SEARCH_PERSONS);
		check_words(plan.text);
		for (size_t i = 0; i < plan.count; i++) {
			check_persons(plan.terms[i].persons);
			check_words(plan.terms[i].words);
		}
	}
	tt_arena_free(&arena);
	return 0;
}
