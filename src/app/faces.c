/* What looks for faces, wired to the jobs. Missing or broken networks cost the faces, nothing else. */
#include "app/internal.h"

#include "base/log.h"
#include "jobs/jobs.h"
#include "people/people.h"
#include "vision/faces.h"

static int find(void *ctx, const struct tt_plane *plane, struct tt_face *out, unsigned room, unsigned *n,
		struct tt_err *err)
{
	return tt_faces_find(ctx, plane, out, room, n, err);
}

static int embed(void *ctx, const struct tt_plane *plane, const float box[4], struct tt_face *out, struct tt_err *err)
{
	return tt_faces_embed_box(ctx, plane, box[0], box[1], box[2], box[3], out, err);
}

static void found(void *ctx, int64_t owner)
{
	struct tt_app *app = ctx;

	if (app->parts.people)
		tt_people_wake(app->parts.people, owner);
}

void tt_app_wire_faces(struct tt_app *app, const struct tt_conf *conf, struct tt_jobs_deps *deps)
{
	struct tt_err err = { 0 };

	if (!conf->faces.enabled)
		return;
	if (tt_app_open_faces(&app->faces, conf, 1, &err) < 0) {
		tt_log(TT_LOG_WARN, "app", "faces are not looked for: %s", err.msg);
		return;
	}
	deps->find = find;
	deps->embed = embed;
	deps->faces_ctx = app->faces;
	deps->faces_version = tt_faces_version(app->faces);
	deps->faces_found = found;
	deps->faces_found_ctx = app;
}
