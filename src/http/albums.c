/* Albums made by hand, and the smart ones. */
#include "base/clock.h"
#include "base/json.h"
#include "http/context.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"

#define ALBUM_NAME_MAX 200

int tt_handle_smart_albums(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_smart_album smart[TT_SMART_ALBUMS];
	int rc = tt_store_smart_albums(rq->cx->deps.store, rq->user.id, smart, err);
	json_t *list;

	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; i < TT_SMART_ALBUMS; i++)
		json_array_append_new(list, tt_render_smart(&smart[i]));
	return tt_res_json(rs, 200, json_pack("{s:o}", "albums", list), err);
}

int tt_handle_albums(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_album *albums;
	json_t *list;
	size_t n;
	int rc = tt_store_albums(rq->cx->deps.store, rq->user.id, &rq->arena, &albums, &n, err);

	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, tt_render_album(&albums[i]));
	return tt_res_json(rs, 200, json_pack("{s:o}", "albums", list), err);
}

static int reply_album(struct tt_req *rq, struct tt_res *rs, int status, int64_t id, struct tt_err *err)
{
	struct tt_album album;
	int rc = tt_store_album(rq->cx->deps.store, rq->user.id, id, &rq->arena, &album, err);

	return rc < 0 ? rc : tt_res_json(rs, status, tt_render_album(&album), err);
}

static int get_name(struct tt_req *rq, struct tt_str *name, struct tt_err *err)
{
	int rc = tt_json_get_str(rq->json, "name", ALBUM_NAME_MAX, name, err);

	if (rc == 0 && tt_str_trim(*name).len == 0)
		rc = tt_err_set(err, TT_EINVALID, "an album needs a name");
	return rc;
}

int tt_handle_album_add(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "name", NULL };
	struct tt_str name;
	int64_t id;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = get_name(rq, &name, err);
	if (rc == 0)
		rc = tt_store_album_add(rq->cx->deps.store, rq->user.id, name.p, tt_now_ms(), &id, err);
	return rc < 0 ? rc : reply_album(rq, rs, 201, id, err);
}

int tt_handle_album(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	return reply_album(rq, rs, 200, rq->path_id, err);
}

int tt_handle_album_change(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "name", "cover", NULL };
	struct tt_str name = { NULL, 0 };
	int64_t cover = 0;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0 && json_object_size(rq->json) == 0)
		rc = tt_err_set(err, TT_EINVALID, "say what to change: 'name' or 'cover'");
	if (rc == 0 && json_object_get(rq->json, "name"))
		rc = get_name(rq, &name, err);
	if (rc == 0 && json_object_get(rq->json, "cover"))
		rc = tt_json_get_i64(rq->json, "cover", 1, INT64_MAX, &cover, err);
	if (rc == 0)
		rc = tt_store_album_change(rq->cx->deps.store, rq->user.id, rq->path_id, name.p, cover, err);
	return rc < 0 ? rc : reply_album(rq, rs, 200, rq->path_id, err);
}

int tt_handle_album_delete(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	int rc = tt_store_album_delete(rq->cx->deps.store, rq->user.id, rq->path_id, err);

	return rc < 0 ? rc : tt_res_empty(rs, 204);
}

int tt_handle_album_photos_add(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const int64_t *ids;
	int64_t changed;
	size_t n;
	int rc = tt_req_ids(rq, &ids, &n, err);

	if (rc == 0)
		rc = tt_store_album_put(rq->cx->deps.store, rq->user.id, rq->path_id, ids, n, tt_now_ms(), &changed,
					err);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_changed(changed), err);
}

int tt_handle_album_photos_remove(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const int64_t *ids;
	int64_t changed;
	size_t n;
	int rc = tt_req_ids(rq, &ids, &n, err);

	if (rc == 0)
		rc = tt_store_album_take(rq->cx->deps.store, rq->user.id, rq->path_id, ids, n, &changed, err);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_changed(changed), err);
}
