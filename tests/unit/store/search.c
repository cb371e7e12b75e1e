#include "fixture.h"

#include <string.h>

static size_t found(struct fixture *fx, int64_t owner, const char *query)
{
	struct tt_photo_page page;

	OK(fx, tt_store_search(fx->store, owner, query, (struct tt_cursor){ 0 }, 50, &fx->arena, &page, &fx->err));
	return page.count;
}

static int64_t cat_photo(struct fixture *fx)
{
	int64_t id = add_photo(fx, 1);
	const struct tt_facts facts = { .make = "Panasonic",
					.model = "DMC-GX80",
					.lens = "LUMIX G 20/F1.7",
					.frames = 1,
					.taken = "2019-05-04T10:00:00",
					.keywords = "garden\nKyōto",
					.description = "Minka's \"first\" día" };
	const struct tt_label labels[] = { { "tabby cat", 0.8 }, { "plant", 0.6 } };
	struct tt_guess guess = guess_of(1, 0.5, "v1");

	finish(fx, id, &facts, &guess, labels, 2);
	return id;
}

static void every_word_begins_a_word(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		const char *query;
		size_t want;
	} cases[] = {
		{ "tabby", 1 },
		{ "TAB", 1 },
		{ "cat plant", 1 },
		{ "cat dog", 0 },
		{ "animals", 1 },
		{ "people", 0 },
		{ "none", 0 },
		{ "IMG_1234.jpg", 1 },
		{ "1234", 1 },
		{ "img_12", 1 },
		{ "panasonic gx80", 1 },
		{ "DMC-GX80", 1 },
		{ "lumix", 1 },
		{ "f1.7", 1 },
		{ "garden", 1 },
		{ "kyoto", 1 },
		{ "dia", 1 },
		{ "2019", 1 },
		{ "2019-05", 1 },
		{ "2019-06", 0 },
		{ "may 2019", 1 },
		{ "june", 0 },
		{ "minka's", 1 },
		{ "\"first\"", 1 },
		{ "  cat\t", 1 },
		{ "ardens", 0 },
		{ "", 0 },
		{ "   ", 0 },
		{ "*", 0 },
		{ "\"", 0 },
		{ "OR", 0 },
		{ "cat OR dog", 0 },
		{ "NOT", 0 },
		{ "cat)", 1 },
		{ "words:cat", 0 },
		{ "ca*", 1 },
		{ "-cat", 1 },
		{ "^cat", 1 },
		{ "video", 0 },
		{ "日本", 0 },
	};

	(void)cat_photo(fx);
	for (size_t i = 0; i < TT_LEN(cases); i++)
		CHECK_ROW(found(fx, fx->ann, cases[i].query) == cases[i].want, cases[i].query);
}

static void follows_corrections_trash_and_owner(void **state)
{
	struct fixture *fx = *state;
	int64_t id = cat_photo(fx), fact, n;

	CHECK(found(fx, fx->bob, "cat") == 0);
	OK(fx, tt_store_fact_add(fx->store, fx->ann, id, 4, 5, &fact, &fx->err));
	CHECK(found(fx, fx->ann, "buildings") == 1 && found(fx, fx->ann, "animals") == 0);
	OK(fx, tt_store_fact_undo(fx->store, fx->ann, fact, 6, &fx->err));
	CHECK(found(fx, fx->ann, "buildings") == 0 && found(fx, fx->ann, "animals") == 1);
	OK(fx, tt_store_trash(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	CHECK(found(fx, fx->ann, "cat") == 0);
	OK(fx, tt_store_restore(fx->store, fx->ann, &id, 1, &n, &fx->err));
	CHECK(found(fx, fx->ann, "cat") == 1);
}

static void pages_newest_first(void **state)
{
	struct fixture *fx = *state;
	struct tt_cursor at = { 0 };
	struct tt_photo_page page;
	size_t total = 0;
	int64_t last = INT64_MAX;

	for (int i = 0; i < 7; i++)
		(void)add_photo(fx, i + 1);
	do {
		OK(fx, tt_store_search(fx->store, fx->ann, "img", at, 3, &fx->arena, &page, &fx->err));
		for (size_t i = 0; i < page.count; i++, total++) {
			CHECK(page.photos[i].moment < last);
			last = page.photos[i].moment;
		}
		at = page.next;
	} while (page.more);
	CHECK(total == 7);
}

static void refuses_what_is_no_query(void **state)
{
	struct fixture *fx = *state;
	struct tt_photo_page page = { .count = 77 };
	char longest[TT_SEARCH_MAX + 2];

	memset(longest, 'a', sizeof longest);
	longest[TT_SEARCH_MAX + 1] = 0;
	CHECK(tt_store_search(fx->store, fx->ann, longest, (struct tt_cursor){ 0 }, 9, &fx->arena, &page, &fx->err) ==
	      TT_EINVALID);
	CHECK(tt_store_search(fx->store, fx->ann, "\xff", (struct tt_cursor){ 0 }, 9, &fx->arena, &page, &fx->err) ==
	      TT_EINVALID);
	CHECK(page.count == 77 && fx->err.msg[0]);
	longest[TT_SEARCH_MAX] = 0;
	CHECK(found(fx, fx->ann, longest) == 0);
	memset(longest, '"', TT_SEARCH_MAX);
	CHECK(found(fx, fx->ann, longest) == 0);
	for (int i = 0; i < TT_SEARCH_MAX; i += 2) {
		longest[i] = 'a';
		longest[i + 1] = ' ';
	}
	CHECK(found(fx, fx->ann, longest) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_word_begins_a_word, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(follows_corrections_trash_and_owner, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(pages_newest_first, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_query, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
