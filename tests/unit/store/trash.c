#include "fixture.h"

#include <stdio.h>
#include <string.h>

static void trash_and_restore_count_what_changed(void **state)
{
	struct fixture *fx = *state;
	int64_t id[4] = { add_photo(fx, 1), add_photo(fx, 2), 99, 0 }, n = -1;
	struct tt_new_photo p = new_photo(fx, 3);
	struct tt_known_photo known;

	p.owner = fx->bob;
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	id[3] = known.id;
	OK(fx, tt_store_trash(fx->store, fx->ann, id, 4, 9, &n, &fx->err));
	CHECK(n == 2);
	OK(fx, tt_store_trash(fx->store, fx->ann, id, 4, 10, &n, &fx->err));
	CHECK(n == 0 && rows(fx, "SELECT count(*) FROM photo WHERE trashed_at = 9") == 2);
	OK(fx, tt_store_restore(fx->store, fx->bob, id, 4, &n, &fx->err));
	CHECK(n == 0);
	OK(fx, tt_store_restore(fx->store, fx->ann, id, 1, &n, &fx->err));
	CHECK(n == 1 && rows(fx, "SELECT count(*) FROM photo WHERE trashed_at IS NULL") == 2);
	OK(fx, tt_store_restore(fx->store, fx->ann, NULL, 0, &n, &fx->err));
	CHECK(n == 0);
	check_sound(fx);
}

static void purge_takes_only_what_is_in_the_trash(void **state)
{
	struct fixture *fx = *state;
	int64_t id[2] = { add_photo(fx, 1), add_photo(fx, 2) }, n, album, fact;
	struct tt_guess guess = guess_of(1, 0.5, "v");
	const struct tt_label label = { "cat", 0.5 };
	struct tt_facts facts = { .frames = 1 };

	finish(fx, id[0], &facts, &guess, &label, 1);
	OK(fx, tt_store_album_add(fx->store, fx->ann, "a", 1, &album, &fx->err));
	OK(fx, tt_store_album_put(fx->store, fx->ann, album, id, 2, 1, &n, &fx->err));
	OK(fx, tt_store_album_change(fx->store, fx->ann, album, NULL, id[0], &fx->err));
	OK(fx, tt_store_fact_add(fx->store, fx->ann, id[0], 2, 3, &fact, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, id, 2, 10, &n, &fx->err));
	CHECK(n == 0);
	OK(fx, tt_store_trash(fx->store, fx->ann, id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->bob, id, 2, 10, &n, &fx->err));
	CHECK(n == 0);
	OK(fx, tt_store_purge(fx->store, fx->ann, id, 2, 10, &n, &fx->err));
	CHECK(n == 1 && rows(fx, "SELECT count(*) FROM photo") == 1);
	CHECK(rows(fx, "SELECT (SELECT count(*) FROM guess) + (SELECT count(*) FROM label)") == 0);
	CHECK(rows(fx, "SELECT count(*) FROM album_photo") == 1 && rows(fx, "SELECT cover IS NULL FROM album") == 1);
	CHECK(rows(fx, "SELECT count(*) FROM tombstone WHERE at = 10") == 1 &&
	      rows(fx, "SELECT count(*) FROM photo_text") == 1);
	CHECK(rows(fx, "SELECT count(*) FROM fact") == 1); /* what the user said outlives the photo */
	check_sound(fx);
}

static void emptying_takes_all_and_only_ones_own(void **state)
{
	struct fixture *fx = *state;
	struct tt_known_photo known;
	int64_t id[300], n;

	for (int i = 0; i < 300; i++)
		id[i] = add_photo(fx, i + 1);
	OK(fx, tt_store_trash(fx->store, fx->ann, id, 299, 9, &n, &fx->err));
	for (int i = 0; i < 2; i++) {
		struct tt_new_photo p = new_photo(fx, 1 + i);

		p.owner = fx->bob;
		OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	}
	OK(fx, tt_store_trash(fx->store, fx->bob, &known.id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, NULL, 0, 10, &n, &fx->err));
	CHECK(n == 299 && rows(fx, "SELECT count(*) FROM photo") == 3);
	/* Bob still has the first two contents: nothing of theirs may go. */
	CHECK(rows(fx, "SELECT count(*) FROM removal WHERE kind = 'derived'") == 297);
	CHECK(rows(fx, "SELECT count(*) FROM removal WHERE kind = 'original'") == 297);
	check_sound(fx);
	OK(fx, tt_store_purge(fx->store, fx->ann, NULL, 0, 10, &n, &fx->err));
	CHECK(n == 0);
}

static void files_that_lie_in_place_are_left_alone(void **state)
{
	struct fixture *fx = *state;
	struct tt_new_photo p = new_photo(fx, 1);
	struct tt_known_photo known;
	int64_t n;

	p.blob_key = NULL;
	p.in_place_path = "/home/ann/a.jpg";
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	OK(fx, tt_store_trash(fx->store, fx->ann, &known.id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, &known.id, 1, 9, &n, &fx->err));
	CHECK(n == 1 && rows(fx, "SELECT count(*) FROM removal WHERE kind = 'original'") == 0);
	CHECK(rows(fx, "SELECT count(*) FROM removal WHERE kind = 'derived'") == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(trash_and_restore_count_what_changed, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(purge_takes_only_what_is_in_the_trash, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(emptying_takes_all_and_only_ones_own, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(files_that_lie_in_place_are_left_alone, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
