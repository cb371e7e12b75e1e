#include "store/learn.h"

#include "store/internal.h"
#include "store/shown.h"

#include <string.h>

#define NEWER_FACT                                                                                                     \
	"(SELECT 1 FROM fact n WHERE n.sha256 = f.sha256 AND n.owner = f.owner AND n.undone_at IS NULL "               \
	"AND n.id > f.id)"

enum { Q_CORRECTED, Q_OTHERS, Q_STALE, Q_GUESS, Q_MODEL, Q_COUNTS, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_CORRECTED] = "SELECT p.id, p.sha256, x.features, x.shipped, f.id, f.value FROM fact f "
			"JOIN photo p ON p.sha256 = f.sha256 AND p.owner = f.owner JOIN feature x ON x.photo = p.id "
			"WHERE f.owner = $1 AND f.undone_at IS NULL AND f.value <> 'none' AND x.model_version = $2 "
			"AND NOT EXISTS " NEWER_FACT " ORDER BY f.id DESC LIMIT $3",
	/* Ids in an order that is as good as random, but the same each time; then their blobs. */
	[Q_OTHERS] = "SELECT p.id, p.sha256, x.features, x.shipped, 0, 'none' FROM (SELECT q.id, q.sha256 FROM photo q "
		     "WHERE q.owner = $1 AND q.trashed_at IS NULL AND q.guessed_at IS NOT NULL AND NOT EXISTS "
		     "(SELECT 1 FROM fact f WHERE f.sha256 = q.sha256 AND f.owner = q.owner AND f.undone_at IS NULL) "
		     "ORDER BY q.id * 2654435761 % 1000003, q.id LIMIT $3) p JOIN feature x ON x.photo = p.id "
		     "WHERE x.model_version = $2",
	[Q_STALE] = "SELECT p.id, p.sha256, x.features, x.shipped, 0, 'none' FROM guess g "
		    "JOIN photo p ON p.id = g.photo JOIN feature x ON x.photo = g.photo WHERE g.photo > $1 "
		    "AND p.owner = $2 AND g.version <> $3 AND x.model_version = $4 ORDER BY g.photo LIMIT $5",
	[Q_GUESS] = "UPDATE guess SET version = $2, class = $3, confidence = $4, people = $5, animals = $6, "
		    "landscape = $7, vehicles = $8, buildings = $9 WHERE photo = $1",
	[Q_MODEL] = "SELECT x.model_version FROM feature x JOIN photo p ON p.id = x.photo WHERE p.owner = $1 "
		    "GROUP BY x.model_version ORDER BY count(*) DESC LIMIT 1",
	[Q_COUNTS] = "SELECT count(*), coalesce(sum(f.id > (SELECT coalesce(max(h.last_fact), 0) FROM head h "
		     "WHERE h.owner = $1 AND h.model_version = $2)), 0) FROM fact f "
		     "JOIN photo p ON p.sha256 = f.sha256 AND p.owner = f.owner "
		     "WHERE f.owner = $1 AND f.undone_at IS NULL AND f.value <> 'none' AND NOT EXISTS " NEWER_FACT,
};

void tt_learn_photo_row(struct tt_row *row, void *item)
{
	struct tt_learn_photo *p = item;
	struct tt_str blob = tt_col_blob(row->st, 2), shipped = tt_col_blob(row->st, 3);
	char *copy = tt_arena_alloc(row->arena, blob.len + 1);

	p->photo = tt_col_i64(row->st, 0);
	tt_row_sha256(row, 1, p->sha256);
	row->full |= !copy;
	if (copy && blob.len > 0)
		memcpy(copy, blob.p, blob.len);
	p->features = (struct tt_str){ copy, copy ? blob.len : 0 };
	if (shipped.len == sizeof p->shipped)
		memcpy(p->shipped, shipped.p, sizeof p->shipped);
	p->fact = tt_col_i64(row->st, 4);
	p->cls = tt_row_class(row, 5);
}

static int sample(struct tt_store *s, const char *sql, int64_t owner, const char *model_version, unsigned limit,
		  struct tt_arena *arena, struct tt_learn_photo **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, sql, &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, model_version);
	tt_stmt_i64(st, 3, limit);
	return tt_rows_all(st, arena, sizeof **out, tt_learn_photo_row, (void **)out, count, err);
}

int tt_store_learn_corrected(struct tt_store *s, int64_t owner, const char *model_version, unsigned limit,
			     struct tt_arena *arena, struct tt_learn_photo **out, size_t *count, struct tt_err *err)
{
	return sample(s, queries[Q_CORRECTED], owner, model_version, limit, arena, out, count, err);
}

int tt_store_learn_others(struct tt_store *s, int64_t owner, const char *model_version, unsigned limit,
			  struct tt_arena *arena, struct tt_learn_photo **out, size_t *count, struct tt_err *err)
{
	return sample(s, queries[Q_OTHERS], owner, model_version, limit, arena, out, count, err);
}

int tt_store_learn_stale(struct tt_store *s, int64_t owner, const char *model_version, const char *wanted,
			 int64_t after, unsigned limit, struct tt_arena *arena, struct tt_learn_photo **out,
			 size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_STALE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, after);
	tt_stmt_i64(st, 2, owner);
	tt_stmt_text(st, 3, wanted);
	tt_stmt_text(st, 4, model_version);
	tt_stmt_i64(st, 5, limit);
	return tt_rows_all(st, arena, sizeof **out, tt_learn_photo_row, (void **)out, count, err);
}

static int write_guess(struct tt_db *db, int64_t photo, const struct tt_guess *g, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_GUESS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_text(st, 2, g->version);
	tt_stmt_text(st, 3, tt_store_class_name(g->cls));
	tt_stmt_double(st, 4, g->confidence);
	for (int i = 0; i < TT_STORE_CLASSES; i++)
		tt_stmt_double(st, 5 + i, g->p[i]);
	return tt_stmt_run(st, err);
}

int tt_store_learn_guess(struct tt_store *s, int64_t owner, const struct tt_learn_photo *photos,
			 const struct tt_guess *guesses, size_t n, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int rc = tt_write_begin(&w, s, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = write_guess(w.db, photos[i].photo, &guesses[i], err);
		if (rc == 0)
			rc = tt_shown_update(w.db, owner, photos[i].sha256, err);
	}
	return rc < 0 ? rc : tt_write_commit(&w, err);
}

static void text_row(struct tt_row *row, void *item)
{
	*(const char **)item = tt_row_text(row, 0);
}

int tt_store_learn_model(struct tt_store *s, int64_t owner, struct tt_arena *arena, const char **out,
			 struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_MODEL], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	return tt_rows_one(st, arena, text_row, out, "no photo has been looked at yet", err);
}

static void counts_row(struct tt_row *row, void *item)
{
	*(struct tt_learn_counts *)item = (struct tt_learn_counts){ tt_col_i64(row->st, 0), tt_col_i64(row->st, 1) };
}

int tt_store_learn_counts(struct tt_store *s, int64_t owner, const char *model_version, struct tt_learn_counts *out,
			  struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_COUNTS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, model_version);
	return tt_rows_one(st, NULL, counts_row, out, "no counts", err);
}
