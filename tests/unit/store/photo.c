#include "fixture.h"

#include <string.h>

static const struct tt_facts all_facts = {
	.mime = "image/heic",
	.width = 4000,
	.height = 3000,
	.orientation = 6,
	.taken = "2019-05-31T23:30:00",
	.subsec = "25",
	.offset = "-05:00",
	.offset_source = "exif",
	.has_position = true,
	.has_altitude = true,
	.has_rating = true,
	.lat = -33.5,
	.lon = 151.25,
	.alt = -3.5,
	.make = "NIKON",
	.model = "D750",
	.lens = "50mm f/1.8",
	.iso = 400,
	.f_number = 1.8,
	.exposure_s = 0.004,
	.focal_mm = 50,
	.rating = -1,
	.description = "A café\nby the sea",
	.keywords = "sea\ncoffee",
	.duration_s = 2.5,
	.frames = 12,
};

static void every_fact_comes_back(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1);
	struct tt_photo p;

	finish(fx, id, &all_facts, NULL, NULL, 0);
	OK(fx, tt_store_photo(fx->store, fx->ann, id, &fx->arena, &p, &fx->err));
	CHECK(strcmp(p.facts.mime, all_facts.mime) == 0 && strcmp(p.facts.taken, all_facts.taken) == 0);
	CHECK(strcmp(p.facts.subsec, "25") == 0 && strcmp(p.facts.offset, "-05:00") == 0);
	CHECK(strcmp(p.facts.offset_source, "exif") == 0 && strcmp(p.facts.make, "NIKON") == 0);
	CHECK(strcmp(p.facts.model, "D750") == 0 && strcmp(p.facts.lens, all_facts.lens) == 0);
	CHECK(strcmp(p.facts.description, all_facts.description) == 0 && strcmp(p.facts.keywords, "sea\ncoffee") == 0);
	CHECK(p.facts.width == 4000 && p.facts.height == 3000 && p.facts.orientation == 6 && p.facts.iso == 400);
	CHECK(p.facts.has_position && p.facts.has_altitude && p.facts.has_rating && p.facts.rating == -1);
	CHECK(p.facts.lat == -33.5 && p.facts.lon == 151.25 && p.facts.alt == -3.5 && p.facts.f_number == 1.8);
	CHECK(p.facts.exposure_s == 0.004 && p.facts.focal_mm == 50 && p.facts.duration_s == 2.5 &&
	      p.facts.frames == 12);
	CHECK(p.phash == (1ULL << 63 | 5) && strcmp(p.blurhash, "LKO2") == 0 && p.developed_at == 1600000001000);
	CHECK(p.state == TT_PHOTO_DONE);
	CHECK(p.moment == 1559363400250 && p.month == 2019 * 12 + 4); /* 1 June in UTC, May where it was taken */
}

static void absent_facts_stay_absent(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1);
	struct tt_facts none = { 0 };
	struct tt_photo p;

	finish(fx, id, &none, NULL, NULL, 0);
	OK(fx, tt_store_photo(fx->store, fx->ann, id, &fx->arena, &p, &fx->err));
	CHECK(!p.facts.has_position && !p.facts.has_altitude && !p.facts.has_rating && p.facts.width == 0);
	CHECK(p.facts.taken[0] == 0 && p.facts.make[0] == 0 && p.moment == 1577836800001);
	CHECK(strcmp(p.facts.mime, "image/jpeg") == 0); /* what was known before */
	CHECK(rows(fx,
		   "SELECT count(*) FROM photo WHERE lat IS NULL AND make IS NULL AND width IS NULL AND iso IS NULL "
		   "AND rating IS NULL AND taken IS NULL AND duration_s IS NULL AND description IS NULL") == 1);
}

static void detail_has_all_around_it(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1), album, other, n, fact;
	struct tt_guess guess = guess_of(1, 0.75, "v1");
	const struct tt_label labels[] = { { "tabby cat", 0.6 }, { "big cat", 0.8 }, { "big cat", 0.1 } };
	struct tt_photo_detail d;

	finish(fx, id, &all_facts, &guess, labels, 3);
	OK(fx, tt_store_photo_detail(fx->store, fx->ann, id, &fx->arena, &d, &fx->err));
	CHECK(d.has_guess && d.guess.cls == 1 && d.guess.confidence == 0.75 && d.guess.p[1] == 0.75 &&
	      d.guess.p[0] == 0);
	CHECK(strcmp(d.guess.model, "m") == 0 && strcmp(d.guess.version, "v1") == 0);
	CHECK(d.labels_count == 2 && strcmp(d.labels[0].name, "big cat") == 0 && d.labels[0].confidence == 0.8);
	CHECK(d.correction == 0 && d.correction_cls == TT_NO_CLASS && d.albums_count == 0 && d.newer == 0 &&
	      d.older == 0);
	CHECK(d.photo.cls == 1 && d.photo.confidence == 0.75);

	OK(fx, tt_store_album_add(fx->store, fx->ann, "zoo", 1, &other, &fx->err));
	OK(fx, tt_store_album_add(fx->store, fx->ann, "Autumn", 1, &album, &fx->err));
	OK(fx, tt_store_album_put(fx->store, fx->ann, album, &id, 1, 2, &n, &fx->err));
	OK(fx, tt_store_album_put(fx->store, fx->ann, other, &id, 1, 2, &n, &fx->err));
	OK(fx, tt_store_fact_add(fx->store, fx->ann, id, 4, 77, &fact, &fx->err));
	OK(fx, tt_store_photo_detail(fx->store, fx->ann, id, &fx->arena, &d, &fx->err));
	CHECK(d.albums_count == 2 && strcmp(d.albums[0].name, "Autumn") == 0 && d.albums[1].id == other);
	CHECK(d.correction == fact && d.correction_cls == 4 && d.correction_at == 77);
	CHECK(d.photo.cls == 4 && d.photo.confidence < 0 && d.guess.cls == 1);
}

static void neighbours_go_by_moment_then_id(void **state)
{
	struct fixture *fx = *state;
	static const char *const taken[] = { "2019-01-01T00:00:00", "2019-01-01T00:00:00", "2018-01-01T00:00:00",
					     "2020-01-01T00:00:00" };
	int64_t id[4], n;
	struct tt_photo_detail d;
	/* Timeline, newest first: 3, 1, 0, 2. */
	static const struct {
		int of, newer, older;
	} cases[] = { { 3, -1, 1 }, { 1, 3, 0 }, { 0, 1, 2 }, { 2, 0, -1 } };

	for (int i = 0; i < 4; i++)
		id[i] = add_done(fx, 10 + i, taken[i], 0, 0.9);
	for (size_t i = 0; i < TT_LEN(cases); i++) {
		OK(fx, tt_store_photo_detail(fx->store, fx->ann, id[cases[i].of], &fx->arena, &d, &fx->err));
		CHECK(d.newer == (cases[i].newer < 0 ? 0 : id[cases[i].newer]));
		CHECK(d.older == (cases[i].older < 0 ? 0 : id[cases[i].older]));
	}
	OK(fx, tt_store_trash(fx->store, fx->ann, &id[1], 1, 9, &n, &fx->err));
	OK(fx, tt_store_photo_detail(fx->store, fx->ann, id[0], &fx->arena, &d, &fx->err));
	CHECK(d.newer == id[3]);
	OK(fx, tt_store_photo_detail(fx->store, fx->ann, id[1], &fx->arena, &d, &fx->err));
	CHECK(d.newer == 0 && d.older == 0 && d.photo.trashed_at == 9);
}

static void of_others_is_not_found(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1);
	struct tt_photo p = { .id = -7 };
	struct tt_photo_detail d;

	CHECK(tt_store_photo(fx->store, fx->bob, id, &fx->arena, &p, &fx->err) == TT_ENOTFOUND && p.id == -7);
	CHECK(tt_store_photo_detail(fx->store, fx->bob, id, &fx->arena, &d, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_photo(fx->store, fx->ann, 99, &fx->arena, &p, &fx->err) == TT_ENOTFOUND);
}

static void a_full_arena_is_an_error(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1);
	TT_SCOPED(tt_arena_free) struct tt_arena small = { .max = 8 };
	struct tt_photo p = { .id = -7 };

	CHECK(tt_store_photo(fx->store, fx->ann, id, &small, &p, &fx->err) == TT_ENOMEM && fx->err.msg[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_fact_comes_back, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(absent_facts_stay_absent, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(detail_has_all_around_it, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(neighbours_go_by_moment_then_id, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(of_others_is_not_found, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_full_arena_is_an_error, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
