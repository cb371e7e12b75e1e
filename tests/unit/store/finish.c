#include "fixture.h"

#include <math.h>
#include <string.h>

static struct tt_job_result result_of(struct fixture *fx, int64_t photo, int content, const struct tt_facts *facts)
{
	struct tt_job_result r = { .photo = photo, .now = 5, .facts = facts };
	struct tt_job *jobs;
	size_t n;

	OK(fx, tt_store_jobs_lease(fx->store, INT64_MAX, 1, &fx->arena, &jobs, &n, &fx->err));
	CHECK(n == 1 && jobs[0].photo == photo);
	r.job = jobs[0].id;
	memcpy(r.sha256, &content, sizeof content);
	return r;
}

static void a_new_guess_replaces_the_old_one_and_its_labels(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1), n;
	struct tt_facts facts = { .make = "Canon", .frames = 1 };
	struct tt_guess first = guess_of(1, 0.5, "v1"), second = guess_of(2, 0.75, "v2");
	const struct tt_label cat = { "cat", 0.5 }, hill = { "hill", 0.7 };
	struct tt_photo_detail d;

	finish(fx, id, &facts, &first, &cat, 1);
	OK(fx, tt_store_jobs_reclassify(fx->store, "v2", 5, &n, &fx->err));
	OK(fx, tt_store_photo_detail(fx->store, fx->ann, id, &fx->arena, &d, &fx->err));
	CHECK(d.photo.state == TT_PHOTO_WAITING && d.photo.cls == 1);
	finish(fx, id, NULL, &second, &hill, 1);
	OK(fx, tt_store_photo_detail(fx->store, fx->ann, id, &fx->arena, &d, &fx->err));
	CHECK(d.photo.state == TT_PHOTO_DONE && d.photo.cls == 2 && d.photo.confidence == 0.75);
	CHECK(strcmp(d.photo.facts.make, "Canon") == 0); /* a guess leaves the facts alone */
	CHECK(d.labels_count == 1 && strcmp(d.labels[0].name, "hill") == 0 && strcmp(d.guess.version, "v2") == 0);
	check_sound(fx);
}

static void a_guess_of_none_has_no_confidence(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_done(fx, 1, "2020-01-01T00:00:00", TT_NO_CLASS, 0.4);
	struct tt_photo_detail d;

	OK(fx, tt_store_photo_detail(fx->store, fx->ann, id, &fx->arena, &d, &fx->err));
	CHECK(d.photo.cls == TT_NO_CLASS && d.photo.confidence < 0 && d.has_guess && d.guess.confidence == 0.4);
}

static int removed(void *ctx, enum tt_removal_kind kind, const char *key, struct tt_err *err)
{
	(void)ctx;
	(void)kind;
	(void)key;
	(void)err;
	return 0;
}

static void a_photo_deleted_meanwhile_is_told(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1), n;
	struct tt_facts facts = { .frames = 1 };
	struct tt_job_result r = result_of(fx, id, 1, &facts);

	OK(fx, tt_store_trash(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, &id, 1, 9, &n, &fx->err));
	OK(fx, tt_store_removals_run(fx->store, removed, NULL, &fx->err));
	OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
	CHECK(r.gone && rows(fx, "SELECT count(*) FROM removal WHERE kind = 'derived'") == 1);
	check_sound(fx);
}

static void a_job_that_is_gone_changes_nothing(void **state)
{
	struct fixture *fx = *state;
	int64_t id = add_photo(fx, 1);
	struct tt_facts facts = { .make = "Canon", .frames = 1 };
	struct tt_job_result r = result_of(fx, id, 1, &facts);

	OK(fx, tt_store_job_aside(fx->store, r.job, "broken", &fx->err));
	OK(fx, tt_store_aside_dismiss(fx->store, fx->ann, id, &fx->err));
	OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
	CHECK(!r.gone && rows(fx, "SELECT count(*) FROM photo WHERE make IS NULL AND developed_at IS NULL") == 1);
}

static void one_bad_result_rolls_the_batch_back(void **state)
{
	struct fixture *fx = *state;
	struct tt_facts facts = { .make = "Canon", .frames = 1 };
	struct tt_guess good = guess_of(1, 0.5, "v"), bad = guess_of(1, NAN, "v");
	int64_t a = add_photo(fx, 1), b;
	struct tt_job_result r[2];

	r[0] = result_of(fx, a, 1, &facts);
	b = add_photo(fx, 2);
	r[1] = result_of(fx, b, 2, &facts);
	r[0].guess = &good;
	r[1].guess = &bad;
	CHECK(tt_store_jobs_finish(fx->store, r, 2, &fx->err) == TT_EINVALID && fx->err.msg[0]);
	CHECK(rows(fx, "SELECT (SELECT count(*) FROM job) * 10 + (SELECT count(*) FROM guess)") == 20);
	r[1].guess = NULL;
	OK(fx, tt_store_jobs_finish(fx->store, r, 2, &fx->err));
	CHECK(rows(fx, "SELECT (SELECT count(*) FROM job) * 10 + (SELECT count(*) FROM guess)") == 1);
	check_sound(fx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_guess_replaces_the_old_one_and_its_labels, fixture_open,
						fixture_close),
		cmocka_unit_test_setup_teardown(a_guess_of_none_has_no_confidence, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_photo_deleted_meanwhile_is_told, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(a_job_that_is_gone_changes_nothing, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(one_bad_result_rolls_the_batch_back, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
