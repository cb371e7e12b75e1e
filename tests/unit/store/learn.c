/* Features beside photos, what the owner said of them, and heads of which one at most is in use. */
#include "fixture.h"

#include "db/db.h"
#include "store/learn.h"
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

static const float shipped[TT_STORE_CLASSES] = { 0.5f, 0.25f, 0.25f, 0, 0 };

/* Done, with three bytes of features of this model. Returns whether the guess was stale. */
static bool finish_with(struct fixture *fx, int64_t photo, int content, const char *model, const char *version)
{
	const struct tt_guess guess = guess_of(0, 0.5, version);
	const struct tt_facts facts = { .frames = 1 };
	struct tt_job_result r = { .photo = photo,
				   .now = 5,
				   .facts = &facts,
				   .guess = &guess,
				   .features = "abc",
				   .features_size = 3,
				   .shipped = shipped,
				   .model_version = model };
	char sql[80];

	snprintf(sql, sizeof sql, "SELECT max(id) FROM job WHERE photo = %lld", (long long)photo);
	r.job = rows(fx, sql);
	memcpy(r.sha256, &content, sizeof content);
	OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
	return r.stale;
}

static int64_t add_seen(struct fixture *fx, int content)
{
	int64_t id = add_photo(fx, content);

	CHECK(!finish_with(fx, id, content, "v1", "v1"));
	return id;
}

static int64_t say(struct fixture *fx, int64_t photo, int cls)
{
	int64_t fact;

	OK(fx, tt_store_fact_add(fx->store, fx->ann, photo, cls, 7, &fact, &fx->err));
	return fact;
}

static size_t corrected(struct fixture *fx, struct tt_learn_photo **out)
{
	size_t n;

	OK(fx, tt_store_learn_corrected(fx->store, fx->ann, "v1", 100, &fx->arena, out, &n, &fx->err));
	return n;
}

static size_t others(struct fixture *fx, const char *model)
{
	struct tt_learn_photo *p;
	size_t n;

	OK(fx, tt_store_learn_others(fx->store, fx->ann, model, 100, &fx->arena, &p, &n, &fx->err));
	return n;
}

static void newest_facts_that_hold_are_learnt_from(void **state)
{
	struct fixture *fx = *state;
	int64_t a = add_seen(fx, 1), b = add_seen(fx, 2), c = add_seen(fx, 3), fact;
	struct tt_learn_photo *p;
	struct tt_learn_counts n;

	CHECK(corrected(fx, &p) == 0 && others(fx, "v1") == 3 && others(fx, "v2") == 0);
	say(fx, a, 1);
	fact = say(fx, a, 4);
	say(fx, b, TT_NO_CLASS); /* says nothing that a head of five could learn */
	CHECK(corrected(fx, &p) == 1 && p[0].photo == a && p[0].cls == 4 && p[0].fact == fact);
	CHECK(p[0].features.len == 3 && memcmp(p[0].features.p, "abc", 3) == 0);
	CHECK(memcmp(p[0].shipped, shipped, sizeof shipped) == 0);
	CHECK(others(fx, "v1") == 1); /* c */
	OK(fx, tt_store_fact_undo(fx->store, fx->ann, fact, 8, &fx->err));
	CHECK(corrected(fx, &p) == 1 && p[0].cls == 1);
	fact = say(fx, c, 2);
	CHECK(corrected(fx, &p) == 2 && p[0].photo == c); /* newest first */
	OK(fx, tt_store_learn_counts(fx->store, fx->ann, "v1", &n, &fx->err));
	CHECK(n.corrections == 2 && n.fresh == 2);
	OK(fx, tt_store_learn_counts(fx->store, fx->bob, "v1", &n, &fx->err));
	CHECK(n.corrections == 0 && n.fresh == 0);
}

static void features_go_with_the_photo_and_the_model(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_seen(fx, 1), n;
	const char *model;

	OK(fx, tt_store_learn_model(fx->store, fx->ann, &fx->arena, &model, &fx->err));
	CHECK(strcmp(model, "v1") == 0);
	CHECK(tt_store_learn_model(fx->store, fx->bob, &fx->arena, &model, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_jobs_reclassify(fx->store, "v2", 5, &n, &fx->err));
	finish_with(fx, id, 1, "v2", "v2");
	CHECK(rows(fx, "SELECT count(*) FROM feature WHERE model_version = 'v2'") == 1);
	OK(fx, tt_store_trash(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	CHECK(rows(fx, "SELECT count(*) FROM feature") == 0);
}

static int64_t add_head(struct fixture *fx, bool active, int64_t last_fact)
{
	const struct tt_learnt head = { .model_version = "v1",
					.weights = { "weights", 7 },
					.made_at = 9,
					.corrections = 20,
					.right_before = 5,
					.right_after = 15,
					.last_fact = last_fact,
					.active = active };
	int64_t version;

	OK(fx, tt_store_head_add(fx->store, fx->ann, &head, &version, &fx->err));
	return version;
}

static void one_head_at_most_is_in_use(void **state)
{
	struct fixture *fx = *state;
	struct tt_learnt head, *all;
	struct tt_learn_counts counts;
	int64_t n, fact = say(fx, add_seen(fx, 1), 3);
	size_t count;

	CHECK(tt_store_head_active(fx->store, fx->ann, "v1", &fx->arena, &head, &fx->err) == TT_ENOTFOUND);
	CHECK(add_head(fx, true, 0) == 1 && add_head(fx, false, fact) == 2);
	OK(fx, tt_store_head_active(fx->store, fx->ann, "v1", &fx->arena, &head, &fx->err));
	CHECK(head.version == 1 && head.weights.len == 7 && head.right_before == 5 && head.right_after == 15);
	CHECK(tt_store_head_active(fx->store, fx->ann, "v2", &fx->arena, &head, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_head_active(fx->store, fx->bob, "v1", &fx->arena, &head, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_learn_counts(fx->store, fx->ann, "v1", &counts, &fx->err));
	CHECK(counts.corrections == 1 && counts.fresh == 0);
	CHECK(add_head(fx, true, fact) == 3);
	OK(fx, tt_store_heads(fx->store, fx->ann, &fx->arena, &all, &count, &fx->err));
	CHECK(count == 3 && all[0].version == 3 && all[0].active && !all[1].active && !all[2].active);
	CHECK(all[0].weights.len == 0);
	CHECK(rows(fx, "SELECT count(*) FROM head WHERE weights IS NOT NULL") == 1);
	OK(fx, tt_store_head_undo(fx->store, fx->bob, &n, &fx->err));
	CHECK(n == 0);
	OK(fx, tt_store_head_undo(fx->store, fx->ann, &n, &fx->err));
	CHECK(n == 1 && rows(fx, "SELECT count(*) FROM head WHERE active = 1 OR weights IS NOT NULL") == 0);
	CHECK(add_head(fx, true, fact) == 4); /* versions are never given twice */
}

static void guesses_follow_the_head(void **state)
{
	struct fixture *fx = *state;
	int64_t a = add_seen(fx, 1), b = add_seen(fx, 2), n;
	struct tt_guess guesses[2] = { guess_of(3, 0.75, "v1+u1"), guess_of(3, 0.75, "v1+u1") };
	struct tt_learn_photo *p;
	struct tt_photo shown;
	size_t count;

	say(fx, b, 2);
	add_head(fx, true, 0);
	OK(fx, tt_store_learn_stale(fx->store, fx->ann, "v1", "v1+u1", 0, 9, &fx->arena, &p, &count, &fx->err));
	CHECK(count == 2 && p[0].photo == a && p[1].photo == b);
	OK(fx, tt_store_learn_guess(fx->store, fx->ann, p, guesses, 2, &fx->err));
	OK(fx, tt_store_photo(fx->store, fx->ann, a, &fx->arena, &shown, &fx->err));
	CHECK(shown.cls == 3 && shown.confidence == 0.75);
	OK(fx, tt_store_photo(fx->store, fx->ann, b, &fx->arena, &shown, &fx->err));
	CHECK(shown.cls == 2 && shown.confidence < 0); /* what was said stands */
	OK(fx, tt_store_learn_stale(fx->store, fx->ann, "v1", "v1+u1", 0, 9, &fx->arena, &p, &count, &fx->err));
	CHECK(count == 0);
	/* No other model, so no photo is looked at again; with one they all are. */
	OK(fx, tt_store_jobs_reclassify(fx->store, "v1", 5, &n, &fx->err));
	CHECK(n == 0);
	OK(fx, tt_store_jobs_reclassify(fx->store, "v2", 5, &n, &fx->err));
	CHECK(n == 2);
	check_sound(fx);
}

static void a_guess_of_an_earlier_head_is_told(void **state)
{
	struct fixture *fx = *state;
	int64_t a = add_photo(fx, 1), b = add_photo(fx, 2), c = add_photo(fx, 3);

	add_head(fx, true, 0);
	CHECK(finish_with(fx, a, 1, "v1", "v1"));
	CHECK(!finish_with(fx, b, 2, "v1", "v1+u1"));
	CHECK(!finish_with(fx, c, 3, "v2", "v2")); /* a head speaks for its own model only */
}

/* The photos of a library of before get their features in the background. */
static void an_old_library_is_looked_at_again(void **state)
{
	struct fixture *fx = *state;
	struct tt_store *s = NULL;
	struct tt_db *db = NULL;
	struct tt_job_counts counts;
	char path[128];

	snprintf(path, sizeof path, "%s/old.db", fx->dir);
	OK(fx, tt_db_open(&db, path, &(struct tt_db_opts){ .create = true, .busy_ms = 1000 }, &fx->err));
	OK(fx, tt_db_migrate(db, tt_schema, 1, &fx->err));
	OK(fx,
	   tt_db_exec(
		   db,
		   "INSERT INTO \"user\" VALUES (1, 'ann', 'x', 'owner', 1); "
		   "INSERT INTO photo (id, owner, sha256, name, blob_key, mime, kind, bytes, added_at, mtime, moment, "
		   "month) VALUES (7, 1, zeroblob(32), 'a', 'k', 'image/jpeg', 'photo', 1, 1, 1, 1, 1); "
		   "INSERT INTO guess VALUES (7, 'm', 'v1', 'people', 1, 1, 0, 0, 0, 0);",
		   &fx->err));
	tt_db_close(db);
	OK(fx, tt_store_open(&s, path, NULL, &fx->err));
	OK(fx, tt_store_jobs_counts(s, &counts, &fx->err));
	CHECK(counts.waiting == 1);
	tt_store_close(s);
	(void)remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(newest_facts_that_hold_are_learnt_from, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(features_go_with_the_photo_and_the_model, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(one_head_at_most_is_in_use, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(guesses_follow_the_head, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(an_old_library_is_looked_at_again, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_guess_of_an_earlier_head_is_told, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
