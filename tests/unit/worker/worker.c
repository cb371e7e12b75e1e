/* The team with decoders that do as the file's name says: answer, fail, crash, hang, misbehave. */
#include "worker/worker.h"

#include "base/clock.h"
#include "test.h"
#include "worker/sandbox.h"
#include "worker/zygote.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_S = 60, PATIENCE_MS = 60000 };

static int fake_init(struct tt_err *err)
{
	(void)err;
	return 0;
}

/* Each thing that must not work and yet did, as a bit. */
static uint32_t try_to_escape(void)
{
	uint32_t done = 0;
	char *const argv[] = { (char *)"true", NULL };
	pid_t pid;

	done |= open("/etc/passwd", O_RDONLY) >= 0 ? 1 : 0;
	done |= open("/tmp/tintype-escape", O_CREAT | O_WRONLY, 0600) >= 0 ? 2 : 0;
	done |= socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 4 : 0;
	done |= socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 8 : 0;
	pid = fork();
	if (pid == 0)
		_exit(0);
	done |= pid > 0 ? 16 : 0;
	(void)execv("/bin/true", argv);
	done |= kill(getppid(), 0) == 0 ? 32 : 0;
	done |= unlink("/tmp/tintype-nothing") == 0 ? 64 : 0;
	return done;
}

static void *add_one(void *p)
{
	(*(int *)p)++;
	return NULL;
}

static uint32_t run_thread(void)
{
	pthread_t t;
	int n = 1;

	if (pthread_create(&t, NULL, add_one, &n) != 0)
		return 0;
	pthread_join(t, NULL);
	return (uint32_t)n;
}

static uint32_t take_memory(void)
{
	void *volatile p = malloc((size_t)1 << 30); /* a compiler may leave out what is not kept */

	return p != NULL;
}

static void hang(void)
{
	for (;;)
		(void)nanosleep(&(struct timespec){ 1, 0 }, NULL);
}

static int fake_develop(int fd, const char *name, enum tt_develop_what what, const struct tt_media_limits *limits,
			struct tt_developed *out, struct tt_err *err)
{
	static uint32_t count;
	ssize_t n;

	count++;
	if (!strcmp(name, "error"))
		return tt_err_set(err, TT_ETOOBIG, "too big: %u pixels", limits->max_side);
	if (!strcmp(name, "crash"))
		abort();
	if (!strcmp(name, "exit"))
		_exit(0);
	if (!strcmp(name, "hang"))
		hang();
	if (!strcmp(name, "odd code"))
		return 7;
	if (!strcmp(name, "escape"))
		out->facts.iso = try_to_escape();
	else if (!strcmp(name, "thread"))
		out->facts.iso = run_thread();
	else if (!strcmp(name, "memory"))
		out->facts.iso = take_memory();
	else if (!strcmp(name, "pid"))
		out->facts.iso = (uint32_t)getpid();
	else
		out->facts.iso = count;
	n = pread(fd, out->facts.description, sizeof out->facts.description - 1, 0);
	out->facts.description[n > 0 ? n : 0] = '\0';
	out->facts.rating = (int)what % 5;
	out->facts.has_rating = true;
	snprintf(out->facts.make, sizeof out->facts.make, "%s", name);
	return 0;
}

static void fake_done(struct tt_developed *d)
{
	(void)d;
}

static const struct tt_worker_hooks hooks = { fake_init, fake_develop, fake_done, 1000, PATIENCE_MS };

static struct tt_workers *start(unsigned count, unsigned timeout_ms, const struct tt_worker_hooks *h)
{
	const struct tt_workers_opts opts = { count, timeout_ms, (uint64_t)256 << 20, { 1000000, 4711 } };
	struct tt_workers *w = NULL;
	struct tt_err err = { 0 };

	CHECK(tt_workers_start_with(&w, &opts, h, &err) == 0);
	return w;
}

static int file_with(const char *text)
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	return fd;
}

/* The code, or the number the fake decoder put into facts.iso. */
static int64_t ask(struct tt_workers *w, const char *name, struct tt_err *err)
{
	struct tt_developed d = { .memory = NULL };
	int fd = file_with("hello"), rc = tt_workers_develop(w, fd, name, TT_DEVELOP_FACTS, &d, err);
	int64_t iso = d.facts.iso;

	close(fd);
	if (rc < 0)
		return rc;
	assert_string_equal(d.facts.description, "hello");
	tt_workers_developed_done(&d);
	return iso;
}

static void answers_and_errors(void **state)
{
	struct tt_workers *w = start(1, PATIENCE_MS, &hooks);
	struct tt_err err = { 0 };

	(void)state;
	CHECK(ask(w, "count", &err) == 1);
	CHECK(ask(w, "error", &err) == TT_ETOOBIG);
	assert_string_equal(err.msg, "too big: 4711 pixels");
	CHECK(ask(w, "count", &err) == 3); /* the same process all the time */
	tt_workers_stop(w);
}

static void no_file_at_all(void **state)
{
	struct tt_workers *w = start(1, PATIENCE_MS, &hooks);
	struct tt_developed d;
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_workers_develop(w, -1, "count", TT_DEVELOP_FACTS, &d, &err) == TT_EINTERNAL);
	CHECK(ask(w, "count", &err) == 1);
	tt_workers_stop(w);
}

static void crashes_cost_one_worker(void **state)
{
	struct tt_workers *w = start(1, PATIENCE_MS, &hooks);
	struct tt_err err = { 0 };

	(void)state;
	CHECK(ask(w, "count", &err) == 1);
	CHECK(ask(w, "crash", &err) == TT_ECRASH);
	CHECK(ask(w, "count", &err) == 1);
	CHECK(ask(w, "exit", &err) == TT_ECRASH);
	CHECK(ask(w, "odd code", &err) == TT_ECRASH);
	CHECK(ask(w, "count", &err) == 1);
	tt_workers_stop(w);
}

static void hanging_is_ended(void **state)
{
	struct tt_workers *w = start(1, 100, &hooks);
	struct tt_err err = { 0 };

	(void)state;
	CHECK(ask(w, "hang", &err) == TT_ETIMEOUT);
	CHECK(strstr(err.msg, "worker.timeout_ms"));
	CHECK(ask(w, "hang", &err) == TT_ETIMEOUT);
	tt_workers_stop(w);
}

static void old_workers_are_replaced(void **state)
{
	const struct tt_worker_hooks three = { fake_init, fake_develop, fake_done, 3, PATIENCE_MS };
	struct tt_workers *w = start(1, PATIENCE_MS, &three);
	struct tt_err err = { 0 };

	(void)state;
	for (int64_t i = 0; i < 9; i++)
		CHECK(ask(w, "count", &err) == i % 3 + 1);
	tt_workers_stop(w);
}

/* One that ends at once when there is no work: each request either meets a living worker or makes a new one. */
static void idle_workers_end(void **state)
{
	const struct tt_worker_hooks brief = { fake_init, fake_develop, fake_done, 1000, 1 };
	struct tt_workers *w = start(1, PATIENCE_MS, &brief);
	int64_t deadline = tt_mono_ns() + (int64_t)LIMIT_S * 1000000000, restarts = 0;
	struct tt_err err = { 0 };

	(void)state;
	while (restarts < 3 && tt_mono_ns() < deadline) {
		int64_t n = ask(w, "count", &err);

		CHECK(n > 0);
		restarts += n == 1;
		(void)nanosleep(&(struct timespec){ 0, 2000000 }, NULL);
	}
	CHECK(restarts == 3);
	tt_workers_stop(w);
}

static void is_locked_in(void **state)
{
	struct tt_workers *w = start(1, PATIENCE_MS, &hooks);
	struct tt_err err = { 0 };

	(void)state;
	CHECK(ask(w, "escape", &err) == 0);
	CHECK(ask(w, "thread", &err) == 2);
#if !TT_SANITIZED
	CHECK(ask(w, "memory", &err) == 0);
#endif
	tt_workers_stop(w);
}

static void *ask_often(void *p)
{
	static const char *const names[] = { "count", "error", "crash", "count", "pid" };
	struct tt_workers *w = p;

	for (size_t i = 0; i < 50; i++) {
		struct tt_developed d = { .memory = NULL };
		struct tt_err err = { 0 };
		const char *name = names[i % TT_LEN(names)];
		int fd = file_with("hello"), rc = tt_workers_develop(w, fd, name, TT_DEVELOP_FACTS, &d, &err);

		close(fd);
		if (rc != (name[0] == 'e' ? TT_ETOOBIG : name[1] == 'r' ? TT_ECRASH : 0))
			return p;
		if (rc == 0 && strcmp(d.facts.make, name) != 0)
			return p;
		tt_workers_developed_done(&d);
	}
	return NULL;
}

static void many_threads_share_few_workers(void **state)
{
	struct tt_workers *w = start(2, PATIENCE_MS, &hooks);
	pthread_t threads[6];
	void *wrong;

	(void)state;
	for (size_t i = 0; i < TT_LEN(threads); i++)
		CHECK(pthread_create(&threads[i], NULL, ask_often, w) == 0);
	for (size_t i = 0; i < TT_LEN(threads); i++) {
		pthread_join(threads[i], &wrong);
		CHECK(wrong == NULL);
	}
	tt_workers_stop(w);
}

static bool is_gone(pid_t pid)
{
	char path[64], line[256];
	const char *state;
	FILE *f;
	bool gone;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return true;
	gone = !fgets(line, sizeof line, f);
	fclose(f);
	state = gone ? NULL : strrchr(line, ')');
	return gone || (state && state[2] == 'Z');
}

/* A server that is killed leaves no process behind. */
static void ends_with_the_server(void **state)
{
	int64_t deadline = tt_mono_ns() + (int64_t)LIMIT_S * 1000000000, pid = 0;
	int pipe_ends[2];
	pid_t server;

	(void)state;
	CHECK(pipe2(pipe_ends, O_CLOEXEC) == 0);
	server = fork();
	if (server == 0) {
		struct tt_workers *w = start(1, PATIENCE_MS, &hooks);
		struct tt_err err = { 0 };

		pid = ask(w, "pid", &err);
		(void)!write(pipe_ends[1], &pid, sizeof pid);
		hang();
	}
	CHECK(read(pipe_ends[0], &pid, sizeof pid) == sizeof pid && pid > 0 && !is_gone((pid_t)pid));
	CHECK(kill(server, SIGKILL) == 0 && waitpid(server, NULL, 0) == server);
	while (!is_gone((pid_t)pid) && tt_mono_ns() < deadline)
		(void)nanosleep(&(struct timespec){ 0, 2000000 }, NULL);
	CHECK(is_gone((pid_t)pid));
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

static void product_decoder_behind_it(void **state)
{
	const struct tt_workers_opts opts = { 1, PATIENCE_MS, (uint64_t)1 << 30, { 1000000, 10000 } };
	struct tt_workers *w = NULL;
	struct tt_developed d = { .memory = NULL };
	struct tt_err err = { 0 };
	int fd = file_with("%PDF-1.4");

	(void)state;
	CHECK(tt_workers_start(&w, &opts, &err) == 0);
	CHECK(tt_workers_develop(w, fd, "a.jpg", TT_DEVELOP_ALL, &d, &err) == TT_EINVALID);
	CHECK(strstr(err.msg, "PDF"));
	close(fd);
	tt_workers_stop(w);
	tt_workers_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_and_errors),
		cmocka_unit_test(no_file_at_all),
		cmocka_unit_test(crashes_cost_one_worker),
		cmocka_unit_test(hanging_is_ended),
		cmocka_unit_test(old_workers_are_replaced),
		cmocka_unit_test(idle_workers_end),
		cmocka_unit_test(is_locked_in),
		cmocka_unit_test(many_threads_share_few_workers),
		cmocka_unit_test(ends_with_the_server),
		cmocka_unit_test(product_decoder_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
