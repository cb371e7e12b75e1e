#include "store/own_classes.h"

#include "store/internal.h"

#define SHOWN                                                                                                          \
	"FROM class_photo x JOIN photo p ON p.id = x.photo WHERE x.class = c.id AND x.shown = 1 AND p.trashed_at IS "  \
	"NULL"
#define CLASS                                                                                                          \
	"SELECT c.id, c.name, c.created_at, c.removed_at IS NOT NULL, (SELECT count(*) " SHOWN                         \
	"), (SELECT count(*) " SHOWN " AND x.said IS NULL), coalesce((SELECT p.id " SHOWN                              \
	" ORDER BY p.moment DESC, p.id DESC LIMIT 1), 0), "                                                            \
	"(SELECT count(*) FROM class_fact f WHERE f.class = c.id AND f.says = 1 AND " TT_CLASS_FACT_HOLDS "), "        \
	"(SELECT count(*) FROM class_fact f WHERE f.class = c.id AND f.says = 0 AND " TT_CLASS_FACT_HOLDS "), "        \
	"(SELECT count(*) FROM class_fact f WHERE f.class = c.id AND f.guessed = 1 AND f.undone_at IS NULL), "         \
	"(SELECT count(*) FROM class_fact f WHERE f.class = c.id AND f.guessed = 1 AND f.undone_at IS NULL AND "       \
	"f.says = 1), "                                                                                                \
	"c.said <> max(c.learnt_from, 0), c.version, c.model_version, c.weights IS NOT NULL, c.made_at, c.yes, "       \
	"c.yes_taken, c.no, c.no_taken, c.others, c.others_taken FROM own_class c WHERE c.owner = $1 "

enum { Q_LIST, Q_GET, Q_NAMED, Q_ADD, Q_RENAME, Q_REMOVE, Q_AGAIN, Q_OWNED, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_LIST] = CLASS "AND (c.removed_at IS NOT NULL) = $2 ORDER BY lower(c.name), c.id",
	[Q_GET] = CLASS "AND c.id = $2",
	[Q_NAMED] = "SELECT id FROM own_class WHERE owner = $1 AND name = $2 COLLATE NOCASE "
		    "ORDER BY removed_at IS NOT NULL, id DESC LIMIT 1",
	[Q_ADD] = "INSERT INTO own_class (owner, name, created_at) SELECT $1, $2, $3 WHERE "
		  "(SELECT count(*) FROM own_class WHERE owner = $1 AND removed_at IS NULL) < $4 RETURNING id",
	[Q_RENAME] = "UPDATE own_class SET name = $2 WHERE id = $1",
	[Q_REMOVE] = "UPDATE own_class SET removed_at = $2 WHERE id = $1",
	[Q_AGAIN] = "UPDATE \"user\" SET class_look = class_look + 1 WHERE id = $1",
	[Q_OWNED] = "SELECT count(*) FROM own_class WHERE owner = $1 AND id = $2",
};

static void class_row(struct tt_row *row, void *item)
{
	struct tt_own_class *c = item;
	struct tt_stmt *st = row->st;

	*c = (struct tt_own_class){ .id = tt_col_i64(st, 0),
				    .name = tt_row_text(row, 1),
				    .created_at = tt_col_i64(st, 2),
				    .removed = tt_col_i64(st, 3) != 0,
				    .count = tt_col_i64(st, 4),
				    .guessed = tt_col_i64(st, 5),
				    .cover = tt_col_i64(st, 6),
				    .yes = tt_col_i64(st, 7),
				    .no = tt_col_i64(st, 8),
				    .judged = tt_col_i64(st, 9),
				    .judged_right = tt_col_i64(st, 10),
				    .fresh = tt_col_i64(st, 11) != 0,
				    .learnt = { .version = tt_col_i64(st, 12),
						.model_version = tt_row_text(row, 13),
						.used = tt_col_i64(st, 14) != 0,
						.made_at = tt_col_i64(st, 15),
						.yes = tt_col_i64(st, 16),
						.yes_taken = tt_col_i64(st, 17),
						.no = tt_col_i64(st, 18),
						.no_taken = tt_col_i64(st, 19),
						.others = tt_col_i64(st, 20),
						.others_taken = tt_col_i64(st, 21) } };
}

int tt_store_own_classes(struct tt_store *s, int64_t owner, bool removed, struct tt_arena *arena,
			 struct tt_own_class **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_LIST], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, removed);
	return tt_rows_all(st, arena, sizeof **out, class_row, (void **)out, count, err);
}

int tt_store_own_class(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_own_class *out,
		       struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_own_class c = { 0 };
	int rc = tt_read_stmt(&r, s, queries[Q_GET], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_i64(st, 2, id);
	rc = tt_rows_one(st, arena, class_row, &c, "no such class", err);
	if (rc == 0)
		*out = c;
	return rc;
}

int tt_store_own_class_named(struct tt_store *s, int64_t owner, const char *name, int64_t *id, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t found = 0;
	int rc = tt_read_stmt(&r, s, queries[Q_NAMED], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, name);
	rc = tt_rows_number(st, &found, err);
	if (rc == 0 && !found)
		rc = tt_err_set(err, TT_ENOTFOUND, "no class of the name '%.100s'", name);
	if (rc == 0)
		*id = found;
	return rc;
}

static int exists(int rc, struct tt_err *err)
{
	return rc == TT_EEXISTS ? tt_err_set(err, TT_EEXISTS, "there is a class of this name already") : rc;
}

int tt_store_own_class_add(struct tt_store *s, int64_t owner, const char *name, unsigned most, int64_t now, int64_t *id,
			   struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t added = 0;
	int rc = tt_write_stmt(&w, s, queries[Q_ADD], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, name);
	tt_stmt_i64(st, 3, now);
	tt_stmt_i64(st, 4, most);
	rc = exists(tt_rows_number(st, &added, err), err);
	if (rc == 0 && !added)
		rc = tt_err_set(err, TT_ETOOBIG, "there are %u classes already (setting learn.classes)", most);
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*id = added;
	return rc;
}

int tt_own_class_owned(struct tt_db *db, int64_t owner, int64_t id, struct tt_err *err)
{
	return tt_owned(db, queries[Q_OWNED], owner, id, "no such class", err);
}

int tt_classes_look_again(struct tt_db *db, int64_t owner, struct tt_err *err)
{
	return tt_run_id(db, queries[Q_AGAIN], owner, err);
}

/* A transaction on a class of the owner's, with this statement. */
static int begin_on(struct tt_writing *w, struct tt_store *s, int64_t owner, int64_t id, int query, struct tt_stmt **st,
		    struct tt_err *err)
{
	int rc = tt_write_begin(w, s, err);

	if (rc == 0)
		rc = tt_own_class_owned(w->db, owner, id, err);
	return rc < 0 ? rc : tt_db_stmt(w->db, queries[query], st, err);
}

int tt_store_own_class_rename(struct tt_store *s, int64_t owner, int64_t id, const char *name, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = begin_on(&w, s, owner, id, Q_RENAME, &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	tt_stmt_text(st, 2, name);
	rc = exists(tt_stmt_run(st, err), err);
	return rc < 0 ? rc : tt_write_commit(&w, err);
}

int tt_store_own_class_remove(struct tt_store *s, int64_t owner, int64_t id, int64_t now, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = begin_on(&w, s, owner, id, Q_REMOVE, &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	if (now)
		tt_stmt_i64(st, 2, now);
	else
		tt_stmt_null(st, 2);
	rc = exists(tt_stmt_run(st, err), err);
	if (rc == 0 && !now) /* photos came meanwhile that it has not seen */
		rc = tt_classes_look_again(w.db, owner, err);
	return rc < 0 ? rc : tt_write_commit(&w, err);
}
