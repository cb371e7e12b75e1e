/* Faces: one, of a photo, of a person, and all of an owner. Interface: faces.h. */
#include "store/faces.h"

#include "store/found.h"
#include "store/internal.h"

#include <string.h>

#define COLUMNS                                                                                                        \
	"f.id, f.photo, f.x, f.y, f.w, f.h, f.confidence, f.quality, f.yaw, f.px, f.person, f.person_confidence, "     \
	"f.said, f.hidden, f.source = 'drawn', coalesce(n.name, ''), f.moment"
#define FROM " FROM face f LEFT JOIN person n ON n.id = f.person WHERE f.owner = $1 "
#define PAGE                                                                                                           \
	"AND f.hidden = 0 AND f.trashed = 0 AND (f.moment, f.photo, f.id) < ($3, $4, $5) "                             \
	"ORDER BY f.moment DESC, f.photo DESC, f.id DESC LIMIT $6"

#define KNOWN                                                                                                          \
	"SELECT f.id, f.photo, f.person, p.sha256, p.moment, p.taken IS NOT NULL, f.x, f.y, f.w, f.h, "                \
	"f.confidence, f.quality, f.yaw, f.px, f.person_confidence, f.said, f.hidden, f.source = 'drawn', "            \
	"f.trashed, f.vector, f.guess, f.guess_confidence FROM "

enum {
	Q_ONE,
	Q_CONTENT,
	Q_OF_PHOTO,
	Q_PHOTO,
	Q_OF_PERSON,
	Q_UNKNOWN,
	Q_KNOWN,
	Q_KNOWN_OF,
	Q_CONTENTS,
	Q_FACES,
	Q_OWNERS,
	Q_PERSON,
	Q_COUNT
};
static const char *const queries[Q_COUNT] = {
	[Q_ONE] = "SELECT " COLUMNS FROM "AND f.id = $2",
	[Q_CONTENT] = "SELECT p.sha256 FROM face f JOIN photo p ON p.id = f.photo WHERE f.owner = $1 AND f.id = $2",
	[Q_OF_PHOTO] = "SELECT " COLUMNS FROM "AND f.photo = $2 AND f.hidden = 0 ORDER BY f.x, f.id",
	[Q_PHOTO] = "SELECT count(*) FROM photo WHERE owner = $1 AND id = $2",
	[Q_OF_PERSON] = "SELECT " COLUMNS FROM "AND f.person = $2 " PAGE,
	[Q_UNKNOWN] = "SELECT " COLUMNS FROM "AND f.person IS NULL AND $2 = 0 " PAGE,
	[Q_KNOWN] = KNOWN "face f CROSS JOIN photo p WHERE p.id = f.photo AND f.owner = $1 AND f.id > $2 "
			  "ORDER BY f.id LIMIT $3",
	[Q_KNOWN_OF] = KNOWN "photo p CROSS JOIN face f WHERE p.sha256 = $2 AND p.owner = $1 AND f.photo = p.id "
			     "AND f.owner = $1 ORDER BY f.id",
	[Q_CONTENTS] = "SELECT DISTINCT p.sha256 FROM face f JOIN photo p ON p.id = f.photo WHERE f.owner = $1 "
		       "AND (f.person = $2 OR f.guess = $2) LIMIT $3",
	[Q_FACES] = "SELECT count(*) FROM face WHERE owner = $1 AND (person = $2 OR guess = $2)",
	[Q_OWNERS] = "SELECT u.id FROM \"user\" u WHERE EXISTS (SELECT 1 FROM face f WHERE f.owner = u.id) "
		     "OR EXISTS (SELECT 1 FROM face_fact a WHERE a.owner = u.id) ORDER BY u.id",
	[Q_PERSON] = "SELECT count(*) FROM person WHERE owner = $1 AND id = $2",
};

static struct tt_box box_of(struct tt_stmt *st, int col)
{
	return (struct tt_box){ (float)tt_col_double(st, col), (float)tt_col_double(st, col + 1),
				(float)tt_col_double(st, col + 2), (float)tt_col_double(st, col + 3) };
}

static void face_row(struct tt_row *row, void *item)
{
	struct tt_face_row *f = item;
	struct tt_stmt *st = row->st;

	f->id = tt_col_i64(st, 0);
	f->photo = tt_col_i64(st, 1);
	f->box = box_of(st, 2);
	f->confidence = (float)tt_col_double(st, 6);
	f->quality = (float)tt_col_double(st, 7);
	f->yaw = (float)tt_col_double(st, 8);
	f->px = (unsigned)tt_col_i64(st, 9);
	f->person = tt_col_i64(st, 10);
	f->person_confidence = tt_row_confidence(row, 11);
	f->said = tt_col_i64(st, 12) != 0;
	f->hidden = tt_col_i64(st, 13) != 0;
	f->drawn = tt_col_i64(st, 14) != 0;
	f->person_name = tt_row_text(row, 15);
}

static void content_row(struct tt_row *row, void *item)
{
	tt_row_sha256(row, 0, item);
}

/* A statement over an owner and something of theirs. */
static int owner_stmt(struct tt_db *db, int query, int64_t owner, int64_t id, struct tt_stmt **out, struct tt_err *err)
{
	int rc = tt_db_stmt(db, queries[query], out, err);

	if (rc == 0) {
		tt_stmt_i64(*out, 1, owner);
		tt_stmt_i64(*out, 2, id);
	}
	return rc;
}

static int content_of(struct tt_db *db, int64_t owner, int64_t id, uint8_t sha256[32], struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = owner_stmt(db, Q_CONTENT, owner, id, &st, err);

	return rc < 0 ? rc : tt_rows_one(st, NULL, content_row, sha256, "no such face", err);
}

int tt_store_face(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_face_row *out,
		  uint8_t sha256[32], struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	struct tt_face_row face = { 0 };
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = owner_stmt(r.db, Q_ONE, owner, id, &st, err);
	if (rc == 0)
		rc = tt_rows_one(st, arena, face_row, &face, "no such face", err);
	if (rc == 0)
		rc = content_of(r.db, owner, id, sha256, err);
	if (rc == 0)
		*out = face;
	return rc;
}

int tt_person_owned(struct tt_db *db, int64_t owner, int64_t person, struct tt_err *err)
{
	return tt_owned(db, queries[Q_PERSON], owner, person, "no such person", err);
}

int tt_store_faces_of_photo(struct tt_store *s, int64_t owner, int64_t photo, struct tt_arena *arena,
			    struct tt_face_row **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = tt_owned(r.db, queries[Q_PHOTO], owner, photo, "no such photo", err);
	if (rc == 0)
		rc = owner_stmt(r.db, Q_OF_PHOTO, owner, photo, &st, err);
	return rc < 0 ? rc : tt_rows_all(st, arena, sizeof **out, face_row, (void **)out, count, err);
}

/* A face and where the page behind it begins. */
struct paged {
	struct tt_face_row face;
	int64_t moment;
};

static void paged_row(struct tt_row *row, void *item)
{
	struct paged *p = item;

	face_row(row, &p->face);
	p->moment = tt_col_i64(row->st, 16);
}

static int page_of(struct tt_stmt *st, unsigned limit, struct tt_arena *arena, struct tt_face_page *out,
		   struct tt_err *err)
{
	struct tt_face_page page = { 0 };
	struct paged *rows = NULL;
	size_t n = 0;
	int rc = tt_rows_all(st, arena, sizeof *rows, paged_row, (void **)&rows, &n, err);

	if (rc < 0)
		return rc;
	page.more = n > limit;
	page.count = page.more ? limit : n;
	page.faces = tt_arena_alloc(arena, (page.count + 1) * sizeof *page.faces);
	if (!page.faces)
		return tt_err_set(err, TT_ENOMEM, "answer does not fit into the memory set aside for it");
	for (size_t i = 0; i < page.count; i++)
		page.faces[i] = rows[i].face;
	if (page.more)
		page.next = (struct tt_face_cursor){ rows[limit - 1].moment, rows[limit - 1].face.photo,
						     rows[limit - 1].face.id };
	*out = page;
	return 0;
}

int tt_store_faces_of_person(struct tt_store *s, int64_t owner, int64_t person, struct tt_face_cursor after,
			     unsigned limit, struct tt_arena *arena, struct tt_face_page *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0 && person)
		rc = tt_person_owned(r.db, owner, person, err);
	if (rc == 0)
		rc = owner_stmt(r.db, person ? Q_OF_PERSON : Q_UNKNOWN, owner, person, &st, err);
	if (rc < 0)
		return rc;
	limit = tt_page_limit(limit);
	tt_stmt_i64(st, 3, after.id ? after.moment : INT64_MAX);
	tt_stmt_i64(st, 4, after.id ? after.photo : INT64_MAX);
	tt_stmt_i64(st, 5, after.id ? after.id : INT64_MAX);
	tt_stmt_i64(st, 6, limit + 1);
	return page_of(st, limit, arena, out, err);
}

static void known_row(struct tt_row *row, void *item)
{
	struct tt_face_known *f = item;
	struct tt_stmt *st = row->st;
	struct tt_str vector = tt_col_blob(st, 19);

	f->id = tt_col_i64(st, 0);
	f->photo = tt_col_i64(st, 1);
	f->person = tt_col_i64(st, 2);
	tt_row_sha256(row, 3, f->sha256);
	f->moment = tt_col_i64(st, 4);
	f->dated = tt_col_i64(st, 5) != 0;
	f->box = box_of(st, 6);
	f->confidence = (float)tt_col_double(st, 10);
	f->quality = (float)tt_col_double(st, 11);
	f->yaw = (float)tt_col_double(st, 12);
	f->px = (unsigned)tt_col_i64(st, 13);
	f->person_confidence = tt_row_confidence(row, 14);
	f->said = tt_col_i64(st, 15) != 0;
	f->hidden = tt_col_i64(st, 16) != 0;
	f->drawn = tt_col_i64(st, 17) != 0;
	f->trashed = tt_col_i64(st, 18) != 0;
	f->guess = tt_col_i64(st, 20);
	f->guess_confidence = tt_row_confidence(row, 21);
	f->has_vector = vector.len == sizeof f->vector;
	if (f->has_vector)
		memcpy(f->vector, vector.p, sizeof f->vector);
}

int tt_store_faces_known(struct tt_store *s, int64_t owner, int64_t after, unsigned limit, struct tt_arena *arena,
			 struct tt_face_known **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = owner_stmt(r.db, Q_KNOWN, owner, after, &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 3, limit);
	return tt_rows_all(st, arena, sizeof **out, known_row, (void **)out, count, err);
}

int tt_store_faces_known_of(struct tt_store *s, int64_t owner, const uint8_t sha256[32], struct tt_arena *arena,
			    struct tt_face_known **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_KNOWN_OF], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_blob(st, 2, sha256, 32);
	return tt_rows_all(st, arena, sizeof **out, known_row, (void **)out, count, err);
}

int tt_store_faces_contents(struct tt_store *s, int64_t owner, int64_t person, unsigned limit, struct tt_arena *arena,
			    uint8_t (**out)[32], size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = owner_stmt(r.db, Q_CONTENTS, owner, person, &st, err);
	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 3, limit);
	return tt_rows_all(st, arena, sizeof **out, content_row, (void **)out, count, err);
}

int tt_store_faces_count(struct tt_store *s, int64_t owner, int64_t person, int64_t *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = owner_stmt(r.db, Q_FACES, owner, person, &st, err);
	return rc < 0 ? rc : tt_rows_number(st, out, err);
}

static void id_row(struct tt_row *row, void *item)
{
	*(int64_t *)item = tt_col_i64(row->st, 0);
}

int tt_store_face_owners(struct tt_store *s, struct tt_arena *arena, int64_t **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_OWNERS], &st, err);

	return rc < 0 ? rc : tt_rows_all(st, arena, sizeof **out, id_row, (void **)out, count, err);
}
