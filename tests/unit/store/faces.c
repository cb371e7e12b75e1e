#include "fixture.h"

#include "store/faces.h"
#include "store/people.h"

#include <stdio.h>
#include <string.h>

static struct tt_found_face face_at(float x, int8_t seen)
{
	struct tt_found_face f = { .box = { x, 0.25F, 0.125F, 0.125F },
				   .confidence = 0.9F,
				   .quality = 0.5F,
				   .yaw = -10,
				   .px = 80,
				   .has_vector = true };

	memset(f.vector, seen, sizeof f.vector);
	return f;
}

/* What a faces job (or, the first time, the develop job) of the photo stores. */
static void look(struct fixture *fx, int64_t photo, const struct tt_found_faces *found)
{
	struct tt_photo p;
	struct tt_job_result r = { .photo = photo, .now = 5, .faces = found };
	char sql[80];

	OK(fx, tt_store_photo(fx->store, fx->ann, photo, &fx->arena, &p, &fx->err));
	memcpy(r.sha256, p.sha256, 32);
	snprintf(sql, sizeof sql, "SELECT coalesce(max(id), 0) FROM job WHERE photo = %lld", (long long)photo);
	if (rows(fx, sql) == 0)
		OK(fx, tt_store_job_faces(fx->store, fx->ann, photo, 5, &fx->err));
	r.job = rows(fx, sql);
	OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
}

static void look_at(struct fixture *fx, int64_t photo, const char *model, const float *xs, size_t n)
{
	struct tt_found_face found[8];
	struct tt_found_faces all = { .model = model, .faces = found, .count = n };

	for (size_t i = 0; i < n; i++)
		found[i] = face_at(xs[i], (int8_t)(i + 1));
	look(fx, photo, &all);
}

static size_t faces_of(struct fixture *fx, int64_t photo, struct tt_face_row **out)
{
	size_t n;

	OK(fx, tt_store_faces_of_photo(fx->store, fx->ann, photo, &fx->arena, out, &n, &fx->err));
	return n;
}

static void overlap(void **state)
{
	static const struct {
		struct tt_box a, b;
		float low, high;
	} cases[] = {
		{ { 0, 0, 1, 1 }, { 0, 0, 1, 1 }, 1, 1 },
		{ { 0, 0, 1, 1 }, { 1, 0, 1, 1 }, 0, 0 },
		{ { 0, 0, 1, 1 }, { 0.5F, 0, 1, 1 }, 0.33F, 0.34F },
		{ { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, 0, 0 },
		{ { -1, -1, 2, 2 }, { 0, 0, 1, 1 }, 0.25F, 0.25F },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(cases); i++) {
		float v = tt_box_overlap(&cases[i].a, &cases[i].b);

		CHECK(v >= cases[i].low && v <= cases[i].high);
	}
}

static void found_faces_keep_their_rows(void **state)
{
	struct fixture *fx = *state;
	int64_t photo = add_done(fx, 1, "2020-05-01T10:00:00", 0, 0.9);
	struct tt_face_row *first, *second;
	size_t n;

	look_at(fx, photo, "v1", (const float[]){ 0.5F, 0.25F }, 2);
	n = faces_of(fx, photo, &first);
	CHECK(n == 2 && first[0].box.x == 0.25F && first[0].px == 80 && first[0].yaw == -10 && first[0].person == 0);
	CHECK(!first[0].said && !first[0].drawn && !first[0].hidden && first[0].person_name[0] == 0);
	CHECK(first[0].person_confidence < 0);
	/* One moved a little, one is gone, one is new. */
	look_at(fx, photo, "v2", (const float[]){ 0.26F, 0.75F }, 2);
	n = faces_of(fx, photo, &second);
	CHECK(n == 2 && second[0].id == first[0].id && second[0].box.x == 0.26F);
	CHECK(second[1].id > first[0].id && second[1].id != first[1].id);
	CHECK(rows(fx, "SELECT count(*) FROM photo WHERE faces_model = 'v2'") == 1);
	CHECK(rows(fx, "SELECT count(*) FROM job") == 0);
	check_sound(fx);
}

static void what_was_said_or_drawn_stays(void **state)
{
	struct fixture *fx = *state;
	int64_t photo = add_done(fx, 1, "2020-05-01T10:00:00", 0, 0.9);
	struct tt_person_put ann = { .uid = "0123456789abcdef0123456789abcdef", .name = "Ann" };
	struct tt_face_draw drawn = { .sha256 = { 1 }, .box = { 0.75F, 0.75F, 0.125F, 0.125F }, .person = 0 };
	struct tt_people_rows put = {
		.persons = &ann, .persons_count = 1, .draws = &drawn, .draws_count = 1, .now = 7
	};
	struct tt_face_put said = { .person = 0, .person_confidence = -1, .said = true };
	struct tt_kept_face *kept;
	struct tt_face_row *f;
	struct tt_found_face again[2] = { face_at(0, 7), face_at(0, 8) };
	int64_t ids[2];
	size_t n;

	look_at(fx, photo, "v1", (const float[]){ 0.25F, 0.5F }, 2);
	(void)faces_of(fx, photo, &f);
	said.id = f[0].id;
	put.faces = &said;
	put.faces_count = 1;
	OK(fx, tt_store_people_put(fx->store, fx->ann, &put, &fx->err));
	CHECK(drawn.id > 0 && ann.id > 0 && faces_of(fx, photo, &f) == 3 && f[2].drawn && f[2].person == ann.id);
	CHECK(strcmp(f[0].person_name, "Ann") == 0 && f[0].said);
	CHECK(rows(fx, "SELECT count(*) FROM job WHERE kind = 'faces' AND priority = 100") == 1);
	OK(fx, tt_store_faces_kept(fx->store, photo, &fx->arena, &kept, &n, &fx->err));
	CHECK(n == 2 && kept[0].id == said.id && kept[1].id == drawn.id && kept[1].box.x == 0.75F);
	ids[0] = kept[0].id;
	ids[1] = kept[1].id;
	look(fx, photo, &(struct tt_found_faces){ .model = "v2", .kept = ids, .kept_faces = again, .kept_count = 2 });
	CHECK(faces_of(fx, photo, &f) == 2 && f[0].id == said.id && f[0].person == ann.id && f[0].box.x == 0.25F);
	CHECK(f[1].id == drawn.id && f[1].box.x == 0.75F && f[1].quality > 0.4F);
	CHECK(rows(fx, "SELECT count(*) FROM face WHERE model = 'v2' AND source = 'drawn' AND vector IS NOT NULL") ==
	      2);
	CHECK(rows(fx, "SELECT count(*) FROM job") == 0);
	/* A drawn face that the network finds after all is one face. */
	look_at(fx, photo, "v3", (const float[]){ 0.24F }, 1);
	CHECK(faces_of(fx, photo, &f) == 2 && f[0].id == said.id && f[0].box.x == 0.25F);
	/* The other one was drawn while the job ran: it is looked at again. */
	CHECK(rows(fx, "SELECT count(*) FROM job WHERE kind = 'faces'") == 1);
	check_sound(fx);
}

static void another_model_looks_again(void **state)
{
	struct fixture *fx = *state;
	int64_t seen = add_done(fx, 1, "2020-05-01T10:00:00", 0, 0.9), n;

	(void)add_done(fx, 2, "2020-05-01T10:00:00", 0, 0.9); /* from before */
	(void)add_photo(fx, 3);                               /* not yet developed */
	look_at(fx, seen, "v2", NULL, 0);
	OK(fx, tt_store_jobs_refind(fx->store, "v2", 5, &n, &fx->err));
	CHECK(n == 1 && rows(fx, "SELECT photo FROM job WHERE kind = 'faces'") != seen);
	OK(fx, tt_store_jobs_refind(fx->store, "v1", 5, &n, &fx->err));
	CHECK(n >= 1 && rows(fx, "SELECT count(*) FROM job WHERE kind = 'faces'") == 2);
	CHECK(tt_store_job_faces(fx->store, fx->bob, seen, 5, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_job_faces(fx->store, fx->ann, seen, 5, &fx->err));
	CHECK(rows(fx, "SELECT max(priority) FROM job WHERE kind = 'faces'") == TT_PRIORITY_UPLOAD);
}

static void everything_in_order_of_id(void **state)
{
	struct fixture *fx = *state;
	int64_t photo = add_done(fx, 1, "2020-05-01T10:00:00", 0, 0.9), last = 0, *owners;
	struct tt_face_known *all;
	size_t n, seen = 0;

	look_at(fx, photo, "v1", (const float[]){ 0, 0.2F, 0.4F, 0.6F, 0.8F }, 5);
	do {
		OK(fx, tt_store_faces_known(fx->store, fx->ann, last, 2, &fx->arena, &all, &n, &fx->err));
		for (size_t i = 0; i < n; i++, seen++) {
			CHECK(all[i].id > last && all[i].has_vector && all[i].vector[255] == (int8_t)(seen + 1));
			CHECK(all[i].sha256[0] == 1 && all[i].photo == photo && all[i].dated && !all[i].trashed);
			last = all[i].id;
		}
	} while (n > 0);
	CHECK(seen == 5);
	OK(fx, tt_store_faces_known(fx->store, fx->bob, 0, 10, &fx->arena, &all, &n, &fx->err));
	CHECK(n == 0);
	OK(fx, tt_store_face_owners(fx->store, &fx->arena, &owners, &n, &fx->err));
	CHECK(n == 1 && owners[0] == fx->ann);
}

static void nobody_sees_anothers(void **state)
{
	struct fixture *fx = *state;
	int64_t photo = add_done(fx, 1, "2020-05-01T10:00:00", 0, 0.9);
	struct tt_face_row *f, one;
	uint8_t sha256[32];
	size_t n;

	look_at(fx, photo, "v1", (const float[]){ 0.25F }, 1);
	CHECK(faces_of(fx, photo, &f) == 1);
	CHECK(tt_store_face(fx->store, fx->bob, f[0].id, &fx->arena, &one, sha256, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_face(fx->store, fx->ann, f[0].id, &fx->arena, &one, sha256, &fx->err));
	CHECK(one.id == f[0].id && sha256[0] == 1);
	CHECK(tt_store_faces_of_photo(fx->store, fx->bob, photo, &fx->arena, &f, &n, &fx->err) == TT_ENOTFOUND);
}

static void the_unknown_page_by_page(void **state)
{
	struct fixture *fx = *state;
	struct tt_face_cursor after = { 0 };
	struct tt_face_page page;
	int64_t trashed, n, photos[3];
	size_t seen = 0;

	for (int i = 0; i < 3; i++) {
		photos[i] = add_done(fx, i + 1, "2020-05-01T10:00:00", 0, 0.9); /* all of one moment */
		look_at(fx, photos[i], "v1", (const float[]){ 0, 0.3F, 0.6F }, 3);
	}
	trashed = photos[1];
	OK(fx, tt_store_trash(fx->store, fx->ann, &trashed, 1, 5, &n, &fx->err));
	do {
		OK(fx, tt_store_faces_of_person(fx->store, fx->ann, 0, after, 2, &fx->arena, &page, &fx->err));
		for (size_t i = 0; i < page.count; i++, seen++)
			CHECK(page.faces[i].photo == photos[seen < 3 ? 2 : 0]);
		after = page.next;
	} while (page.more);
	CHECK(seen == 6);
	OK(fx, tt_store_restore(fx->store, fx->ann, &trashed, 1, &n, &fx->err));
	OK(fx, tt_store_faces_of_person(fx->store, fx->ann, 0, (struct tt_face_cursor){ 0 }, 99, &fx->arena, &page,
					&fx->err));
	CHECK(page.count == 9 && !page.more);
	OK(fx, tt_store_faces_of_person(fx->store, fx->bob, 0, (struct tt_face_cursor){ 0 }, 99, &fx->arena, &page,
					&fx->err));
	CHECK(page.count == 0);
	check_sound(fx);
}

static void faces_go_with_their_photo(void **state)
{
	struct fixture *fx = *state;
	int64_t photo = add_done(fx, 1, "2020-05-01T10:00:00", 0, 0.9), n;

	look_at(fx, photo, "v1", (const float[]){ 0.25F }, 1);
	OK(fx, tt_store_trash(fx->store, fx->ann, &photo, 1, 5, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, &photo, 1, 5, &n, &fx->err));
	CHECK(rows(fx, "SELECT count(*) FROM face") == 0);
	check_sound(fx);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlap),       TEST(found_faces_keep_their_rows), TEST(what_was_said_or_drawn_stays),
		TEST(another_model_looks_again), TEST(everything_in_order_of_id),   TEST(nobody_sees_anothers),
		TEST(the_unknown_page_by_page),  TEST(faces_go_with_their_photo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
