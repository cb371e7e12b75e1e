/* Is it alive, and what is it. */
#include "http/context.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"

int tt_handle_health(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	int rc = tt_store_ping(rq->cx->deps.store, err);

	return rc < 0 ? rc : tt_res_json(rs, 200, json_pack("{s:s}", "status", "ok"), err);
}

int tt_handle_about(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const struct tt_http_deps *d = &rq->cx->deps;
	struct tt_counts n;
	json_t *model;
	int rc = tt_store_counts(d->store, rq->user.id, &n, err);

	if (rc < 0)
		return rc;
	model = d->model ? json_pack("{s:s,s:s}", "name", d->model, "version", d->model_version) : json_null();
	return tt_res_json(rs, 200,
			   json_pack("{s:s,s:o,s:{s:I,s:I,s:I,s:I,s:I}}", "version", d->version, "model", model,
				     "counts", "photos", (json_int_t)n.photos, "videos", (json_int_t)n.videos,
				     "trashed", (json_int_t)n.trashed, "albums", (json_int_t)n.albums, "bytes",
				     (json_int_t)n.bytes),
			   err);
}
