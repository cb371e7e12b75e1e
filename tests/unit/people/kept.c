/* Questions that wait: asked again they cost no look at the store; what was said, new faces and photos that come or go
 * make them anew; an answer takes out what it settles, and nothing else. */
#include "people/kept.h"
#include "faces.h"

#include "base/fault.h"

#include <stdio.h>
#include <string.h>

/* ---- the list alone */

enum { ANN = 1, BOB = 2 };

static struct tt_kept_question question(int64_t a, int64_t b)
{
	return (struct tt_kept_question){ { 100 * a, 100 * b, 0.5, 1 }, a, b };
}

static size_t ask(struct tt_kept *k, int64_t owner, unsigned limit, bool *found, char *pairs, size_t size)
{
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_people_question *q;
	struct tt_err err = { 0 };
	size_t n = 0;

	*pairs = 0;
	CHECK(tt_kept_get(k, owner, limit, &arena, &q, &n, found, &err) == 0);
	for (size_t i = 0; *found && i < n; i++) {
		char one[48];

		snprintf(one, sizeof one, "%d-%d ", (int)(q[i].a / 100), (int)(q[i].b / 100));
		strncat(pairs, one, size - strlen(pairs) - 1);
	}
	tt_arena_free(&arena);
	return n;
}

static void fill(struct tt_kept *k, bool cut)
{
	const struct tt_kept_question list[] = { question(1, 2), question(3, 1), question(2, 3), question(4, 5) };

	tt_kept_put(k, ANN, tt_kept_begin(k, ANN), list, 4, cut);
}

static void an_answer_takes_out_what_it_settles(void **state)
{
	static const struct {
		const char *name;
		struct tt_kept_answer answer;
		const char *left;
	} cases[] = {
		{ "not the same", { 2, 1, 0, TT_SAID_DIFFERENT, 0.5 }, "3-1 2-3 4-5 " },
		{ "not sure", { 1, 3, 0, TT_SAID_UNSURE, 0.5 }, "1-2 2-3 4-5 " },
		{ "the same: one question with a third of two", { 1, 2, 2, TT_SAID_SAME, 0.5 }, "3-1 4-5 " },
		{ "the same, of whom nobody else is asked", { 4, 5, 4, TT_SAID_SAME, 0.5 }, "1-2 3-1 2-3 " },
		{ "of others", { 7, 8, 0, TT_SAID_DIFFERENT, 0.5 }, "1-2 3-1 2-3 4-5 " },
	};
	char pairs[100];
	bool found;

	(void)state;
	for (size_t i = 0; i < TT_LEN(cases); i++) {
		struct tt_kept k;

		tt_kept_init(&k);
		fill(&k, false);
		tt_kept_hold(&k, ANN);
		tt_kept_release(&k, ANN, &cases[i].answer);
		(void)ask(&k, ANN, 9, &found, pairs, sizeof pairs);
		CHECK_ROW(found && strcmp(pairs, cases[i].left) == 0, cases[i].name);
		tt_kept_done(&k);
	}
}

static void what_is_out_of_date_is_not_kept(void **state)
{
	const struct tt_kept_question list[] = { question(1, 2) }, no_row[] = { question(1, 0) };
	const struct tt_answers some = { 3, 2, 1, 1 };
	struct tt_answers answers;
	struct tt_kept k;
	char pairs[100];
	uint64_t since;
	bool found;

	(void)state;
	tt_kept_init(&k);
	(void)ask(&k, ANN, 1, &found, pairs, sizeof pairs);
	CHECK(!found);
	fill(&k, true);
	CHECK(ask(&k, ANN, 4, &found, pairs, sizeof pairs) == 4 && found);
	(void)ask(&k, ANN, 5, &found, pairs, sizeof pairs); /* there are more than are kept */
	CHECK(!found);
	(void)ask(&k, BOB, 1, &found, pairs, sizeof pairs);
	CHECK(!found);
	since = tt_kept_begin(&k, ANN);
	tt_kept_drop(&k, 0);
	tt_kept_put(&k, ANN, since, list, 1, false);
	tt_kept_put_answers(&k, ANN, since, &some);
	(void)ask(&k, ANN, 1, &found, pairs, sizeof pairs);
	CHECK(!found && !tt_kept_get_answers(&k, ANN, &answers));
	tt_kept_put(&k, ANN, tt_kept_begin(&k, ANN), no_row, 1, false);
	(void)ask(&k, ANN, 1, &found, pairs, sizeof pairs);
	CHECK(!found);
	/* Made while an answer is on its way: nobody knows whether it was seen. */
	tt_kept_hold(&k, ANN);
	since = tt_kept_begin(&k, ANN);
	tt_kept_put(&k, ANN, since, list, 1, false);
	tt_kept_release(&k, ANN, &(struct tt_kept_answer){ 1, 2, 0, TT_SAID_SAME, 0.7 });
	tt_kept_put_answers(&k, ANN, since, &some);
	(void)ask(&k, ANN, 1, &found, pairs, sizeof pairs);
	CHECK(!found && !tt_kept_get_answers(&k, ANN, &answers));
	tt_kept_put_answers(&k, ANN, tt_kept_begin(&k, ANN), &some);
	tt_kept_hold(&k, ANN);
	tt_kept_release(&k, ANN, &(struct tt_kept_answer){ 1, 2, 0, TT_SAID_SAME, 0.7 });
	CHECK(tt_kept_get_answers(&k, ANN, &answers) && answers.count == 4 && answers.right == 2);
	tt_kept_hold(&k, ANN);
	tt_kept_release(&k, ANN, NULL);
	CHECK(!tt_kept_get_answers(&k, ANN, &answers));
	tt_kept_done(&k);
}

/* ---- with faces and a store */

struct asked {
	struct tt_people_question *q;
	size_t n;
	struct tt_people_measured m;
};

static struct fixture *fx;
static struct tt_people_call call;
static int64_t photos[PHOTOS];
static struct shown now;

static void look_up(struct tt_people *p, struct asked *out)
{
	call.people = p;
	OK(fx, tt_people_questions(&call, &usual, 50, &out->q, &out->n, &fx->err));
	OK(fx, tt_people_measure(&call, &out->m, &fx->err));
}

/* What is handed out is what would be made now; and asked once more, the store is not looked at. */
static void check_kept(struct tt_people *p, size_t n)
{
	struct asked kept, again, made;

	look_up(p, &kept);
	look_up(NULL, &made);
	tt_fault_arm(TT_FAULT_SQL, 0);
	look_up(p, &again);
	CHECK(!tt_fault_disarm(TT_FAULT_SQL));
	CHECK(kept.n == n && made.n == n && again.n == n);
	for (size_t i = 0; i < n; i++)
		CHECK(kept.q[i].a == made.q[i].a && kept.q[i].b == made.q[i].b && again.q[i].a == made.q[i].a);
	CHECK(kept.m.answers == made.m.answers && again.m.answers == made.m.answers);
}

static void split(int person)
{
	int64_t apart[4];
	struct tt_people_said said;

	look(fx, &now);
	for (int i = 0; i < 4; i++)
		apart[i] = now.faces[(person + i * PERSONS) * ON_PHOTO].id;
	OK(fx, tt_people_split(&call, now.faces[person * ON_PHOTO].person, NULL, apart, 4, &said, &fx->err));
}

static void questions_wait(void **state)
{
	struct tt_people_deps deps;
	struct tt_people_said said;
	struct tt_people *p = NULL;
	struct asked a;
	void *opened = NULL;
	int64_t changed;

	(void)state;
	CHECK(fixture_open(&opened) == 0);
	fx = opened;
	fx->arena.max = (size_t)1 << 30;
	call = (struct tt_people_call){ .store = fx->store, .arena = &fx->arena, .owner = fx->ann, .now = 100 };
	deps = (struct tt_people_deps){ .store = fx->store };
	add_all(fx, photos, 0, 0);
	OK(fx, tt_people_refresh(fx->store, fx->ann, &usual, true, &fx->err));
	OK(fx, tt_people_start(&p, &deps, &usual, &fx->err));
	for (int person = 0; person < 3; person++)
		split(person);
	OK(fx, tt_people_wait(p, &fx->err));
	look_up(p, &a);
	CHECK(a.n >= 3 && a.m.answers == 0);
	check_kept(p, a.n);
	OK(fx, tt_people_answer(&call, a.q[0].a, a.q[0].b, TT_PEOPLE_UNSURE, &said, &fx->err));
	OK(fx, tt_people_wait(p, &fx->err));
	check_kept(p, a.n - 1);
	OK(fx, tt_people_answer(&call, a.q[1].a, a.q[1].b, TT_PEOPLE_NO, &said, &fx->err));
	OK(fx, tt_people_wait(p, &fx->err));
	check_kept(p, a.n - 2);
	OK(fx, tt_people_undo(&call, said.facts, said.count, &fx->err));
	OK(fx, tt_people_wait(p, &fx->err));
	check_kept(p, a.n - 1);
	OK(fx, tt_store_trash(fx->store, fx->ann, photos, PHOTOS, 5, &changed, &fx->err));
	tt_people_photos_changed(p, fx->ann);
	check_kept(p, 0);
	OK(fx, tt_store_restore(fx->store, fx->ann, photos, PHOTOS, &changed, &fx->err));
	tt_people_photos_changed(p, fx->ann);
	check_kept(p, a.n - 1);
	OK(fx, tt_people_answer(&call, a.q[2].a, a.q[2].b, TT_PEOPLE_YES, &said, &fx->err));
	OK(fx, tt_people_wait(p, &fx->err));
	look_up(p, &a);
	CHECK(a.m.answers == 1 && a.m.recall == 1);
	tt_people_stop(p);
	fixture_close(&opened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_takes_out_what_it_settles),
		cmocka_unit_test(what_is_out_of_date_is_not_kept),
		cmocka_unit_test(questions_wait),
	};

	return cmocka_run_group_tests_name("people/kept", tests, NULL, NULL);
}
