#include "store/search.h"

#include "store/found.h"
#include "store/internal.h"

#include "store/search_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* $1 words or '', $2 owner, $3 $4 cursor, $5 limit; then for each term with persons their ids and its words. Words'
 * index, faces and classes of the owner's own (negative ids) say which photos, in no useful order: CROSS JOIN keeps
 * them on the outside. */
#define HIT(persons, words)                                                                                            \
	"SELECT f.photo FROM json_each(" persons ") j CROSS JOIN face f WHERE f.owner = $2 AND f.person = j.value "    \
	"AND f.hidden = 0 AND f.trashed = 0 UNION SELECT x.photo FROM json_each(" persons                              \
	") j CROSS JOIN class_photo x "                                                                                \
	"WHERE x.class = -j.value AND x.shown = 1 UNION SELECT rowid FROM photo_text WHERE photo_text MATCH " words
#define AND_HIT(persons, words) "AND (" persons " = '' OR p.id IN (" HIT(persons, words) ")) "
#define PAGE                                                                                                           \
	"AND p.owner = $2 AND p.trashed_at IS NULL AND (p.moment, p.id) < ($3, $4) "                                   \
	"ORDER BY p.moment DESC, p.id DESC LIMIT $5"

enum { Q_TEXT, Q_PERSONS, Q_NAMES, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_TEXT] = "SELECT " TT_SUMMARY_OF_P " FROM photo_text t CROSS JOIN photo p "
		   "WHERE p.id = t.rowid AND photo_text MATCH $1 " PAGE,
	[Q_PERSONS] = "WITH hit (id) AS (" HIT(
		"$6",
		"$7") ") SELECT " TT_SUMMARY_OF_P " FROM hit CROSS JOIN photo p WHERE p.id = hit.id "
		      "AND ($1 = '' OR p.id IN (SELECT rowid FROM photo_text WHERE photo_text MATCH $1)) " AND_HIT("$8",
														   "$9")
			      AND_HIT("$10", "$11") AND_HIT("$12", "$13") AND_HIT("$14", "$15") AND_HIT("$16", "$17")
				      AND_HIT("$18", "$19") AND_HIT("$20", "$21") AND_HIT("$22", "$23") PAGE,
	[Q_NAMES] = "SELECT id, name FROM person WHERE owner = $1 AND name <> '' AND photos > 0 "
		    "UNION ALL SELECT -id, name FROM own_class WHERE owner = $1 AND removed_at IS NULL",
};

#define TERMS (TT_SEARCH_PERSONS + 1) /* one more for a person who is asked for by id */
#define NAMES_ARENA (64 * 1024 * 1024)

static void name_row(struct tt_row *row, void *item)
{
	*(struct tt_search_name *)item = (struct tt_search_name){ tt_col_i64(row->st, 0), tt_row_text(row, 1) };
}

static int read_plan(struct tt_db *db, int64_t owner, const char *query, struct tt_arena *arena,
		     struct tt_search_plan *out, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_search_name *names;
	size_t n;
	int rc = tt_db_stmt(db, queries[Q_NAMES], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	rc = tt_rows_all(st, arena, sizeof *names, name_row, (void **)&names, &n, err);
	return rc < 0 ? rc : tt_search_plan_of(query, names, n, arena, out, err);
}

/* An empty phrase is found nowhere. */
static void bind_terms(struct tt_stmt *st, const struct tt_search_plan *plan, const char *person)
{
	size_t k = 0;

	for (; k < plan->count; k++) {
		tt_stmt_text(st, 6 + 2 * (int)k, plan->terms[k].persons);
		tt_stmt_text(st, 7 + 2 * (int)k, plan->terms[k].words);
	}
	for (; k < TERMS; k++) {
		tt_stmt_text(st, 6 + 2 * (int)k, k == plan->count ? person : "");
		tt_stmt_text(st, 7 + 2 * (int)k, "\"\"");
	}
}

int tt_store_search(struct tt_store *s, int64_t owner, const char *query, int64_t person, struct tt_cursor after,
		    unsigned limit, struct tt_arena *arena, struct tt_photo_page *out, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena names = { .max = NAMES_ARENA };
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_search_plan plan;
	char ids[32] = "";
	int rc;

	if (strlen(query) > TT_SEARCH_MAX || !tt_utf8_valid(query, strlen(query)))
		return tt_err_set(err, TT_EINVALID, "search for at most %d bytes of text", TT_SEARCH_MAX);
	rc = tt_read_begin(&r, s, err);
	if (rc == 0 && person)
		rc = tt_person_owned(r.db, owner, person, err);
	if (rc == 0)
		rc = read_plan(r.db, owner, query, &names, &plan, err);
	if (rc == 0 && plan.count == 0 && !plan.text[0]) {
		*out = (struct tt_photo_page){ 0 };
		return 0;
	}
	if (rc == 0)
		rc = tt_db_stmt(r.db, queries[plan.count > 0 || person ? Q_PERSONS : Q_TEXT], &st, err);
	if (rc < 0)
		return rc;
	limit = tt_page_limit(limit);
	tt_stmt_text(st, 1, plan.text);
	tt_stmt_i64(st, 2, owner);
	tt_stmt_i64(st, 3, after.id ? after.moment : INT64_MAX);
	tt_stmt_i64(st, 4, after.id ? after.id : INT64_MAX);
	tt_stmt_i64(st, 5, limit + 1);
	if (person)
		snprintf(ids, sizeof ids, "[%" PRId64 "]", person);
	if (plan.count > 0 || person)
		bind_terms(st, &plan, ids);
	return tt_page_of(st, limit, arena, out, err);
}
