#include "fixture.h"

#include <string.h>

static void adds_photo_and_job_together(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1);
	struct tt_photo p;

	OK(fx, tt_store_photo(fx->store, fx->ann, id, &fx->arena, &p, &fx->err));
	CHECK(p.state == TT_PHOTO_WAITING && p.cls == TT_NO_CLASS && p.confidence < 0 && !p.video);
	CHECK(p.bytes == 1000 && p.added_at == 1600000000000 && p.moment == 1577836800001 && p.developed_at == 0);
	CHECK(strcmp(p.name, "IMG_1234.jpg") == 0 && strcmp(p.blob_key, "originals/2020/01/1.jpg") == 0);
	CHECK(p.in_place_path == NULL && p.blurhash == NULL && strcmp(p.facts.mime, "image/jpeg") == 0);
	CHECK(p.month == 2020 * 12);
	CHECK(rows(fx, "SELECT count(*) FROM job WHERE kind = 'develop' AND priority = 100 AND run_after = "
		       "1600000000000") == 1);
	check_sound(fx);
}

static void same_content_is_one_photo_per_owner(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1), n;
	struct tt_new_photo p = new_photo(fx, 1);
	struct tt_known_photo known;

	p.name = "other name.jpg";
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_DUPLICATE && known.id == id && !known.trashed);
	OK(fx, tt_store_photo_known(fx->store, fx->ann, p.sha256, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_DUPLICATE && known.id == id);
	OK(fx, tt_store_photo_known(fx->store, fx->bob, p.sha256, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_NOT && known.id == 0);
	OK(fx, tt_store_trash(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_DUPLICATE && known.trashed);
	p.owner = fx->bob;
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_NOT && known.id != id);
	CHECK(rows(fx, "SELECT count(*) FROM photo") == 2);
	check_sound(fx);
}

static void deleted_for_good_stays_away_unless_asked(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1), n;
	struct tt_new_photo p = new_photo(fx, 1);
	struct tt_known_photo known;

	OK(fx, tt_store_trash(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, &id, 1, 10, &n, &fx->err));
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_DELETED && known.id == 0 && rows(fx, "SELECT count(*) FROM photo") == 0);
	CHECK(rows(fx, "SELECT count(*) FROM removal") == 2);
	p.restore = true;
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_NOT && known.id > id);
	CHECK(rows(fx, "SELECT count(*) FROM tombstone") == 0);
	CHECK(rows(fx, "SELECT count(*) FROM removal") == 0);
	check_sound(fx);
}

static int place(void *ctx, struct tt_err *err)
{
	int *calls = ctx;

	return ++*calls == 1 ? tt_err_set(err, TT_EIO, "disk is full") : 0;
}

static void a_file_that_cannot_be_placed_leaves_no_row(void **state)
{
	struct fixture *fx = *state;
	struct tt_new_photo p = new_photo(fx, 1);
	struct tt_known_photo known = { .id = -7 };
	int calls = 0;

	p.place = place;
	p.place_ctx = &calls;
	p.source_path = "/photos/a.jpg";
	CHECK(tt_store_photo_add(fx->store, &p, &known, &fx->err) == TT_EIO && known.id == -7);
	CHECK(strstr(fx->err.msg, "disk is full") && strstr(fx->err.msg, "IMG_1234.jpg"));
	CHECK(rows(fx,
		   "SELECT (SELECT count(*) FROM photo) + (SELECT count(*) FROM job) + (SELECT count(*) FROM source) + "
		   "(SELECT count(*) FROM photo_text) + (SELECT coalesce(sum(photos), 0) FROM tally)") == 0);
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	CHECK(calls == 2); /* not for a duplicate */
}

static void refuses_what_cannot_be(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		const char *name, *blob_key, *path;
		int64_t owner;
		int rc;
	} cases[] = {
		{ "neither place", NULL, NULL, 1, TT_EINVALID },
		{ "both places", "a", "/b", 1, TT_EINVALID },
		{ "no such owner", "a", NULL, 77, TT_ENOTFOUND },
		{ "in place", NULL, "/b", 1, 0 },
	};

	for (size_t i = 0; i < TT_LEN(cases); i++) {
		struct tt_new_photo p = new_photo(fx, 100 + (int)i);
		struct tt_known_photo known;
		struct tt_err err = { 0 };

		p.blob_key = cases[i].blob_key;
		p.in_place_path = cases[i].path;
		p.owner = cases[i].owner;
		CHECK_ROW(tt_store_photo_add(fx->store, &p, &known, &err) == cases[i].rc, cases[i].name);
		CHECK_ROW((err.msg[0] != 0) == (cases[i].rc < 0), cases[i].name);
	}
	check_sound(fx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(adds_photo_and_job_together, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(same_content_is_one_photo_per_owner, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(deleted_for_good_stays_away_unless_asked, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_file_that_cannot_be_placed_leaves_no_row, fixture_open,
						fixture_close),
		cmocka_unit_test_setup_teardown(refuses_what_cannot_be, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
