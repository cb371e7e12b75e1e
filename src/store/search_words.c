#include "store/search_words.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "store/chinese.h"
#include "store/search_fold.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX 256 /* more than a query has characters that could begin one */
#define TEXT_MAX (1 << 20)

/* One term of the query. */
struct item {
	struct tt_str raw;     /* as typed: what FTS5 gets */
	struct tt_str folded;  /* the same, comparable */
	bool phrase;           /* was quoted, or is a whole name: stands as it is */
	bool joins;            /* "and" */
	bool whole;            /* names a person as a whole word: text must not begin with it only */
	bool chinese;          /* is exactly a Chinese name: found by that one, not by what begins with it */
	struct tt_str word;    /* the word without spaces that it was cut out of; empty: none */
	struct tt_buf persons; /* their ids, joined by ','; empty for none */
};

struct reading {
	struct tt_arena *arena;
	const struct tt_search_name *names; /* folded */
	size_t names_count;
	struct item items[ITEMS_MAX];
	size_t count;
	struct tt_buf text;
};

/* ---- persons */

static int add_person(struct item *it, int64_t id, struct tt_err *err)
{
	return tt_buf_addf(&it->persons, err, it->persons.len ? ",%" PRId64 : "%" PRId64, id);
}

enum fit { FIT_NONE, FIT_BEGIN, FIT_INSIDE, FIT_WORD };

/* How a word stands in a name: as one of its words, inside it (Chinese), or at the begin of one. */
static enum fit fit_of(const char *name, struct tt_str word)
{
	enum fit best = FIT_NONE;

	for (const char *p = name; (p = tt_search_within(p, word)); p++) {
		bool begin = p == name || p[-1] == ' ';

		if (begin && (p[word.len] == ' ' || p[word.len] == 0))
			return FIT_WORD;
		if (tt_search_is_cjk(word.p, word.len))
			best = FIT_INSIDE;
		else if (begin && best < FIT_BEGIN)
			best = FIT_BEGIN;
	}
	return best;
}

static int find_persons(struct reading *r, struct item *it, struct tt_err *err)
{
	enum fit best = FIT_NONE;
	int rc = 0;

	for (size_t i = 0; it->folded.len > 0 && i < r->names_count; i++) {
		enum fit fit = fit_of(r->names[i].name, it->folded);

		best = fit > best ? fit : best;
	}
	for (size_t i = 0; rc == 0 && best > FIT_NONE && i < r->names_count; i++)
		if (fit_of(r->names[i].name, it->folded) == best)
			rc = add_person(it, r->names[i].id, err);
	it->whole = best == FIT_WORD;
	return rc;
}

static int find_named(struct reading *r, struct item *it, struct tt_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->names_count; i++)
		if (tt_str_is(it->folded, r->names[i].name))
			rc = add_person(it, r->names[i].id, err);
	return rc;
}

/* ---- Chinese text: known names inside a word without spaces */

static bool is_small_word(struct tt_str s)
{
	static const char *const words[] = { "和", "与", "跟", "及", "同", "的", "在", "一起", "照片", "相片" };

	for (size_t i = 0; i < TT_LEN(words); i++)
		if (tt_str_is(s, words[i]))
			return true;
	return false;
}

/* The longest name of a person or label at the begin of s; 0 for none. */
static size_t known_at(const struct reading *r, struct tt_str s, bool *person)
{
	size_t best = 0;

	*person = false;
	for (size_t i = 0; i < tt_chinese_count; i++) {
		struct tt_str name = tt_str_of(tt_chinese_names[i].chinese);

		if (name.len > best && tt_str_starts(s, name))
			best = name.len;
	}
	for (size_t i = 0; i < r->names_count; i++) {
		struct tt_str name = tt_str_of(r->names[i].name);

		if (name.len >= best && name.len > 0 && tt_str_starts(s, name)) {
			best = name.len;
			*person = true;
		}
	}
	return best;
}

static struct item *new_item(struct reading *r, struct tt_str raw, struct tt_str folded)
{
	struct item *it = r->count < ITEMS_MAX ? &r->items[r->count++] : NULL;

	if (it)
		*it = (struct item){ .raw = raw, .folded = folded, .persons = { .max = TEXT_MAX } };
	return it;
}

static int add_rest(struct reading *r, struct tt_str rest, struct tt_err *err)
{
	struct item *it;

	while (rest.len > 0) {
		size_t n = tt_search_char(rest.p, rest.len), two = 2 * n <= rest.len ? 2 * n : n;

		if (is_small_word((struct tt_str){ rest.p, two }))
			n = two;
		else if (!is_small_word((struct tt_str){ rest.p, n }))
			break;
		rest.p += n;
		rest.len -= n;
	}
	if (rest.len == 0)
		return 0;
	it = new_item(r, rest, rest);
	return it ? find_persons(r, it, err) : 0;
}

/* Cuts the word into items where something known stands in it; 0 when there is nothing, 1 when it did. */
static int add_segments(struct reading *r, struct tt_str word, struct tt_err *err)
{
	size_t from = 0, before = r->count;
	bool found = false;
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < word.len;) {
		bool person;
		size_t n = known_at(r, (struct tt_str){ word.p + at, word.len - at }, &person);
		struct tt_str name = { word.p + at, n };
		struct item *it;

		if (n == 0) {
			at += tt_search_char(word.p + at, word.len - at);
			continue;
		}
		rc = add_rest(r, (struct tt_str){ word.p + from, at - from }, err);
		it = rc == 0 ? new_item(r, name, name) : NULL;
		if (it && person) {
			it->phrase = true;
			rc = find_named(r, it, err);
		} else if (it) {
			it->chinese = true;
		}
		found = true;
		at += n;
		from = at;
	}
	if (rc == 0 && found)
		rc = add_rest(r, (struct tt_str){ word.p + from, word.len - from }, err);
	if (!found)
		r->count = before;
	for (size_t i = before; i < r->count; i++)
		if (r->items[i].raw.len < word.len)
			r->items[i].word = word;
	return rc < 0 ? rc : found;
}

/* ---- words and names of several words */

/* How many of the words from here on are together the whole name of a person. */
static size_t whole_name(const struct reading *r, const struct tt_str *words, size_t n)
{
	size_t best = 0;

	for (size_t i = 0; i < r->names_count; i++) {
		struct tt_str rest = tt_str_of(r->names[i].name), part;
		size_t k = 0;

		while (k < n && tt_str_split(&rest, ' ', &part) && tt_str_eq(words[k], part))
			k++;
		if (rest.len == 0 && k > best)
			best = k;
	}
	return best;
}

static bool joins(struct tt_str word)
{
	static const char *const words[] = { "and", "&", "+", "with", "und", "et", "和", "与", "跟" };

	for (size_t i = 0; i < TT_LEN(words); i++)
		if (tt_str_is(word, words[i]))
			return true;
	return false;
}

/* k words that are together the whole name of a person. */
static int add_whole_name(struct reading *r, const struct tt_str *raw, const struct tt_str *folded, size_t k,
			  struct tt_err *err)
{
	struct tt_str typed = { raw[0].p, (size_t)(raw[k - 1].p - raw[0].p) + raw[k - 1].len };
	TT_SCOPED(tt_buf_free) struct tt_buf name = { .max = TEXT_MAX };
	struct item *it;
	char *copy;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < k; i++) {
		rc = i > 0 ? tt_buf_adds(&name, " ", err) : 0;
		if (rc == 0)
			rc = tt_buf_add(&name, folded[i].p, folded[i].len, err);
	}
	copy = rc == 0 ? tt_arena_strndup(r->arena, name.p, name.len) : NULL;
	if (!copy)
		return rc < 0 ? rc : tt_err_set(err, TT_ENOMEM, "out of memory");
	it = new_item(r, typed, tt_str_of(copy));
	if (!it)
		return 0;
	it->phrase = true;
	return find_named(r, it, err);
}

/* What begins at the word from[0]; returns how many words it took. */
static int add_words(struct reading *r, const struct tt_str *raw, const struct tt_str *folded, size_t n,
		     struct tt_err *err)
{
	size_t k = whole_name(r, folded, n);
	struct item *it;
	int rc;

	if (k < 2 && tt_search_is_cjk(folded[0].p, folded[0].len)) {
		rc = add_segments(r, folded[0], err);
		if (rc != 0)
			return rc < 0 ? rc : 1;
	}
	if (k < 2) {
		it = new_item(r, raw[0], folded[0]);
		rc = it ? find_persons(r, it, err) : 0;
		if (it)
			it->joins = joins(folded[0]);
		return rc < 0 ? rc : 1;
	}
	rc = add_whole_name(r, raw, folded, k, err);
	return rc < 0 ? rc : (int)k;
}

static int read_words(struct reading *r, struct tt_str text, struct tt_err *err)
{
	struct tt_str raw[ITEMS_MAX], folded[ITEMS_MAX], word;
	size_t n = 0;
	int rc = 0;

	while (n < ITEMS_MAX && tt_search_word(&text, &word)) {
		char *f = tt_arena_alloc(r->arena, word.len + 1);

		if (!f)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		tt_search_fold(word.p, word.len, f);
		raw[n] = word;
		folded[n] = tt_search_bare(tt_str_of(f));
		n += tt_search_has_word(word) || joins(folded[n]);
	}
	for (size_t i = 0; rc >= 0 && i < n; i += (size_t)rc)
		rc = add_words(r, raw + i, folded + i, n - i, err);
	return rc < 0 ? rc : 0;
}

static int read_phrase(struct reading *r, struct tt_str text, struct tt_err *err)
{
	char *f = tt_arena_alloc(r->arena, text.len + 1);
	struct item *it;

	if (!f)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	tt_search_fold(text.p, text.len, f);
	it = tt_search_has_word(text) ? new_item(r, text, tt_str_trim(tt_str_of(f))) : NULL;
	if (!it)
		return 0;
	it->phrase = true;
	return find_named(r, it, err);
}

/* Quotes come in pairs; what stands before, between and behind them is words. */
static int read_query(struct reading *r, const char *query, struct tt_err *err)
{
	int rc = 0;

	while (rc == 0 && *query) {
		const char *open = strchr(query, '"'), *close = open ? strchr(open + 1, '"') : NULL;
		const char *end = close ? open : query + strlen(query);

		rc = read_words(r, (struct tt_str){ query, (size_t)(end - query) }, err);
		if (rc == 0 && close)
			rc = read_phrase(r, (struct tt_str){ open + 1, (size_t)(close - open - 1) }, err);
		query = close ? close + 1 : end;
	}
	return rc;
}

/* ---- expressions of FTS5 */

static int write_phrase(struct tt_buf *out, struct tt_str s, bool begins, struct tt_err *err)
{
	int rc = tt_buf_adds(out, "\"", err);

	for (size_t i = 0; rc == 0 && i < s.len; i++)
		rc = s.p[i] == '"' ? tt_buf_adds(out, "\"\"", err) : tt_buf_add(out, s.p + i, 1, err);
	return rc < 0 ? rc : tt_buf_adds(out, begins ? "\" *" : "\"", err);
}

static int write_item(struct tt_buf *out, const struct item *it, struct tt_err *err)
{
	int rc = tt_buf_adds(out, "(", err);

	if (rc == 0)
		rc = write_phrase(out, it->raw, !it->phrase && !it->whole, err);
	if (rc == 0 && it->word.len > 0) {
		rc = tt_buf_adds(out, " OR ", err);
		if (rc == 0)
			rc = write_phrase(out, it->word, true, err);
	}
	for (size_t i = 0; rc == 0 && tt_search_is_cjk(it->folded.p, it->folded.len) && i < tt_chinese_count; i++) {
		const struct tt_chinese_name *c = &tt_chinese_names[i];

		if (it->chinese ? !tt_str_is(it->folded, c->chinese)
				: !tt_str_starts(tt_str_of(c->chinese), it->folded))
			continue;
		rc = tt_buf_adds(out, " OR ", err);
		if (rc == 0)
			rc = write_phrase(out, tt_str_of(c->english), false, err);
	}
	return rc < 0 ? rc : tt_buf_adds(out, ")", err);
}

static const char *keep(struct tt_arena *arena, const struct tt_buf *b, const char *before, const char *after)
{
	return tt_arena_printf(arena, "%s%.*s%s", before, (int)b->len, b->len ? b->p : "", after);
}

static int plan_item(struct reading *r, const struct item *it, struct tt_search_plan *plan, struct tt_err *err)
{
	TT_SCOPED(tt_buf_free) struct tt_buf words = { .max = TEXT_MAX };
	size_t k = plan->count;
	int rc;

	if (it->persons.len == 0 || k == TT_SEARCH_PERSONS) {
		rc = r->text.len ? tt_buf_adds(&r->text, " AND ", err) : 0;
		return rc < 0 ? rc : write_item(&r->text, it, err);
	}
	rc = write_item(&words, it, err);
	if (rc < 0)
		return rc;
	plan->terms[k].persons = keep(r->arena, &it->persons, "[", "]");
	plan->terms[k].words = keep(r->arena, &words, "", "");
	if (!plan->terms[k].persons || !plan->terms[k].words)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	plan->count++;
	return 0;
}

static bool between_persons(const struct reading *r, size_t i)
{
	return i > 0 && i + 1 < r->count && r->items[i - 1].persons.len > 0 && r->items[i + 1].persons.len > 0;
}

static int make_plan(struct reading *r, struct tt_search_plan *plan, struct tt_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->count; i++) {
		const struct item *it = &r->items[i];

		if (it->joins && (!tt_search_has_word(it->raw) || between_persons(r, i)))
			continue;
		rc = plan_item(r, it, plan, err);
	}
	if (rc < 0)
		return rc;
	plan->text = keep(r->arena, &r->text, "", "");
	return plan->text ? 0 : tt_err_set(err, TT_ENOMEM, "out of memory");
}

static int fold_names(struct reading *r, const struct tt_search_name *names, size_t n, struct tt_err *err)
{
	struct tt_search_name *folded = tt_arena_alloc(r->arena, (n + 1) * sizeof *folded);

	for (size_t i = 0; folded && i < n; i++) {
		size_t len = strlen(names[i].name);
		char *f = tt_arena_alloc(r->arena, len + 1);

		if (!f)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		tt_search_fold(names[i].name, len, f);
		tt_search_squeeze(f);
		folded[i] = (struct tt_search_name){ names[i].id, f };
	}
	r->names = folded;
	r->names_count = n;
	return folded ? 0 : tt_err_set(err, TT_ENOMEM, "out of memory");
}

int tt_search_plan_of(const char *query, const struct tt_search_name *names, size_t n, struct tt_arena *arena,
		      struct tt_search_plan *out, struct tt_err *err)
{
	struct reading *r = tt_arena_alloc(arena, sizeof *r);
	struct tt_search_plan plan = { 0 };
	int rc;

	if (!r)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	r->arena = arena;
	r->text.max = TEXT_MAX;
	rc = fold_names(r, names, n, err);
	if (rc == 0)
		rc = read_query(r, query, err);
	if (rc == 0)
		rc = make_plan(r, &plan, err);
	for (size_t i = 0; i < r->count; i++)
		tt_buf_free(&r->items[i].persons);
	tt_buf_free(&r->text);
	if (rc == 0)
		*out = plan;
	return rc;
}
