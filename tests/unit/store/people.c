#include "fixture.h"

#include "store/people.h"

#include <stdio.h>
#include <string.h>

#define UID_A "0123456789abcdef0123456789abcdef"
#define UID_B "0123456789abcdef0123456789abcdee"
#define UID_C "0123456789abcdef0123456789abcded"

/* Photos 1…n of ann's with two faces each, a year apart; ids of the faces from left to right. */
static void make_faces(struct fixture *fx, int n, int64_t ids[][2])
{
	for (int i = 0; i < n; i++) {
		struct tt_found_face found[2] = { { .box = { 0.1F, 0.1F, 0.2F, 0.2F }, .quality = 0.5F },
						  { .box = { 0.6F, 0.1F, 0.2F, 0.2F }, .quality = 0.4F } };
		struct tt_found_faces all = { .model = "v1", .faces = found, .count = 2 };
		struct tt_facts facts = { .width = 400, .height = 300 };
		struct tt_job_result r = { .photo = add_photo(fx, i + 1), .now = 5, .facts = &facts, .faces = &all };
		struct tt_face_row *rows_;
		size_t count;

		snprintf(facts.taken, sizeof facts.taken, "201%d-06-01T10:00:00", i % 10);
		r.job = rows(fx, "SELECT max(id) FROM job");
		r.sha256[0] = (uint8_t)(i + 1);
		found[0].quality += (float)i / 100;
		OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
		OK(fx, tt_store_faces_of_photo(fx->store, fx->ann, r.photo, &fx->arena, &rows_, &count, &fx->err));
		CHECK(count == 2);
		ids[i][0] = rows_[0].id;
		ids[i][1] = rows_[1].id;
	}
}

struct put {
	struct tt_person_put persons[3];
	struct tt_face_put faces[16];
	struct tt_people_rows rows;
};

/* Left faces are Ann's, right ones Bob's, as the machine guesses. */
static void put_all(struct fixture *fx, int n, int64_t ids[][2], struct put *p)
{
	*p = (struct put){ .persons = { { .uid = UID_A, .name = "Ann", .born = "1980-01-02" },
					{ .uid = UID_B, .name = "Bob 100%" } } };
	for (int i = 0; i < 2 * n; i++)
		p->faces[i] = (struct tt_face_put){ .id = ids[i / 2][i % 2],
						    .person = i % 2,
						    .person_confidence = 0.75 };
	p->rows = (struct tt_people_rows){
		.persons = p->persons, .persons_count = 2, .faces = p->faces, .faces_count = (size_t)(2 * n), .now = 9
	};
	OK(fx, tt_store_people_put(fx->store, fx->ann, &p->rows, &fx->err));
}

static size_t list(struct fixture *fx, int64_t owner, enum tt_people_hidden hidden, const char *query,
		   struct tt_person **out)
{
	struct tt_person_page page;

	OK(fx, tt_store_people(fx->store, owner, hidden, query, (struct tt_person_cursor){ 0 }, 99, &fx->arena, &page,
			       &fx->err));
	CHECK(!page.more);
	*out = page.people;
	return page.count;
}

/* By pages of every size the same persons come in the same order: named ones, then by photos, then by id. */
static void persons_page_by_page(void **state)
{
	struct fixture *fx = *state;
	struct tt_person_put persons[7] = { { .name = "" } };
	struct tt_face_put faces[12];
	int64_t ids[6][2], all[7];

	make_faces(fx, 6, ids);
	for (int i = 0; i < 7; i++) {
		snprintf(persons[i].uid, sizeof persons[i].uid, "%032d", i);
		persons[i].name = i < 3 ? "" : i == 6 ? "Nobody" : "Named";
	}
	for (int i = 0; i < 12; i++)
		faces[i] = (struct tt_face_put){ .id = ids[i / 2][i % 2], .person = i % 6 < 2 ? i % 2 : i % 6 };
	OK(fx, tt_store_people_put(fx->store, fx->ann,
				   &(struct tt_people_rows){
					   .persons = persons, .persons_count = 7, .faces = faces, .faces_count = 12 },
				   &fx->err));
	for (unsigned limit = 7; limit >= 1; limit--) {
		struct tt_person_page page = { .more = true };
		size_t seen = 0;

		while (page.more) {
			OK(fx, tt_store_people(fx->store, fx->ann, TT_PEOPLE_SHOWN, NULL, page.next, limit, &fx->arena,
					       &page, &fx->err));
			CHECK(page.count > 0 && page.count <= limit);
			for (size_t i = 0; i < page.count; i++, seen++) {
				if (limit == 7)
					all[seen] = page.people[i].id;
				CHECK(seen < 7 && page.people[i].id == all[seen]);
				CHECK((*page.people[i].name != 0) == (seen < 4));
			}
		}
		CHECK(seen == 7);
	}
}

static void persons_and_their_numbers(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[3][2], photo, n;
	struct tt_people_counts counts;
	struct tt_person *all, one;
	struct put p;

	make_faces(fx, 3, ids);
	put_all(fx, 3, ids, &p);
	CHECK(list(fx, fx->ann, TT_PEOPLE_SHOWN, NULL, &all) == 2);
	CHECK(strcmp(all[0].name, "Ann") == 0 && strcmp(all[0].born, "1980-01-02") == 0 && all[0].faces == 3);
	CHECK(all[0].photos == 3 && all[0].cover == ids[2][0] && all[0].chosen_cover == 0 && all[0].created_at == 9);
	CHECK(all[0].confidence > 0.74 && all[0].confidence < 0.76 && strcmp(all[0].uid, UID_A) == 0 && !all[1].born);
	CHECK(list(fx, fx->bob, TT_PEOPLE_BOTH, NULL, &all) == 0);
	CHECK(tt_store_person(fx->store, fx->bob, p.persons[0].id, &fx->arena, &one, &fx->err) == TT_ENOTFOUND);
	/* The trash hides a photo's faces; an empty person with a name stays, one without does not. */
	photo = rows(fx, "SELECT min(id) FROM photo");
	OK(fx, tt_store_trash(fx->store, fx->ann, &photo, 1, 5, &n, &fx->err));
	OK(fx, tt_store_person(fx->store, fx->ann, p.persons[0].id, &fx->arena, &one, &fx->err));
	CHECK(one.faces == 2 && one.photos == 2);
	check_sound(fx);
	OK(fx, tt_store_restore(fx->store, fx->ann, &photo, 1, &n, &fx->err));
	/* Two faces of one photo in one person are one photo. */
	p.faces[1].person = 0;
	OK(fx, tt_store_people_put(fx->store, fx->ann, &p.rows, &fx->err));
	OK(fx, tt_store_person(fx->store, fx->ann, p.persons[0].id, &fx->arena, &one, &fx->err));
	CHECK(one.faces == 4 && one.photos == 3);
	check_sound(fx);
	p.faces[0].person = p.faces[1].person = -1;
	p.faces[0].hidden = true;
	OK(fx, tt_store_people_put(fx->store, fx->ann, &p.rows, &fx->err));
	OK(fx, tt_store_people_counts(fx->store, fx->ann, &counts, &fx->err));
	CHECK(counts.persons == 2 && counts.faces == 5 && counts.unknown == 1 && counts.waiting == 0);
	check_sound(fx);
	OK(fx, tt_store_trash(fx->store, fx->ann, &photo, 1, 5, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, &photo, 1, 5, &n, &fx->err));
	check_sound(fx);
}

static void changed_by_uid_and_gone(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[2][2], gone, before;
	struct tt_person *all, one;
	struct put p;

	make_faces(fx, 2, ids);
	put_all(fx, 2, ids, &p);
	before = p.persons[0].id;
	p.persons[0].name = NULL;
	p.persons[0].born = NULL;
	p.persons[0].hidden = true;
	p.persons[0].cover_face = ids[0][0];
	p.persons[0].id = 0;
	OK(fx, tt_store_people_put(fx->store, fx->ann, &p.rows, &fx->err));
	CHECK(p.persons[0].id == before && rows(fx, "SELECT count(*) FROM person") == 2);
	OK(fx, tt_store_person(fx->store, fx->ann, before, &fx->arena, &one, &fx->err));
	CHECK(one.name[0] == 0 && !one.born && one.hidden && one.cover == ids[0][0] && one.chosen_cover == ids[0][0]);
	CHECK(list(fx, fx->ann, TT_PEOPLE_SHOWN, NULL, &all) == 1 &&
	      list(fx, fx->ann, TT_PEOPLE_HIDDEN, NULL, &all) == 1);
	gone = before;
	p.rows = (struct tt_people_rows){ .gone = &gone, .gone_count = 1 };
	OK(fx, tt_store_people_put(fx->store, fx->bob, &p.rows, &fx->err)); /* not his */
	CHECK(rows(fx, "SELECT count(*) FROM person") == 2);
	OK(fx, tt_store_people_put(fx->store, fx->ann, &p.rows, &fx->err));
	CHECK(rows(fx, "SELECT count(*) FROM person") == 1 &&
	      rows(fx, "SELECT count(*) FROM face WHERE person IS NULL") == 2);
	check_sound(fx);
	/* Bob's own person may have the same uid; another's faces are not touched. */
	p.persons[1].id = 0;
	p.faces[0] = (struct tt_face_put){ .id = ids[0][0], .person = 0, .person_confidence = -1 };
	p.rows = (struct tt_people_rows){
		.persons = &p.persons[1], .persons_count = 1, .faces = p.faces, .faces_count = 1
	};
	OK(fx, tt_store_people_put(fx->store, fx->bob, &p.rows, &fx->err));
	CHECK(rows(fx, "SELECT count(*) FROM face WHERE person IS NULL") == 2);
	CHECK(rows(fx, "SELECT count(*) FROM person") == 2);
	OK(fx, tt_store_persons_all(fx->store, fx->bob, &fx->arena, &all, &(size_t){ 0 }, &fx->err));
	check_sound(fx);
}

static void found_by_their_names(void **state)
{
	static const struct {
		const char *query;
		size_t found;
	} cases[] = {
		{ "", 2 }, { "an", 1 }, { "ANN", 1 }, { "0%", 1 }, { "%", 1 }, { "_", 0 }, { "b", 1 }, { "x", 0 }
	};
	struct fixture *fx = *state;
	int64_t ids[1][2];
	char long_name[TT_PEOPLE_QUERY + 2] = "";
	struct tt_person_page page;
	struct tt_person *all, one;
	struct put p;

	make_faces(fx, 1, ids);
	put_all(fx, 1, ids, &p);
	for (size_t i = 0; i < TT_LEN(cases); i++)
		CHECK_ROW(list(fx, fx->ann, TT_PEOPLE_BOTH, cases[i].query, &all) == cases[i].found, cases[i].query);
	memset(long_name, 'a', sizeof long_name - 1);
	CHECK(tt_store_people(fx->store, fx->ann, TT_PEOPLE_BOTH, long_name, (struct tt_person_cursor){ 0 }, 9,
			      &fx->arena, &page, &fx->err) == TT_EINVALID);
	OK(fx, tt_store_person_named(fx->store, fx->ann, "ann", &fx->arena, &one, &fx->err));
	CHECK(one.id == p.persons[0].id);
	CHECK(tt_store_person_named(fx->store, fx->ann, "an", &fx->arena, &one, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_person_named(fx->store, fx->bob, "ann", &fx->arena, &one, &fx->err) == TT_ENOTFOUND);
}

static size_t together(struct fixture *fx, const int64_t *persons, size_t n, int year, unsigned limit)
{
	struct tt_cursor after = { 0 };
	struct tt_photo_page page;
	size_t total = 0;
	int64_t last = INT64_MAX;

	do {
		OK(fx, tt_store_photos_together(fx->store, fx->ann, persons, n, year, after, limit, &fx->arena, &page,
						&fx->err));
		for (size_t i = 0; i < page.count; i++, total++) {
			CHECK(page.photos[i].id < last);
			last = page.photos[i].id;
		}
		after = page.next;
	} while (page.more);
	return total;
}

static void photos_of_persons(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[5][2], both[2], n = 0;
	struct tt_year_count *years;
	struct tt_photo_page page;
	struct put p;
	size_t count;

	make_faces(fx, 5, ids);
	put_all(fx, 5, ids, &p);
	p.faces[1].person = 0;  /* on the first photo both are Ann */
	p.faces[9].person = -1; /* on the last one nobody is Bob */
	OK(fx, tt_store_people_put(fx->store, fx->ann, &p.rows, &fx->err));
	both[0] = p.persons[0].id;
	both[1] = p.persons[1].id;
	CHECK(together(fx, both, 1, 0, 2) == 5 && together(fx, both + 1, 1, 0, 500) == 3);
	CHECK(together(fx, both, 2, 0, 1) == 3 && together(fx, both, 1, 2011, 9) == 1);
	CHECK(together(fx, both, 1, 2042, 9) == 0);
	OK(fx, tt_store_person_years(fx->store, fx->ann, both[0], &fx->arena, &years, &count, &fx->err));
	CHECK(count == 5 && years[0].year == 2014 && years[4].year == 2010 && years[4].photos == 1);
	CHECK(tt_store_person_years(fx->store, fx->bob, both[0], &fx->arena, &years, &count, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_photos_together(fx->store, fx->bob, both, 1, 0, (struct tt_cursor){ 0 }, 9, &fx->arena, &page,
				       &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_photos_together(fx->store, fx->ann, both, 0, 0, (struct tt_cursor){ 0 }, 9, &fx->arena, &page,
				       &fx->err) == TT_EINVALID);
	n = rows(fx, "SELECT max(id) FROM photo");
	OK(fx, tt_store_trash(fx->store, fx->ann, &n, 1, 5, &n, &fx->err));
	CHECK(together(fx, both, 1, 0, 2) == 4);
}

static void facts_are_kept_in_order(void **state)
{
	struct fixture *fx = *state;
	const struct tt_face_fact said[] = {
		{ .kind = "is",
		  .has_face = true,
		  .sha256 = { 1 },
		  .box = { 0.5F, 0.25F, 0.125F, 1 },
		  .person_uid = UID_A,
		  .at = 5 },
		{ .kind = "same",
		  .has_face = true,
		  .has_other = true,
		  .sha256 = { 1 },
		  .box = { 0, 0, 1, 1 },
		  .other_sha256 = { 2 },
		  .other = { 0, 0.5F, 1, 1 },
		  .value = "0.5",
		  .at = 6 },
		{ .kind = "merge", .person_uid = UID_A, .other_uid = UID_B, .at = 7 },
	};
	struct tt_face_fact_counts counts;
	struct tt_face_fact *f;
	int64_t ids[3], photo = add_photo(fx, 1);
	int64_t changed;
	bool more;
	size_t n;

	OK(fx, tt_store_face_facts_add(fx->store, fx->ann, said, 3, ids, &fx->err));
	CHECK(ids[0] < ids[1] && ids[1] < ids[2]);
	OK(fx, tt_store_face_facts_hold(fx->store, fx->ann, 0, 99, &fx->arena, &f, &n, &fx->err));
	CHECK(n == 3 && strcmp(f[0].kind, "is") == 0 && f[0].has_face && !f[0].has_other && f[0].box.h == 1);
	CHECK(f[0].sha256[0] == 1 && strcmp(f[0].person_uid, UID_A) == 0 && !f[0].value && f[0].at == 5);
	CHECK(f[1].has_other && f[1].other_sha256[0] == 2 && f[1].other.y == 0.5F && strcmp(f[1].value, "0.5") == 0);
	CHECK(!f[2].has_face && strcmp(f[2].other_uid, UID_B) == 0);
	CHECK(tt_store_face_facts_undo(fx->store, fx->bob, &ids[1], 1, 8, &changed, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_face_facts_undo(fx->store, fx->ann, (int64_t[]){ ids[1], 999 }, 2, 8, &changed, &fx->err) ==
	      TT_ENOTFOUND);
	OK(fx, tt_store_face_facts_undo(fx->store, fx->ann, (int64_t[]){ ids[1], ids[1] }, 2, 8, &changed, &fx->err));
	CHECK(changed == 1);
	OK(fx, tt_store_face_facts_undo(fx->store, fx->ann, &ids[1], 1, 9, &changed, &fx->err));
	CHECK(changed == 0);
	OK(fx, tt_store_face_facts_hold(fx->store, fx->ann, ids[0], 99, &fx->arena, &f, &n, &fx->err));
	CHECK(n == 1 && f[0].id == ids[2]);
	OK(fx, tt_store_face_facts_all(fx->store, fx->ann, 0, 2, &fx->arena, &f, &n, &fx->err));
	CHECK(n == 2 && f[1].undone_at == 8);
	OK(fx, tt_store_face_facts_list(fx->store, fx->ann, 0, 2, &fx->arena, &f, &n, &more, &fx->err));
	CHECK(n == 2 && more && f[0].id == ids[2] && f[0].photo == 0);
	OK(fx, tt_store_face_facts_list(fx->store, fx->ann, f[1].id, 2, &fx->arena, &f, &n, &more, &fx->err));
	CHECK(n == 1 && !more && f[0].photo == photo);
	OK(fx, tt_store_face_facts_list(fx->store, fx->bob, 0, 2, &fx->arena, &f, &n, &more, &fx->err));
	CHECK(n == 0);
	OK(fx, tt_store_face_fact_counts(fx->store, fx->ann, &counts, &fx->err));
	CHECK(counts.hold == 2 && counts.same == 0 && counts.different == 0 && counts.unsure == 0);
	check_sound(fx);
}

static void an_unknown_kind_is_refused(void **state)
{
	struct fixture *fx = *state;
	const struct tt_face_fact said[] = { { .kind = "name", .person_uid = UID_C, .value = "C", .at = 5 },
					     { .kind = "nonsense", .at = 6 } };
	int64_t ids[2];

	CHECK(tt_store_face_facts_add(fx->store, fx->ann, said, 2, ids, &fx->err) == TT_EINVALID);
	CHECK(rows(fx, "SELECT count(*) FROM face_fact") == 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(persons_and_their_numbers),  TEST(persons_page_by_page), TEST(changed_by_uid_and_gone),
		TEST(found_by_their_names),       TEST(photos_of_persons),    TEST(facts_are_kept_in_order),
		TEST(an_unknown_kind_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
