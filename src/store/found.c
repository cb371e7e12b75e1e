/* Faces as the networks found them, and the jobs that look for them. Interface: faces.h. */
#include "store/found.h"

#include "store/internal.h"

#include <math.h>

#define SAME_FACE 0.5F /* overlap from which two boxes are one face */

enum {
	Q_ROWS,
	Q_ADD,
	Q_MOVE,
	Q_LOOK,
	Q_LOSE,
	Q_KEEP,
	Q_LOOKED,
	Q_AGAIN,
	Q_JOB,
	Q_KEPT,
	Q_REFIND,
	Q_PHOTO_JOB,
	Q_COUNT
};
static const char *const queries[Q_COUNT] = {
	[Q_ROWS] = "SELECT id, x, y, w, h, source = 'drawn', said FROM face WHERE photo = $1 ORDER BY id",
	[Q_ADD] =
		"INSERT INTO face (photo, owner, x, y, w, h, confidence, quality, px, yaw, landmarks, vector, model, "
		"source, "
		"moment, month, trashed) SELECT p.id, p.owner, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $2, 'found', "
		"p.moment, p.month, p.trashed_at IS NOT NULL FROM photo p WHERE p.id = $1",
	[Q_MOVE] = "UPDATE face SET x = $3, y = $4, w = $5, h = $6, confidence = $7, quality = $8, px = $9, yaw = $10, "
		   "landmarks = $11, vector = $12, model = $2 WHERE id = $1",
	[Q_LOOK] = "UPDATE face SET quality = $8, px = $9, yaw = $10, landmarks = $11, vector = $12, model = $2 "
		   "WHERE id = $1 AND $3 + $4 + $5 + $6 + $7 IS NOT NULL",
	[Q_LOSE] = "DELETE FROM face WHERE id = $1",
	[Q_KEEP] = "UPDATE face SET source = 'drawn' WHERE id = $1",
	[Q_LOOKED] = "UPDATE photo SET faces_model = $2 WHERE id = $1",
	/* One that was drawn while the job ran. */
	[Q_AGAIN] =
		"SELECT count(*) FROM face WHERE photo = $1 AND source = 'drawn' AND (model IS NULL OR model <> $2)",
	[Q_JOB] = "INSERT INTO job (photo, kind, priority, run_after) VALUES ($1, 'faces', $2, $3) "
		  "ON CONFLICT (photo, kind) DO UPDATE SET priority = max(job.priority, excluded.priority), "
		  "run_after = excluded.run_after, state = 'waiting' WHERE job.state <> 'leased'",
	[Q_KEPT] = "SELECT id, x, y, w, h FROM face WHERE photo = $1 AND (source = 'drawn' OR said = 1) ORDER BY id",
	[Q_REFIND] =
		"INSERT INTO job (photo, kind, priority, run_after) "
		"SELECT id, 'faces', $2, $3 FROM photo WHERE developed_at IS NOT NULL AND faces_model IS NULL UNION "
		"ALL "
		"SELECT id, 'faces', $2, $3 FROM photo WHERE developed_at IS NOT NULL AND faces_model < $1 UNION ALL "
		"SELECT id, 'faces', $2, $3 FROM photo WHERE developed_at IS NOT NULL AND faces_model > $1 UNION ALL "
		"SELECT photo, 'faces', $2, $3 FROM face WHERE source = 'drawn' AND model IS NULL "
		"ON CONFLICT (photo, kind) DO NOTHING",
	[Q_PHOTO_JOB] = "SELECT count(*) FROM photo WHERE id = $1 AND owner = $2",
};

float tt_box_overlap(const struct tt_box *a, const struct tt_box *b)
{
	float w = fminf(a->x + a->w, b->x + b->w) - fmaxf(a->x, b->x);
	float h = fminf(a->y + a->h, b->y + b->h) - fmaxf(a->y, b->y);
	float both = w > 0 && h > 0 ? w * h : 0, all = a->w * a->h + b->w * b->h - both;

	return all > 0 ? both / all : 0;
}

struct old_face {
	int64_t id;
	struct tt_box box;
	bool drawn, said, met;
};

static struct tt_box box_of(struct tt_stmt *st, int col)
{
	return (struct tt_box){ (float)tt_col_double(st, col), (float)tt_col_double(st, col + 1),
				(float)tt_col_double(st, col + 2), (float)tt_col_double(st, col + 3) };
}

static void old_row(struct tt_row *row, void *item)
{
	struct old_face *f = item;

	*f = (struct old_face){ .id = tt_col_i64(row->st, 0),
				.box = box_of(row->st, 1),
				.drawn = tt_col_i64(row->st, 5) != 0,
				.said = tt_col_i64(row->st, 6) != 0 };
}

static int old_faces(struct tt_db *db, int64_t photo, struct tt_arena *arena, struct old_face **out, size_t *count,
		     struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_ROWS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	return tt_rows_all(st, arena, sizeof **out, old_row, (void **)out, count, err);
}

/* The three statements that write a face bind alike; id is the photo's for a new one. */
static int write_face(struct tt_db *db, int query, int64_t id, const char *model, const struct tt_found_face *f,
		      struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[query], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	tt_stmt_text(st, 2, model);
	tt_stmt_double(st, 3, (double)f->box.x);
	tt_stmt_double(st, 4, (double)f->box.y);
	tt_stmt_double(st, 5, (double)f->box.w);
	tt_stmt_double(st, 6, (double)f->box.h);
	tt_stmt_double(st, 7, (double)f->confidence);
	tt_stmt_double(st, 8, (double)f->quality);
	tt_stmt_i64(st, 9, f->px);
	tt_stmt_double(st, 10, (double)f->yaw);
	tt_stmt_blob(st, 11, f->landmarks, sizeof f->landmarks);
	if (f->has_vector)
		tt_stmt_blob(st, 12, f->vector, sizeof f->vector);
	else
		tt_stmt_null(st, 12);
	return tt_stmt_run(st, err);
}

/* The row that this face is, -1 for none. */
static int match(const struct old_face *old, size_t count, const struct tt_box *box)
{
	float best = SAME_FACE;
	int found = -1;

	for (size_t i = 0; i < count; i++) {
		float overlap = old[i].met ? 0 : tt_box_overlap(&old[i].box, box);

		if (overlap >= best) {
			best = overlap;
			found = (int)i;
		}
	}
	return found;
}

static int write_found(struct tt_db *db, int64_t photo, const struct tt_found_faces *found, struct old_face *old,
		       size_t count, struct tt_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < found->count; i++) {
		int k = match(old, count, &found->faces[i].box);

		if (k >= 0)
			old[k].met = true;
		rc = k < 0          ? write_face(db, Q_ADD, photo, found->model, &found->faces[i], err)
		     : old[k].drawn ? write_face(db, Q_LOOK, old[k].id, found->model, &found->faces[i], err)
				    : write_face(db, Q_MOVE, old[k].id, found->model, &found->faces[i], err);
	}
	return rc;
}

static const struct tt_found_face *look_of(const struct tt_found_faces *found, int64_t id)
{
	for (size_t i = 0; i < found->kept_count; i++)
		if (found->kept[i] == id)
			return &found->kept_faces[i];
	return NULL;
}

/* Rows that nothing was found for: what the user drew or named stays, the rest goes. */
static int write_unmet(struct tt_db *db, const struct tt_found_faces *found, const struct old_face *old, size_t count,
		       struct tt_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct tt_found_face *look = look_of(found, old[i].id);

		if (old[i].met)
			continue;
		if (!old[i].drawn && !old[i].said) {
			rc = tt_run_id(db, queries[Q_LOSE], old[i].id, err);
			continue;
		}
		if (!old[i].drawn)
			rc = tt_run_id(db, queries[Q_KEEP], old[i].id, err);
		if (rc == 0 && look)
			rc = write_face(db, Q_LOOK, old[i].id, found->model, look, err);
	}
	return rc;
}

static int mark(struct tt_db *db, int64_t photo, const char *model, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_LOOKED], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_text(st, 2, model);
	return tt_stmt_run(st, err);
}

int tt_faces_job(struct tt_db *db, int64_t photo, int priority, int64_t now, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_JOB], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_i64(st, 2, priority);
	tt_stmt_i64(st, 3, now);
	return tt_stmt_run(st, err);
}

static int look_again(struct tt_db *db, int64_t photo, const char *model, int64_t now, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t n = 0;
	int rc = tt_db_stmt(db, queries[Q_AGAIN], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_text(st, 2, model);
	rc = tt_rows_number(st, &n, err);
	return rc < 0 || n == 0 ? rc : tt_faces_job(db, photo, TT_PRIORITY_UPLOAD, now, err);
}

int tt_faces_write(struct tt_db *db, int64_t photo, const struct tt_found_faces *found, int64_t now, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = 1 << 20 };
	struct old_face *old = NULL;
	size_t count = 0;
	int rc = old_faces(db, photo, &arena, &old, &count, err);

	if (rc == 0)
		rc = write_found(db, photo, found, old, count, err);
	if (rc == 0)
		rc = write_unmet(db, found, old, count, err);
	if (rc == 0)
		rc = mark(db, photo, found->model, err);
	return rc < 0 ? rc : look_again(db, photo, found->model, now, err);
}

static void kept_row(struct tt_row *row, void *item)
{
	*(struct tt_kept_face *)item = (struct tt_kept_face){ tt_col_i64(row->st, 0), box_of(row->st, 1) };
}

int tt_store_faces_kept(struct tt_store *s, int64_t photo, struct tt_arena *arena, struct tt_kept_face **out,
			size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_KEPT], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	return tt_rows_all(st, arena, sizeof **out, kept_row, (void **)out, count, err);
}

int tt_store_jobs_refind(struct tt_store *s, const char *model, int64_t now, int64_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_REFIND], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_text(st, 1, model);
	tt_stmt_i64(st, 2, TT_PRIORITY_RECLASSIFY);
	tt_stmt_i64(st, 3, now);
	return tt_write_counted(&w, st, count, err);
}

int tt_store_job_faces(struct tt_store *s, int64_t owner, int64_t photo, int64_t now, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t n = 0;
	int rc = tt_write_stmt(&w, s, queries[Q_PHOTO_JOB], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_i64(st, 2, owner);
	rc = tt_rows_number(st, &n, err);
	if (rc == 0 && n == 0)
		rc = tt_err_set(err, TT_ENOTFOUND, "no such photo");
	if (rc == 0)
		rc = tt_faces_job(w.db, photo, TT_PRIORITY_UPLOAD, now, err);
	return rc < 0 ? rc : tt_write_commit(&w, err);
}
