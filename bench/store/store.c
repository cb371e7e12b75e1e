/* How long the store takes in a large library: bench_store PHOTOS [FILE]. Fills a database with synthetic rows (kept
 * when FILE is named, and used again), then prints the median and the slowest of some runs of what the timeline, the
 * albums and the search ask for. */
#include "base/clock.h"
#include "db/db.h"
#include "store/albums.h"
#include "store/facts.h"
#include "store/jobs.h"
#include "store/people.h"
#include "store/search.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RUNS 25

/* Twenty years of photos; classes, labels and words by the number of the row. */
static const char *const fill[] = {
	"INSERT INTO \"user\" (id, name, password_hash, role, created_at) VALUES (1, 'ann', 'x', 'owner', 1)",
	"INSERT INTO photo (id, owner, sha256, name, blob_key, mime, kind, bytes, added_at, mtime, moment, month, "
	"taken, "
	"width, height, make, model, lens, blurhash, developed_at, guessed_at, shown_class, shown_confidence) "
	"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
	"SELECT i, 1, CAST(printf('%032d', i) AS BLOB), printf('IMG_%06d.jpg', i), printf('originals/%d.jpg', i), "
	"'image/jpeg', CASE i % 50 WHEN 0 THEN 'video' ELSE 'photo' END, 4000000, 0, 0, 946684800000 + (i * 7919 % $1) "
	"* "
	"(630720000000 / $1), 24000 + (i * 7919 % $1) * 240 / $1, '2010-01-01T00:00:00', 4000, 3000, 'Canon', "
	"'EOS ' || (i % 20), 'EF' || (i % 30), 'LKO2?U%2Tw=w]~RBVZRi};RPxuwH', 1, 1, "
	"CASE i % 6 WHEN 0 THEN 'people' WHEN 1 THEN 'animals' WHEN 2 THEN 'landscape' WHEN 3 THEN 'vehicles' "
	"WHEN 4 THEN 'buildings' ELSE 'none' END, CASE i % 6 WHEN 5 THEN NULL ELSE 0.9 END FROM n",
	"INSERT INTO guess SELECT id, 'm', 'v1', shown_class, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1 FROM photo WHERE $1 > 0",
	"INSERT INTO label SELECT id, 'label ' || (id % 400), 0.8 FROM photo WHERE $1 > 0",
	"INSERT INTO photo_text (rowid, words) SELECT id, '2010 may ' || name || ' ' || shown_class || ' label' || (id "
	"% 400) "
	"|| ' Canon ' || model || ' ' || lens FROM photo WHERE $1 > 0",
	"INSERT INTO album (id, owner, name, created_at) VALUES (1, 1, 'thousand', 1)",
	"INSERT INTO album_photo SELECT 1, id, 1 FROM photo WHERE $1 > 0 AND id % 500 = 0",
	"INSERT INTO person (id, owner, uid, name, created_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + "
	"1 "
	"FROM n WHERE i < 2000) SELECT i, 1, printf('%032x', i), printf('Name%04d', i), 1 FROM n",
	"INSERT INTO face (photo, owner, x, y, w, h, confidence, quality, px, yaw, source, person, said, moment, "
	"month, "
	"trashed) SELECT id, 1, 0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 90, 0, 'found', id % 2000 + 1, 0, moment, month, 0 "
	"FROM photo WHERE $1 > 0",
	"INSERT INTO face (photo, owner, x, y, w, h, confidence, quality, px, yaw, source, person, said, moment, "
	"month, "
	"trashed) SELECT id, 1, 0.5, 0.1, 0.1, 0.1, 0.9, 0.9, 90, 0, 'found', (id + 1) % 2000 + 1, 0, moment, month, 0 "
	"FROM photo WHERE $1 > 0 AND id % 4 = 0",
	/* Three quarters of the photos have a further face: every third is the first person's, the others are unknown.
	 */
	"INSERT INTO face (photo, owner, x, y, w, h, confidence, quality, px, yaw, vector, model, source, person, "
	"person_confidence, moment, month, trashed) SELECT id, 1, 0.8, 0.2, 0.1, 0.1, 0.9, (id * 31 % 1000) / 1000.0, "
	"80, 0, "
	"zeroblob(256), 'v', 'found', CASE id % 9 WHEN 0 THEN 1 WHEN 3 THEN 1 WHEN 6 THEN 1 END, 0.9, moment, month, 0 "
	"FROM photo WHERE $1 > 0 AND id % 4 <> 0",
	"UPDATE photo SET faces_model = 'v' WHERE $1 > 0",
};

static int fill_all(struct tt_db *db, int64_t photos, struct tt_err *err)
{
	TT_SCOPED(tt_tx_endp) struct tt_tx tx = { NULL };
	int rc = tt_tx_begin(&tx, db, err);

	for (size_t i = 0; rc == 0 && i < TT_LEN(fill); i++) {
		TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;

		rc = tt_db_stmt(db, fill[i], &st, err);
		if (rc == 0 && strstr(fill[i], "$1"))
			tt_stmt_i64(st, 1, photos);
		if (rc == 0)
			rc = tt_stmt_run(st, err);
	}
	return rc < 0 ? rc : tt_tx_commit(&tx, err);
}

struct bench {
	struct tt_store *s;
	struct tt_arena arena;
	int64_t photos, tick;
};
typedef int bench_fn(struct bench *b, struct tt_err *err);

static int page(struct bench *b, struct tt_photo_filter f, struct tt_cursor at, struct tt_err *err)
{
	struct tt_photo_page out;

	f.owner = 1;
	return tt_store_photo_page(b->s, &f, at, 100, &b->arena, &out, err);
}

static const struct tt_cursor middle = { .moment = 1262304000000, .id = INT64_MAX };

static int first_page(struct bench *b, struct tt_err *err)
{
	return page(b, (struct tt_photo_filter){ 0 }, (struct tt_cursor){ 0 }, err);
}

static int middle_page(struct bench *b, struct tt_err *err)
{
	return page(b, (struct tt_photo_filter){ 0 }, middle, err);
}

static int class_page(struct bench *b, struct tt_err *err)
{
	return page(b, (struct tt_photo_filter){ .by_class = true, .cls = 1 }, middle, err);
}

static int month_page(struct bench *b, struct tt_err *err)
{
	return page(b, (struct tt_photo_filter){ .month = 24100 }, (struct tt_cursor){ 0 }, err);
}

static int album_page(struct bench *b, struct tt_err *err)
{
	return page(b, (struct tt_photo_filter){ .album = 1 }, (struct tt_cursor){ 0 }, err);
}

static int months(struct bench *b, struct tt_err *err)
{
	struct tt_photo_filter f = { .owner = 1 };
	struct tt_months out;

	return tt_store_months(b->s, &f, &b->arena, &out, err);
}

static int smart_albums(struct bench *b, struct tt_err *err)
{
	struct tt_smart_album out[TT_SMART_ALBUMS];

	return tt_store_smart_albums(b->s, 1, out, err);
}

static int counts(struct bench *b, struct tt_err *err)
{
	struct tt_counts out;

	return tt_store_counts(b->s, 1, &out, err);
}

static int detail(struct bench *b, struct tt_err *err)
{
	struct tt_photo_detail out;

	return tt_store_photo_detail(b->s, 1, b->tick * 7919 % b->photos + 1, &b->arena, &out, err);
}

static int search(struct bench *b, const char *words, struct tt_err *err)
{
	struct tt_photo_page out;

	return tt_store_search(b->s, 1, words, 0, (struct tt_cursor){ 0 }, 100, &b->arena, &out, err);
}

static int search_label(struct bench *b, struct tt_err *err)
{
	return search(b, "label77", err);
}

static int search_name(struct bench *b, struct tt_err *err)
{
	return search(b, "IMG_000123", err);
}

static int search_person(struct bench *b, struct tt_err *err)
{
	return search(b, "Name0101", err);
}

static int search_together(struct bench *b, struct tt_err *err)
{
	return search(b, "Name0101 and Name0102", err);
}

static int search_person_class(struct bench *b, struct tt_err *err)
{
	return search(b, "Name0101 vehicles", err);
}

static int person_page(struct bench *b, struct tt_err *err)
{
	return page(b, (struct tt_photo_filter){ .person = 101 }, middle, err);
}

static int search_class(struct bench *b, struct tt_err *err)
{
	return search(b, "animals", err);
}

static int search_all(struct bench *b, struct tt_err *err)
{
	return search(b, "canon", err);
}

static int correct(struct bench *b, struct tt_err *err)
{
	int64_t fact;

	return tt_store_fact_add(b->s, 1, b->tick % b->photos + 1, (int)(b->tick % TT_STORE_CLASSES), b->tick, &fact,
				 err);
}

static int add(struct bench *b, struct tt_err *err)
{
	struct tt_new_photo p = { .owner = 1,
				  .name = "IMG_1.jpg",
				  .blob_key = "x",
				  .mime = "image/jpeg",
				  .now = b->tick,
				  .mtime = tt_now_ms(),
				  .priority = TT_PRIORITY_UPLOAD };
	struct tt_known_photo known;
	int64_t now = tt_mono_ns();

	p.sha256[0] = 0xff; /* unlike those above, and new in each run */
	memcpy(p.sha256 + 1, &now, sizeof now);
	return tt_store_photo_add(b->s, &p, &known, err);
}

static int lease(struct bench *b, struct tt_err *err)
{
	struct tt_job *jobs;
	size_t n;

	return tt_store_jobs_lease(b->s, INT64_MAX, 8, &b->arena, &jobs, &n, err);
}

static int reclassify_none(struct bench *b, struct tt_err *err)
{
	int64_t n;

	return tt_store_jobs_reclassify(b->s, "v1", 1, &n, err);
}

static int people_list(struct bench *b, struct tt_err *err)
{
	struct tt_person_page page;

	return tt_store_people(b->s, 1, TT_PEOPLE_SHOWN, NULL, (struct tt_person_cursor){ 0 }, 200, &b->arena, &page,
			       err);
}

static int people_counts(struct bench *b, struct tt_err *err)
{
	struct tt_people_counts out;

	return tt_store_people_counts(b->s, 1, &out, err);
}

static int large_person_page(struct bench *b, struct tt_err *err)
{
	const int64_t person = 1;
	struct tt_photo_page out;

	return tt_store_photos_together(b->s, 1, &person, 1, 0, middle, 100, &b->arena, &out, err);
}

static int together(struct bench *b, struct tt_err *err)
{
	const int64_t persons[] = { 102, 101 };
	struct tt_photo_page out;

	return tt_store_photos_together(b->s, 1, persons, 2, 0, middle, 100, &b->arena, &out, err);
}

static int person_years(struct bench *b, struct tt_err *err)
{
	struct tt_year_count *years;
	size_t n;

	return tt_store_person_years(b->s, 1, 1, &b->arena, &years, &n, err);
}

static int unknown_page(struct bench *b, struct tt_err *err)
{
	const struct tt_face_cursor at = { .moment = middle.moment, .photo = INT64_MAX, .id = INT64_MAX };
	struct tt_face_page out;

	return tt_store_faces_of_person(b->s, 1, 0, at, 100, &b->arena, &out, err);
}

static int photo_faces(struct bench *b, struct tt_err *err)
{
	struct tt_face_row *faces;
	size_t n;

	return tt_store_faces_of_photo(b->s, 1, 1 + b->tick * 7919 % b->photos, &b->arena, &faces, &n, err);
}

static int vectors(struct bench *b, struct tt_err *err)
{
	struct tt_face_known *faces;
	size_t n;

	return tt_store_faces_known(b->s, 1, b->photos, 10000, &b->arena, &faces, &n, err);
}

static int assign(struct bench *b, struct tt_err *err)
{
	struct tt_person_put person = { .uid = "0123456789abcdef0123456789abcdef", .name = "Ann" };
	struct tt_face_put faces[100];
	struct tt_people_rows put = { .persons = &person, .persons_count = 1, .faces = faces, .faces_count = 100 };

	for (int i = 0; i < 100; i++)
		faces[i] = (struct tt_face_put){ .id = 1 + (b->tick * 100 + i) % b->photos, .person_confidence = 0.9 };
	return tt_store_people_put(b->s, 1, &put, err);
}

static int refind_none(struct bench *b, struct tt_err *err)
{
	int64_t n;

	return tt_store_jobs_refind(b->s, "v", 1, &n, err);
}

static const struct {
	const char *name;
	bench_fn *fn;
} benches[] = {
	{ "first page of 100", first_page },
	{ "page in the middle", middle_page },
	{ "page of a class", class_page },
	{ "page of a month", month_page },
	{ "page of an album (1/500)", album_page },
	{ "months with counts", months },
	{ "smart albums", smart_albums },
	{ "totals", counts },
	{ "one photo in full", detail },
	{ "search a label (1/400)", search_label },
	{ "search a file name", search_name },
	{ "search a person (2,000)", search_person },
	{ "search two together", search_together },
	{ "search a person, a class", search_person_class },
	{ "page of a person", person_page },
	{ "search a class (1/6)", search_class },
	{ "search what all have", search_all },
	{ "correct a class", correct },
	{ "add a photo", add },
	{ "lease 8 jobs", lease },
	{ "reclassify, none due", reclassify_none },
	{ "persons with covers", people_list },
	{ "counts of faces", people_counts },
	{ "page of a person (1/4)", large_person_page },
	{ "page of two persons", together },
	{ "years of a person", person_years },
	{ "page of unknown faces", unknown_page },
	{ "faces of a photo", photo_faces },
	{ "10,000 faces with vectors", vectors },
	{ "100 faces to a person", assign },
	{ "look again, none due", refind_none },
};

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int measure(struct bench *b, size_t row, struct tt_err *err)
{
	int64_t ns[RUNS];

	for (int i = 0; i < RUNS; i++) {
		int64_t begin = tt_mono_ns();
		int rc;

		b->tick++;
		rc = benches[row].fn(b, err);
		ns[i] = tt_mono_ns() - begin;
		tt_arena_free(&b->arena);
		if (rc < 0)
			return tt_err_ctx(err, "%s", benches[row].name);
	}
	qsort(ns, RUNS, sizeof *ns, compare);
	printf("%-28s %9.3f ms %9.3f ms\n", benches[row].name, (double)ns[RUNS / 2] / 1e6, (double)ns[RUNS - 1] / 1e6);
	return 0;
}

static int open_filled(struct bench *b, const char *path, struct tt_err *err)
{
	bool fresh = access(path, F_OK) != 0;
	struct tt_db *db = NULL;
	int rc = tt_store_open(&b->s, path, NULL, err);

	if (rc < 0 || !fresh)
		return rc;
	rc = tt_db_open(&db, path, &(struct tt_db_opts){ .busy_ms = 1000 }, err);
	if (rc == 0)
		rc = fill_all(db, b->photos, err);
	tt_db_close(db);
	return rc;
}

int main(int argc, char **argv)
{
	struct bench b = { .arena.max = 64 << 20 };
	struct tt_err err = { 0 };
	char path[] = "/tmp/tintype-bench-XXXXXX";
	const char *file = argc > 2 ? argv[2] : path;
	int fd = argc > 2 ? -1 : mkstemp(path);
	int rc;

	if (fd >= 0) {
		close(fd);
		(void)unlink(path);
	}
	if (argc < 2 || !tt_str_i64(tt_str_of(argv[1]), 1, 10000000, &b.photos)) {
		fprintf(stderr, "usage: store PHOTOS [FILE]\n");
		return 2;
	}
	rc = open_filled(&b, file, &err);
	printf("%lld photos%16s %12s %12s\n", (long long)b.photos, "", "median", "slowest");
	for (size_t i = 0; rc == 0 && i < TT_LEN(benches); i++)
		rc = measure(&b, i, &err);
	tt_store_close(b.s);
	if (fd >= 0)
		(void)unlink(path);
	if (rc < 0)
		fprintf(stderr, "store: %s\n", err.msg);
	return rc < 0 ? 1 : 0;
}
