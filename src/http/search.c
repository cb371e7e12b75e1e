/* Search by words. */
#include "store/search.h"
#include "http/context.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"

int tt_handle_search(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_photo_page page;
	struct tt_cursor after;
	struct tt_str query;
	unsigned limit;
	int64_t person;
	int rc = tt_req_query_str(rq, "q", TT_SEARCH_MAX, &query, err);

	if (rc == 0 && query.len == 0)
		rc = tt_err_set(err, TT_EINVALID, "'q' must say what to search for");
	if (rc == 0)
		rc = tt_req_query_i64(rq, "person", 1, INT64_MAX, 0, &person, err);
	if (rc == 0)
		rc = tt_query_cursor(rq, &after, err);
	if (rc == 0)
		rc = tt_query_limit(rq, &limit, err);
	if (rc == 0)
		rc = tt_store_search(rq->cx->deps.store, rq->user.id, query.p, person, after, limit, &rq->arena, &page,
				     err);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_page(&page), err);
}
