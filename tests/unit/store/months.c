#include "fixture.h"

#include <stdio.h>

static void months_with_counts(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		const char *taken;
		int cls;
	} photos[] = { { "2019-05-31T00:00:00", 0 },
		       { "2019-06-01T00:00:00", 0 },
		       { "2019-06-02T00:00:00", 1 },
		       { "2021-02-03T00:00:00", 1 },
		       { "2021-02-04T00:00:00", 1 } };
	int64_t id[5], n, album;
	struct tt_months m;

	for (int i = 0; i < 5; i++)
		id[i] = add_done(fx, i + 1, photos[i].taken, photos[i].cls, 0.5);
	OK(fx, tt_store_trash(fx->store, fx->ann, &id[4], 1, 9, &n, &fx->err));
	OK(fx, tt_store_album_add(fx->store, fx->ann, "a", 1, &album, &fx->err));
	OK(fx, tt_store_album_put(fx->store, fx->ann, album, id, 5, 1, &n, &fx->err));
	CHECK(n == 5);

	const struct {
		const char *name;
		struct tt_photo_filter f;
		size_t count;
		int newest;
		int64_t newest_count, total;
	} cases[] = {
		{ "all", { .owner = fx->ann }, 3, 2021 * 12 + 1, 1, 4 },
		{ "class", { .owner = fx->ann, .by_class = true, .cls = 0 }, 2, 2019 * 12 + 5, 1, 2 },
		{ "empty class", { .owner = fx->ann, .by_class = true, .cls = 4 }, 0, 0, 0, 0 },
		{ "trash", { .owner = fx->ann, .trash = true }, 1, 2021 * 12 + 1, 1, 1 },
		{ "album", { .owner = fx->ann, .album = album }, 3, 2021 * 12 + 1, 1, 4 },
		{ "album and class",
		  { .owner = fx->ann, .album = album, .by_class = true, .cls = 1 },
		  2,
		  2021 * 12 + 1,
		  1,
		  2 },
		{ "of another", { .owner = fx->bob }, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < TT_LEN(cases); i++) {
		OK(fx, tt_store_months(fx->store, &cases[i].f, &fx->arena, &m, &fx->err));
		CHECK_ROW(m.count == cases[i].count && m.total == cases[i].total, cases[i].name);
		CHECK_ROW(m.count == 0 ||
				  (m.months[0].month == cases[i].newest && m.months[0].count == cases[i].newest_count),
			  cases[i].name);
		for (size_t k = 1; k < m.count; k++)
			CHECK_ROW(m.months[k].month < m.months[k - 1].month, cases[i].name);
	}
	CHECK(tt_store_months(fx->store, &(struct tt_photo_filter){ .owner = fx->bob, .album = album }, &fx->arena, &m,
			      &fx->err) == TT_ENOTFOUND);
	check_sound(fx);
}

static void totals(void **state)
{
	struct fixture *fx = *state;
	struct tt_new_photo v = new_photo(fx, 3);
	struct tt_known_photo known;
	struct tt_counts c;
	int64_t id, n, album;

	OK(fx, tt_store_counts(fx->store, fx->ann, &c, &fx->err));
	CHECK(c.photos == 0 && c.videos == 0 && c.trashed == 0 && c.albums == 0 && c.bytes == 0);
	v.video = true;
	v.bytes = 5000000000;
	OK(fx, tt_store_photo_add(fx->store, &v, &known, &fx->err));
	add_photo(fx, 1);
	id = add_photo(fx, 2);
	OK(fx, tt_store_trash(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_album_add(fx->store, fx->ann, "a", 1, &album, &fx->err));
	v.owner = fx->bob;
	OK(fx, tt_store_photo_add(fx->store, &v, &known, &fx->err));
	OK(fx, tt_store_counts(fx->store, fx->ann, &c, &fx->err));
	CHECK(c.photos == 1 && c.videos == 1 && c.trashed == 1 && c.albums == 1 && c.bytes == 5000002000);
	OK(fx, tt_store_counts(fx->store, 0, &c, &fx->err));
	CHECK(c.photos == 1 && c.videos == 2 && c.trashed == 1 && c.albums == 1 && c.bytes == 10000002000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(months_with_counts, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(totals, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
