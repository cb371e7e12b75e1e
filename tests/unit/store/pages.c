#include "fixture.h"

#include <stdio.h>
#include <string.h>

/* Twelve photos over four months; three classes; two in the trash; equal moments on purpose. */
static void fill(struct fixture *fx, int64_t id[12])
{
	static const struct {
		const char *taken;
		int cls;
	} photos[12] = {
		{ "2019-05-31T23:59:59", 0 }, { "2019-06-01T00:00:00", 1 },           { "2019-06-01T00:00:00", 1 },
		{ "2019-06-01T00:00:00", 0 }, { "2019-06-15T12:00:00", TT_NO_CLASS }, { "2019-06-30T23:59:59", 1 },
		{ "2019-07-01T00:00:00", 1 }, { "2020-01-01T00:00:00", 0 },           { "2020-01-01T00:00:01", 1 },
		{ "2020-01-31T00:00:00", 4 }, { "2019-06-10T00:00:00", 1 },           { "2019-06-11T00:00:00", 0 },
	};
	int64_t n;

	for (int i = 0; i < 12; i++)
		id[i] = add_done(fx, 20 + i, photos[i].taken, photos[i].cls, 0.5);
	OK(fx, tt_store_trash(fx->store, fx->ann, &id[10], 2, 9, &n, &fx->err));
	CHECK(n == 2);
}

/* Walks all pages of this size and writes the order of the photos as letters. */
static void walk(struct fixture *fx, const struct tt_photo_filter *f, unsigned limit, const int64_t id[12], char *out)
{
	struct tt_cursor at = { 0 };
	struct tt_photo_page page;

	do {
		OK(fx, tt_store_photo_page(fx->store, f, at, limit, &fx->arena, &page, &fx->err));
		CHECK(page.count <= limit && (!page.more || page.count == limit));
		for (size_t i = 0; i < page.count; i++)
			for (int k = 0; k < 12; k++)
				if (page.photos[i].id == id[k])
					*out++ = (char)('a' + k);
		at = page.next;
	} while (page.more);
	*out = 0;
}

static void pages_join_without_gap_or_repeat(void **state)
{
	struct fixture *fx = *state;
	int64_t id[12], album, n;
	const int64_t in_album[] = { 0, 2, 3, 7, 9, 10 };
	struct tt_photo_filter f = of_ann(fx);
	const struct {
		const char *name;
		struct tt_photo_filter f;
		const char *want;
	} cases[] = {
		{ "timeline", { .owner = f.owner }, "jihgfedcba" },
		{ "class", { .owner = f.owner, .by_class = true, .cls = 1 }, "igfcb" },
		{ "unclassified", { .owner = f.owner, .by_class = true, .cls = TT_NO_CLASS }, "e" },
		{ "empty class", { .owner = f.owner, .by_class = true, .cls = 3 }, "" },
		{ "month", { .owner = f.owner, .month = 2019 * 12 + 5 }, "fedcb" },
		{ "month and class", { .owner = f.owner, .month = 2019 * 12 + 5, .by_class = true, .cls = 1 }, "fcb" },
		{ "empty month", { .owner = f.owner, .month = 2019 * 12 + 7 }, "" },
		{ "trash", { .owner = f.owner, .trash = true }, "lk" },
		{ "trash and class", { .owner = f.owner, .trash = true, .by_class = true, .cls = 0 }, "l" },
		{ "trash and month", { .owner = f.owner, .trash = true, .month = 2019 * 12 + 4 }, "" },
		{ "album", { .owner = f.owner, .album = 1 }, "jhdca" },
		{ "album and class", { .owner = f.owner, .album = 1, .by_class = true, .cls = 0 }, "hda" },
		{ "album and month", { .owner = f.owner, .album = 1, .month = 2019 * 12 + 5 }, "dc" },
		{ "of another", { .owner = fx->bob }, "" },
	};

	fill(fx, id);
	OK(fx, tt_store_album_add(fx->store, fx->ann, "a", 1, &album, &fx->err));
	CHECK(album == 1);
	for (size_t i = 0; i < TT_LEN(in_album); i++)
		OK(fx, tt_store_album_put(fx->store, fx->ann, album, &id[in_album[i]], 1, 1, &n, &fx->err));
	for (size_t i = 0; i < TT_LEN(cases); i++)
		for (unsigned limit = 1; limit <= 12; limit++) {
			char got[16];

			walk(fx, &cases[i].f, limit, id, got);
			CHECK_ROW(strcmp(got, cases[i].want) == 0, cases[i].name);
		}
}

static void a_page_survives_changes_before_it(void **state)
{
	struct fixture *fx = *state;
	int64_t id[12], n;
	struct tt_photo_filter f = of_ann(fx);
	struct tt_photo_page page;

	fill(fx, id);
	OK(fx, tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 3, &fx->arena, &page, &fx->err));
	OK(fx, tt_store_trash(fx->store, fx->ann, &id[7], 1, 9, &n, &fx->err)); /* the photo that the cursor names */
	add_done(fx, 99, "2021-01-01T00:00:00", 0, 0.5);
	OK(fx, tt_store_photo_page(fx->store, &f, page.next, 3, &fx->arena, &page, &fx->err));
	CHECK(page.count == 3 && page.photos[0].id == id[6] && page.photos[1].id == id[5]);
}

static void summaries_say_what_the_grid_needs(void **state)
{
	struct fixture *fx = *state;
	struct tt_photo_filter f = of_ann(fx);
	struct tt_photo_page page;
	int64_t done = add_done(fx, 1, "2019-05-04T10:11:12", 3, 0.25), waiting = add_photo(fx, 2), fact;
	struct tt_new_photo v = new_photo(fx, 3);
	struct tt_known_photo video;

	v.video = true;
	v.mtime = 0;
	OK(fx, tt_store_photo_add(fx->store, &v, &video, &fx->err));
	OK(fx, tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 10, &fx->arena, &page, &fx->err));
	CHECK(page.count == 3 && !page.more && page.photos[0].id == waiting && page.photos[1].id == done);
	CHECK(page.photos[0].state == TT_PHOTO_WAITING && page.photos[0].taken == NULL && page.photos[0].width == 0);
	CHECK(page.photos[0].blurhash == NULL && page.photos[0].cls == TT_NO_CLASS && page.photos[0].confidence < 0);
	CHECK(page.photos[1].state == TT_PHOTO_DONE && page.photos[1].cls == 3 && page.photos[1].confidence == 0.25);
	CHECK(page.photos[1].width == 400 && page.photos[1].height == 300 && !page.photos[1].video);
	CHECK(strcmp(page.photos[1].taken, "2019-05-04T10:11:12") == 0 && strcmp(page.photos[1].blurhash, "LKO2") == 0);
	CHECK(page.photos[1].sha256[0] == 1 && strcmp(page.photos[1].name, "IMG_1234.jpg") == 0);
	CHECK(page.photos[2].video && page.photos[2].id == video.id);
	OK(fx, tt_store_fact_add(fx->store, fx->ann, done, 0, 5, &fact, &fx->err));
	OK(fx, tt_store_job_aside(fx->store, rows(fx, "SELECT min(id) FROM job"), "broken", &fx->err));
	OK(fx, tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 10, &fx->arena, &page, &fx->err));
	CHECK(page.photos[1].cls == 0 && page.photos[1].confidence < 0 && page.photos[0].state == TT_PHOTO_ASIDE);
}

static void months_by_the_clock_on_the_wall(void **state)
{
	struct fixture *fx = *state;
	static const char *const offsets[] = { "+14:00", "-12:00", "" };
	struct tt_photo_filter f = of_ann(fx);
	struct tt_photo_page page;

	/* Midnight of New Year, wherever: January, though the moment lies in December or a day later. */
	for (int i = 0; i < 3; i++) {
		struct tt_facts facts = { .taken = "2020-01-01T00:00:00" };
		int64_t id = add_photo(fx, 30 + i);

		snprintf(facts.offset, sizeof facts.offset, "%s", offsets[i]);
		finish(fx, id, &facts, NULL, NULL, 0);
	}
	f.month = 2020 * 12;
	OK(fx, tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 10, &fx->arena, &page, &fx->err));
	CHECK(page.count == 3);
	f.month = 2019 * 12 + 11;
	OK(fx, tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 10, &fx->arena, &page, &fx->err));
	CHECK(page.count == 0);
}

static void limits_and_foreign_albums(void **state)
{
	struct fixture *fx = *state;
	struct tt_photo_filter f = of_ann(fx);
	struct tt_photo_page page = { .count = 77 };
	int64_t album;

	add_photo(fx, 1);
	add_photo(fx, 2);
	OK(fx, tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 0, &fx->arena, &page, &fx->err));
	CHECK(page.count == 1 && page.more);
	OK(fx, tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, UINT32_MAX, &fx->arena, &page, &fx->err));
	CHECK(page.count == 2 && !page.more);
	OK(fx, tt_store_album_add(fx->store, fx->bob, "bob's", 1, &album, &fx->err));
	f.album = album;
	page.count = 77;
	CHECK(tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 5, &fx->arena, &page, &fx->err) ==
	      TT_ENOTFOUND);
	CHECK(page.count == 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pages_join_without_gap_or_repeat, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_page_survives_changes_before_it, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(summaries_say_what_the_grid_needs, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(months_by_the_clock_on_the_wall, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(limits_and_foreign_albums, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
