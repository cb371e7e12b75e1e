/* Pages of the timeline, one photo, the trash. */
#include "base/clock.h"
#include "base/json.h"
#include "http/context.h"
#include "http/render.h"
#include "http/render_people.h"
#include "http/response.h"
#include "http/routes.h"
#include "library/library.h"
#include "people/people.h"

int tt_handle_photos(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_photo_filter filter;
	struct tt_photo_page page;
	struct tt_cursor after;
	unsigned limit;
	int rc = tt_query_filter(rq, true, &filter, err);

	if (rc == 0)
		rc = tt_query_cursor(rq, &after, err);
	if (rc == 0)
		rc = tt_query_limit(rq, &limit, err);
	if (rc == 0)
		rc = tt_store_photo_page(rq->cx->deps.store, &filter, after, limit, &rq->arena, &page, err);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_page(&page), err);
}

int tt_handle_photo(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_store *store = rq->cx->deps.store;
	struct tt_photo_detail detail;
	struct tt_face_row *faces;
	json_t *out;
	size_t n;
	int rc = tt_store_photo_detail(store, rq->user.id, rq->path_id, &rq->arena, &detail, err);

	if (rc == 0)
		rc = tt_store_faces_of_photo(store, rq->user.id, rq->path_id, &rq->arena, &faces, &n, err);
	if (rc < 0)
		return rc;
	out = tt_render_detail(&detail);
	if (json_object_set_new(out, "faces", tt_render_faces(faces, n)) < 0)
		tt_json_decrefp(&out);
	return tt_res_json(rs, 200, out, err);
}

int tt_handle_trash(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const int64_t *ids;
	int64_t changed;
	size_t n;
	int rc = tt_req_ids(rq, &ids, &n, err);

	if (rc == 0)
		rc = tt_store_trash(rq->cx->deps.store, rq->user.id, ids, n, tt_now_ms(), &changed, err);
	if (rc == 0)
		tt_people_photos_changed(rq->cx->deps.people, rq->user.id);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_changed(changed), err);
}

int tt_handle_restore(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const int64_t *ids;
	int64_t changed;
	size_t n;
	int rc = tt_req_ids(rq, &ids, &n, err);

	if (rc == 0)
		rc = tt_store_restore(rq->cx->deps.store, rq->user.id, ids, n, &changed, err);
	if (rc == 0)
		tt_people_photos_changed(rq->cx->deps.people, rq->user.id);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_changed(changed), err);
}

int tt_handle_trash_empty(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const int64_t *ids = NULL;
	int64_t changed;
	size_t n = 0;
	int rc = rq->json ? tt_req_ids(rq, &ids, &n, err) : 0;

	if (rc == 0)
		rc = tt_library_purge(rq->cx->deps.library, rq->user.id, ids, n, tt_now_ms(), &changed, err);
	if (rc == 0)
		tt_people_photos_changed(rq->cx->deps.people, rq->user.id);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_changed(changed), err);
}
