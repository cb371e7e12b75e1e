#include "fixture.h"

#include <stdio.h>
#include <string.h>

struct seen {
	int originals, derived, fail_at;
	char last[80];
};

static int remove_one(void *ctx, enum tt_removal_kind kind, const char *key, struct tt_err *err)
{
	struct seen *s = ctx;

	if (s->originals + s->derived == s->fail_at)
		return tt_err_set(err, TT_EIO, "disk is broken");
	s->originals += kind == TT_REMOVE_ORIGINAL;
	s->derived += kind == TT_REMOVE_DERIVED;
	snprintf(s->last, sizeof s->last, "%s", key);
	return 0;
}

static void purge(struct fixture *fx, int photos)
{
	int64_t n;

	for (int i = 0; i < photos; i++) {
		struct tt_new_photo p = new_photo(fx, i + 1);
		struct tt_known_photo known;
		char key[64];

		snprintf(key, sizeof key, "originals/2020/01/%d.jpg", i);
		p.blob_key = key;
		OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
		OK(fx, tt_store_trash(fx->store, fx->ann, &known.id, 1, 9, &n, &fx->err));
	}
	OK(fx, tt_store_purge(fx->store, fx->ann, NULL, 0, 10, &n, &fx->err));
	CHECK(n == photos);
}

static void every_file_is_handed_out_once(void **state)
{
	struct fixture *fx = *state;
	struct seen s = { .fail_at = -1 };

	purge(fx, 100);
	OK(fx, tt_store_removals_run(fx->store, remove_one, &s, &fx->err));
	CHECK(s.originals == 100 && s.derived == 100);
	OK(fx, tt_store_removals_run(fx->store, remove_one, &s, &fx->err));
	CHECK(s.originals == 100 && s.derived == 100);
}

static void what_fails_stays_for_the_next_time(void **state)
{
	struct fixture *fx = *state;
	struct seen s = { .fail_at = 3 };

	purge(fx, 4);
	CHECK(tt_store_removals_run(fx->store, remove_one, &s, &fx->err) == TT_EIO);
	CHECK(strcmp(fx->err.msg, "disk is broken") == 0);
	CHECK(s.originals + s.derived == 3 && rows(fx, "SELECT count(*) FROM removal") == 5);
	s.fail_at = -1;
	OK(fx, tt_store_removals_run(fx->store, remove_one, &s, &fx->err));
	CHECK(s.originals == 4 && s.derived == 4 && rows(fx, "SELECT count(*) FROM removal") == 0);
}

static void keys_name_the_files(void **state)
{
	struct fixture *fx = *state;
	struct seen s = { .fail_at = 1 };

	purge(fx, 1);
	/* 'derived' is first in the order of the key */
	CHECK(tt_store_removals_run(fx->store, remove_one, &s, &fx->err) == TT_EIO);
	CHECK(s.derived == 1 && strlen(s.last) == 64 && strncmp(s.last, "01000000", 8) == 0);
	s.fail_at = -1;
	OK(fx, tt_store_removals_run(fx->store, remove_one, &s, &fx->err));
	CHECK(strcmp(s.last, "originals/2020/01/0.jpg") == 0);
}

static void originals_come_in_pages(void **state)
{
	struct fixture *fx = *state;
	struct tt_original *o;
	size_t n, total = 0;
	int64_t after = 0;

	for (int i = 1; i <= 5; i++)
		add_photo(fx, i);
	do {
		OK(fx, tt_store_originals(fx->store, after, 2, &fx->arena, &o, &n, &fx->err));
		for (size_t i = 0; i < n; i++)
			CHECK(o[i].photo > after && o[i].sha256[0] == total + i + 1 && o[i].blob_key &&
			      o[i].bytes == 1000);
		total += n;
		after = n ? o[n - 1].photo : after;
	} while (n > 0);
	CHECK(total == 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_file_is_handed_out_once, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(what_fails_stays_for_the_next_time, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(keys_name_the_files, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(originals_come_in_pages, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
