/* The end of a job: all that came out of it in one transaction. Interface: jobs.h. */
#include "store/found.h"
#include "store/internal.h"
#include "store/jobs.h"
#include "store/moment.h"
#include "store/shown.h"

enum {
	Q_PHOTO,
	Q_END_JOB,
	Q_GONE,
	Q_FACTS,
	Q_GUESS,
	Q_GUESSED,
	Q_FORGET_LABELS,
	Q_LABEL,
	Q_FEATURES,
	Q_STALE,
	Q_CLASSES,
	Q_COUNT
};
static const char *const queries[Q_COUNT] = {
	[Q_PHOTO] = "SELECT owner, mtime FROM photo WHERE id = $1 AND sha256 = $2",
	[Q_END_JOB] = "DELETE FROM job WHERE id = $1",
	[Q_GONE] = "INSERT INTO removal (kind, key) SELECT 'derived', lower(hex($1)) "
		   "WHERE NOT EXISTS (SELECT 1 FROM photo WHERE sha256 = $1) ON CONFLICT DO NOTHING",
	[Q_FACTS] =
		"UPDATE photo SET developed_at = $2, moment = $3, month = $4, mime = coalesce($5, mime), taken = $6, "
		"subsec = $7, utc_offset = $8, offset_source = $9, width = $10, height = $11, orientation = $12, "
		"lat = $13, lon = $14, alt = $15, make = $16, model = $17, lens = $18, iso = $19, f_number = $20, "
		"exposure_s = $21, focal_mm = $22, rating = $23, description = $24, keywords = $25, duration_s = $26, "
		"frames = $27, phash = $28, blurhash = $29 WHERE id = $1",
	[Q_GUESS] =
		"INSERT INTO guess (photo, model, version, class, confidence, people, animals, landscape, vehicles, "
		"buildings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (photo) DO UPDATE SET "
		"model = excluded.model, version = excluded.version, class = excluded.class, "
		"confidence = excluded.confidence, people = excluded.people, animals = excluded.animals, "
		"landscape = excluded.landscape, vehicles = excluded.vehicles, buildings = excluded.buildings",
	[Q_GUESSED] = "UPDATE photo SET guessed_at = $2 WHERE id = $1",
	[Q_FORGET_LABELS] = "DELETE FROM label WHERE photo = $1",
	[Q_LABEL] =
		"INSERT INTO label (photo, name, confidence) VALUES ($1, $2, $3) ON CONFLICT (photo, name) DO NOTHING",
	[Q_FEATURES] = "INSERT INTO feature (photo, model_version, features, shipped) VALUES ($1, $2, $3, $4) "
		       "ON CONFLICT (photo) DO UPDATE SET model_version = excluded.model_version, "
		       "features = excluded.features, shipped = excluded.shipped",
	[Q_STALE] = "SELECT coalesce((SELECT model_version || '+u' || version FROM head WHERE owner = $1 "
		    "AND active = 1 AND model_version = $2), $2) <> $3",
	[Q_CLASSES] = "SELECT EXISTS (SELECT 1 FROM own_class WHERE owner = $1 AND removed_at IS NULL AND said > 0)",
};

/* 1: the photo is there and its owner known; 0: it is gone. */
static int look_up(struct tt_db *db, const struct tt_job_result *r, int64_t *owner, int64_t *mtime, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_PHOTO], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, r->photo);
	tt_stmt_blob(st, 2, r->sha256, 32);
	rc = tt_stmt_step(st, err);
	if (rc > 0) {
		*owner = tt_col_i64(st, 0);
		*mtime = tt_col_i64(st, 1);
	}
	return rc;
}

static int mark_guessed(struct tt_db *db, const struct tt_job_result *r, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_GUESSED], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, r->photo);
	tt_stmt_i64(st, 2, r->now);
	return tt_stmt_run(st, err);
}

static int remove_derived(struct tt_db *db, const uint8_t sha256[32], struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_GONE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_blob(st, 1, sha256, 32);
	return tt_stmt_run(st, err);
}

/* Absent facts are null: an empty text, a zero that cannot be. */
static void bind_text(struct tt_stmt *st, int n, const char *s)
{
	tt_stmt_text(st, n, s && s[0] ? s : NULL);
}

static void bind_i64(struct tt_stmt *st, int n, bool has, int64_t v)
{
	if (has)
		tt_stmt_i64(st, n, v);
	else
		tt_stmt_null(st, n);
}

static void bind_double(struct tt_stmt *st, int n, bool has, double v)
{
	if (has)
		tt_stmt_double(st, n, v);
	else
		tt_stmt_null(st, n);
}

static int write_facts(struct tt_db *db, const struct tt_job_result *r, int64_t mtime, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	const struct tt_facts *f = r->facts;
	struct tt_moment moment = tt_moment_of(f->taken, f->subsec, f->offset, mtime);
	int rc = tt_db_stmt(db, queries[Q_FACTS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, r->photo);
	tt_stmt_i64(st, 2, r->now);
	tt_stmt_i64(st, 3, moment.ms);
	tt_stmt_i64(st, 4, moment.month);
	bind_text(st, 5, f->mime);
	bind_text(st, 6, f->taken);
	bind_text(st, 7, f->subsec);
	bind_text(st, 8, f->offset);
	bind_text(st, 9, f->offset_source);
	bind_i64(st, 10, f->width != 0, f->width);
	bind_i64(st, 11, f->height != 0, f->height);
	bind_i64(st, 12, f->orientation != 0, f->orientation);
	bind_double(st, 13, f->has_position, f->lat);
	bind_double(st, 14, f->has_position, f->lon);
	bind_double(st, 15, f->has_altitude, f->alt);
	bind_text(st, 16, f->make);
	bind_text(st, 17, f->model);
	bind_text(st, 18, f->lens);
	bind_i64(st, 19, f->iso != 0, f->iso);
	bind_double(st, 20, f->f_number != 0, f->f_number);
	bind_double(st, 21, f->exposure_s != 0, f->exposure_s);
	bind_double(st, 22, f->focal_mm != 0, f->focal_mm);
	bind_i64(st, 23, f->has_rating, f->rating);
	bind_text(st, 24, f->description);
	bind_text(st, 25, f->keywords);
	bind_double(st, 26, f->duration_s != 0, f->duration_s);
	bind_i64(st, 27, f->frames != 0, f->frames);
	tt_stmt_i64(st, 28, (int64_t)r->phash);
	bind_text(st, 29, r->blurhash);
	return tt_stmt_run(st, err);
}

static int write_guess(struct tt_db *db, const struct tt_job_result *r, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	const struct tt_guess *g = r->guess;
	int rc = tt_db_stmt(db, queries[Q_GUESS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, r->photo);
	tt_stmt_text(st, 2, g->model);
	tt_stmt_text(st, 3, g->version);
	tt_stmt_text(st, 4, tt_store_class_name(g->cls));
	tt_stmt_double(st, 5, g->confidence);
	for (int i = 0; i < TT_STORE_CLASSES; i++)
		tt_stmt_double(st, 6 + i, g->p[i]);
	return tt_stmt_run(st, err);
}

static int write_labels(struct tt_db *db, const struct tt_job_result *r, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_run_id(db, queries[Q_FORGET_LABELS], r->photo, err);

	if (rc == 0)
		rc = tt_db_stmt(db, queries[Q_LABEL], &st, err);
	for (size_t i = 0; rc == 0 && i < r->labels_count; i++) {
		tt_stmt_i64(st, 1, r->photo);
		tt_stmt_text(st, 2, r->labels[i].name);
		tt_stmt_double(st, 3, r->labels[i].confidence);
		rc = tt_stmt_run(st, err);
	}
	return rc;
}

static int write_features(struct tt_db *db, const struct tt_job_result *r, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_FEATURES], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, r->photo);
	tt_stmt_text(st, 2, r->model_version);
	tt_stmt_blob(st, 3, r->features, r->features_size);
	tt_stmt_blob(st, 4, r->shipped, TT_STORE_CLASSES * sizeof *r->shipped);
	return tt_stmt_run(st, err);
}

/* In the same transaction, so that a head that becomes active after it finds the guess itself. */
static int look_whether_stale(struct tt_db *db, struct tt_job_result *r, int64_t owner, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t stale = 0;
	int rc = tt_db_stmt(db, queries[Q_STALE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, r->model_version);
	tt_stmt_text(st, 3, r->guess->version);
	rc = tt_rows_number(st, &stale, err);
	r->stale = stale != 0;
	return rc;
}

static int look_for_classes(struct tt_db *db, struct tt_job_result *r, int64_t owner, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t any = 0;
	int rc = tt_db_stmt(db, queries[Q_CLASSES], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	rc = tt_rows_number(st, &any, err);
	r->classes = any != 0;
	return rc;
}

static int finish_one(struct tt_db *db, struct tt_job_result *r, struct tt_err *err)
{
	int64_t owner = 0, mtime = 0;
	int rc = look_up(db, r, &owner, &mtime, err);

	r->gone = rc == 0;
	r->stale = r->classes = false;
	if (rc <= 0)
		return rc < 0 ? rc : remove_derived(db, r->sha256, err);
	rc = tt_run_id(db, queries[Q_END_JOB], r->job, err);
	if (rc == 0 && tt_db_changed(db) == 0)
		return 0; /* dismissed meanwhile, or done by another process */
	if (rc == 0 && r->facts)
		rc = write_facts(db, r, mtime, err);
	if (rc == 0 && r->guess)
		rc = write_guess(db, r, err);
	if (rc == 0 && r->guess)
		rc = write_labels(db, r, err);
	if (rc == 0 && r->guess)
		rc = mark_guessed(db, r, err);
	if (rc == 0 && r->guess && r->features_size > 0)
		rc = write_features(db, r, err);
	if (rc == 0 && r->guess && r->features_size > 0)
		rc = look_whether_stale(db, r, owner, err);
	if (rc == 0 && r->guess && r->features_size > 0)
		rc = look_for_classes(db, r, owner, err);
	if (rc == 0 && r->faces)
		rc = tt_faces_write(db, r->photo, r->faces, r->now, err);
	return rc < 0 ? rc : tt_shown_update(db, owner, r->sha256, err);
}

int tt_store_jobs_finish(struct tt_store *s, struct tt_job_result *results, size_t n, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int rc = tt_write_begin(&w, s, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = finish_one(w.db, &results[i], err);
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	return rc < 0 ? tt_err_ctx(err, "finish %zu photos", n) : 0;
}
