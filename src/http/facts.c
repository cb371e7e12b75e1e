/* What the user says about a photo, and the undo. */
#include "base/clock.h"
#include "base/json.h"
#include "http/context.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"
#include "learn/learn.h"

int tt_handle_class_set(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "class", NULL };
	struct tt_str name;
	int64_t fact;
	int cls, rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = tt_json_get_str(rq->json, "class", 16, &name, err);
	if (rc < 0)
		return rc;
	cls = tt_store_class_of(name.p);
	if (cls < TT_NO_CLASS)
		return tt_err_set(err, TT_EINVALID,
				  "'class' must be people, animals, landscape, vehicles, buildings or none");
	rc = tt_store_fact_add(rq->cx->deps.store, rq->user.id, rq->path_id, cls, tt_now_ms(), &fact, err);
	if (rc < 0)
		return rc;
	tt_learn_wake(rq->cx->deps.learn, rq->user.id);
	return tt_res_json(rs, 200, json_pack("{s:I}", "fact", (json_int_t)fact), err);
}

int tt_handle_facts(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_fact *facts;
	int64_t before;
	unsigned limit;
	json_t *list;
	size_t n;
	bool more;
	int rc = tt_req_query_i64(rq, "cursor", 1, INT64_MAX, 0, &before, err);

	if (rc == 0)
		rc = tt_query_limit(rq, &limit, err);
	if (rc == 0)
		rc = tt_store_facts(rq->cx->deps.store, rq->user.id, before, limit, &rq->arena, &facts, &n, &more, err);
	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, tt_render_fact(&facts[i]));
	return tt_res_json(rs, 200,
			   json_pack("{s:o,s:o}", "facts", list, "next",
				     more && n > 0 ? json_sprintf("%lld", (long long)facts[n - 1].id) : json_null()),
			   err);
}

int tt_handle_fact_undo(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	int rc = tt_store_fact_undo(rq->cx->deps.store, rq->user.id, rq->path_id, tt_now_ms(), err);

	return rc < 0 ? rc : tt_res_empty(rs, 204);
}
