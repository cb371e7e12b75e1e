/* tintype import: files and folders become photos of the library, read side by side; waits until all is derived. */
#include "cli/command.h"
#include "cli/owner.h"
#include "cli/progress.h"

#include "app/app.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/pool.h"
#include "ingest/ingest.h"
#include "store/jobs.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static bool in_place, restore;

enum { QUEUE = 256 };

struct import {
	struct tt_app *app;
	const struct tt_app_parts *parts;
	struct tt_pool *pool;
	struct tt_ingest_source source;
	int64_t started_ns;
	pthread_mutex_t lock; /* over all below */
	int64_t seen, imported, duplicates;
	json_t *rejected; /* [{"file", "reason"}] */
	struct taken *taken;
	size_t taken_count, taken_size;
	struct tt_err fatal; /* the library itself fails: stop */
};

/* What became a photo or was one: to say in the end which of them could not be read after all. */
struct taken {
	int64_t photo;
	bool duplicate;
	char *path;
};

struct file {
	struct import *im;
	char path[];
};

/* ---- what came of a file (under the lock) */

static void reject(struct import *im, const char *path, const char *reason)
{
	char file[4096], why[256];

	tt_utf8_copy(file, sizeof file, path, strlen(path));
	tt_utf8_copy(why, sizeof why, reason, strlen(reason));
	json_array_append_new(im->rejected, json_pack("{s:s,s:s}", "file", file, "reason", why));
}

static bool keep(struct import *im, const char *path, const struct tt_ingested *got)
{
	char *copy = tt_strdup(path);

	if (im->taken_count == im->taken_size) {
		size_t size = im->taken_size ? 2 * im->taken_size : 1024;
		struct taken *taken = tt_realloc(im->taken, size * sizeof *taken);

		if (taken) {
			im->taken = taken;
			im->taken_size = size;
		}
	}
	if (!copy || im->taken_count == im->taken_size) {
		free(copy);
		return false;
	}
	im->taken[im->taken_count++] = (struct taken){ got->photo, got->duplicate, copy };
	*(got->duplicate ? &im->duplicates : &im->imported) += 1;
	return true;
}

static void note(struct import *im, const char *path, int rc, const struct tt_ingested *got, const struct tt_err *err)
{
	pthread_mutex_lock(&im->lock);
	im->seen++;
	if (rc == 0 && !keep(im, path, got))
		(void)tt_err_set(&im->fatal, TT_ENOMEM, "out of memory");
	else if (rc == TT_EINVALID || rc == TT_ETOOBIG || rc == TT_ENOTFOUND)
		reject(im, path, err->msg);
	else if (rc < 0 && im->fatal.code == 0)
		(void)tt_err_set(&im->fatal, rc, "%s: %s", path, err->msg);
	tt_progress_show("reading", im->seen, 0, (double)im->seen * 1e9 / (double)(tt_mono_ns() - im->started_ns + 1));
	pthread_mutex_unlock(&im->lock);
}

static void import_file(void *item)
{
	TT_SCOPED(tt_freep) struct file *f = item;
	struct tt_ingested got = { 0 };
	struct tt_err err = { 0 };
	int rc = tt_ingest_file(f->im->parts->ingest, &f->im->source, f->path, in_place, tt_now_ms(), &got, &err);

	note(f->im, f->path, rc, &got, &err);
}

static int fatal(struct import *im, struct tt_err *err)
{
	int rc;

	pthread_mutex_lock(&im->lock);
	rc = im->fatal.code ? tt_err_set(err, im->fatal.code, "%s", im->fatal.msg) : 0;
	pthread_mutex_unlock(&im->lock);
	return rc;
}

static int queue_file(void *ctx, const char *path, struct tt_err *err)
{
	struct import *im = ctx;
	size_t n = strlen(path) + 1;
	struct file *f;
	int rc = fatal(im, err);

	if (rc < 0)
		return rc;
	f = tt_alloc(sizeof *f + n);
	if (!f)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	f->im = im;
	memcpy(f->path, path, n);
	rc = tt_pool_put(im->pool, import_file, f, err);
	if (rc < 0)
		free(f);
	return rc;
}

/* ---- the whole */

static int read_all(struct import *im, struct tt_cli *cli, struct tt_err *err)
{
	int rc = tt_pool_new(&im->pool, tt_app_cores(), QUEUE, "import", err);

	for (int i = 0; rc == 0 && i < cli->args_count; i++) {
		rc = tt_fs_walk(cli->args[i], queue_file, im, err);
		if (rc < 0 && fatal(im, err) == 0) { /* a path that is not there fails alone */
			note(im, cli->args[i], TT_EINVALID, NULL, err);
			rc = 0;
		}
	}
	if (im->pool)
		tt_pool_drain(im->pool);
	tt_pool_free(im->pool);
	return rc < 0 ? rc : fatal(im, err);
}

static void show_sorting(void *ctx)
{
	struct import *im = ctx;
	struct tt_job_counts counts;
	struct tt_err err = { 0 };
	int64_t done;

	if (tt_store_jobs_counts(im->parts->store, &counts, &err) < 0)
		return;
	done = im->imported > counts.waiting ? im->imported - counts.waiting : 0;
	tt_progress_show("sorting", done, im->imported,
			 (double)done * 1e9 / (double)(tt_mono_ns() - im->started_ns + 1));
}

/* Every file of this photo is rejected after all, whether it came now or an earlier time. */
static void take_back(struct import *im, const struct tt_aside *aside)
{
	for (size_t i = 0; i < im->taken_count; i++) {
		const struct taken *t = &im->taken[i];

		if (t->photo != aside->photo)
			continue;
		*(t->duplicate ? &im->duplicates : &im->imported) -= 1;
		reject(im, t->path, aside->reason);
	}
}

static int add_asides(struct import *im, struct tt_err *err)
{
	struct tt_arena arena = { .max = 16 << 20 };
	struct tt_aside *rows;
	size_t n;
	int rc = tt_store_jobs_asides(im->parts->store, im->source.owner, &arena, &rows, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		take_back(im, &rows[i]);
	tt_arena_free(&arena);
	return rc;
}

static int print_summary(const struct import *im, bool json)
{
	double seconds = (double)(tt_mono_ns() - im->started_ns) / 1e9;
	double rate = seconds > 0 ? (double)im->imported / seconds : 0;
	size_t i;
	json_t *row;

	tt_progress_clear();
	if (json)
		return tt_cli_print_json(json_pack("{s:I,s:I,s:I,s:O,s:f,s:f}", "seen", (json_int_t)im->seen,
						   "imported", (json_int_t)im->imported, "duplicates",
						   (json_int_t)im->duplicates, "rejected", im->rejected, "seconds",
						   seconds, "photos_per_second", rate));
	json_array_foreach(im->rejected, i, row)(void)
		fprintf(stderr, "%s: %s\n", json_string_value(json_object_get(row, "file")),
			json_string_value(json_object_get(row, "reason")));
	(void)printf("%lld files seen, %lld imported, %lld known already, %zu rejected in %.1f s (%.1f photos/s)\n",
		     (long long)im->seen, (long long)im->imported, (long long)im->duplicates,
		     json_array_size(im->rejected), seconds, rate);
	return 0;
}

static int import_all(struct import *im, struct tt_cli *cli, struct tt_err *err)
{
	int rc = tt_cli_owner(cli, im->parts->store, true, &im->source.owner, err);

	if (rc == 0)
		rc = read_all(im, cli, err);
	if (rc < 0)
		return rc;
	tt_app_on_progress(im->app, show_sorting, im);
	rc = tt_app_wait(im->app, err);
	tt_app_on_progress(im->app, NULL, NULL);
	if (rc == 0)
		rc = add_asides(im, err);
	return rc < 0 ? rc : print_summary(im, cli->json);
}

static int run(struct tt_cli *cli)
{
	struct import im = { .source = { .priority = TT_PRIORITY_IMPORT, .restore = restore },
			     .started_ns = tt_mono_ns(),
			     .lock = PTHREAD_MUTEX_INITIALIZER,
			     .rejected = json_array() };
	struct tt_err err = { 0 };
	int rc = im.rejected ? tt_app_open(&im.app, cli->library, cli->conf, TT_APP_GUEST, &err)
			     : tt_err_set(&err, TT_ENOMEM, "out of memory");

	if (rc == 0) {
		im.parts = tt_app_parts(im.app);
		rc = import_all(&im, cli, &err);
	}
	tt_app_close(im.app);
	for (size_t i = 0; i < im.taken_count; i++)
		free(im.taken[i].path);
	free(im.taken);
	if (rc == 0 && json_array_size(im.rejected) > 0)
		rc = 1;
	json_decref(im.rejected);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : rc ? TT_EXIT_FAILED : TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "in-place",
	  .kind = TT_OPT_FLAG,
	  .help = "leave the files where they are, index them only",
	  .target = &in_place },
	{ .name = "restore",
	  .kind = TT_OPT_FLAG,
	  .help = "take photos again that were deleted for good",
	  .target = &restore },
	{ .name = "workers",
	  .kind = TT_OPT_CONF,
	  .value = "N",
	  .conf = "workers",
	  .help = "decoding processes (one for each core)" },
};

const struct tt_command tt_command_import = {
	.name = "import",
	.run = run,
	.arguments = "PATH...",
	.min_args = 1,
	.max_args = -1,
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON | TT_CMD_USER,
	.summary = "take files and folders into the library and sort them",
	.details =
		"Photos that are there already, whatever their name, are not taken twice; a second import of the same\n"
		"folder reads only what is new. Works beside a running server, too.",
	.options = options,
	.options_count = TT_LEN(options),
};
