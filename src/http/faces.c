/* Single faces: their pictures, and what the user says of them. */
#include "base/alloc.h"
#include "base/fs.h"
#include "blob/blob.h"
#include "blob/derived.h"
#include "http/context.h"
#include "http/range.h"
#include "http/render_people.h"
#include "http/response.h"
#include "http/routes.h"
#include "people/people.h"
#include "store/people.h"

#include <math.h>

/* ---- pictures */

/* The box decides what is seen: a face whose box is another one gets another tag. */
static const char *etag_of(struct tt_req *rq, const struct tt_face_row *f, const uint8_t sha256[32])
{
	char hex[65];

	tt_hex(hex, sha256, 32);
	return tt_arena_printf(&rq->arena, "\"%.32s-face-%d-%d-%d-%d\"", hex, (int)lrintf(f->box.x * 4096),
			       (int)lrintf(f->box.y * 4096), (int)lrintf(f->box.w * 4096),
			       (int)lrintf(f->box.h * 4096));
}

/* Cut in a worker, since a preview is a file like any other. */
static int cut(struct tt_req *rq, struct tt_res *rs, const struct tt_face_row *f, const uint8_t sha256[32],
	       struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = -1;
	const struct tt_http_deps *d = &rq->cx->deps;
	char key[TT_DERIVED_KEY_SIZE];
	int rc;

	tt_derived_key(TT_DERIVED_PREVIEW, sha256, key);
	rc = tt_blobs_open(d->blobs, key, &fd, NULL, err);
	if (rc == TT_ENOTFOUND || (rc == 0 && !d->crop)) {
		rs->code = "not_ready";
		return tt_err_set(err, TT_ENOTFOUND, "the photo is still being developed");
	}
	if (rc == 0)
		rc = d->crop(d->crop_ctx, fd, &f->box, &rs->body, err);
	if (rc < 0)
		return rc;
	rs->status = 200;
	rs->kind = TT_RES_BYTES;
	return tt_res_header(rs, "Content-Type", "image/webp", err);
}

int tt_handle_face_thumbnail(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_face_row face;
	uint8_t sha256[32];
	const char *etag;
	int rc = tt_store_face(rq->cx->deps.store, rq->user.id, rq->path_id, &rq->arena, &face, sha256, err);

	if (rc < 0)
		return rc;
	etag = etag_of(rq, &face, sha256);
	if (!etag)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (tt_etag_matches(tt_req_header(rq, "If-None-Match"), tt_str_of(etag)))
		tt_res_empty(rs, 304);
	else
		rc = cut(rq, rs, &face, sha256, err);
	if (rc == 0)
		rc = tt_res_header(rs, "ETag", etag, err);
	/* The address is the face's, whose box may change; the tag is asked for again. */
	if (rc == 0)
		rc = tt_res_header(rs, "Cache-Control", "private, max-age=86400", err);
	rs->own_cache = rc == 0;
	return rc;
}

/* ---- what the user says */

static int say_who(struct tt_req *rq, const struct tt_people_call *c, struct tt_people_said *said, struct tt_err *err)
{
	const char *name;
	int64_t person, not_him;
	int rc = tt_json_person_name(rq, &name, err);

	if (rc == 0)
		rc = tt_json_id(rq, "person", &person, err);
	if (rc == 0)
		rc = tt_json_id(rq, "not", &not_him, err);
	if (rc < 0)
		return rc;
	if (json_object_size(rq->json) != 1)
		return tt_err_set(err, TT_EINVALID, "say one of 'person', 'name' and 'not'");
	if (name)
		return tt_people_is_named(c, rq->path_id, name, said, err);
	return person ? tt_people_is(c, rq->path_id, person, said, err)
		      : tt_people_is_not(c, rq->path_id, not_him, said, err);
}

int tt_handle_face_person(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "person", "name", "not", NULL };
	struct tt_people_call call = tt_people_call_of(rq);
	struct tt_people_said said;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = say_who(rq, &call, &said, err);
	return rc < 0 ? rc : tt_reply_said(rq, rs, 200, &said, err);
}

int tt_handle_face_deny(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_people_call call = tt_people_call_of(rq);
	struct tt_people_said said;
	int rc = tt_people_not_a_face(&call, rq->path_id, &said, err);

	return rc < 0 ? rc : tt_reply_said(rq, rs, 200, &said, err);
}

/* A box that lies on the photo and has an area. */
static int get_box(const struct tt_req *rq, float box[4], struct tt_err *err)
{
	static const char *const sides[] = { "x", "y", "w", "h" };

	for (size_t i = 0; i < TT_LEN(sides); i++) {
		const json_t *v = json_object_get(rq->json, sides[i]);

		if (!json_is_number(v) || !(json_number_value(v) >= 0 && json_number_value(v) <= 1))
			return tt_err_set(err, TT_EINVALID, "'%s' must be a number from 0 to 1", sides[i]);
		box[i] = (float)json_number_value(v);
	}
	if (box[2] < 0.002F || box[3] < 0.002F || box[0] + box[2] > 1.001F || box[1] + box[3] > 1.001F)
		return tt_err_set(err, TT_EINVALID, "the box must have an area and lie on the photo");
	return 0;
}

int tt_handle_face_draw(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "x", "y", "w", "h", "person", "name", NULL };
	struct tt_people_call call = tt_people_call_of(rq);
	struct tt_people_said said;
	const char *name;
	int64_t person;
	float box[4];
	int rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = get_box(rq, box, err);
	if (rc == 0)
		rc = tt_json_person_name(rq, &name, err);
	if (rc == 0)
		rc = tt_json_id(rq, "person", &person, err);
	if (rc == 0 && name && person)
		rc = tt_err_set(err, TT_EINVALID, "say 'person' or 'name', not both");
	if (rc == 0)
		rc = tt_people_draw(&call, rq->path_id, box, person, name, &said, err);
	return rc < 0 ? rc : tt_reply_said(rq, rs, 201, &said, err);
}
