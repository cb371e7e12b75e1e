/* One photo: its row, and all around it. Interface: photos.h. */
#include "store/internal.h"

#include <stdio.h>
#include <string.h>

enum { Q_PHOTO, Q_GUESS, Q_LABELS, Q_CORRECTION, Q_ALBUMS, Q_CLASSES, Q_NEWER, Q_OLDER, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_PHOTO] = "SELECT p.id, p.owner, p.sha256, p.name, p.blob_key, p.in_place_path, p.kind, p.bytes, p.added_at, "
		    "p.moment, p.month, p.developed_at, p.trashed_at, p.phash, p.shown_class, p.shown_confidence, "
		    "p.blurhash, " TT_STATE_OF_P ", p.mime, p.taken, p.subsec, p.utc_offset, p.offset_source, p.width, "
		    "p.height, p.orientation, p.lat, p.lon, p.alt, p.make, p.model, p.lens, p.iso, p.f_number, "
		    "p.exposure_s, p.focal_mm, p.rating, p.description, p.keywords, p.duration_s, p.frames "
		    "FROM photo p WHERE p.id = $1 AND p.owner = $2",
	[Q_GUESS] = "SELECT model, version, class, confidence, people, animals, landscape, vehicles, buildings "
		    "FROM guess WHERE photo = $1",
	[Q_LABELS] = "SELECT name, confidence FROM label WHERE photo = $1 ORDER BY confidence DESC, name",
	[Q_CORRECTION] = "SELECT id, value, at FROM fact WHERE sha256 = $1 AND owner = $2 AND kind = 'class' "
			 "AND undone_at IS NULL ORDER BY id DESC LIMIT 1",
	[Q_ALBUMS] = "SELECT a.id, a.name FROM album_photo ap JOIN album a ON a.id = ap.album WHERE ap.photo = $1 "
		     "ORDER BY lower(a.name), a.id",
	[Q_CLASSES] = "SELECT c.id, c.name, CASE WHEN x.said IS NULL THEN x.p END FROM class_photo x "
		      "JOIN own_class c ON c.id = x.class WHERE x.photo = $1 AND x.shown = 1 AND c.removed_at IS NULL "
		      "ORDER BY lower(c.name), c.id",
	[Q_NEWER] = "SELECT id FROM photo WHERE owner = $1 AND trashed_at IS NULL AND (moment, id) > ($2, $3) "
		    "ORDER BY moment, id LIMIT 1",
	[Q_OLDER] = "SELECT id FROM photo WHERE owner = $1 AND trashed_at IS NULL AND (moment, id) < ($2, $3) "
		    "ORDER BY moment DESC, id DESC LIMIT 1",
};

const char *tt_photo_state_name(enum tt_photo_state state)
{
	static const char *const names[] = {
		[TT_PHOTO_DONE] = "done", [TT_PHOTO_WAITING] = "waiting", [TT_PHOTO_ASIDE] = "aside"
	};

	return names[state];
}

static void copy(struct tt_row *row, int col, char *out, size_t size)
{
	const char *text = tt_col_text(row->st, col);

	tt_utf8_copy(out, size, text ? text : "", text ? strlen(text) : 0);
}

#define COPY(row, col, field) copy(row, col, field, sizeof(field))

/* The columns from p.mime on. */
static void facts_row(struct tt_row *row, int col, struct tt_facts *f)
{
	struct tt_stmt *st = row->st;

	COPY(row, col, f->mime);
	COPY(row, col + 1, f->taken);
	COPY(row, col + 2, f->subsec);
	COPY(row, col + 3, f->offset);
	COPY(row, col + 4, f->offset_source);
	f->width = (uint32_t)tt_col_i64(st, col + 5);
	f->height = (uint32_t)tt_col_i64(st, col + 6);
	f->orientation = (uint8_t)tt_col_i64(st, col + 7);
	f->has_position = !tt_col_is_null(st, col + 8) && !tt_col_is_null(st, col + 9);
	f->lat = tt_col_double(st, col + 8);
	f->lon = tt_col_double(st, col + 9);
	f->has_altitude = !tt_col_is_null(st, col + 10);
	f->alt = tt_col_double(st, col + 10);
	COPY(row, col + 11, f->make);
	COPY(row, col + 12, f->model);
	COPY(row, col + 13, f->lens);
	f->iso = (uint32_t)tt_col_i64(st, col + 14);
	f->f_number = tt_col_double(st, col + 15);
	f->exposure_s = tt_col_double(st, col + 16);
	f->focal_mm = tt_col_double(st, col + 17);
	f->has_rating = !tt_col_is_null(st, col + 18);
	f->rating = (int)tt_col_i64(st, col + 18);
	COPY(row, col + 19, f->description);
	COPY(row, col + 20, f->keywords);
	f->duration_s = tt_col_double(st, col + 21);
	f->frames = (uint32_t)tt_col_i64(st, col + 22);
}

static void photo_row(struct tt_row *row, void *item)
{
	struct tt_photo *p = item;
	struct tt_stmt *st = row->st;

	*p = (struct tt_photo){ .id = tt_col_i64(st, 0), .owner = tt_col_i64(st, 1) };
	tt_row_sha256(row, 2, p->sha256);
	p->name = tt_row_text(row, 3);
	p->blob_key = tt_row_text(row, 4);
	p->in_place_path = tt_row_text(row, 5);
	p->video = strcmp(tt_col_text(st, 6), "video") == 0;
	p->bytes = tt_col_i64(st, 7);
	p->added_at = tt_col_i64(st, 8);
	p->moment = tt_col_i64(st, 9);
	p->month = (int)tt_col_i64(st, 10);
	p->developed_at = tt_col_i64(st, 11);
	p->trashed_at = tt_col_i64(st, 12);
	p->phash = (uint64_t)tt_col_i64(st, 13);
	p->cls = tt_row_class(row, 14);
	p->confidence = tt_row_confidence(row, 15);
	p->blurhash = tt_row_text(row, 16);
	p->state = (enum tt_photo_state)tt_col_i64(st, 17);
	facts_row(row, 18, &p->facts);
}

static int get(struct tt_db *db, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_photo *out,
	       struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_PHOTO], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	tt_stmt_i64(st, 2, owner);
	return tt_rows_one(st, arena, photo_row, out, "no such photo", err);
}

int tt_store_photo(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_photo *out,
		   struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	int rc = tt_read_begin(&r, s, err);

	return rc < 0 ? rc : get(r.db, owner, id, arena, out, err);
}

static void guess_row(struct tt_row *row, void *item)
{
	struct tt_photo_detail *d = item;

	d->has_guess = true;
	d->guess.model = tt_row_text(row, 0);
	d->guess.version = tt_row_text(row, 1);
	d->guess.cls = tt_row_class(row, 2);
	d->guess.confidence = tt_col_double(row->st, 3);
	for (int i = 0; i < TT_STORE_CLASSES; i++)
		d->guess.p[i] = tt_col_double(row->st, 4 + i);
}

static void label_row(struct tt_row *row, void *item)
{
	struct tt_label *l = item;

	l->name = tt_row_text(row, 0);
	l->confidence = tt_col_double(row->st, 1);
}

static void correction_row(struct tt_row *row, void *item)
{
	struct tt_photo_detail *d = item;

	d->correction = tt_col_i64(row->st, 0);
	d->correction_cls = tt_row_class(row, 1);
	d->correction_at = tt_col_i64(row->st, 2);
}

static void in_class_row(struct tt_row *row, void *item)
{
	*(struct tt_in_class *)item = (struct tt_in_class){ tt_col_i64(row->st, 0), tt_row_text(row, 1),
							    tt_row_confidence(row, 2) };
}

static void named_row(struct tt_row *row, void *item)
{
	struct tt_named *n = item;

	n->id = tt_col_i64(row->st, 0);
	n->name = tt_row_text(row, 1);
}

/* What may be missing: a row or none. */
static int maybe(struct tt_stmt *st, struct tt_arena *arena, tt_row_fn *fn, struct tt_photo_detail *d,
		 struct tt_err *err)
{
	struct tt_err missing = { 0 };
	int rc = tt_rows_one(st, arena, fn, d, "", &missing);

	if (rc < 0 && rc != TT_ENOTFOUND)
		return tt_err_set(err, rc, "%s", missing.msg);
	return 0;
}

static int list_of(struct tt_db *db, int query, int64_t photo, struct tt_arena *arena, size_t size, tt_row_fn *fn,
		   void **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[query], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, photo);
	return tt_rows_all(st, arena, size, fn, out, count, err);
}

static int guess_of(struct tt_db *db, struct tt_arena *arena, struct tt_photo_detail *d, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_GUESS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, d->photo.id);
	return maybe(st, arena, guess_row, d, err);
}

static int correction_of(struct tt_db *db, struct tt_arena *arena, struct tt_photo_detail *d, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_CORRECTION], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_blob(st, 1, d->photo.sha256, 32);
	tt_stmt_i64(st, 2, d->photo.owner);
	return maybe(st, arena, correction_row, d, err);
}

static int neighbour(struct tt_db *db, int query, const struct tt_photo *p, int64_t *out, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[query], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, p->owner);
	tt_stmt_i64(st, 2, p->moment);
	tt_stmt_i64(st, 3, p->id);
	return tt_rows_number(st, out, err);
}

int tt_store_photo_detail(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena,
			  struct tt_photo_detail *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	struct tt_photo_detail d = { .correction_cls = TT_NO_CLASS };
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = get(r.db, owner, id, arena, &d.photo, err);
	if (rc == 0)
		rc = guess_of(r.db, arena, &d, err);
	if (rc == 0)
		rc = list_of(r.db, Q_LABELS, id, arena, sizeof *d.labels, label_row, (void **)&d.labels,
			     &d.labels_count, err);
	if (rc == 0)
		rc = correction_of(r.db, arena, &d, err);
	if (rc == 0)
		rc = list_of(r.db, Q_ALBUMS, id, arena, sizeof *d.albums, named_row, (void **)&d.albums,
			     &d.albums_count, err);
	if (rc == 0)
		rc = list_of(r.db, Q_CLASSES, id, arena, sizeof *d.classes, in_class_row, (void **)&d.classes,
			     &d.classes_count, err);
	if (rc == 0 && !d.photo.trashed_at)
		rc = neighbour(r.db, Q_NEWER, &d.photo, &d.newer, err);
	if (rc == 0 && !d.photo.trashed_at)
		rc = neighbour(r.db, Q_OLDER, &d.photo, &d.older, err);
	if (rc == 0)
		*out = d;
	return rc;
}
