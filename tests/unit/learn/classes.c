/* A user who says what "our garden" is: the class finds the others, keeps to what was said, and gives up where it
 * cannot tell. */
#include "learn/classes.h"
#include "../store/fixture.h"

#include "base/fault.h"
#include "db/db.h"
#include "learn/learn.h"
#include "store/own_classes.h"
#include "vision/head.h"

#include <string.h>
#include <unistd.h>

enum { PHOTOS = 80, FEATURES = 32, EACH = 4 };

static const struct tt_learn_opts opts = { .max_corrections = 1000, .rehearsal = 1000, .class_examples = 8 };

/* Each fourth photo shows the garden: other features are lit. */
static struct tt_features features_of(int number)
{
	struct tt_features f = { .scale = 1, .n = FEATURES };

	for (unsigned k = 0; k < FEATURES; k++)
		f.q[k] = (uint8_t)((k < 8 && number % EACH == 0 ? 150 : 20) + (number * 7 + (int)k * 13) % 40);
	return f;
}

static int64_t add_seen(struct fixture *fx, int number)
{
	static const float shipped[TT_CLASSES] = { .6f, .1f, .1f, .1f, .1f };
	const struct tt_features f = features_of(number);
	const struct tt_guess guess = guess_of(0, 0.6, "v1");
	const struct tt_facts facts = { .frames = 1 };
	uint8_t blob[TT_FEATURES_BYTES];
	struct tt_job_result r = { .photo = add_photo(fx, number),
				   .now = 5,
				   .facts = &facts,
				   .guess = &guess,
				   .features = blob,
				   .features_size = tt_features_pack(blob, &f),
				   .shipped = shipped,
				   .model_version = "v1" };

	r.job = rows(fx, "SELECT max(id) FROM job");
	memcpy(r.sha256, &number, sizeof number);
	OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
	return r.photo;
}

/* A class of which n photos were said that they belong, each step-th of the library, from the first; returns it. */
static int64_t make(struct fixture *fx, int n, int step)
{
	int64_t id, fact;
	size_t said;

	for (int i = 1; i <= PHOTOS; i++)
		add_seen(fx, i);
	OK(fx, tt_store_own_class_add(fx->store, fx->ann, "our garden", 9, 5, &id, &fx->err));
	for (int i = 1; i <= n; i++) {
		int64_t photo = (int64_t)i * step;

		OK(fx, tt_store_class_say(fx->store, fx->ann, id, &photo, 1, true, 7, &fact, &said, &fx->err));
	}
	return id;
}

static int64_t fit(struct fixture *fx)
{
	int64_t n;

	OK(fx, tt_classes_fit(fx->store, fx->ann, "v1", &opts, NULL, NULL, &n, &fx->err));
	return n;
}

static int64_t apply(struct fixture *fx)
{
	int64_t n;

	OK(fx, tt_classes_apply(fx->store, fx->ann, "v1", NULL, NULL, &n, &fx->err));
	return n;
}

static struct tt_own_class get(struct fixture *fx, int64_t id)
{
	struct tt_own_class c;

	OK(fx, tt_store_own_class(fx->store, fx->ann, id, &fx->arena, &c, &fx->err));
	return c;
}

#define GARDEN "SELECT count(*) FROM class_photo WHERE shown = 1 AND photo % 4 = 0"
#define WRONG "SELECT count(*) FROM class_photo WHERE shown = 1 AND photo % 4 <> 0"

static void the_others_of_its_kind_are_found(void **state)
{
	struct fixture *fx = *state;
	int64_t id = make(fx, 10, EACH);
	struct tt_own_class c;

	CHECK(get(fx, id).fresh && fit(fx) == 1 && fit(fx) == 0);
	c = get(fx, id);
	CHECK(c.learnt.used && c.learnt.version == 1 && c.learnt.yes == 10 && c.learnt.yes_taken == 10 && !c.fresh);
	CHECK(c.learnt.others == PHOTOS - 10 && c.learnt.others_taken == PHOTOS / EACH - 10 && c.count == 10);
	CHECK(apply(fx) == PHOTOS && apply(fx) == 0);
	CHECK(rows(fx, GARDEN) == PHOTOS / EACH && rows(fx, WRONG) == 0 && get(fx, id).guessed == PHOTOS / EACH - 10);
	CHECK(add_seen(fx, 2 * PHOTOS) && apply(fx) == 1); /* arrives later */
	CHECK(get(fx, id).count == PHOTOS / EACH + 1);
	check_sound(fx);
}

static void what_the_user_says_stays(void **state)
{
	struct fixture *fx = *state;
	int64_t id = make(fx, 10, EACH), out = 64, in = 3, fact;
	size_t n;

	OK(fx, tt_store_class_say(fx->store, fx->ann, id, &out, 1, false, 8, &fact, &n, &fx->err));
	OK(fx, tt_store_class_say(fx->store, fx->ann, id, &in, 1, true, 8, &fact, &n, &fx->err));
	CHECK(fit(fx) == 1 && apply(fx) == PHOTOS);
	CHECK(rows(fx, "SELECT shown FROM class_photo WHERE photo = 64") == 0);
	CHECK(rows(fx, "SELECT shown FROM class_photo WHERE photo = 3") == 1);
	CHECK(get(fx, id).learnt.no == 1 && get(fx, id).learnt.yes == 11);
	check_sound(fx);
}

static void too_few_examples_guess_nothing(void **state)
{
	struct fixture *fx = *state;
	int64_t id = make(fx, 8, EACH), first = 1, n;

	CHECK(fit(fx) == 1 && apply(fx) == PHOTOS && get(fx, id).guessed == PHOTOS / EACH - 8);
	OK(fx, tt_store_class_undo(fx->store, fx->ann, &first, 1, 9, &n, &fx->err));
	CHECK(n == 1 && fit(fx) == 0 && !get(fx, id).learnt.used);
	CHECK(get(fx, id).count == 7 && get(fx, id).guessed == 0 && apply(fx) == 0);
	CHECK(fit(fx) == 0 && rows(fx, "SELECT version FROM own_class") == 2); /* and is not tried in vain */
}

static void what_cannot_be_told_apart_guesses_nothing(void **state)
{
	struct fixture *fx = *state;
	int64_t id = make(fx, 40, 1); /* half of all, as they come */

	CHECK(fit(fx) == 1 && !get(fx, id).learnt.used && get(fx, id).learnt.yes == 40);
	CHECK(apply(fx) == 0 && get(fx, id).count == 40);
}

static void damaged_features_do_no_harm(void **state)
{
	struct fixture *fx = *state;
	int64_t id = make(fx, 10, EACH);
	struct tt_db *db = NULL;
	int64_t n;

	OK(fx, tt_db_open(&db, fx->path, &(struct tt_db_opts){ .busy_ms = 1000 }, &fx->err));
	OK(fx, tt_db_exec(db, "UPDATE feature SET features = x'' WHERE photo IN (4, 60, 61)", &fx->err));
	CHECK(fit(fx) == 1 && get(fx, id).learnt.yes == 9 && apply(fx) == PHOTOS);
	CHECK(rows(fx, GARDEN) == PHOTOS / EACH - 1 && rows(fx, WRONG) == 0);
	OK(fx, tt_db_exec(db, "UPDATE own_class SET weights = x'0011'; UPDATE class_look SET look = 0", &fx->err));
	tt_db_close(db);
	CHECK(tt_classes_apply(fx->store, fx->ann, "v1", NULL, NULL, &n, &fx->err) == TT_EINVALID);
	CHECK(rows(fx, GARDEN) == PHOTOS / EACH - 1);
}

static void every_allocation_may_fail(void **state)
{
	struct fixture *fx = *state;
	struct tt_err err = { 0 };
	bool hit = true;

	make(fx, 8, EACH);
	for (long n = 0; hit; n++) {
		int64_t count;
		int rc;

		CHECK(n < 2000);
		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_classes_fit(fx->store, fx->ann, "v1", &opts, NULL, NULL, &count, &err);
		if (rc == 0)
			rc = tt_classes_apply(fx->store, fx->ann, "v1", NULL, NULL, &count, &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		CHECK(rc == (hit ? TT_ENOMEM : 0));
	}
	CHECK(rows(fx, GARDEN) == PHOTOS / EACH && rows(fx, WRONG) == 0);
}

static void the_thread_learns_when_it_hears_of_it(void **state)
{
	struct fixture *fx = *state;
	int64_t id = make(fx, 10, EACH);
	struct tt_learn_deps deps = { .store = fx->store, .model_version = "v1" };
	struct tt_learn *l;

	OK(fx, tt_learn_start(&l, &deps, &opts, &fx->err)); /* a start looks at all */
	while (tt_learn_busy(l, fx->ann))
		usleep(1000);
	CHECK(get(fx, id).count == PHOTOS / EACH);
	add_seen(fx, 2 * PHOTOS);
	tt_learn_classes(l, fx->ann);
	while (tt_learn_busy(l, fx->ann))
		usleep(1000);
	tt_learn_stop(l);
	CHECK(get(fx, id).count == PHOTOS / EACH + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_others_of_its_kind_are_found),      TEST(what_the_user_says_stays),
		TEST(too_few_examples_guess_nothing),        TEST(what_cannot_be_told_apart_guesses_nothing),
		TEST(damaged_features_do_no_harm),           TEST(every_allocation_may_fail),
		TEST(the_thread_learns_when_it_hears_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
