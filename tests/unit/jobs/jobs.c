/* The team, with a decoder and a network that the tests play themselves. */
#include "library_fixture.h"

#include "base/clock.h"
#include "base/log.h"
#include "jobs/jobs.h"
#include "store/jobs.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct stage {
	struct library *lib;
	struct tt_jobs_deps deps;
	struct tt_jobs_opts opts;
	struct tt_jobs *jobs;
	atomic_int developed, planes_only, released, batches, changes;
	atomic_int fail_first; /* so many develops fail with `fail_code` */
	int fail_code;
	atomic_bool classify_fails;
};

static int develop(void *ctx, int fd, const char *name, enum tt_develop_what what, struct tt_developed *out,
		   struct tt_err *err)
{
	static const uint8_t rgb[3] = { 1, 2, 3 };
	struct stage *s = ctx;

	(void)fd;
	atomic_fetch_add(&s->developed, 1);
	if (atomic_fetch_sub(&s->fail_first, 1) > 0)
		return tt_err_set(err, s->fail_code, "%s cannot be decoded", name);
	if (what == TT_DEVELOP_PLANE)
		atomic_fetch_add(&s->planes_only, 1);
	*out = (struct tt_developed){ .plane = { 1, 1, rgb }, .memory = s };
	if (what & TT_DEVELOP_DERIVATIVES) {
		out->thumb = out->preview = rgb;
		out->thumb_size = out->preview_size = sizeof rgb;
		out->facts.width = 640;
		out->facts.height = 480;
		(void)snprintf(out->facts.taken, sizeof out->facts.taken, "2020-02-03T04:05:06");
		(void)snprintf(out->facts.mime, sizeof out->facts.mime, "image/jpeg");
	}
	return 0;
}

static void developed_done(struct tt_developed *d)
{
	if (d->memory)
		atomic_fetch_add(&((struct stage *)d->memory)->released, 1);
	d->memory = NULL;
}

static int classify(void *ctx, const struct tt_plane *planes, unsigned n, struct tt_classified *out, struct tt_err *err)
{
	struct stage *s = ctx;

	atomic_fetch_add(&s->batches, 1);
	if (atomic_load(&s->classify_fails))
		return tt_err_set(err, TT_EINTERNAL, "the network is ill");
	for (unsigned i = 0; i < n; i++) {
		CHECK(planes[i].width == 1 && planes[i].rgb[2] == 3);
		out[i] = (struct tt_classified){ .p = { 0.1F, 0.6F, 0.1F, 0.1F, 0.1F },
						 .top = TT_CLASS_ANIMALS,
						 .labels = 1 };
		(void)snprintf(out[i].label[0].name, sizeof out[i].label[0].name, "cat");
		out[i].label[0].confidence = 0.5F;
	}
	return 0;
}

static void changed(void *ctx)
{
	atomic_fetch_add(&((struct stage *)ctx)->changes, 1);
}

static int64_t put_photo(struct stage *s, int number)
{
	struct tt_known_photo known;
	struct tt_err err = { 0 };
	char key[64];
	struct tt_new_photo p = { .owner = s->lib->fx->ann,
				  .name = "a.jpg",
				  .blob_key = key,
				  .mime = "image/jpeg",
				  .bytes = 3,
				  .now = 1,
				  .mtime = 1,
				  .priority = TT_PRIORITY_IMPORT };

	p.sha256[0] = (uint8_t)number;
	p.sha256[1] = (uint8_t)(number >> 8);
	(void)snprintf(key, sizeof key, "originals/2020/02/%d.jpg", number);
	CHECK(tt_blobs_put(s->lib->blobs, key, "abc", 3, &err) == 0);
	CHECK(tt_store_photo_add(s->lib->fx->store, &p, &known, &err) == 0);
	return known.id;
}

static void setup(struct stage *s)
{
	memset(s, 0, sizeof *s);
	tt_log_set_level(TT_LOG_ERROR);
	CHECK(library_open((void **)&s->lib) == 0);
	s->deps = (struct tt_jobs_deps){ .store = s->lib->fx->store,
					 .blobs = s->lib->blobs,
					 .develop = develop,
					 .developed_done = developed_done,
					 .develop_ctx = s,
					 .classify = classify,
					 .classify_ctx = s,
					 .model = "m",
					 .version = "m-1",
					 .changed = changed,
					 .changed_ctx = s };
	s->opts = (struct tt_jobs_opts){ .threads = 2, .batch = 4, .tries = 3, .retry_delay_ms = 1 };
}

static void start(struct stage *s)
{
	struct tt_err err = { 0 };

	CHECK(tt_jobs_start(&s->jobs, &s->deps, &s->opts, &err) == 0);
}

static void wait_idle(struct stage *s)
{
	struct tt_err err = { 0 };

	CHECK(tt_jobs_wait_idle(s->jobs, &err) == 0);
}

static void teardown(struct stage *s)
{
	tt_jobs_stop(s->jobs);
	CHECK(library_close((void **)&s->lib) == 0);
}

static void what_is_due_gets_done(void **state)
{
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_jobs_progress progress;
	struct tt_photo_detail d;
	struct tt_err err = { 0 };
	struct stage s;
	int64_t id = 0;

	(void)state;
	setup(&s);
	for (int i = 0; i < 30; i++)
		id = put_photo(&s, i);
	start(&s);
	wait_idle(&s);
	CHECK(tt_jobs_progress(s.jobs, &progress, &err) == 0);
	CHECK(progress.waiting == 0 && progress.aside == 0 && progress.done == 30 && progress.eta_s == 0);
	CHECK(atomic_load(&s.developed) == 30 && library_files(s.lib, "derived") == 60);
	CHECK(tt_store_photo_detail(s.lib->fx->store, s.lib->fx->ann, id, &arena, &d, &err) == 0);
	CHECK(d.photo.state == TT_PHOTO_DONE && d.photo.cls == TT_CLASS_ANIMALS && d.photo.facts.width == 640);
	assert_string_equal(d.guess.version, "m-1");
	CHECK(d.labels_count == 1);
	assert_string_equal(d.labels[0].name, "cat");
	tt_arena_free(&arena);
	teardown(&s);
	CHECK(atomic_load(&s.released) == 30 && atomic_load(&s.changes) > 0);
}

static void a_wake_up_brings_new_work(void **state)
{
	struct stage s;

	(void)state;
	setup(&s);
	start(&s);
	for (int i = 0; i < 5; i++) {
		put_photo(&s, i);
		tt_jobs_wake(s.jobs);
		wait_idle(&s);
		CHECK(atomic_load(&s.developed) == i + 1);
	}
	teardown(&s);
}

static void a_crash_is_tried_three_times(void **state)
{
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_jobs_progress progress;
	struct tt_aside *rows;
	struct tt_err err = { 0 };
	struct stage s;
	size_t n;
	int64_t id;

	(void)state;
	setup(&s);
	id = put_photo(&s, 1);
	s.fail_code = TT_ECRASH;
	atomic_store(&s.fail_first, 1000);
	start(&s);
	wait_idle(&s);
	CHECK(atomic_load(&s.developed) == 3);
	CHECK(tt_jobs_progress(s.jobs, &progress, &err) == 0 && progress.aside == 1);
	CHECK(tt_store_jobs_asides(s.lib->fx->store, s.lib->fx->ann, &arena, &rows, &n, &err) == 0 && n == 1);
	CHECK(rows[0].photo == id && rows[0].tries == 3);
	assert_string_equal(rows[0].reason, "a.jpg cannot be decoded");
	/* the user asks for another try, and now it can be read */
	atomic_store(&s.fail_first, 0);
	CHECK(tt_store_aside_retry(s.lib->fx->store, s.lib->fx->ann, id, tt_now_ms(), &err) == 0);
	tt_jobs_wake(s.jobs);
	wait_idle(&s);
	CHECK(tt_jobs_progress(s.jobs, &progress, &err) == 0 && progress.aside == 0);
	tt_arena_free(&arena);
	teardown(&s);
}

static void a_second_try_may_succeed(void **state)
{
	struct stage s;

	(void)state;
	setup(&s);
	put_photo(&s, 1);
	s.fail_code = TT_ETIMEOUT;
	atomic_store(&s.fail_first, 1);
	start(&s);
	wait_idle(&s);
	CHECK(atomic_load(&s.developed) == 2 && library_files(s.lib, "derived") == 2);
	teardown(&s);
}

static void a_broken_file_is_set_aside_at_once(void **state)
{
	struct tt_jobs_progress progress;
	struct tt_err err = { 0 };
	struct stage s;

	(void)state;
	setup(&s);
	put_photo(&s, 1);
	put_photo(&s, 2);
	s.fail_code = TT_EINVALID;
	atomic_store(&s.fail_first, 1);
	start(&s);
	wait_idle(&s);
	CHECK(atomic_load(&s.developed) == 2);
	CHECK(tt_jobs_progress(s.jobs, &progress, &err) == 0 && progress.aside == 1 && progress.done == 1);
	teardown(&s);
}

static void a_failing_network_sets_photos_aside(void **state)
{
	struct tt_jobs_progress progress;
	struct tt_err err = { 0 };
	struct stage s;

	(void)state;
	setup(&s);
	for (int i = 0; i < 6; i++)
		put_photo(&s, i);
	atomic_store(&s.classify_fails, true);
	start(&s);
	wait_idle(&s);
	CHECK(tt_jobs_progress(s.jobs, &progress, &err) == 0 && progress.aside == 6);
	teardown(&s);
}

static void another_model_looks_again(void **state)
{
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_photo_detail d;
	struct tt_err err = { 0 };
	struct stage s;
	int64_t id;

	(void)state;
	setup(&s);
	id = put_photo(&s, 1);
	put_photo(&s, 2);
	start(&s);
	wait_idle(&s);
	tt_jobs_stop(s.jobs);
	s.deps.version = "m-2";
	start(&s);
	wait_idle(&s);
	CHECK(atomic_load(&s.planes_only) == 2 && atomic_load(&s.developed) == 4);
	CHECK(tt_store_photo_detail(s.lib->fx->store, s.lib->fx->ann, id, &arena, &d, &err) == 0);
	assert_string_equal(d.guess.version, "m-2");
	CHECK(d.photo.facts.width == 640);
	tt_arena_free(&arena);
	teardown(&s);
}

static void without_a_model_photos_are_developed(void **state)
{
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_photo_detail d;
	struct tt_err err = { 0 };
	struct stage s;
	int64_t id;

	(void)state;
	setup(&s);
	id = put_photo(&s, 1);
	s.deps.classify = NULL;
	start(&s);
	wait_idle(&s);
	CHECK(tt_store_photo_detail(s.lib->fx->store, s.lib->fx->ann, id, &arena, &d, &err) == 0);
	CHECK(!d.has_guess && d.photo.cls == TT_NO_CLASS && d.photo.state == TT_PHOTO_DONE);
	tt_arena_free(&arena);
	teardown(&s);
}

static void a_stop_loses_nothing(void **state)
{
	struct stage s;

	(void)state;
	setup(&s);
	for (int i = 0; i < 200; i++)
		put_photo(&s, i);
	for (int i = 0; i < 5; i++) {
		start(&s);
		tt_jobs_stop(s.jobs);
	}
	start(&s);
	wait_idle(&s);
	CHECK(atomic_load(&s.developed) == 200);
	teardown(&s);
}

static void sizes_are_checked(void **state)
{
	struct tt_err err = { 0 };
	struct stage s;

	(void)state;
	setup(&s);
	s.opts.batch = 65;
	CHECK(tt_jobs_start(&s.jobs, &s.deps, &s.opts, &err) == TT_EINVALID && s.jobs == NULL);
	teardown(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_due_gets_done),
		cmocka_unit_test(a_wake_up_brings_new_work),
		cmocka_unit_test(a_crash_is_tried_three_times),
		cmocka_unit_test(a_second_try_may_succeed),
		cmocka_unit_test(a_broken_file_is_set_aside_at_once),
		cmocka_unit_test(a_failing_network_sets_photos_aside),
		cmocka_unit_test(another_model_looks_again),
		cmocka_unit_test(without_a_model_photos_are_developed),
		cmocka_unit_test(a_stop_loses_nothing),
		cmocka_unit_test(sizes_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
