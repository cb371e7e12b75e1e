/* What happens to photos after they arrived. */
#include "http/jobs.h"

#include "base/clock.h"
#include "base/json.h"
#include "http/context.h"
#include "http/events.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"
#include "jobs/jobs.h"
#include "store/jobs.h"

#define ASIDE_ARENA (4 * 1024 * 1024)

static int make_progress(struct tt_context *cx, int64_t user, json_t **out, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = ASIDE_ARENA };
	struct tt_jobs_progress p;
	struct tt_aside *asides;
	size_t own = 0;
	int rc = tt_jobs_progress(cx->deps.jobs, &p, err);

	/* The count of all users says when there is no need to look for one's own. */
	if (rc == 0 && p.aside > 0)
		rc = tt_store_jobs_asides(cx->deps.store, user, &arena, &asides, &own, err);
	if (rc < 0)
		return rc;
	*out = json_pack("{s:I,s:I,s:I,s:f,s:o,s:I}", "waiting", (json_int_t)p.waiting, "done", (json_int_t)p.done,
			 "aside", (json_int_t)own, "rate", p.per_second, "eta_s",
			 p.eta_s < 0 ? json_null() : json_real(p.eta_s), "people",
			 (json_int_t)atomic_load(&cx->people));
	return *out ? 0 : tt_err_set(err, TT_ENOMEM, "out of memory");
}

int tt_progress_render(void *ctx, int64_t user, struct tt_buf *out, struct tt_err *err)
{
	TT_SCOPED(tt_json_decrefp) json_t *value = NULL;
	int rc = make_progress(ctx, user, &value, err);

	return rc < 0 ? rc : tt_json_write(out, value, err);
}

void tt_people_changed(struct tt_context *cx)
{
	atomic_fetch_add(&cx->people, 1);
	tt_events_wake(cx->events);
}

int tt_handle_progress(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	json_t *value;
	int rc = make_progress(rq->cx, rq->user.id, &value, err);

	return rc < 0 ? rc : tt_res_json(rs, 200, value, err);
}

int tt_handle_events(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	int rc = tt_event_stream_new(&rs->stream, rq->cx->events, rq->user.id, err);

	if (rc < 0)
		return rc;
	rs->status = 200;
	rs->kind = TT_RES_EVENTS;
	rc = tt_res_header(rs, "X-Accel-Buffering", "no", err); /* nginx passes each event on at once */
	return rc < 0 ? rc : tt_res_header(rs, "Content-Type", "text/event-stream", err);
}

int tt_handle_aside(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_aside *asides;
	json_t *list;
	size_t n;
	int rc = tt_store_jobs_asides(rq->cx->deps.store, rq->user.id, &rq->arena, &asides, &n, err);

	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:I,s:s,s:s,s:i,s:s}", "photo", (json_int_t)asides[i].photo,
						      "name", asides[i].name, "kind", tt_job_kind_name(asides[i].kind),
						      "tries", (int)asides[i].tries, "reason",
						      asides[i].reason ? asides[i].reason : ""));
	return tt_res_json(rs, 200, json_pack("{s:o}", "jobs", list), err);
}

int tt_handle_aside_retry(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	int rc = tt_store_aside_retry(rq->cx->deps.store, rq->user.id, rq->path_id, tt_now_ms(), err);

	if (rc < 0)
		return rc;
	tt_jobs_wake(rq->cx->deps.jobs);
	tt_events_wake(rq->cx->events);
	return tt_res_empty(rs, 204);
}

int tt_handle_aside_dismiss(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	int rc = tt_store_aside_dismiss(rq->cx->deps.store, rq->user.id, rq->path_id, err);

	if (rc < 0)
		return rc;
	tt_events_wake(rq->cx->events);
	return tt_res_empty(rs, 204);
}
