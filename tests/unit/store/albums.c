#include "fixture.h"

#include <math.h>
#include <string.h>

static void made_renamed_deleted(void **state)
{
	struct fixture *fx = *state;
	int64_t id, b, photo = add_photo(fx, 1), n;
	struct tt_album a, *all;
	size_t count;

	OK(fx, tt_store_album_add(fx->store, fx->ann, "summer", 5, &id, &fx->err));
	OK(fx, tt_store_album_add(fx->store, fx->ann, "Autumn", 6, &b, &fx->err));
	OK(fx, tt_store_album(fx->store, fx->ann, id, &fx->arena, &a, &fx->err));
	CHECK(strcmp(a.name, "summer") == 0 && a.created_at == 5 && a.count == 0 && a.cover == 0);
	OK(fx, tt_store_albums(fx->store, fx->ann, &fx->arena, &all, &count, &fx->err));
	CHECK(count == 2 && all[0].id == b && all[1].id == id);
	OK(fx, tt_store_album_change(fx->store, fx->ann, id, "Zoo", 0, &fx->err));
	OK(fx, tt_store_album_put(fx->store, fx->ann, id, &photo, 1, 1, &n, &fx->err));
	OK(fx, tt_store_album(fx->store, fx->ann, id, &fx->arena, &a, &fx->err));
	CHECK(strcmp(a.name, "Zoo") == 0 && a.count == 1 && a.cover == photo);
	OK(fx, tt_store_album_delete(fx->store, fx->ann, id, &fx->err));
	CHECK(tt_store_album(fx->store, fx->ann, id, &fx->arena, &a, &fx->err) == TT_ENOTFOUND);
	CHECK(rows(fx, "SELECT (SELECT count(*) FROM photo) * 10 + (SELECT count(*) FROM album_photo)") == 10);
}

static void covers(void **state)
{
	struct fixture *fx = *state;
	int64_t album, n, old = add_done(fx, 1, "2019-01-01T00:00:00", 1, 0.5),
			  newer = add_done(fx, 2, "2020-01-01T00:00:00", 1, 0.5);
	int64_t outside = add_photo(fx, 3);
	const int64_t both[] = { old, newer };
	struct tt_album a;

	OK(fx, tt_store_album_add(fx->store, fx->ann, "a", 5, &album, &fx->err));
	OK(fx, tt_store_album_put(fx->store, fx->ann, album, both, 2, 1, &n, &fx->err));
	CHECK(tt_store_album_change(fx->store, fx->ann, album, "renamed", outside, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_album(fx->store, fx->ann, album, &fx->arena, &a, &fx->err));
	CHECK(a.cover == newer && strcmp(a.name, "a") == 0); /* all or nothing */
	OK(fx, tt_store_album_change(fx->store, fx->ann, album, NULL, old, &fx->err));
	OK(fx, tt_store_album(fx->store, fx->ann, album, &fx->arena, &a, &fx->err));
	CHECK(a.cover == old && a.count == 2);
	OK(fx, tt_store_trash(fx->store, fx->ann, &old, 1, 9, &n, &fx->err));
	OK(fx, tt_store_album(fx->store, fx->ann, album, &fx->arena, &a, &fx->err));
	CHECK(a.cover == newer && a.count == 1);
	OK(fx, tt_store_restore(fx->store, fx->ann, &old, 1, &n, &fx->err));
	OK(fx, tt_store_album_take(fx->store, fx->ann, album, &old, 1, &n, &fx->err));
	OK(fx, tt_store_album(fx->store, fx->ann, album, &fx->arena, &a, &fx->err));
	CHECK(n == 1 && a.cover == newer && a.count == 1);
}

static void counts_what_changed_and_respects_owners(void **state)
{
	struct fixture *fx = *state;
	struct tt_new_photo p = new_photo(fx, 9);
	struct tt_known_photo bobs;
	int64_t album, n = -1, mine = add_photo(fx, 1);
	struct tt_album a = { .id = -7 };

	p.owner = fx->bob;
	OK(fx, tt_store_photo_add(fx->store, &p, &bobs, &fx->err));
	OK(fx, tt_store_album_add(fx->store, fx->ann, "a", 5, &album, &fx->err));
	const int64_t ids[] = { mine, bobs.id, 99, mine };
	OK(fx, tt_store_album_put(fx->store, fx->ann, album, ids, 4, 1, &n, &fx->err));
	CHECK(n == 1);
	OK(fx, tt_store_album_put(fx->store, fx->ann, album, ids, 4, 1, &n, &fx->err));
	CHECK(n == 0);
	CHECK(tt_store_album_put(fx->store, fx->bob, album, ids, 4, 1, &n, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_album_take(fx->store, fx->bob, album, ids, 4, &n, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_album_change(fx->store, fx->bob, album, "mine", 0, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_album_delete(fx->store, fx->bob, album, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_album(fx->store, fx->bob, album, &fx->arena, &a, &fx->err) == TT_ENOTFOUND && a.id == -7);
	OK(fx, tt_store_album_take(fx->store, fx->ann, album, ids, 4, &n, &fx->err));
	CHECK(n == 1);
}

static void smart_albums_follow_guesses_and_corrections(void **state)
{
	struct fixture *fx = *state;
	struct tt_smart_album s[TT_SMART_ALBUMS];
	int64_t cat = add_done(fx, 1, "2019-01-01T00:00:00", 1, 0.5),
		dog = add_done(fx, 2, "2020-01-01T00:00:00", 1, 0.9);
	int64_t house = add_done(fx, 3, "2018-01-01T00:00:00", 4, 0.7), waiting = add_photo(fx, 4), fact, n;

	OK(fx, tt_store_smart_albums(fx->store, fx->ann, s, &fx->err));
	for (int i = 0; i < TT_SMART_ALBUMS; i++)
		CHECK(s[i].cls == (i < 5 ? i : TT_NO_CLASS));
	CHECK(s[1].count == 2 && s[1].cover == dog && fabs(s[1].confidence - 0.7) < 1e-9);
	CHECK(s[4].count == 1 && s[4].cover == house && s[5].count == 1 && s[5].cover == waiting &&
	      s[5].confidence < 0);
	CHECK(s[0].count == 0 && s[0].cover == 0 && s[0].confidence < 0);

	OK(fx, tt_store_fact_add(fx->store, fx->ann, dog, 4, 7, &fact, &fx->err));
	OK(fx, tt_store_trash(fx->store, fx->ann, &house, 1, 9, &n, &fx->err));
	OK(fx, tt_store_smart_albums(fx->store, fx->ann, s, &fx->err));
	CHECK(s[1].count == 1 && s[1].cover == cat && fabs(s[1].confidence - 0.5) < 1e-9);
	CHECK(s[4].count == 1 && s[4].cover == dog && s[4].confidence < 0); /* nobody guessed it */
	OK(fx, tt_store_smart_albums(fx->store, fx->bob, s, &fx->err));
	CHECK(s[1].count == 0 && s[5].count == 0);
	check_sound(fx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(made_renamed_deleted, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(covers, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(counts_what_changed_and_respects_owners, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(smart_albums_follow_guesses_and_corrections, fixture_open,
						fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
