/* Classes of a user's own: names, what the user said of photos, and what was learnt of it. */
#include "base/clock.h"
#include "base/json.h"
#include "http/context.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"
#include "learn/learn.h"
#include "store/own_classes.h"

static json_t *share(int64_t n, int64_t of)
{
	return of > 0 ? json_real((double)n / (double)of) : json_null();
}

static json_t *render_learnt(const struct tt_class_learnt *l)
{
	if (l->version == 0 || l->yes == 0)
		return json_null();
	return json_pack("{s:I,s:I,s:b,s:I,s:I,s:I,s:o,s:o}", "version", (json_int_t)l->version, "made_at",
			 (json_int_t)l->made_at, "used", l->used, "put_in", (json_int_t)l->yes, "kept_out",
			 (json_int_t)l->no, "others", (json_int_t)l->others, "found", share(l->yes_taken, l->yes),
			 "others_taken", share(l->others_taken, l->others));
}

static json_t *render(const struct tt_own_class *c, const struct tt_learn_opts *opts)
{
	return json_pack("{s:I,s:s,s:I,s:b,s:I,s:I,s:o,s:I,s:I,s:I,s:o,s:i,s:b,s:o}", "id", (json_int_t)c->id, "name",
			 c->name, "created_at", (json_int_t)c->created_at, "removed", c->removed, "count",
			 (json_int_t)c->count, "guessed", (json_int_t)c->guessed, "cover", tt_render_id(c->cover),
			 "put_in", (json_int_t)c->yes, "kept_out", (json_int_t)c->no, "judged", (json_int_t)c->judged,
			 "precision", share(c->judged_right, c->judged), "examples_needed", (int)opts->class_examples,
			 "fresh", c->fresh, "learnt", render_learnt(&c->learnt));
}

static int reply(struct tt_req *rq, struct tt_res *rs, int status, int64_t id, struct tt_err *err)
{
	const struct tt_http_deps *d = &rq->cx->deps;
	struct tt_own_class c;
	int rc = tt_store_own_class(d->store, rq->user.id, id, &rq->arena, &c, err);

	return rc < 0 ? rc : tt_res_json(rs, status, render(&c, tt_learn_options(d->learn)), err);
}

int tt_handle_classes(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const struct tt_http_deps *d = &rq->cx->deps;
	/* First, so that who sees false sees all that came of it. */
	bool busy = tt_learn_busy(d->learn, rq->user.id);
	struct tt_own_class *classes;
	int64_t removed;
	json_t *list;
	size_t n;
	int rc = tt_req_query_i64(rq, "removed", 0, 1, 0, &removed, err);

	if (rc == 0)
		rc = tt_store_own_classes(d->store, rq->user.id, removed != 0, &rq->arena, &classes, &n, err);
	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, render(&classes[i], tt_learn_options(d->learn)));
	return tt_res_json(rs, 200, json_pack("{s:b,s:o}", "busy", busy, "classes", list), err);
}

static int get_name(struct tt_req *rq, const char **name, struct tt_err *err)
{
	struct tt_str given;
	int rc = tt_json_get_str(rq->json, "name", TT_OWN_CLASS_NAME_MAX, &given, err);

	if (rc < 0)
		return rc;
	given = tt_str_trim(given);
	if (given.len == 0)
		return tt_err_set(err, TT_EINVALID, "a class needs a name");
	*name = tt_arena_strndup(&rq->arena, given.p, given.len);
	return *name ? 0 : tt_err_set(err, TT_ENOMEM, "out of memory");
}

int tt_handle_class_add(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "name", NULL };
	const struct tt_http_deps *d = &rq->cx->deps;
	const char *name = NULL;
	int64_t id = 0;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = get_name(rq, &name, err);
	if (rc == 0)
		rc = tt_store_own_class_add(d->store, rq->user.id, name, tt_learn_options(d->learn)->classes,
					    tt_now_ms(), &id, err);
	return rc < 0 ? rc : reply(rq, rs, 201, id, err);
}

int tt_handle_class(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	return reply(rq, rs, 200, rq->path_id, err);
}

int tt_handle_class_change(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "name", "removed", NULL };
	const json_t *removed = json_object_get(rq->json, "removed");
	const struct tt_http_deps *d = &rq->cx->deps;
	const char *name = NULL;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0 && json_object_size(rq->json) == 0)
		rc = tt_err_set(err, TT_EINVALID, "say what to change: 'name' or 'removed'");
	if (rc == 0 && removed && !json_is_boolean(removed))
		rc = tt_err_set(err, TT_EINVALID, "'removed' must be true or false");
	if (rc == 0 && json_object_get(rq->json, "name"))
		rc = get_name(rq, &name, err);
	if (rc == 0 && name)
		rc = tt_store_own_class_rename(d->store, rq->user.id, rq->path_id, name, err);
	if (rc == 0 && removed)
		rc = tt_store_own_class_remove(d->store, rq->user.id, rq->path_id,
					       json_is_true(removed) ? tt_now_ms() : 0, err);
	if (rc < 0)
		return rc;
	tt_learn_classes(d->learn, rq->user.id);
	return reply(rq, rs, 200, rq->path_id, err);
}

int tt_handle_class_delete(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	int rc = tt_store_own_class_remove(rq->cx->deps.store, rq->user.id, rq->path_id, tt_now_ms(), err);

	return rc < 0 ? rc : tt_res_empty(rs, 204);
}

/* ---- what the user says */

int tt_handle_class_say(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "ids", "belongs", NULL };
	const json_t *belongs = json_object_get(rq->json, "belongs");
	const int64_t *ids;
	int64_t *facts;
	size_t n, said = 0;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0 && !json_is_boolean(belongs))
		rc = tt_err_set(err, TT_EINVALID, "'belongs' must be true or false");
	if (rc == 0)
		rc = tt_req_list(rq, "ids", TT_IDS_MAX, NULL, &ids, &n, err);
	if (rc < 0)
		return rc;
	facts = tt_arena_alloc(&rq->arena, n * sizeof *facts);
	if (!facts)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = tt_store_class_say(rq->cx->deps.store, rq->user.id, rq->path_id, ids, n, json_is_true(belongs),
				tt_now_ms(), facts, &said, err);
	if (rc < 0)
		return rc;
	tt_learn_classes(rq->cx->deps.learn, rq->user.id);
	return tt_res_json(rs, 200, json_pack("{s:o}", "facts", tt_render_ids(facts, said)), err);
}

int tt_handle_class_undo(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const int64_t *ids;
	int64_t changed = 0;
	size_t n;
	int rc = tt_req_ids(rq, &ids, &n, err);

	if (rc == 0)
		rc = tt_store_class_undo(rq->cx->deps.store, rq->user.id, ids, n, tt_now_ms(), &changed, err);
	if (rc < 0)
		return rc;
	tt_learn_classes(rq->cx->deps.learn, rq->user.id);
	return tt_res_json(rs, 200, tt_render_changed(changed), err);
}

int tt_handle_class_facts(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_class_fact *facts;
	int64_t before, id;
	unsigned limit;
	json_t *list;
	size_t n;
	bool more;
	int rc = tt_req_query_i64(rq, "cursor", 1, INT64_MAX, 0, &before, err);

	if (rc == 0)
		rc = tt_req_query_i64(rq, "own_class", 1, INT64_MAX, 0, &id, err);
	if (rc == 0)
		rc = tt_query_limit(rq, &limit, err);
	if (rc == 0)
		rc = tt_store_class_facts(rq->cx->deps.store, rq->user.id, id, before, limit, &rq->arena, &facts, &n,
					  &more, err);
	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
				      json_pack("{s:I,s:I,s:o,s:b,s:I,s:o}", "id", (json_int_t)facts[i].id, "own_class",
						(json_int_t)facts[i].own_class, "photo", tt_render_id(facts[i].photo),
						"belongs", facts[i].says, "at", (json_int_t)facts[i].at, "undone_at",
						tt_render_id(facts[i].undone_at)));
	return tt_res_json(rs, 200,
			   json_pack("{s:o,s:o}", "facts", list, "next",
				     more && n > 0 ? json_sprintf("%lld", (long long)facts[n - 1].id) : json_null()),
			   err);
}

int tt_handle_class_unsure(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_photo_page page;
	unsigned limit;
	int rc = tt_query_limit(rq, &limit, err);

	if (rc == 0)
		rc = tt_store_class_unsure(rq->cx->deps.store, rq->user.id, rq->path_id, limit, &rq->arena, &page, err);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_page(&page), err);
}
