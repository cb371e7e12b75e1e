#include "app/app.h"

#include "accounts/accounts.h"
#include "app/internal.h"
#include "app/wake.h"
#include "base/alloc.h"
#include "base/fs.h"
#include "base/log.h"
#include "blob/blob.h"
#include "ingest/ingest.h"
#include "jobs/jobs.h"
#include "learn/learn.h"
#include "library/library.h"
#include "people/people.h"
#include "store/jobs.h"
#include "store/store.h"
#include "vision/classifier.h"
#include "vision/faces.h"
#include "worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

/* ---- who wakes whom */

void tt_app_progressed(struct tt_app *app)
{
	pthread_mutex_lock(&app->progress_lock);
	if (app->progress)
		app->progress(app->progress_ctx);
	pthread_mutex_unlock(&app->progress_lock);
}

static void progress_changed(void *ctx)
{
	tt_app_progressed(ctx);
}

void tt_app_on_progress(struct tt_app *app, void (*fn)(void *ctx), void *ctx)
{
	pthread_mutex_lock(&app->progress_lock);
	app->progress = fn;
	app->progress_ctx = ctx;
	pthread_mutex_unlock(&app->progress_lock);
}

static void photo_added(void *ctx)
{
	struct tt_app *app = ctx;

	if (app->parts.jobs)
		tt_jobs_wake(app->parts.jobs);
	else
		tt_wake_send(app->path);
}

static void woken(void *ctx)
{
	struct tt_app *app = ctx;

	tt_jobs_wake(app->parts.jobs);
	tt_learn_reload(app->parts.learn);
	tt_people_reload(app->parts.people);
}

void tt_app_wake_other(struct tt_app *app)
{
	tt_wake_send(app->path);
}

static void learning_failed(void *ctx, int64_t owner, const struct tt_err *err)
{
	(void)ctx;
	tt_log(TT_LOG_ERROR, "learn", "owner=%lld %s", (long long)owner, err->msg);
}

static void adjust(void *ctx, int64_t owner, const struct tt_features *features, struct tt_classified *c,
		   char version[TT_GUESS_VERSION_SIZE])
{
	tt_learn_adjust(ctx, owner, features, c, version);
}

static void stale(void *ctx, int64_t owner)
{
	tt_learn_stale(ctx, owner);
}

static void classes(void *ctx, int64_t owner)
{
	tt_learn_classes(ctx, owner);
}

static void photo_gone(void *ctx)
{
	struct tt_app *app = ctx;
	struct tt_err err = { 0 };

	if (tt_library_sweep(app->parts.library, &err) < 0)
		tt_log(TT_LOG_WARN, "app", "files of deleted photos stay until the next start: %s", err.msg);
}

static int develop(void *ctx, int fd, const char *name, enum tt_develop_what what, struct tt_developed *out,
		   struct tt_err *err)
{
	return tt_workers_develop(ctx, fd, name, what, out, err);
}

static int classify(void *ctx, const struct tt_plane *planes, unsigned n, struct tt_classified *out,
		    struct tt_features *features, struct tt_err *err)
{
	return tt_classifier_run_features(ctx, planes, n, out, features, err);
}

/* ---- building */

/* 1: this process has the lock now, 0: another one has it. */
static int take_lock(struct tt_app *app, struct tt_err *err)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof path, "%s/tintype.lock", app->path);
	app->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (app->lock < 0)
		return tt_err_set(err, TT_EIO, "cannot open %s: %s", path, strerror(errno));
	if (flock(app->lock, LOCK_EX | LOCK_NB) == 0)
		return 1;
	tt_closep(&app->lock);
	return 0;
}

static unsigned workers_of(const struct tt_conf *conf)
{
	return conf->workers > 0 ? (unsigned)conf->workers : tt_app_cores();
}

static int start_workers(struct tt_app *app, const struct tt_conf *conf, struct tt_err *err)
{
	struct tt_workers_opts opts;

	tt_app_workers_opts(conf, &opts);
	return tt_workers_start(&app->workers, &opts, err);
}

void tt_app_workers_opts(const struct tt_conf *conf, struct tt_workers_opts *out)
{
	*out = (struct tt_workers_opts){
		.count = workers_of(conf),
		.timeout_ms = (unsigned)conf->worker.timeout_ms,
		.max_memory = (uint64_t)conf->worker.max_memory,
		.limits = { .max_pixels = (uint64_t)conf->media.max_pixels,
			    .max_side = (uint32_t)conf->media.max_side,
			    .faces_side = (uint32_t)conf->faces.plane_side },
	};
}

int tt_app_open_classifier(struct tt_classifier **out, const struct tt_conf *conf, const char *library,
			   const char *model, unsigned threads, struct tt_err *err)
{
	struct tt_classifier_opts opts = { .precision = TT_BF16, .threads = threads };
	char path[PATH_MAX];
	int rc = 0;

	if (strcmp(conf->model.precision, "f32") == 0)
		opts.precision = TT_F32;
	else if (strcmp(conf->model.precision, "int8") == 0)
		opts.precision = TT_INT8;
	if (model)
		(void)snprintf(path, sizeof path, "%s", model);
	else
		rc = tt_app_model_path(conf, library, path, sizeof path, err);
	return rc < 0 ? rc : tt_classifier_open(out, path, &opts, err);
}

static int open_store(struct tt_app *app, const struct tt_conf *conf, struct tt_err *err)
{
	struct tt_store_opts opts = { (unsigned)conf->store.readers, (unsigned)conf->store.busy_ms };
	struct tt_accounts_opts accounts = {
		.session_ms = conf->accounts.session_days * 86400000,
		.throttle_tries = (unsigned)conf->accounts.throttle_tries,
		.throttle_ms = conf->accounts.throttle_s * 1000,
	};
	char path[PATH_MAX];
	int rc;

	(void)snprintf(path, sizeof path, "%s/tintype.db", app->path);
	rc = tt_store_open(&app->parts.store, path, &opts, err);
	if (rc == 0)
		rc = tt_blobs_open_folder(&app->parts.blobs, app->path, err);
	return rc < 0 ? rc : tt_accounts_open(&app->parts.accounts, app->parts.store, &accounts, err);
}

static int open_ingest(struct tt_app *app, const struct tt_conf *conf, struct tt_err *err)
{
	struct tt_ingest_opts opts = { conf->ingest.max_file_bytes, photo_added, app };
	int rc = tt_library_open(&app->parts.library, app->parts.store, app->parts.blobs, err);

	return rc < 0 ? rc : tt_ingest_open(&app->parts.ingest, app->parts.store, app->parts.blobs, &opts, err);
}

void tt_app_learn_opts(const struct tt_conf *conf, struct tt_learn_opts *out)
{
	*out = (struct tt_learn_opts){ conf->learn.automatic != 0,      (unsigned)conf->learn.min_corrections,
				       (unsigned)conf->learn.every,     (unsigned)conf->learn.max_corrections,
				       (unsigned)conf->learn.rehearsal, (unsigned)conf->learn.class_examples,
				       (unsigned)conf->learn.classes };
}

static int start_learning(struct tt_app *app, const struct tt_conf *conf, struct tt_err *err)
{
	struct tt_learn_deps deps = { .store = app->parts.store,
				      .model_version = app->parts.version,
				      .changed = progress_changed,
				      .failed = learning_failed,
				      .ctx = app };
	struct tt_learn_opts opts;

	tt_app_learn_opts(conf, &opts);
	return tt_learn_start(&app->parts.learn, &deps, &opts, err);
}

static int start_jobs(struct tt_app *app, const struct tt_conf *conf, struct tt_err *err)
{
	struct tt_jobs_opts opts = { workers_of(conf), (unsigned)conf->jobs.batch, (unsigned)conf->jobs.tries,
				     conf->jobs.retry_delay_ms, (unsigned)conf->faces.max_per_photo };
	struct tt_jobs_deps deps = {
		.store = app->parts.store,
		.blobs = app->parts.blobs,
		.develop = develop,
		.developed_done = tt_workers_developed_done,
		.develop_ctx = app->workers,
		.changed = progress_changed,
		.changed_ctx = app,
		.gone = photo_gone,
		.gone_ctx = app,
	};
	int rc = tt_app_open_classifier(&app->classifier, conf, app->path, NULL, 1, err);

	if (rc < 0)
		return rc;
	app->parts.model = deps.model = tt_classifier_name(app->classifier);
	app->parts.version = deps.version = tt_classifier_version(app->classifier);
	deps.classify = classify;
	deps.classify_ctx = app->classifier;
	tt_app_wire_faces(app, conf, &deps);
	rc = start_learning(app, conf, err);
	if (rc == 0)
		rc = tt_app_start_people(app, conf, err);
	if (rc < 0)
		return rc;
	deps.adjust = adjust;
	deps.stale = stale;
	deps.classes = classes;
	deps.learn_ctx = app->parts.learn;
	rc = tt_jobs_start(&app->parts.jobs, &deps, &opts, err);
	return rc < 0 ? rc : tt_wake_listen(&app->wake, app->path, woken, app, err);
}

static int build(struct tt_app *app, const struct tt_conf *conf, enum tt_app_mode mode, struct tt_err *err)
{
	bool work = false;
	int rc = tt_fs_mkdirs(app->path, 0750, err);

	if (rc == 0 && mode != TT_APP_LOOK) {
		rc = take_lock(app, err);
		work = rc == 1;
		if (rc == 0 && mode == TT_APP_WORK)
			rc = tt_err_set(err, TT_EBUSY, "another tintype works on the library %s already; stop it first",
					app->path);
	}
	if (rc >= 0 && work)
		rc = start_workers(app, conf, err);
	if (rc >= 0)
		rc = open_store(app, conf, err);
	if (rc >= 0 && mode != TT_APP_LOOK)
		rc = open_ingest(app, conf, err);
	if (rc >= 0 && work)
		rc = start_jobs(app, conf, err);
	return rc < 0 ? rc : 0;
}

static void closep(struct tt_app **app)
{
	tt_app_close(*app);
}

int tt_app_open(struct tt_app **out, const char *library, const struct tt_conf *conf, enum tt_app_mode mode,
		struct tt_err *err)
{
	TT_SCOPED(closep) struct tt_app *app = tt_calloc(1, sizeof *app);
	int rc;

	if (!app)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	app->lock = -1;
	pthread_mutex_init(&app->progress_lock, NULL);
	app->path = tt_strdup(library);
	if (!app->path)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = build(app, conf, mode, err);
	if (rc == 0)
		*out = tt_take(app);
	return rc;
}

const struct tt_app_parts *tt_app_parts(const struct tt_app *app)
{
	return &app->parts;
}

/* A guest looks at the rows: the process that works says nothing to it. */
static int wait_as_guest(struct tt_app *app, struct tt_err *err)
{
	static const struct timespec pause = { .tv_nsec = 200000000 };

	for (;;) {
		struct tt_job_counts counts;
		int rc = tt_store_jobs_counts(app->parts.store, &counts, err);

		if (rc < 0 || counts.waiting == 0)
			return rc;
		rc = take_lock(app, err);
		if (rc < 0)
			return rc;
		if (rc == 1)
			return tt_err_set(err, TT_EBUSY,
					  "the process that works on this library has ended; run the import again");
		tt_wake_send(app->path);
		progress_changed(app);
		(void)nanosleep(&pause, NULL);
	}
}

int tt_app_wait(struct tt_app *app, struct tt_err *err)
{
	int rc = app->parts.jobs ? tt_jobs_wait_idle(app->parts.jobs, err) : wait_as_guest(app, err);

	return rc == 0 && app->parts.people ? tt_people_wait(app->parts.people, err) : rc;
}

void tt_app_close(struct tt_app *app)
{
	if (!app)
		return;
	tt_wake_close(app->wake);
	tt_jobs_stop(app->parts.jobs);
	tt_people_stop(app->parts.people);
	tt_learn_stop(app->parts.learn);
	tt_classifier_close(app->classifier);
	tt_faces_close(app->faces);
	tt_ingest_close(app->parts.ingest);
	tt_library_close(app->parts.library);
	tt_accounts_close(app->parts.accounts);
	tt_blobs_close(app->parts.blobs);
	tt_store_close(app->parts.store);
	tt_workers_stop(app->workers);
	tt_closep(&app->lock);
	pthread_mutex_destroy(&app->progress_lock);
	free(app->path);
	free(app);
}
