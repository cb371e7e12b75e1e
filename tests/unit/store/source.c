#include "fixture.h"

static void an_unchanged_file_is_known(void **state)
{
	struct fixture *fx = *state;
	struct tt_new_photo p = new_photo(fx, 1);
	struct tt_known_photo known;
	static const struct {
		const char *name, *path;
		int64_t size, mtime_ns;
		enum tt_known known;
	} cases[] = {
		{ "unchanged", "/p/a.jpg", 1000, 5, TT_KNOWN_DUPLICATE },
		{ "other size", "/p/a.jpg", 1001, 5, TT_KNOWN_NOT },
		{ "other time", "/p/a.jpg", 1000, 6, TT_KNOWN_NOT },
		{ "other path", "/p/b.jpg", 1000, 5, TT_KNOWN_NOT },
	};

	p.source_path = "/p/a.jpg";
	p.source_size = 1000;
	p.source_mtime_ns = 5;
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	for (size_t i = 0; i < TT_LEN(cases); i++) {
		OK(fx, tt_store_source_known(fx->store, fx->ann, cases[i].path, cases[i].size, cases[i].mtime_ns,
					     &known, &fx->err));
		CHECK_ROW(known.known == cases[i].known && (known.id > 0) == (cases[i].known != TT_KNOWN_NOT),
			  cases[i].name);
		OK(fx, tt_store_source_known(fx->store, fx->bob, cases[i].path, cases[i].size, cases[i].mtime_ns,
					     &known, &fx->err));
		CHECK_ROW(known.known == TT_KNOWN_NOT, cases[i].name);
	}
}

static void follows_what_became_of_the_photo(void **state)
{
	struct fixture *fx = *state;
	struct tt_new_photo p = new_photo(fx, 1);
	struct tt_known_photo known;
	int64_t id, n;

	p.source_path = "/p/a.jpg";
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	id = known.id;
	OK(fx, tt_store_trash(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_source_known(fx->store, fx->ann, "/p/a.jpg", 0, 0, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_DUPLICATE && known.trashed && known.id == id);
	OK(fx, tt_store_purge(fx->store, fx->ann, &id, 1, 10, &n, &fx->err));
	OK(fx, tt_store_source_known(fx->store, fx->ann, "/p/a.jpg", 0, 0, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_DELETED && known.id == 0);
}

static void a_changed_file_replaces_its_row(void **state)
{
	struct fixture *fx = *state;
	struct tt_new_photo p = new_photo(fx, 1), q = new_photo(fx, 2);
	struct tt_known_photo first, second, known;

	p.source_path = q.source_path = "/p/a.jpg";
	q.source_size = 7;
	OK(fx, tt_store_photo_add(fx->store, &p, &first, &fx->err));
	OK(fx, tt_store_photo_add(fx->store, &q, &second, &fx->err));
	OK(fx, tt_store_source_known(fx->store, fx->ann, "/p/a.jpg", 7, 0, &known, &fx->err));
	CHECK(known.id == second.id && rows(fx, "SELECT count(*) FROM source") == 1);
	/* A duplicate is remembered too: its file need not be read again. */
	p.source_path = "/p/copy.jpg";
	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	OK(fx, tt_store_source_known(fx->store, fx->ann, "/p/copy.jpg", 0, 0, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_DUPLICATE && known.id == first.id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_unchanged_file_is_known, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(follows_what_became_of_the_photo, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_changed_file_replaces_its_row, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
