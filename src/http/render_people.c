#include "http/render_people.h"

#include "base/clock.h"
#include "base/json.h"
#include "http/context.h"
#include "http/jobs.h"
#include "http/render.h"
#include "http/response.h"

#include <inttypes.h>
#include <stdio.h>

#define SAYING_ARENA (2 * 1024 * 1024) /* what is said at once, and for each face of it: */
#define SAYING_ARENA_FACE (4 * 1024)

static double share(double p)
{
	return p < 0 ? 0 : p > 1 ? 1 : p;
}

static json_t *share_or_null(double p)
{
	return p < 0 ? json_null() : json_real(share(p));
}

json_t *tt_render_person(const struct tt_person *p)
{
	return json_pack("{s:I,s:s,s:o,s:o,s:I,s:I,s:o,s:b,s:o}", "id", (json_int_t)p->id, "uid", p->uid, "name",
			 tt_render_text(p->name), "born", tt_render_text(p->born), "faces", (json_int_t)p->faces,
			 "photos", (json_int_t)p->photos, "cover_face", tt_render_id(p->cover), "hidden", p->hidden,
			 "confidence", share_or_null(p->confidence));
}

json_t *tt_render_face(const struct tt_face_row *f)
{
	return json_pack("{s:I,s:I,s:f,s:f,s:f,s:f,s:f,s:f,s:o,s:o,s:o,s:b,s:b}", "id", (json_int_t)f->id, "photo",
			 (json_int_t)f->photo, "x", (double)f->box.x, "y", (double)f->box.y, "w", (double)f->box.w, "h",
			 (double)f->box.h, "confidence", share(f->confidence), "quality", share(f->quality), "person",
			 tt_render_id(f->person), "name", tt_render_text(f->person_name), "person_confidence",
			 f->person ? share_or_null(f->person_confidence) : json_null(), "said", f->said, "drawn",
			 f->drawn);
}

json_t *tt_render_faces(const struct tt_face_row *faces, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, tt_render_face(&faces[i]));
	return list;
}

json_t *tt_render_face_page(const struct tt_face_page *page)
{
	char cursor[96] = "";

	if (page->more)
		snprintf(cursor, sizeof cursor, "%" PRId64 "_%" PRId64 "_%" PRId64, page->next.moment, page->next.photo,
			 page->next.id);
	return json_pack("{s:o,s:o}", "faces", tt_render_faces(page->faces, page->count), "next",
			 tt_render_text(cursor));
}

int tt_query_face_cursor(const struct tt_req *rq, struct tt_face_cursor *out, struct tt_err *err)
{
	struct tt_str rest, moment, photo;
	struct tt_face_cursor c = { 0 };
	int rc = tt_req_query_str(rq, "cursor", 100, &rest, err);

	if (rc < 0)
		return rc;
	if (rest.len > 0 && (!tt_str_split(&rest, '_', &moment) || !tt_str_split(&rest, '_', &photo) ||
			     !tt_str_i64(moment, INT64_MIN, INT64_MAX, &c.moment) ||
			     !tt_str_i64(photo, 1, INT64_MAX, &c.photo) || !tt_str_i64(rest, 1, INT64_MAX, &c.id)))
		return tt_err_set(err, TT_EINVALID, "'cursor' must be the 'next' of the page before");
	*out = c;
	return 0;
}

struct tt_people_call tt_people_call_of(struct tt_req *rq)
{
	const struct tt_http_deps *d = &rq->cx->deps;

	rq->arena.max = SAYING_ARENA + (size_t)SAYING_ARENA_FACE * tt_people_options(d->people)->max_at_once;
	return (struct tt_people_call){
		.store = d->store, .people = d->people, .arena = &rq->arena, .owner = rq->user.id, .now = tt_now_ms()
	};
}

int tt_reply_said(struct tt_req *rq, struct tt_res *rs, int status, const struct tt_people_said *said,
		  struct tt_err *err)
{
	if (said->count > 0)
		tt_people_changed(rq->cx);
	return tt_res_json(rs, status,
			   json_pack("{s:o,s:o,s:o}", "facts", tt_render_ids(said->facts, said->count), "person",
				     tt_render_id(said->person), "face", tt_render_id(said->face)),
			   err);
}

int tt_json_person_name(const struct tt_req *rq, const char **out, struct tt_err *err)
{
	struct tt_str name;
	int rc;

	if (!json_object_get(rq->json, "name")) {
		*out = NULL;
		return 0;
	}
	rc = tt_json_get_str(rq->json, "name", TT_PERSON_NAME_MAX, &name, err);
	if (rc == 0 && tt_str_trim(name).len == 0)
		rc = tt_err_set(err, TT_EINVALID, "'name' is empty; leave it out when there is none");
	if (rc == 0)
		*out = name.p;
	return rc;
}

int tt_json_id(const struct tt_req *rq, const char *name, int64_t *out, struct tt_err *err)
{
	if (json_object_get(rq->json, name))
		return tt_json_get_i64(rq->json, name, 1, INT64_MAX, out, err);
	*out = 0;
	return 0;
}
