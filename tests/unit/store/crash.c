/* A process that is killed at any moment loses nothing that it had acknowledged, and leaves nothing half. */
#include "fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Adds and finishes photos for ever, and writes a byte for each that is acknowledged. */
static void work(struct fixture *fx, int acknowledge)
{
	for (int content = 1; content < 500; content++) {
		struct tt_facts facts = { .frames = 1, .make = "Canon" };
		struct tt_guess guess = guess_of(content % 5, 0.5, "v1");
		struct tt_new_photo p = new_photo(fx, content);
		struct tt_known_photo known;
		struct tt_job_result r = { .facts = &facts, .guess = &guess };
		struct tt_job *jobs;
		size_t n;

		if (tt_store_photo_add(fx->store, &p, &known, &fx->err) < 0 || write(acknowledge, "a", 1) != 1 ||
		    tt_store_jobs_lease(fx->store, INT64_MAX, 1, &fx->arena, &jobs, &n, &fx->err) < 0 || n != 1)
			break;
		r.job = jobs[0].id;
		r.photo = jobs[0].photo;
		for (size_t i = 0; i < sizeof r.sha256; i++)
			r.sha256[i] = jobs[0].sha256[i];
		if (tt_store_jobs_finish(fx->store, &r, 1, &fx->err) < 0 || write(acknowledge, "f", 1) != 1)
			break;
	}
	_exit(1);
}

/* Waits for so many acknowledgements, kills, and counts those that came until the end. */
static void kill_after(int wanted, pid_t child, int from, int64_t *added, int64_t *finished)
{
	char byte;

	while (read(from, &byte, 1) == 1) {
		++*(byte == 'a' ? added : finished);
		if (*added + *finished == wanted)
			CHECK(kill(child, SIGKILL) == 0);
	}
	CHECK(waitpid(child, NULL, 0) == child);
}

static void a_killed_process_loses_nothing(void **state)
{
	static const int wanted[] = { 1, 2, 7, 40, 101 };

	(void)state;
	for (size_t i = 0; i < TT_LEN(wanted); i++) {
		void *opened = NULL;
		struct fixture *fx;
		int64_t added = 0, finished = 0, voided;
		int ends[2];
		pid_t child;

		CHECK(fixture_open(&opened) == 0 && pipe(ends) == 0);
		fx = opened;
		tt_store_close(fx->store); /* a connection must not be carried over a fork */
		fx->store = NULL;
		child = fork();
		CHECK(child >= 0);
		if (child == 0) {
			close(ends[0]);
			if (tt_store_open(&fx->store, fx->path, NULL, &fx->err) == 0)
				work(fx, ends[1]);
			_exit(1);
		}
		close(ends[1]);
		kill_after(wanted[i], child, ends[0], &added, &finished);
		close(ends[0]);
		CHECK(added + finished >= wanted[i]);
		OK(fx, tt_store_open(&fx->store, fx->path, NULL, &fx->err));
		OK(fx, tt_store_jobs_void_leases(fx->store, &voided, &fx->err));
		CHECK(rows(fx, "SELECT count(*) FROM photo") >= added);
		CHECK(rows(fx, "SELECT count(*) FROM guess") >= finished);
		CHECK(rows(fx, "SELECT (SELECT count(*) FROM photo) = (SELECT count(*) FROM guess) + "
			       "(SELECT count(*) FROM job WHERE state = 'waiting')") == 1);
		check_sound(fx);
		CHECK(fixture_close(&opened) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_killed_process_loses_nothing) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
