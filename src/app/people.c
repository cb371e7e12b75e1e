/* The service that sorts faces, wired to the rest. */
#include "app/internal.h"

#include "base/log.h"
#include "jobs/jobs.h"
#include "people/people.h"
#include "vision/faces.h"

static void failed(void *ctx, int64_t owner, const struct tt_err *err)
{
	(void)ctx;
	tt_log(TT_LOG_ERROR, "people", "owner=%lld %s", (long long)owner, err->msg);
}

static void changed(void *ctx)
{
	tt_app_progressed(ctx);
}

/* A face drawn by hand is to be looked at. */
static void drawn(void *ctx)
{
	struct tt_app *app = ctx;

	if (app->parts.jobs)
		tt_jobs_wake(app->parts.jobs);
}

void tt_app_people_opts(const struct tt_conf *conf, struct tt_people_opts *out)
{
	*out = (struct tt_people_opts){ .confidence = conf->people.confidence,
					.min_quality = conf->people.min_quality,
					.recur = (unsigned)conf->people.recur,
					.neighbours = (unsigned)conf->people.neighbours,
					.max_gallery = (unsigned)conf->people.max_gallery,
					.max_facts = (unsigned)conf->people.max_facts,
					.max_at_once = (unsigned)conf->people.max_at_once,
					.max_merge = (unsigned)conf->people.max_merge,
					.max_questions = (unsigned)conf->people.max_questions,
					.threads = (unsigned)conf->faces.threads };
}

int tt_app_start_people(struct tt_app *app, const struct tt_conf *conf, struct tt_err *err)
{
	struct tt_people_deps deps = {
		.store = app->parts.store, .drawn = drawn, .changed = changed, .failed = failed, .ctx = app
	};
	struct tt_people_opts opts;
	const char *text = app->faces ? tt_faces_same(app->faces) : NULL;

	if (tt_same_parse(&app->same, text, err) < 0) {
		tt_log(TT_LOG_WARN, "people", "the embedder's file does not say how alike faces are: %s", err->msg);
		app->same = tt_same_usual;
	}
	tt_app_people_opts(conf, &opts);
	opts.same = &app->same;
	return tt_people_start(&app->parts.people, &deps, &opts, err);
}
