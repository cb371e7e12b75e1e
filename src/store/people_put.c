/* Rows of persons and faces that follow from facts and guesses, written together. Interface: people.h. */
#include "store/found.h"
#include "store/internal.h"
#include "store/people.h"

enum { Q_PERSON, Q_PHOTO, Q_DRAW, Q_FACE, Q_UNKNOWN, Q_GONE, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_PERSON] =
		"INSERT INTO person (owner, uid, name, born, cover_face, hidden, created_at) VALUES ($1, $2, $3, $4, "
		"(SELECT id FROM face WHERE id = $5 AND owner = $1), $6, $7) ON CONFLICT (owner, uid) DO UPDATE SET "
		"name = excluded.name, born = excluded.born, cover_face = excluded.cover_face, "
		"hidden = excluded.hidden RETURNING id",
	[Q_PHOTO] = "SELECT id FROM photo WHERE sha256 = $1 AND owner = $2",
	[Q_DRAW] =
		"INSERT INTO face (photo, owner, x, y, w, h, confidence, quality, px, yaw, source, person, said, "
		"moment, "
		"month, trashed) SELECT p.id, p.owner, $2, $3, $4, $5, 1, 0, 0, 0, 'drawn', $6, $7, p.moment, p.month, "
		"p.trashed_at IS NOT NULL FROM photo p WHERE p.id = $1 RETURNING id",
	[Q_FACE] = "UPDATE face SET person = $3, person_confidence = $4, said = $5, hidden = $6, guess = $7, "
		   "guess_confidence = $8 WHERE id = $1 AND owner = $2 AND (person IS NOT $3 OR "
		   "person_confidence IS NOT $4 OR said <> $5 OR hidden <> $6 OR guess IS NOT $7 OR "
		   "guess_confidence IS NOT $8)",
	[Q_UNKNOWN] =
		"UPDATE face SET person = NULL, person_confidence = NULL, said = 0 WHERE person = $1 AND owner = $2",
	[Q_GONE] = "DELETE FROM person WHERE id = $1 AND owner = $2",
};

static int put_person(struct tt_db *db, int64_t owner, int64_t now, struct tt_person_put *p, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_PERSON], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, p->uid);
	tt_stmt_text(st, 3, p->name ? p->name : "");
	tt_stmt_text(st, 4, p->born);
	tt_stmt_i64(st, 5, p->cover_face);
	tt_stmt_i64(st, 6, p->hidden);
	tt_stmt_i64(st, 7, now);
	return tt_rows_number(st, &p->id, err);
}

static int photo_of(struct tt_db *db, int64_t owner, const uint8_t sha256[32], int64_t *out, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_PHOTO], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_blob(st, 1, sha256, 32);
	tt_stmt_i64(st, 2, owner);
	return tt_rows_number(st, out, err);
}

static void bind_person(struct tt_stmt *st, int n, const struct tt_people_rows *rows, int person)
{
	if (person >= 0 && (size_t)person < rows->persons_count)
		tt_stmt_i64(st, n, rows->persons[person].id);
	else
		tt_stmt_null(st, n);
}

static void bind_confidence(struct tt_stmt *st, int n, double confidence)
{
	if (confidence >= 0)
		tt_stmt_double(st, n, confidence);
	else
		tt_stmt_null(st, n);
}

static int draw(struct tt_db *db, int64_t owner, const struct tt_people_rows *rows, struct tt_face_draw *d,
		struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t photo = 0;
	int rc = photo_of(db, owner, d->sha256, &photo, err);

	d->id = 0;
	if (rc < 0 || photo == 0)
		return rc;
	rc = tt_db_stmt(db, queries[Q_DRAW], &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	tt_stmt_double(st, 2, (double)d->box.x);
	tt_stmt_double(st, 3, (double)d->box.y);
	tt_stmt_double(st, 4, (double)d->box.w);
	tt_stmt_double(st, 5, (double)d->box.h);
	bind_person(st, 6, rows, d->person);
	tt_stmt_i64(st, 7, d->said);
	rc = tt_rows_number(st, &d->id, err);
	return rc < 0 ? rc : tt_faces_job(db, photo, TT_PRIORITY_UPLOAD, rows->now, err);
}

static int put_faces(struct tt_db *db, int64_t owner, const struct tt_people_rows *rows, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = rows->faces_count == 0 ? 0 : tt_db_stmt(db, queries[Q_FACE], &st, err);

	for (size_t i = 0; rc == 0 && i < rows->faces_count; i++) {
		const struct tt_face_put *f = &rows->faces[i];

		tt_stmt_i64(st, 1, f->id);
		tt_stmt_i64(st, 2, owner);
		bind_person(st, 3, rows, f->person);
		bind_confidence(st, 4, f->person_confidence);
		tt_stmt_i64(st, 5, f->said);
		tt_stmt_i64(st, 6, f->hidden);
		bind_person(st, 7, rows, f->guess);
		bind_confidence(st, 8, f->guess_confidence);
		rc = tt_stmt_run(st, err);
	}
	return rc;
}

static int run_owned(struct tt_db *db, int query, int64_t id, int64_t owner, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[query], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	tt_stmt_i64(st, 2, owner);
	return tt_stmt_run(st, err);
}

int tt_store_people_put(struct tt_store *s, int64_t owner, struct tt_people_rows *rows, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int rc = tt_write_begin(&w, s, err);

	for (size_t i = 0; rc == 0 && i < rows->persons_count; i++)
		rc = put_person(w.db, owner, rows->now, &rows->persons[i], err);
	for (size_t i = 0; rc == 0 && i < rows->draws_count; i++)
		rc = draw(w.db, owner, rows, &rows->draws[i], err);
	if (rc == 0)
		rc = put_faces(w.db, owner, rows, err);
	for (size_t i = 0; rc == 0 && i < rows->gone_count; i++) {
		rc = run_owned(w.db, Q_UNKNOWN, rows->gone[i], owner, err);
		if (rc == 0)
			rc = run_owned(w.db, Q_GONE, rows->gone[i], owner, err);
	}
	return rc < 0 ? rc : tt_write_commit(&w, err);
}
