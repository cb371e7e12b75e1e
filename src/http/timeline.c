/* Months with their counts, so that the web app can lay out the whole timeline before it knows a single photo. */
#include "http/context.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"
#include "store/moment.h"

int tt_handle_months(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_photo_filter filter;
	struct tt_months months;
	json_t *list;
	int rc = tt_query_filter(rq, false, &filter, err);

	if (rc == 0)
		rc = tt_store_months(rq->cx->deps.store, &filter, &rq->arena, &months, err);
	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; i < months.count; i++) {
		char name[8];

		tt_month_format(months.months[i].month, name);
		json_array_append_new(
			list, json_pack("{s:s,s:I}", "month", name, "count", (json_int_t)months.months[i].count));
	}
	return tt_res_json(rs, 200, json_pack("{s:o,s:I}", "months", list, "total", (json_int_t)months.total), err);
}
