#include "fixture.h"
#include "store/people.h"
#include "store/search_words.h"

#include <stdio.h>
#include <string.h>

static size_t found(struct fixture *fx, int64_t owner, const char *query)
{
	struct tt_photo_page page;

	OK(fx, tt_store_search(fx->store, owner, query, 0, (struct tt_cursor){ 0 }, 50, &fx->arena, &page, &fx->err));
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
		OK(fx, tt_store_search(fx->store, fx->ann, "img", 0, at, 3, &fx->arena, &page, &fx->err));
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
	CHECK(tt_store_search(fx->store, fx->ann, longest, 0, (struct tt_cursor){ 0 }, 9, &fx->arena, &page,
			      &fx->err) == TT_EINVALID);
	CHECK(tt_store_search(fx->store, fx->ann, "\xff", 0, (struct tt_cursor){ 0 }, 9, &fx->arena, &page, &fx->err) ==
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

/* ---- persons */

/* Photos 1 to 5 with these persons: Ann; Ann and Bob; 小明 and Bob; nobody; Ann Smith. */
static void add_persons(struct fixture *fx, int64_t photos[5])
{
	struct tt_person_put persons[] = { { .uid = "00000000000000000000000000000001", .name = "Ann" },
					   { .uid = "00000000000000000000000000000002", .name = "Bob" },
					   { .uid = "00000000000000000000000000000003", .name = "王小明" },
					   { .uid = "00000000000000000000000000000004", .name = "Zoë Smith" } };
	static const struct {
		int photo, person;
	} rows[] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 2, 1 }, { 2, 2 }, { 4, 3 } };
	struct tt_face_draw draws[TT_LEN(rows)] = { 0 };
	struct tt_people_rows put = { .persons = persons,
				      .persons_count = TT_LEN(persons),
				      .draws = draws,
				      .draws_count = TT_LEN(draws),
				      .now = 1 };

	for (int i = 0; i < 5; i++) {
		char taken[32];

		snprintf(taken, sizeof taken, "20%02d-05-04T10:00:00", 15 + i);
		photos[i] = add_done(fx, i + 1, taken, i == 1 ? 2 : 0, 0.9);
	}
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_photo photo;

		OK(fx, tt_store_photo(fx->store, fx->ann, photos[rows[i].photo], &fx->arena, &photo, &fx->err));
		memcpy(draws[i].sha256, photo.sha256, 32);
		draws[i].box = (struct tt_box){ 0.1F * (float)i, 0.1F, 0.1F, 0.1F };
		draws[i].person = rows[i].person;
		draws[i].said = true;
	}
	OK(fx, tt_store_people_put(fx->store, fx->ann, &put, &fx->err));
}

static void finds_persons_by_name(void **state)
{
	struct fixture *fx = *state;
	int64_t photos[5];
	static const struct {
		const char *query;
		size_t want;
	} cases[] = {
		{ "Ann", 2 },
		{ "ann", 2 },
		{ "an", 2 },
		{ "Bob", 2 },
		{ "Ann and Bob", 1 },
		{ "Ann Bob", 1 },
		{ "Ann, Bob", 1 },
		{ "bob & ann", 1 },
		{ "Ann and Bob 2016", 1 },
		{ "Ann and Bob 2015", 0 },
		{ "Ann landscape", 1 },
		{ "Ann 风景", 1 },
		{ "Ann 风景 2016", 1 },
		{ "Ann zoe", 0 },
		{ "zoe", 1 },
		{ "Zoe Smith", 1 },
		{ "\"zoë smith\"", 1 },
		{ "\"smith zoe\"", 0 },
		{ "smith", 1 },
		{ "王小明", 1 },
		{ "小明", 1 },
		{ "王小明和Bob", 1 },
		{ "王小明和Bob的照片", 1 },
		{ "Bob 王小明 2017", 1 },
		{ "Ann 王小明", 0 },
		{ "人物", 4 },
		{ "风景", 1 },
		{ "and", 0 },
		{ "Carl", 0 },
		{ "Ann Ann Ann Ann Ann Ann Ann Ann", 2 },
		{ "Ann Ann Ann Ann Ann Ann Ann Ann Ann", 0 },
	};

	add_persons(fx, photos);
	for (size_t i = 0; i < TT_LEN(cases); i++)
		CHECK_ROW(found(fx, fx->ann, cases[i].query) == cases[i].want, cases[i].query);
	CHECK(found(fx, fx->bob, "Ann") == 0);
}

static void takes_a_person_by_id(void **state)
{
	struct fixture *fx = *state;
	struct tt_cursor at = { 0 };
	struct tt_photo_page page;
	struct tt_months months;
	struct tt_person *all;
	int64_t photos[5];
	size_t n;

	add_persons(fx, photos);
	OK(fx, tt_store_persons_all(fx->store, fx->ann, &fx->arena, &all, &n, &fx->err));
	CHECK(n == 4);
	OK(fx, tt_store_search(fx->store, fx->ann, "Bob", all[0].id, at, 9, &fx->arena, &page, &fx->err));
	CHECK(page.count == 1 && page.photos[0].id == photos[1]);
	OK(fx, tt_store_search(fx->store, fx->ann, "2015", all[0].id, at, 9, &fx->arena, &page, &fx->err));
	CHECK(page.count == 1 && page.photos[0].id == photos[0]);
	CHECK(tt_store_search(fx->store, fx->bob, "2015", all[0].id, at, 9, &fx->arena, &page, &fx->err) ==
	      TT_ENOTFOUND);

	struct tt_photo_filter f = { .owner = fx->ann, .person = all[0].id };

	OK(fx, tt_store_photo_page(fx->store, &f, at, 1, &fx->arena, &page, &fx->err));
	CHECK(page.count == 1 && page.more && page.photos[0].id == photos[1]);
	OK(fx, tt_store_photo_page(fx->store, &f, page.next, 1, &fx->arena, &page, &fx->err));
	CHECK(page.count == 1 && !page.more && page.photos[0].id == photos[0]);
	OK(fx, tt_store_months(fx->store, &f, &fx->arena, &months, &fx->err));
	CHECK(months.count == 2 && months.total == 2);
	f.by_class = true;
	f.cls = 2;
	OK(fx, tt_store_photo_page(fx->store, &f, at, 9, &fx->arena, &page, &fx->err));
	CHECK(page.count == 1);
	OK(fx, tt_store_months(fx->store, &f, &fx->arena, &months, &fx->err));
	CHECK(months.total == 1);
	f.trash = true;
	OK(fx, tt_store_photo_page(fx->store, &f, at, 9, &fx->arena, &page, &fx->err));
	CHECK(page.count == 0);
	f = (struct tt_photo_filter){ .owner = fx->bob, .person = all[0].id };
	CHECK(tt_store_photo_page(fx->store, &f, at, 9, &fx->arena, &page, &fx->err) == TT_ENOTFOUND);
}

/* What a photo carries is English; what is typed need not be. */
static void chinese_names_stand_for_english_ones(void **state)
{
	static const struct tt_search_name nobody[1];
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_search_plan plan;
	struct tt_err err;

	(void)state;
	CHECK(tt_search_plan_of("海滩日落", nobody, 0, &arena, &plan, &err) == 0);
	CHECK(strstr(plan.text, "\"beach\"") && strstr(plan.text, "\"sunset\"") && plan.count == 0);
	CHECK(tt_search_plan_of("", nobody, 0, &arena, &plan, &err) == 0 && !plan.text[0]);
	tt_arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_word_begins_a_word, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(follows_corrections_trash_and_owner, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(pages_newest_first, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_query, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(finds_persons_by_name, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(takes_a_person_by_id, fixture_open, fixture_close),
		cmocka_unit_test(chinese_names_stand_for_english_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
