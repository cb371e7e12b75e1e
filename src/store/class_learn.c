/* Rows for learning classes, and the guesses that come of it. Interface: own_classes.h. */
#include "store/internal.h"
#include "store/own_classes.h"

#include <string.h>

#define SEEN "(SELECT count(*) FROM (SELECT 1 FROM class_look l WHERE l.owner = $1 LIMIT $3))"
#define LEAST_P 0.25f

enum {
	Q_DUE,
	Q_SAID,
	Q_OTHERS,
	Q_LEARNT,
	Q_CLEAR,
	Q_CLEAR_ROWS,
	Q_LOOK,
	Q_HEADS,
	Q_UNLOOKED,
	Q_GUESS,
	Q_UNGUESS,
	Q_DROP,
	Q_LOOKED,
	Q_COUNT
};
static const char *const queries[Q_COUNT] = {
	/* Twice as many photos to tell it from than last time: it will be learnt better. */
	[Q_DUE] = "SELECT c.id, c.said, (SELECT count(*) FROM class_fact f JOIN photo p ON p.sha256 = f.sha256 "
		  "AND p.owner = f.owner JOIN feature x ON x.photo = p.id WHERE f.class = c.id AND f.says = 1 "
		  "AND x.model_version = $2 AND " TT_CLASS_FACT_HOLDS "), c.said <> c.learnt_from "
		  "FROM own_class c WHERE c.owner = $1 AND c.removed_at IS NULL AND c.said > 0 "
		  "AND (c.said <> c.learnt_from OR c.model_version <> $2 OR 2 * c.seen < " SEEN ") ORDER BY c.id",
	[Q_SAID] = "SELECT p.id, p.sha256, x.features, x.shipped, f.id, f.says FROM class_fact f "
		   "JOIN photo p ON p.sha256 = f.sha256 AND p.owner = f.owner JOIN feature x ON x.photo = p.id "
		   "WHERE f.owner = $1 AND f.class = $4 AND x.model_version = $2 "
		   "AND " TT_CLASS_FACT_HOLDS " ORDER BY f.id DESC LIMIT $3",
	/* Ids in an order that is as good as random, but the same each time; then their blobs. */
	[Q_OTHERS] = "SELECT p.id, p.sha256, x.features, x.shipped, 0, 0 FROM (SELECT q.id, q.sha256 FROM photo q "
		     "WHERE q.owner = $1 AND q.trashed_at IS NULL AND q.guessed_at IS NOT NULL AND NOT EXISTS "
		     "(SELECT 1 FROM class_fact f WHERE f.sha256 = q.sha256 AND f.owner = q.owner AND f.class = $4 "
		     "AND f.undone_at IS NULL) ORDER BY q.id * 2654435761 % 1000003, q.id LIMIT $3) p "
		     "JOIN feature x ON x.photo = p.id WHERE x.model_version = $2",
	[Q_LEARNT] =
		"UPDATE own_class SET learnt_from = $2, version = version + 1, model_version = $3, made_at = $4, "
		"yes = $5, yes_taken = $6, no = $7, no_taken = $8, others = $9, others_taken = $10, weights = $11, "
		"seen = (SELECT count(*) FROM (SELECT 1 FROM class_look l WHERE l.owner = $12 LIMIT $13)) "
		"WHERE id = $1",
	[Q_CLEAR] = "UPDATE class_photo SET p = NULL WHERE class = $1 AND said IS NOT NULL",
	[Q_CLEAR_ROWS] = "DELETE FROM class_photo WHERE class = $1 AND said IS NULL",
	[Q_LOOK] = "SELECT class_look FROM \"user\" WHERE id = $1",
	[Q_HEADS] = "SELECT id, weights FROM own_class WHERE owner = $1 AND removed_at IS NULL AND weights IS NOT NULL "
		    "AND model_version = $2 ORDER BY id",
	[Q_UNLOOKED] = "SELECT p.id, p.sha256, CASE x.model_version WHEN $2 THEN x.features ELSE x'' END, x.shipped, "
		       "0, 0 FROM class_look l CROSS JOIN photo p CROSS JOIN feature x WHERE p.id = l.photo "
		       "AND x.photo = l.photo AND l.owner = $1 AND l.look < $4 LIMIT $3",
	[Q_GUESS] = "INSERT INTO class_photo (class, photo, p) SELECT $1, id, $3 FROM photo WHERE id = $2 "
		    "AND EXISTS (SELECT 1 FROM own_class WHERE id = $1 AND weights IS NOT NULL) "
		    "ON CONFLICT (class, photo) DO UPDATE SET p = excluded.p",
	[Q_UNGUESS] = "UPDATE class_photo SET p = NULL WHERE class = $1 AND photo = $2 AND said IS NOT NULL",
	[Q_DROP] = "DELETE FROM class_photo WHERE class = $1 AND photo = $2 AND said IS NULL",
	[Q_LOOKED] = "UPDATE class_look SET look = $2 WHERE photo = $1 AND owner = $3",
};

static void due_row(struct tt_row *row, void *item)
{
	*(struct tt_class_due *)item = (struct tt_class_due){ .id = tt_col_i64(row->st, 0),
							      .said = tt_col_i64(row->st, 1),
							      .yes = tt_col_i64(row->st, 2),
							      .fresh = tt_col_i64(row->st, 3) != 0 };
}

int tt_store_classes_due(struct tt_store *s, int64_t owner, const char *model_version, unsigned others,
			 struct tt_arena *arena, struct tt_class_due **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_DUE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, model_version);
	tt_stmt_i64(st, 3, others);
	return tt_rows_all(st, arena, sizeof **out, due_row, (void **)out, count, err);
}

static void said_row(struct tt_row *row, void *item)
{
	struct tt_learn_photo *p = item;

	tt_learn_photo_row(row, item);
	p->cls = (int)tt_col_i64(row->st, 5);
}

static int sample(struct tt_store *s, const char *sql, int64_t owner, const char *model_version, unsigned limit,
		  int64_t last, struct tt_arena *arena, struct tt_learn_photo **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, sql, &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, model_version);
	tt_stmt_i64(st, 3, limit);
	tt_stmt_i64(st, 4, last);
	return tt_rows_all(st, arena, sizeof **out, said_row, (void **)out, count, err);
}

int tt_store_class_said(struct tt_store *s, int64_t owner, int64_t id, const char *model_version, unsigned limit,
			struct tt_arena *arena, struct tt_learn_photo **out, size_t *count, struct tt_err *err)
{
	return sample(s, queries[Q_SAID], owner, model_version, limit, id, arena, out, count, err);
}

int tt_store_class_others(struct tt_store *s, int64_t owner, int64_t id, const char *model_version, unsigned limit,
			  struct tt_arena *arena, struct tt_learn_photo **out, size_t *count, struct tt_err *err)
{
	return sample(s, queries[Q_OTHERS], owner, model_version, limit, id, arena, out, count, err);
}

int tt_store_class_unlooked(struct tt_store *s, int64_t owner, const char *model_version, int64_t look, unsigned limit,
			    struct tt_arena *arena, struct tt_learn_photo **out, size_t *count, struct tt_err *err)
{
	return sample(s, queries[Q_UNLOOKED], owner, model_version, limit, look, arena, out, count, err);
}

static int write_learnt(struct tt_db *db, int64_t owner, const struct tt_class_due *due, unsigned others,
			const struct tt_class_learnt *l, struct tt_str weights, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_LEARNT], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, due->id);
	tt_stmt_i64(st, 2, due->said);
	tt_stmt_text(st, 3, l->model_version);
	tt_stmt_i64(st, 4, l->made_at);
	tt_stmt_i64(st, 5, l->yes);
	tt_stmt_i64(st, 6, l->yes_taken);
	tt_stmt_i64(st, 7, l->no);
	tt_stmt_i64(st, 8, l->no_taken);
	tt_stmt_i64(st, 9, l->others);
	tt_stmt_i64(st, 10, l->others_taken);
	if (weights.len > 0)
		tt_stmt_blob(st, 11, weights.p, weights.len);
	else
		tt_stmt_null(st, 11);
	tt_stmt_i64(st, 12, owner);
	tt_stmt_i64(st, 13, others);
	return tt_stmt_run(st, err);
}

int tt_store_class_learnt(struct tt_store *s, int64_t owner, const struct tt_class_due *due, unsigned others,
			  const struct tt_class_learnt *l, struct tt_str weights, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = tt_own_class_owned(w.db, owner, due->id, err);
	if (rc == 0)
		rc = write_learnt(w.db, owner, due, others, l, weights, err);
	if (rc == 0 && weights.len > 0)
		rc = tt_classes_look_again(w.db, owner, err);
	if (rc == 0 && weights.len == 0)
		rc = tt_run_id(w.db, queries[Q_CLEAR], due->id, err);
	if (rc == 0 && weights.len == 0)
		rc = tt_run_id(w.db, queries[Q_CLEAR_ROWS], due->id, err);
	return rc < 0 ? rc : tt_write_commit(&w, err);
}

static void weights_row(struct tt_row *row, void *item)
{
	struct tt_class_weights *h = item;
	struct tt_str blob = tt_col_blob(row->st, 1);
	char *copy = tt_arena_alloc(row->arena, blob.len + 1);

	row->full |= !copy;
	if (copy && blob.len > 0)
		memcpy(copy, blob.p, blob.len);
	*h = (struct tt_class_weights){ tt_col_i64(row->st, 0), { copy, copy ? blob.len : 0 } };
}

int tt_store_class_heads(struct tt_store *s, int64_t owner, const char *model_version, struct tt_arena *arena,
			 struct tt_class_weights **out, size_t *count, int64_t *look, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *of_user = NULL;
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t now = 0;
	int rc = tt_read_stmt(&r, s, queries[Q_LOOK], &of_user, err);

	/* The look before the heads: what changes between the two makes a later look, which is due then. */
	if (rc == 0) {
		tt_stmt_i64(of_user, 1, owner);
		rc = tt_rows_number(of_user, &now, err);
	}
	if (rc == 0)
		rc = tt_db_stmt(r.db, queries[Q_HEADS], &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, model_version);
	rc = tt_rows_all(st, arena, sizeof **out, weights_row, (void **)out, count, err);
	if (rc == 0)
		*look = now;
	return rc;
}

static int write_p(struct tt_db *db, int64_t id, int64_t photo, float p, struct tt_err *err)
{
	static const int away[] = { Q_UNGUESS, Q_DROP };
	bool kept = p >= LEAST_P;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < (kept ? 1 : TT_LEN(away)); i++) {
		TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;

		rc = tt_db_stmt(db, queries[kept ? Q_GUESS : away[i]], &st, err);
		if (rc < 0)
			return rc;
		tt_stmt_i64(st, 1, id);
		tt_stmt_i64(st, 2, photo);
		if (kept)
			tt_stmt_double(st, 3, (double)p);
		rc = tt_stmt_run(st, err);
	}
	return rc;
}

static int write_look(struct tt_db *db, int64_t owner, int64_t photo, int64_t look, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_LOOKED], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_i64(st, 2, look);
	tt_stmt_i64(st, 3, owner);
	return tt_stmt_run(st, err);
}

int tt_store_class_looked(struct tt_store *s, int64_t owner, int64_t look, const struct tt_learn_photo *photos,
			  size_t n, const struct tt_class_weights *classes, size_t classes_n, const float *p,
			  struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int rc = tt_write_begin(&w, s, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		for (size_t k = 0; rc == 0 && k < classes_n; k++)
			rc = write_p(w.db, classes[k].id, photos[i].photo, p[i * classes_n + k], err);
		if (rc == 0)
			rc = write_look(w.db, owner, photos[i].photo, look, err);
	}
	return rc < 0 ? rc : tt_write_commit(&w, err);
}
