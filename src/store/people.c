/* Persons: lists, one, their years and photos. Interface: people.h. */
#include "store/people.h"

#include "store/found.h"
#include "store/internal.h"

#include <limits.h>
#include <string.h>

#define BEST                                                                                                           \
	"coalesce((SELECT c.id FROM face c WHERE c.id = n.cover_face AND c.hidden = 0 AND c.trashed = 0), "            \
	"(SELECT b.id FROM face b WHERE b.owner = n.owner AND b.person = n.id AND b.hidden = 0 AND b.trashed = 0 "     \
	"ORDER BY b.quality DESC LIMIT 1))"
#define COLUMNS                                                                                                        \
	"n.id, n.uid, n.name, n.born, n.hidden, n.created_at, n.faces, n.photos, n.guessed, n.confidence, "            \
	"n.cover_face"
#define WITH_THE_OTHER(i)                                                                                              \
	"AND ($" #i                                                                                                    \
	" = 0 OR EXISTS (SELECT 1 FROM face o WHERE o.photo = f.photo AND o.owner = f.owner AND o.person = $" #i       \
	" AND o.hidden = 0)) "

enum { Q_LIST, Q_ALL, Q_ONE, Q_UID, Q_NAMED, Q_YEARS, Q_TOGETHER, Q_PERSONS, Q_KNOWN, Q_UNKNOWN, Q_WAITING, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	/* Covers are looked for on the page only. */
	[Q_LIST] = "SELECT " COLUMNS ", " BEST " FROM (SELECT id FROM person WHERE owner = $1 AND (faces > 0 OR "
		   "name <> '') AND ($2 = 2 OR hidden = $2) AND ($3 IS NULL OR name LIKE $3 ESCAPE '!') "
		   "AND (name = '', -photos, id) > ($4, $5, $6) ORDER BY name = '', -photos, id LIMIT $7) l "
		   "CROSS JOIN person n ON n.id = l.id ORDER BY n.name = '', -n.photos, n.id",
	[Q_ALL] = "SELECT " COLUMNS ", NULL FROM person n WHERE n.owner = $1 ORDER BY n.id",
	[Q_ONE] = "SELECT " COLUMNS ", " BEST " FROM person n WHERE n.owner = $1 AND n.id = $2",
	[Q_UID] = "SELECT " COLUMNS ", NULL FROM person n WHERE n.owner = $1 AND n.uid = $2",
	[Q_NAMED] = "SELECT " COLUMNS ", " BEST " FROM person n WHERE n.owner = $1 AND lower(n.name) = lower($2) "
		    "ORDER BY n.photos DESC, n.id LIMIT 1",
	[Q_YEARS] = "SELECT f.month / 12, count(DISTINCT f.photo) FROM face f WHERE f.owner = $1 AND f.person = $2 "
		    "AND f.hidden = 0 AND f.trashed = 0 GROUP BY f.month / 12 ORDER BY f.month / 12 DESC",
	/* In the order of an index over the first of them; a face that has another of the same person on its photo
	 * leaves it to that one. */
	[Q_TOGETHER] =
		"SELECT " TT_SUMMARY_OF_P " FROM face f CROSS JOIN photo p WHERE p.id = f.photo AND f.owner = $1 "
		"AND f.person = $2 AND f.hidden = 0 AND f.trashed = 0 AND (f.moment, f.photo) < ($3, $4) "
		"AND f.month BETWEEN $5 AND $6 AND NOT EXISTS (SELECT 1 FROM face g WHERE g.photo = f.photo "
		"AND g.owner = f.owner AND g.id > f.id AND g.person = f.person AND g.hidden = 0) " WITH_THE_OTHER(8)
			WITH_THE_OTHER(9) WITH_THE_OTHER(10) WITH_THE_OTHER(11) WITH_THE_OTHER(12) WITH_THE_OTHER(13)
				WITH_THE_OTHER(14) "ORDER BY f.moment DESC, f.photo DESC LIMIT $7",
	[Q_PERSONS] = "SELECT count(*) FROM person WHERE owner = $1 AND hidden = 0 AND faces > 0",
	[Q_KNOWN] = "SELECT coalesce(sum(faces), 0) FROM person WHERE owner = $1",
	[Q_UNKNOWN] = "SELECT count(*) FROM face WHERE owner = $1 AND person IS NULL AND hidden = 0 AND trashed = 0",
	[Q_WAITING] = "SELECT count(DISTINCT j.photo) FROM job j JOIN photo p ON p.id = j.photo WHERE p.owner = $1 "
		      "AND j.kind <> 'classify' AND j.state <> 'aside'",
};

static void person_row(struct tt_row *row, void *item)
{
	struct tt_person *n = item;
	struct tt_stmt *st = row->st;
	int64_t guessed = tt_col_i64(st, 8);

	n->id = tt_col_i64(st, 0);
	n->uid = tt_row_text(row, 1);
	n->name = tt_row_text(row, 2);
	n->born = tt_row_text(row, 3);
	n->hidden = tt_col_i64(st, 4) != 0;
	n->created_at = tt_col_i64(st, 5);
	n->faces = tt_col_i64(st, 6);
	n->photos = tt_col_i64(st, 7);
	n->confidence = guessed > 0 ? tt_col_double(st, 9) / (double)guessed : -1;
	if (guessed > 0 && (n->confidence < 0 || n->confidence > 1)) /* a long sum may be a hair outside */
		n->confidence = n->confidence < 0 ? 0 : 1;
	n->chosen_cover = tt_col_i64(st, 10);
	n->cover = tt_col_i64(st, 11);
}

/* "%part%" for LIKE, in the arena; NULL when it is full. */
static char *pattern_of(const char *query, struct tt_arena *arena)
{
	char *pattern = tt_arena_alloc(arena, 2 * strlen(query) + 3), *to = pattern;

	if (!pattern)
		return NULL;
	*to++ = '%';
	for (; *query; query++) {
		if (strchr("%_!", *query))
			*to++ = '!';
		*to++ = *query;
	}
	*to++ = '%';
	*to = 0;
	return pattern;
}

int tt_store_people(struct tt_store *s, int64_t owner, enum tt_people_hidden hidden, const char *query,
		    struct tt_person_cursor after, unsigned limit, struct tt_arena *arena, struct tt_person_page *out,
		    struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_person_page page = { 0 };
	char *pattern = NULL;
	int rc;

	if (query && strlen(query) > TT_PEOPLE_QUERY)
		return tt_err_set(err, TT_EINVALID, "a name has at most %d bytes", TT_PEOPLE_QUERY);
	if (query && query[0] && !(pattern = pattern_of(query, arena)))
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = tt_read_stmt(&r, s, queries[Q_LIST], &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, (int64_t)hidden);
	limit = tt_page_limit(limit);
	tt_stmt_text(st, 3, pattern);
	tt_stmt_i64(st, 4, after.id ? after.unnamed : -1);
	tt_stmt_i64(st, 5, -after.photos);
	tt_stmt_i64(st, 6, after.id);
	tt_stmt_i64(st, 7, limit + 1);
	rc = tt_rows_all(st, arena, sizeof *page.people, person_row, (void **)&page.people, &page.count, err);
	if (rc < 0)
		return rc;
	page.more = page.count > limit;
	if (page.more) {
		const struct tt_person *last = &page.people[limit - 1];

		page.count = limit;
		page.next = (struct tt_person_cursor){ !*last->name, last->photos, last->id };
	}
	*out = page;
	return 0;
}

int tt_store_persons_all(struct tt_store *s, int64_t owner, struct tt_arena *arena, struct tt_person **out,
			 size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_ALL], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	return tt_rows_all(st, arena, sizeof **out, person_row, (void **)out, count, err);
}

int tt_store_person(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_person *out,
		    struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_person person = { 0 };
	int rc = tt_read_stmt(&r, s, queries[Q_ONE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, id);
	rc = tt_rows_one(st, arena, person_row, &person, "no such person", err);
	if (rc == 0)
		*out = person;
	return rc;
}

static int person_by_text(struct tt_store *s, int query, int64_t owner, const char *text, const char *missing,
			  struct tt_arena *arena, struct tt_person *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_person person = { 0 };
	int rc = tt_read_stmt(&r, s, queries[query], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, text);
	rc = tt_rows_one(st, arena, person_row, &person, missing, err);
	if (rc == 0)
		*out = person;
	return rc;
}

int tt_store_person_of_uid(struct tt_store *s, int64_t owner, const char *uid, struct tt_arena *arena,
			   struct tt_person *out, struct tt_err *err)
{
	return person_by_text(s, Q_UID, owner, uid, "no such person", arena, out, err);
}

int tt_store_person_named(struct tt_store *s, int64_t owner, const char *name, struct tt_arena *arena,
			  struct tt_person *out, struct tt_err *err)
{
	return person_by_text(s, Q_NAMED, owner, name, "nobody has this name", arena, out, err);
}

static void year_row(struct tt_row *row, void *item)
{
	*(struct tt_year_count *)item = (struct tt_year_count){ (int)tt_col_i64(row->st, 0), tt_col_i64(row->st, 1) };
}

int tt_store_person_years(struct tt_store *s, int64_t owner, int64_t person, struct tt_arena *arena,
			  struct tt_year_count **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = tt_person_owned(r.db, owner, person, err);
	if (rc == 0)
		rc = tt_db_stmt(r.db, queries[Q_YEARS], &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, person);
	return tt_rows_all(st, arena, sizeof **out, year_row, (void **)out, count, err);
}

int tt_store_photos_together(struct tt_store *s, int64_t owner, const int64_t *persons, size_t n, int year,
			     struct tt_cursor after, unsigned limit, struct tt_arena *arena, struct tt_photo_page *out,
			     struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = n < 1 || n > TT_TOGETHER_MAX ? tt_err_set(err, TT_EINVALID, "ask for 1 to %d persons", TT_TOGETHER_MAX)
					      : tt_read_begin(&r, s, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = tt_person_owned(r.db, owner, persons[i], err);
	if (rc == 0)
		rc = tt_db_stmt(r.db, queries[Q_TOGETHER], &st, err);
	if (rc < 0)
		return rc;
	limit = tt_page_limit(limit);
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, persons[0]);
	tt_stmt_i64(st, 3, after.id ? after.moment : INT64_MAX);
	tt_stmt_i64(st, 4, after.id ? after.id : INT64_MAX);
	tt_stmt_i64(st, 5, year ? (int64_t)year * 12 : INT_MIN);
	tt_stmt_i64(st, 6, year ? (int64_t)year * 12 + 11 : INT_MAX);
	tt_stmt_i64(st, 7, limit + 1);
	for (size_t i = 1; i < TT_TOGETHER_MAX; i++)
		tt_stmt_i64(st, (int)(7 + i), i < n ? persons[i] : 0);
	return tt_page_of(st, limit, arena, out, err);
}

static int number_of(struct tt_db *db, int query, int64_t owner, int64_t *out, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[query], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	return tt_rows_number(st, out, err);
}

int tt_store_people_counts(struct tt_store *s, int64_t owner, struct tt_people_counts *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	struct tt_people_counts counts = { 0 };
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = number_of(r.db, Q_PERSONS, owner, &counts.persons, err);
	if (rc == 0)
		rc = number_of(r.db, Q_KNOWN, owner, &counts.faces, err);
	if (rc == 0)
		rc = number_of(r.db, Q_UNKNOWN, owner, &counts.unknown, err);
	if (rc == 0)
		rc = number_of(r.db, Q_WAITING, owner, &counts.waiting, err);
	counts.faces += counts.unknown;
	if (rc == 0)
		*out = counts;
	return rc;
}
