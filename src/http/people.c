/* Persons: who there is, and what the user says of them as a whole. */
#include "people/people.h"

#include "base/alloc.h"
#include "base/json.h"
#include "http/context.h"
#include "http/render.h"
#include "http/render_people.h"
#include "http/response.h"
#include "http/routes.h"
#include "store/people.h"

struct list_query {
	int64_t hidden;
	struct tt_str q;
	struct tt_person_cursor after;
	unsigned limit;
};

/* "1_12_345": without a name, photos, id. */
static int get_cursor(const struct tt_req *rq, struct tt_person_cursor *out, struct tt_err *err)
{
	struct tt_person_cursor c = { 0 };
	struct tt_str rest, unnamed, photos;
	int64_t none = 0;
	int rc = tt_req_query_str(rq, "cursor", 64, &rest, err);

	if (rc < 0)
		return rc;
	if (rest.len > 0 && (!tt_str_split(&rest, '_', &unnamed) || !tt_str_split(&rest, '_', &photos) ||
			     !tt_str_i64(unnamed, 0, 1, &none) || !tt_str_i64(photos, 0, INT64_MAX, &c.photos) ||
			     !tt_str_i64(rest, 1, INT64_MAX, &c.id)))
		return tt_err_set(err, TT_EINVALID, "'cursor' must be the 'next' of the page before");
	c.unnamed = none != 0;
	*out = c;
	return 0;
}

static int get_list_query(const struct tt_req *rq, struct list_query *out, struct tt_err *err)
{
	int rc = tt_req_query_str(rq, "q", TT_PEOPLE_QUERY, &out->q, err);

	if (rc == 0)
		rc = tt_req_query_i64(rq, "hidden", 0, 1, 0, &out->hidden, err);
	if (rc == 0)
		rc = get_cursor(rq, &out->after, err);
	return rc < 0 ? rc : tt_query_limit(rq, &out->limit, err);
}

int tt_handle_people(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_store *store = rq->cx->deps.store;
	struct tt_people_counts counts;
	struct tt_person_page page;
	struct list_query q;
	json_t *list, *next;
	int rc = get_list_query(rq, &q, err);

	if (rc == 0)
		rc = tt_store_people(store, rq->user.id, q.hidden ? TT_PEOPLE_HIDDEN : TT_PEOPLE_SHOWN,
				     q.q.len ? q.q.p : NULL, q.after, q.limit, &rq->arena, &page, err);
	if (rc == 0)
		rc = tt_store_people_counts(store, rq->user.id, &counts, err);
	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; i < page.count; i++)
		json_array_append_new(list, tt_render_person(&page.people[i]));
	next = page.more ? json_sprintf("%d_%lld_%lld", page.next.unnamed, (long long)page.next.photos,
					(long long)page.next.id)
			 : json_null();
	return tt_res_json(rs, 200,
			   json_pack("{s:o,s:I,s:I,s:o}", "people", list, "unknown", (json_int_t)counts.unknown,
				     "waiting", (json_int_t)counts.waiting, "next", next),
			   err);
}

int tt_handle_person(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_store *store = rq->cx->deps.store;
	struct tt_year_count *years;
	struct tt_person person;
	json_t *out, *list;
	size_t n;
	int rc = tt_store_person(store, rq->user.id, rq->path_id, &rq->arena, &person, err);

	if (rc == 0)
		rc = tt_store_person_years(store, rq->user.id, person.id, &rq->arena, &years, &n, err);
	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:i,s:I}", "year", years[i].year, "count", (json_int_t)years[i].photos));
	out = tt_render_person(&person);
	if (json_object_set_new(out, "years", list) < 0)
		tt_json_decrefp(&out);
	return tt_res_json(rs, 200, out, err);
}

int tt_handle_person_photos(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_photo_page page;
	struct tt_cursor after;
	unsigned limit;
	int64_t year;
	int rc = tt_req_query_i64(rq, "year", 1, 9999, 0, &year, err);

	if (rc == 0)
		rc = tt_query_cursor(rq, &after, err);
	if (rc == 0)
		rc = tt_query_limit(rq, &limit, err);
	if (rc == 0)
		rc = tt_store_photos_together(rq->cx->deps.store, rq->user.id, &rq->path_id, 1, (int)year, after, limit,
					      &rq->arena, &page, err);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_page(&page), err);
}

static int reply_faces(struct tt_req *rq, struct tt_res *rs, int64_t person, struct tt_err *err)
{
	struct tt_face_cursor after;
	struct tt_face_page page;
	unsigned limit;
	int rc = tt_query_face_cursor(rq, &after, err);

	if (rc == 0)
		rc = tt_query_limit(rq, &limit, err);
	if (rc == 0)
		rc = tt_store_faces_of_person(rq->cx->deps.store, rq->user.id, person, after, limit, &rq->arena, &page,
					      err);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_face_page(&page), err);
}

int tt_handle_person_faces(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	return reply_faces(rq, rs, rq->path_id, err);
}

int tt_handle_unknown_faces(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	return reply_faces(rq, rs, 0, err);
}

/* ---- what the user says */

struct person_change {
	bool has_name, has_born, has_hidden, hidden;
	struct tt_str name, born;
	int64_t cover;
};

/* All of it is looked at before any of it is said. */
static int get_change(const struct tt_req *rq, struct person_change *out, struct tt_err *err)
{
	static const char *const names[] = { "name", "born", "hidden", "cover_face", NULL };
	const json_t *hidden = json_object_get(rq->json, "hidden");
	int rc = tt_req_only(rq, names, err);

	*out = (struct person_change){ .has_name = json_object_get(rq->json, "name"),
				       .has_born = json_object_get(rq->json, "born"),
				       .has_hidden = hidden,
				       .hidden = json_is_true(hidden) };
	if (rc == 0 && json_object_size(rq->json) == 0)
		rc = tt_err_set(err, TT_EINVALID, "say what to change: 'name', 'born', 'hidden' or 'cover_face'");
	if (rc == 0 && out->has_name)
		rc = tt_json_get_str(rq->json, "name", TT_PERSON_NAME_MAX, &out->name, err);
	if (rc == 0 && out->has_born)
		rc = tt_json_get_str(rq->json, "born", 10, &out->born, err);
	if (rc == 0 && hidden && !json_is_boolean(hidden))
		rc = tt_err_set(err, TT_EINVALID, "'hidden' must be true or false");
	return rc < 0 ? rc : tt_json_id(rq, "cover_face", &out->cover, err);
}

/* Adds what came of one operation to what came of those before. */
static int gather(struct tt_arena *arena, struct tt_people_said *all, const struct tt_people_said *one,
		  struct tt_err *err)
{
	int64_t *facts = tt_arena_alloc(arena, (all->count + one->count + 1) * sizeof *facts);

	if (!facts)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < all->count; i++)
		facts[i] = all->facts[i];
	for (size_t i = 0; i < one->count; i++)
		facts[all->count + i] = one->facts[i];
	all->facts = facts;
	all->count += one->count;
	all->person = one->person;
	all->face = one->face ? one->face : all->face;
	return 0;
}

static int apply(const struct tt_people_call *c, int64_t person, const struct person_change *change,
		 struct tt_people_said *all, struct tt_err *err)
{
	struct tt_people_said one = { 0 };
	int rc = 0;

	/* The date first: it is the one that may be refused for what it says. */
	if (change->has_born)
		rc = tt_people_born(c, person, change->born.p, &one, err);
	if (rc == 0 && change->has_born)
		rc = gather(c->arena, all, &one, err);
	if (rc == 0 && change->cover)
		rc = tt_people_cover(c, person, change->cover, &one, err);
	if (rc == 0 && change->cover)
		rc = gather(c->arena, all, &one, err);
	if (rc == 0 && change->has_name)
		rc = tt_people_name(c, person, change->name.p, &one, err);
	if (rc == 0 && change->has_name)
		rc = gather(c->arena, all, &one, err);
	if (rc == 0 && change->has_hidden)
		rc = tt_people_hide(c, person, change->hidden, &one, err);
	if (rc == 0 && change->has_hidden)
		rc = gather(c->arena, all, &one, err);
	return rc;
}

int tt_handle_person_change(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_people_call call = tt_people_call_of(rq);
	struct tt_people_said said = { 0 };
	struct person_change change;
	struct tt_person person;
	int rc = get_change(rq, &change, err);

	if (rc == 0)
		rc = tt_store_person(call.store, call.owner, rq->path_id, &rq->arena, &person, err);
	if (rc == 0)
		rc = apply(&call, person.id, &change, &said, err);
	return rc < 0 ? rc : tt_reply_said(rq, rs, 200, &said, err);
}

int tt_handle_person_add(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "name", "faces", NULL };
	struct tt_people_call call = tt_people_call_of(rq);
	struct tt_people_said said;
	const int64_t *faces;
	const char *name;
	size_t n;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = tt_req_list(rq, "faces", tt_people_options(call.people)->max_at_once, "people.max_at_once", &faces,
				 &n, err);
	if (rc == 0)
		rc = tt_json_person_name(rq, &name, err);
	if (rc == 0)
		rc = rq->path_id ? tt_people_split(&call, rq->path_id, name, faces, n, &said, err)
				 : tt_people_create(&call, name, faces, n, &said, err);
	return rc < 0 ? rc : tt_reply_said(rq, rs, 201, &said, err);
}

/* TT_EEXISTS when a photo shows two of them: then they are hardly one. */
static int check_apart(struct tt_req *rq, struct tt_res *rs, int64_t into, const int64_t *from, size_t n,
		       struct tt_err *err)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k <= i; k++) {
			TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = TT_REQUEST_ARENA };
			int64_t pair[] = { from[i], k < i ? from[k] : into };
			struct tt_photo_page page;
			int rc;

			if (pair[0] == pair[1])
				continue;
			rc = tt_store_photos_together(rq->cx->deps.store, rq->user.id, pair, 2, 0,
						      (struct tt_cursor){ 0 }, 1, &arena, &page, err);
			if (rc < 0)
				return rc;
			if (page.count == 0)
				continue;
			rs->code = "together";
			return tt_err_set(err, TT_EEXISTS,
					  "photo %lld shows two of them together, so they are hardly one person; "
					  "correct that face, or merge them all the same with 'force'",
					  (long long)page.photos[0].id);
		}
	}
	return 0;
}

int tt_handle_people_merge(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "into", "from", "force", NULL };
	const json_t *force = json_object_get(rq->json, "force");
	struct tt_people_call call = tt_people_call_of(rq);
	struct tt_people_said said;
	const int64_t *from;
	int64_t into;
	size_t n;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = tt_json_get_i64(rq->json, "into", 1, INT64_MAX, &into, err);
	if (rc == 0)
		rc = tt_req_list(rq, "from", tt_people_options(call.people)->max_merge, "people.max_merge", &from, &n,
				 err);
	if (rc == 0 && force && !json_is_boolean(force))
		rc = tt_err_set(err, TT_EINVALID, "'force' must be true or false");
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (from[i] == into)
			rc = tt_err_set(err, TT_EINVALID, "a person cannot be merged into itself");
	if (rc == 0 && !json_is_true(force))
		rc = check_apart(rq, rs, into, from, n, err);
	if (rc == 0)
		rc = tt_people_merge(&call, into, from, n, &said, err);
	return rc < 0 ? rc : tt_reply_said(rq, rs, 200, &said, err);
}
