#include "fixture.h"

#include <string.h>

static struct tt_job *lease(struct fixture *fx, int64_t now, unsigned max, size_t *n)
{
	struct tt_job *jobs = NULL;

	OK(fx, tt_store_jobs_lease(fx->store, now, max, &fx->arena, &jobs, n, &fx->err));
	return jobs;
}

static void leases_by_priority_then_age(void **state)
{
	struct fixture *fx = *state;
	static const enum tt_priority priorities[] = { TT_PRIORITY_IMPORT, TT_PRIORITY_UPLOAD, TT_PRIORITY_IMPORT,
						       TT_PRIORITY_UPLOAD };
	struct tt_known_photo known;
	int64_t id[4];
	struct tt_job *jobs;
	size_t n;

	for (int i = 0; i < 4; i++) {
		struct tt_new_photo p = new_photo(fx, i + 1);

		p.priority = priorities[i];
		p.now = 1000;
		OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
		id[i] = known.id;
	}
	(void)lease(fx, 999, 10, &n);
	CHECK(n == 0);
	jobs = lease(fx, 1000, 3, &n);
	CHECK(n == 3 && jobs[0].photo == id[1] && jobs[1].photo == id[3] && jobs[2].photo == id[0]);
	CHECK(jobs[0].tries == 1 && jobs[0].kind == TT_JOB_DEVELOP && jobs[0].owner == fx->ann &&
	      jobs[0].sha256[0] == 2);
	CHECK(strcmp(jobs[0].name, "IMG_1234.jpg") == 0 && strcmp(jobs[0].blob_key, "originals/2020/01/2.jpg") == 0);
	CHECK(jobs[0].in_place_path == NULL);
	jobs = lease(fx, 1000, 3, &n);
	CHECK(n == 1 && jobs[0].photo == id[2]);
	(void)lease(fx, 1000, 3, &n);
	CHECK(n == 0);
}

static void retries_later_with_the_reason(void **state)
{
	struct fixture *fx = *state;
	struct tt_job *jobs;
	size_t n;
	int64_t at;

	OK(fx, tt_store_jobs_next_at(fx->store, &at, &fx->err));
	CHECK(at == -1);
	add_photo(fx, 1);
	OK(fx, tt_store_jobs_next_at(fx->store, &at, &fx->err));
	CHECK(at == 1600000000000);
	jobs = lease(fx, at, 1, &n);
	CHECK(n == 1);
	OK(fx, tt_store_jobs_next_at(fx->store, &at, &fx->err));
	CHECK(at == -1);
	OK(fx, tt_store_job_retry(fx->store, jobs[0].id, 1600000005000, "worker died", &fx->err));
	OK(fx, tt_store_jobs_next_at(fx->store, &at, &fx->err));
	CHECK(at == 1600000005000);
	(void)lease(fx, at - 1, 1, &n);
	CHECK(n == 0);
	jobs = lease(fx, at, 1, &n);
	CHECK(n == 1 && jobs[0].tries == 2);
	CHECK(rows(fx, "SELECT reason = 'worker died' AND leased_at = 1600000005000 FROM job") == 1);
}

static void leases_can_be_given_back_or_voided(void **state)
{
	struct fixture *fx = *state;
	struct tt_job *jobs;
	size_t n;
	int64_t voided = -1;

	add_photo(fx, 1);
	add_photo(fx, 2);
	jobs = lease(fx, 1600000000000, 2, &n);
	OK(fx, tt_store_job_release(fx->store, jobs[0].id, &fx->err));
	OK(fx, tt_store_job_release(fx->store, jobs[0].id, &fx->err)); /* only once */
	CHECK(rows(fx, "SELECT min(tries) FROM job") == 0);
	OK(fx, tt_store_jobs_void_leases(fx->store, &voided, &fx->err));
	CHECK(voided == 1);
	jobs = lease(fx, 1600000000000, 2, &n);
	CHECK(n == 2 && jobs[0].tries == 1 && jobs[1].tries == 2); /* a death counts as a try */
}

static void counts_photos_not_jobs(void **state)
{
	struct fixture *fx = *state;
	struct tt_job_counts c;
	int64_t n;
	size_t leased;

	OK(fx, tt_store_jobs_counts(fx->store, &c, &fx->err));
	CHECK(c.waiting == 0 && c.aside == 0);
	add_done(fx, 1, "2020-01-01T00:00:00", 1, 0.5);
	add_photo(fx, 2);
	add_photo(fx, 3);
	OK(fx, tt_store_jobs_reclassify(fx->store, "v2", 5, &n, &fx->err));
	CHECK(n == 1);
	(void)lease(fx, 1600000000000, 1, &leased);
	OK(fx, tt_store_jobs_counts(fx->store, &c, &fx->err));
	CHECK(c.waiting == 3 && c.aside == 0);
	OK(fx, tt_store_job_aside(fx->store, rows(fx, "SELECT max(id) FROM job"), "no", &fx->err));
	OK(fx, tt_store_jobs_counts(fx->store, &c, &fx->err));
	CHECK(c.waiting == 2 && c.aside == 1);
}

static void reclassifies_other_versions_and_the_unguessed(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		const char *name, *guess; /* NULL: developed without a model */
		bool developed;
		int64_t want;
	} cases[] = {
		{ "same version", "m-5", true, 0 }, { "older", "m-4", true, 1 },         { "newer", "m-6", true, 1 },
		{ "no guess", NULL, true, 1 },      { "not developed", NULL, false, 0 },
	};
	struct tt_facts facts = { .frames = 1 };
	struct tt_job *jobs;
	size_t leased;
	int64_t n, total = 0;

	for (size_t i = 0; i < TT_LEN(cases); i++) {
		int64_t id = add_photo(fx, (int)i + 1);
		struct tt_guess guess = guess_of(1, 0.5, cases[i].guess);

		if (cases[i].developed)
			finish(fx, id, &facts, cases[i].guess ? &guess : NULL, NULL, 0);
		OK(fx, tt_store_jobs_reclassify(fx->store, "m-5", 7, &n, &fx->err));
		CHECK_ROW(n == cases[i].want, cases[i].name);
		total += n;
	}
	OK(fx, tt_store_jobs_reclassify(fx->store, "m-5", 7, &n, &fx->err));
	CHECK(n == 0 && total == 3);
	jobs = lease(fx, 1600000000000, 10, &leased);
	CHECK(leased == 4 && jobs[0].kind == TT_JOB_DEVELOP &&
	      jobs[3].kind == TT_JOB_CLASSIFY); /* old ones come last */
	CHECK(strcmp(tt_job_kind_name(TT_JOB_CLASSIFY), "classify") == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(leases_by_priority_then_age, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(retries_later_with_the_reason, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(leases_can_be_given_back_or_voided, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(counts_photos_not_jobs, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(reclassifies_other_versions_and_the_unguessed, fixture_open,
						fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
