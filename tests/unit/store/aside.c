#include "fixture.h"

#include <string.h>

/* A photo of ann's that is set aside. */
static int64_t set_aside(struct fixture *fx, int content, const char *reason)
{
	int64_t id = add_photo(fx, content);
	struct tt_job *jobs;
	size_t n;

	OK(fx, tt_store_jobs_lease(fx->store, INT64_MAX, 1, &fx->arena, &jobs, &n, &fx->err));
	CHECK(n == 1 && jobs[0].photo == id);
	OK(fx, tt_store_job_aside(fx->store, jobs[0].id, reason, &fx->err));
	return id;
}

static void lists_ones_own_newest_first(void **state)
{
	struct fixture *fx = *state;
	int64_t first = set_aside(fx, 1, "is broken"), second = set_aside(fx, 2, "too big");
	struct tt_aside *a;
	size_t n;
	int64_t at;

	OK(fx, tt_store_jobs_asides(fx->store, fx->ann, &fx->arena, &a, &n, &fx->err));
	CHECK(n == 2 && a[0].photo == second && a[1].photo == first);
	CHECK(strcmp(a[1].reason, "is broken") == 0 && strcmp(a[1].name, "IMG_1234.jpg") == 0);
	CHECK(a[1].kind == TT_JOB_DEVELOP && a[1].tries == 1);
	OK(fx, tt_store_jobs_asides(fx->store, fx->bob, &fx->arena, &a, &n, &fx->err));
	CHECK(n == 0);
	OK(fx, tt_store_jobs_next_at(fx->store, &at, &fx->err));
	CHECK(at == -1); /* what is set aside wakes nobody */
}

static void retry_and_dismiss(void **state)
{
	struct fixture *fx = *state;
	int64_t id = set_aside(fx, 1, "is broken");
	struct tt_job *jobs;
	struct tt_photo p;
	size_t n;

	CHECK(tt_store_aside_retry(fx->store, fx->bob, id, 5, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_aside_dismiss(fx->store, fx->bob, id, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_aside_retry(fx->store, fx->ann, id, 5, &fx->err));
	CHECK(tt_store_aside_retry(fx->store, fx->ann, id, 5, &fx->err) == TT_ENOTFOUND && fx->err.msg[0]);
	CHECK(tt_store_aside_dismiss(fx->store, fx->ann, id, &fx->err) == TT_ENOTFOUND); /* waits again */
	OK(fx, tt_store_jobs_lease(fx->store, 5, 1, &fx->arena, &jobs, &n, &fx->err));
	CHECK(n == 1 && jobs[0].tries == 1); /* counts anew */
	OK(fx, tt_store_job_aside(fx->store, jobs[0].id, "still broken", &fx->err));
	OK(fx, tt_store_aside_dismiss(fx->store, fx->ann, id, &fx->err));
	OK(fx, tt_store_photo(fx->store, fx->ann, id, &fx->arena, &p, &fx->err));
	CHECK(p.state == TT_PHOTO_DONE && p.developed_at == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lists_ones_own_newest_first, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(retry_and_dismiss, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
