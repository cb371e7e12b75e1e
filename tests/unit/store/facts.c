#include "fixture.h"

#include <string.h>

static int shown(struct fixture *fx, int64_t id)
{
	struct tt_photo p;

	OK(fx, tt_store_photo(fx->store, fx->ann, id, &fx->arena, &p, &fx->err));
	return p.cls;
}

static void newest_fact_that_holds_is_shown(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_done(fx, 1, "2020-01-01T00:00:00", 1, 0.5), fact[3];
	static const int said[3] = { 2, TT_NO_CLASS, 4 };

	/* All at the same millisecond: the order is the order in which they were said. */
	for (int i = 0; i < 3; i++) {
		OK(fx, tt_store_fact_add(fx->store, fx->ann, id, said[i], 7, &fact[i], &fx->err));
		CHECK(shown(fx, id) == said[i]);
	}
	OK(fx, tt_store_fact_undo(fx->store, fx->ann, fact[1], 8, &fx->err));
	CHECK(shown(fx, id) == 4);
	OK(fx, tt_store_fact_undo(fx->store, fx->ann, fact[2], 9, &fx->err));
	CHECK(shown(fx, id) == 2);
	OK(fx, tt_store_fact_undo(fx->store, fx->ann, fact[0], 10, &fx->err));
	CHECK(shown(fx, id) == 1);
	OK(fx, tt_store_fact_undo(fx->store, fx->ann, fact[0], 11, &fx->err)); /* again: nothing */
	CHECK(rows(fx, "SELECT min(undone_at) * 100 + max(undone_at) FROM fact") == 810);
	check_sound(fx);
}

static void facts_outlive_guesses_and_the_photo(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_done(fx, 1, "2020-01-01T00:00:00", 1, 0.5), fact, n;
	struct tt_new_photo p = new_photo(fx, 1);
	struct tt_guess guess = guess_of(3, 0.9, "v2");
	struct tt_known_photo known;

	OK(fx, tt_store_fact_add(fx->store, fx->ann, id, 2, 7, &fact, &fx->err));
	OK(fx, tt_store_jobs_reclassify(fx->store, "v2", 5, &n, &fx->err));
	finish(fx, id, NULL, &guess, NULL, 0);
	CHECK(shown(fx, id) == 2);
	OK(fx, tt_store_trash(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	p.restore = true;
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	CHECK(shown(fx, known.id) == 2); /* at once, before any guess */
	p.owner = fx->bob;
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	CHECK(rows(fx, "SELECT count(*) FROM photo WHERE shown_class = 'none'") == 1); /* what ann said is ann's */
	check_sound(fx);
}

static void only_the_owner_says_and_undoes(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1), fact = -7;

	CHECK(tt_store_fact_add(fx->store, fx->bob, id, 1, 7, &fact, &fx->err) == TT_ENOTFOUND && fact == -7);
	CHECK(tt_store_fact_add(fx->store, fx->ann, 99, 1, 7, &fact, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_fact_add(fx->store, fx->ann, id, 1, 7, &fact, &fx->err));
	CHECK(tt_store_fact_undo(fx->store, fx->bob, fact, 8, &fx->err) == TT_ENOTFOUND && fx->err.msg[0]);
	CHECK(tt_store_fact_undo(fx->store, fx->ann, 99, 8, &fx->err) == TT_ENOTFOUND);
	CHECK(shown(fx, id) == 1);
}

static void listed_newest_first_in_pages(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1), gone = add_photo(fx, 2), fact[5], n, before = 0;
	struct tt_fact *f;
	size_t count, seen = 0;
	bool more = true;

	for (int i = 0; i < 5; i++)
		OK(fx, tt_store_fact_add(fx->store, fx->ann, i == 2 ? gone : id, i, 7, &fact[i], &fx->err));
	OK(fx, tt_store_fact_undo(fx->store, fx->ann, fact[4], 8, &fx->err));
	OK(fx, tt_store_trash(fx->store, fx->ann, &gone, 1, 9, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, &gone, 1, 9, &n, &fx->err));
	while (more) {
		OK(fx, tt_store_facts(fx->store, fx->ann, before, 2, &fx->arena, &f, &count, &more, &fx->err));
		for (size_t i = 0; i < count; i++, seen++) {
			size_t k = 4 - seen;

			CHECK(f[i].id == fact[k] && f[i].cls == (int)k && f[i].at == 7);
			CHECK(f[i].photo == (k == 2 ? 0 : id) && f[i].undone_at == (k == 4 ? 8 : 0));
		}
		before = f[count - 1].id;
	}
	CHECK(seen == 5);
	OK(fx, tt_store_facts(fx->store, fx->bob, 0, 2, &fx->arena, &f, &count, &more, &fx->err));
	CHECK(count == 0 && !more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(newest_fact_that_holds_is_shown, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(facts_outlive_guesses_and_the_photo, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(only_the_owner_says_and_undoes, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(listed_newest_first_in_pages, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
