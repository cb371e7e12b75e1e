/* Classes of an owner's own: what was said is never lost, what is shown follows from it and from guesses, and all of it
 * is the owner's alone. */
#include "fixture.h"

#include "store/own_classes.h"

#include <stdio.h>
#include <string.h>

static int64_t add_class(struct fixture *fx, const char *name)
{
	int64_t id;

	OK(fx, tt_store_own_class_add(fx->store, fx->ann, name, 100, 5, &id, &fx->err));
	return id;
}

static int64_t say(struct fixture *fx, int64_t id, int64_t photo, bool says)
{
	int64_t fact = 0;
	size_t n;

	OK(fx, tt_store_class_say(fx->store, fx->ann, id, &photo, 1, says, 7, &fact, &n, &fx->err));
	CHECK(n == 1);
	return fact;
}

static int64_t undo(struct fixture *fx, int64_t fact)
{
	int64_t n;

	OK(fx, tt_store_class_undo(fx->store, fx->ann, &fact, 1, 8, &n, &fx->err));
	return n;
}

static struct tt_own_class get(struct fixture *fx, int64_t id)
{
	struct tt_own_class c;

	OK(fx, tt_store_own_class(fx->store, fx->ann, id, &fx->arena, &c, &fx->err));
	return c;
}

/* Photos of a page, as ids joined by digits: two at most are asked for. */
static size_t page(struct fixture *fx, int64_t id, struct tt_photo_page *out)
{
	struct tt_photo_filter f = of_ann(fx);

	f.own_class = id;
	OK(fx, tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 10, &fx->arena, out, &fx->err));
	return out->count;
}

static int64_t add_seen(struct fixture *fx, int content, const char *model)
{
	static const float shipped[TT_STORE_CLASSES] = { 1, 0, 0, 0, 0 };
	const struct tt_guess guess = guess_of(0, 0.5, model);
	const struct tt_facts facts = { .frames = 1 };
	struct tt_job_result r = { .photo = add_photo(fx, content),
				   .now = 5,
				   .facts = &facts,
				   .guess = &guess,
				   .features = "abc",
				   .features_size = 3,
				   .shipped = shipped,
				   .model_version = model };

	r.job = rows(fx, "SELECT max(id) FROM job");
	memcpy(r.sha256, &content, sizeof content);
	OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
	CHECK(r.classes == (rows(fx, "SELECT count(*) FROM own_class WHERE said > 0 AND removed_at IS NULL") > 0));
	return r.photo;
}

static size_t due(struct fixture *fx, const char *model, struct tt_class_due **out)
{
	size_t n;

	OK(fx, tt_store_classes_due(fx->store, fx->ann, model, 8, &fx->arena, out, &n, &fx->err));
	return n;
}

static void learnt(struct fixture *fx, const struct tt_class_due *d, const char *model, const char *weights)
{
	const struct tt_class_learnt l = { .model_version = model, .made_at = 9, .yes = 10, .yes_taken = 8 };

	OK(fx,
	   tt_store_class_learnt(fx->store, fx->ann, d, 8, &l, (struct tt_str){ weights, strlen(weights) }, &fx->err));
}

/* Looks at all that waits, with this p of each. */
static size_t look(struct fixture *fx, float p)
{
	struct tt_class_weights *heads;
	struct tt_learn_photo *photos;
	size_t heads_n, n, all = 0;
	int64_t now;

	OK(fx, tt_store_class_heads(fx->store, fx->ann, "v1", &fx->arena, &heads, &heads_n, &now, &fx->err));
	do {
		float ps[8];

		for (size_t i = 0; i < TT_LEN(ps); i++)
			ps[i] = p;
		OK(fx, tt_store_class_unlooked(fx->store, fx->ann, "v1", now, 2, &fx->arena, &photos, &n, &fx->err));
		OK(fx, tt_store_class_looked(fx->store, fx->ann, now, photos, n, heads, heads_n, ps, &fx->err));
		all += n;
	} while (n > 0);
	return all;
}

static void names_are_unique_and_the_owners(void **state)
{
	struct fixture *fx = *state;
	int64_t garden = add_class(fx, "Our garden"), id;
	struct tt_own_class *all, one;
	size_t n;

	CHECK(tt_store_own_class_add(fx->store, fx->ann, "our GARDEN", 100, 5, &id, &fx->err) == TT_EEXISTS);
	CHECK(tt_store_own_class_add(fx->store, fx->ann, "b", 1, 5, &id, &fx->err) == TT_ETOOBIG);
	OK(fx, tt_store_own_class_add(fx->store, fx->bob, "Our garden", 1, 5, &id, &fx->err));
	CHECK(tt_store_own_class(fx->store, fx->bob, garden, &fx->arena, &one, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_own_class_rename(fx->store, fx->bob, garden, "x", &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_own_class_remove(fx->store, fx->bob, garden, 5, &fx->err) == TT_ENOTFOUND);
	id = add_class(fx, "Belege");
	CHECK(tt_store_own_class_rename(fx->store, fx->ann, id, "OUR garden", &fx->err) == TT_EEXISTS);
	OK(fx, tt_store_own_class_rename(fx->store, fx->ann, id, "收据", &fx->err));
	OK(fx, tt_store_own_classes(fx->store, fx->ann, false, &fx->arena, &all, &n, &fx->err));
	CHECK(n == 2 && strcmp(all[0].name, "Our garden") == 0 && strcmp(all[1].name, "收据") == 0);
	OK(fx, tt_store_own_class_named(fx->store, fx->ann, "OUR GARDEN", &id, &fx->err));
	CHECK(id == garden);
	CHECK(tt_store_own_class_named(fx->store, fx->ann, "x", &id, &fx->err) == TT_ENOTFOUND);
}

static void what_is_said_is_shown_and_undone(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_class(fx, "garden"), a = add_photo(fx, 1), b = add_photo(fx, 2), yes, no, n;
	const int64_t unknown[] = { 99, b };
	struct tt_photo_page p;
	int64_t facts[2];
	size_t count;

	yes = say(fx, id, a, true);
	CHECK(page(fx, id, &p) == 1 && p.photos[0].id == a && get(fx, id).yes == 1 && get(fx, id).cover == a);
	no = say(fx, id, a, false);
	CHECK(page(fx, id, &p) == 0 && get(fx, id).no == 1 && get(fx, id).yes == 0);
	CHECK(undo(fx, no) == 1 && undo(fx, no) == 0 && page(fx, id, &p) == 1);
	CHECK(undo(fx, yes) == 1 && page(fx, id, &p) == 0);
	CHECK(rows(fx, "SELECT count(*) FROM class_photo") == 0 && rows(fx, "SELECT count(*) FROM class_fact") == 2);
	OK(fx, tt_store_class_say(fx->store, fx->ann, id, unknown, 2, true, 7, facts, &count, &fx->err));
	CHECK(count == 1 && page(fx, id, &p) == 1 && p.photos[0].id == b);
	CHECK(tt_store_class_say(fx->store, fx->bob, id, &a, 1, true, 7, facts, &count, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_class_undo(fx->store, fx->bob, facts, 1, 8, &n, &fx->err));
	CHECK(n == 0 && page(fx, id, &p) == 1);
	check_sound(fx);
}

static void facts_outlive_photos_and_the_class(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_class(fx, "garden"), a = add_photo(fx, 1), n;
	struct tt_new_photo again = new_photo(fx, 1);
	struct tt_known_photo known;
	struct tt_class_fact *facts;
	struct tt_photo_page p;
	size_t count;
	bool more;

	say(fx, id, a, true);
	OK(fx, tt_store_trash(fx->store, fx->ann, &a, 1, 5, &n, &fx->err));
	CHECK(page(fx, id, &p) == 0 && get(fx, id).count == 0 && get(fx, id).cover == 0);
	OK(fx, tt_store_purge(fx->store, fx->ann, &a, 1, 5, &n, &fx->err));
	OK(fx, tt_store_class_facts(fx->store, fx->ann, id, 0, 10, &fx->arena, &facts, &count, &more, &fx->err));
	CHECK(count == 1 && !more && facts[0].photo == 0 && facts[0].says && facts[0].own_class == id);
	again.restore = true;
	OK(fx, tt_store_photo_add(fx->store, &again, &known, &fx->err));
	CHECK(page(fx, id, &p) == 1 && p.photos[0].id == known.id);
	OK(fx, tt_store_own_class_remove(fx->store, fx->ann, id, 9, &fx->err));
	CHECK(get(fx, id).removed);
	add_class(fx, "garden"); /* the name is free */
	CHECK(tt_store_own_class_remove(fx->store, fx->ann, id, 0, &fx->err) == TT_EEXISTS);
	OK(fx, tt_store_own_class_rename(fx->store, fx->ann, id, "old garden", &fx->err));
	OK(fx, tt_store_own_class_remove(fx->store, fx->ann, id, 0, &fx->err));
	CHECK(page(fx, id, &p) == 1 && !get(fx, id).removed);
	OK(fx, tt_store_class_facts(fx->store, fx->bob, 0, 0, 10, &fx->arena, &facts, &count, &more, &fx->err));
	CHECK(count == 0);
	check_sound(fx);
}

static void guesses_fill_what_was_not_said(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_class(fx, "garden"), a, b, c, fact, yes, no;
	struct tt_class_due *d;
	struct tt_photo_page p;

	CHECK(due(fx, "v1", &d) == 0);
	a = add_seen(fx, 1, "v1");
	b = add_seen(fx, 2, "v1");
	say(fx, id, a, true);
	fact = say(fx, id, b, false);
	c = add_seen(fx, 3, "v1");
	add_seen(fx, 4, "v0");
	CHECK(due(fx, "v1", &d) == 1 && d[0].id == id && d[0].said == 2 && d[0].yes == 1 && d[0].fresh);
	learnt(fx, d, "v1", "w");
	CHECK(due(fx, "v1", &d) == 0 && due(fx, "v2", &d) == 1 && !d[0].fresh && d[0].yes == 0);
	CHECK(look(fx, 0.75F) == 4 && look(fx, 0.75F) == 0);
	CHECK(page(fx, id, &p) == 3 && get(fx, id).guessed == 2); /* the stranger's p was given by this test, too */
	CHECK(undo(fx, fact) == 1 && page(fx, id, &p) == 4 && get(fx, id).judged == 0);
	yes = say(fx, id, c, true); /* had been found: a guess is judged */
	no = say(fx, id, b, false);
	CHECK(get(fx, id).judged == 2 && get(fx, id).judged_right == 1);
	CHECK(undo(fx, yes) == 1 && undo(fx, no) == 1 && get(fx, id).judged == 0);
	OK(fx, tt_store_class_unsure(fx->store, fx->ann, id, 10, &fx->arena, &p, &fx->err));
	CHECK(p.count == 3);
	CHECK(due(fx, "v1", &d) == 1);
	learnt(fx, d, "v1", "w2");
	CHECK(look(fx, 0.3F) == 4); /* below the line, near enough to be asked about */
	CHECK(page(fx, id, &p) == 1 && p.photos[0].id == a);
	OK(fx, tt_store_class_unsure(fx->store, fx->ann, id, 1, &fx->arena, &p, &fx->err));
	CHECK(p.count == 1 && !p.more && p.photos[0].id == b);
	say(fx, id, c, true);
	CHECK(due(fx, "v1", &d) == 1);
	learnt(fx, d, "v1", "");
	CHECK(page(fx, id, &p) == 2 && look(fx, 0.9F) == 0 && !get(fx, id).learnt.used);
	CHECK(rows(fx, "SELECT count(*) FROM class_photo WHERE p IS NOT NULL") == 0);
	check_sound(fx);
}

static void new_photos_and_new_features_are_looked_at(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_class(fx, "garden"), a = add_seen(fx, 1, "v1");
	struct tt_class_due *d;
	struct tt_photo_page p;

	say(fx, id, a, true);
	CHECK(due(fx, "v1", &d) == 1);
	learnt(fx, d, "v1", "w");
	CHECK(look(fx, 0) == 1);
	add_seen(fx, 2, "v1");
	CHECK(look(fx, 0.5F) == 1 && page(fx, id, &p) == 2);
	add_seen(fx, 3, "v1"); /* three times as many as then: it can be learnt better */
	CHECK(due(fx, "v1", &d) == 1 && !d[0].fresh);
	OK(fx, tt_store_own_class_remove(fx->store, fx->ann, id, 9, &fx->err));
	CHECK(due(fx, "v1", &d) == 0);
	OK(fx, tt_store_own_class_remove(fx->store, fx->ann, id, 0, &fx->err));
	CHECK(look(fx, 0.5F) == 3 && page(fx, id, &p) == 3); /* what came while it was away, too */
	check_sound(fx);
}

static void examples_and_others_are_sampled(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_class(fx, "garden"), a = add_seen(fx, 1, "v1"), b = add_seen(fx, 2, "v1"), fact;
	struct tt_learn_photo *said, *others;
	size_t n, m;

	add_seen(fx, 3, "v1");
	say(fx, id, a, true);
	say(fx, id, b, true);
	fact = say(fx, id, b, false);
	OK(fx, tt_store_class_said(fx->store, fx->ann, id, "v1", 9, &fx->arena, &said, &n, &fx->err));
	OK(fx, tt_store_class_others(fx->store, fx->ann, id, "v1", 9, &fx->arena, &others, &m, &fx->err));
	CHECK(n == 2 && said[0].photo == b && said[0].cls == 0 && said[0].fact == fact && said[1].cls == 1);
	CHECK(m == 1 && others[0].features.len == 3);
	OK(fx, tt_store_class_said(fx->store, fx->ann, id, "v2", 9, &fx->arena, &said, &n, &fx->err));
	CHECK(n == 0);
}

static void months_and_search_know_the_class(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_class(fx, "Our garden"), zh = add_class(fx, "我们的花园"), a = add_photo(fx, 1);
	struct tt_photo_filter f = of_ann(fx);
	struct tt_photo_page p;
	struct tt_months months;
	static const char *const found[] = { "our garden", "garden", "\"Our garden\"", "我们的花园" };

	add_photo(fx, 2);
	say(fx, id, a, true);
	say(fx, zh, a, true);
	f.own_class = id;
	OK(fx, tt_store_months(fx->store, &f, &fx->arena, &months, &fx->err));
	CHECK(months.count == 1 && months.total == 1);
	f.by_class = true;
	f.cls = TT_NO_CLASS;
	OK(fx, tt_store_months(fx->store, &f, &fx->arena, &months, &fx->err));
	CHECK(months.total == 1);
	OK(fx, tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 10, &fx->arena, &p, &fx->err));
	CHECK(p.count == 1);
	f.owner = fx->bob;
	CHECK(tt_store_months(fx->store, &f, &fx->arena, &months, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_photo_page(fx->store, &f, (struct tt_cursor){ 0 }, 10, &fx->arena, &p, &fx->err) ==
	      TT_ENOTFOUND);
	for (size_t i = 0; i < TT_LEN(found); i++) {
		OK(fx, tt_store_search(fx->store, fx->ann, found[i], 0, (struct tt_cursor){ 0 }, 9, &fx->arena, &p,
				       &fx->err));
		CHECK_ROW(p.count == 1 && p.photos[0].id == a, found[i]);
		OK(fx, tt_store_search(fx->store, fx->bob, found[i], 0, (struct tt_cursor){ 0 }, 9, &fx->arena, &p,
				       &fx->err));
		CHECK_ROW(p.count == 0, found[i]);
	}
	OK(fx, tt_store_own_class_remove(fx->store, fx->ann, id, 9, &fx->err));
	OK(fx, tt_store_search(fx->store, fx->ann, "garden", 0, (struct tt_cursor){ 0 }, 9, &fx->arena, &p, &fx->err));
	CHECK(p.count == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_are_unique_and_the_owners, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(what_is_said_is_shown_and_undone, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(facts_outlive_photos_and_the_class, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(guesses_fill_what_was_not_said, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(new_photos_and_new_features_are_looked_at, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(examples_and_others_are_sampled, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(months_and_search_know_the_class, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
