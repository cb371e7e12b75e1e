/* What somebody typed into the search, read: words, quoted phrases, names of persons, Chinese names of labels.
 *
 * Every term must hold of a photo. A word holds where it begins a word of the photo's; a quoted phrase where it stands
 * so; the whole name of a person (or a word of it) where that person is, or where the same word stands in the text.
 * "and" and its like between two persons count for nothing. Text in Chinese has no spaces: names of persons and labels
 * are found inside it, the longest first. Case and accents do not count. Pure; results lie in the arena. */
#ifndef TT_STORE_SEARCH_WORDS_H
#define TT_STORE_SEARCH_WORDS_H

#include "base/arena.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define TT_SEARCH_PERSONS 8 /* terms that name persons; further ones are words only */

struct tt_search_name {
	int64_t id;
	const char *name; /* UTF-8 */
};

struct tt_search_plan {
	const char *text; /* an expression of FTS5 for the terms without persons; "" for none */
	struct {
		const char *persons; /* JSON: their ids; one of them must be on the photo … */
		const char *words;   /* … or this expression of FTS5 must hold */
	} terms[TT_SEARCH_PERSONS];
	size_t count; /* terms with persons */
};

/* query: valid UTF-8 of at most TT_SEARCH_MAX bytes. Nothing in it is an operator to FTS5. */
int tt_search_plan_of(const char *query, const struct tt_search_name *names, size_t n, struct tt_arena *arena,
		      struct tt_search_plan *out, struct tt_err *err) TT_CHECKED;

#endif
