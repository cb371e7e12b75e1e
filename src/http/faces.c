/* What the user says of faces. Their pictures: media_files.c. */
#include "http/context.h"
#include "http/render_people.h"
#include "http/response.h"
#include "http/routes.h"
#include "people/people.h"

/* The face of the path, else those of the body. */
static int get_faces(struct tt_req *rq, const struct tt_people_call *c, const int64_t **faces, size_t *n,
		     struct tt_err *err)
{
	if (!rq->path_id)
		return tt_req_list(rq, "faces", tt_people_options(c->people)->max_at_once, "people.max_at_once", faces,
				   n, err);
	*faces = &rq->path_id;
	*n = 1;
	return 0;
}

static int say_who(struct tt_req *rq, const struct tt_people_call *c, const int64_t *faces, size_t n,
		   struct tt_people_said *said, struct tt_err *err)
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
	if ((name != NULL) + (person != 0) + (not_him != 0) != 1)
		return tt_err_set(err, TT_EINVALID, "say one of 'person', 'name' and 'not'");
	if (name)
		return tt_people_is_named(c, faces, n, name, said, err);
	return person ? tt_people_is(c, faces, n, person, said, err)
		      : tt_people_is_not(c, faces, n, not_him, said, err);
}

int tt_handle_face_person(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "person", "name", "not", "faces", NULL };
	static const char *const names_of_one[] = { "person", "name", "not", NULL };
	struct tt_people_call call = tt_people_call_of(rq);
	struct tt_people_said said;
	const int64_t *faces;
	size_t n;
	int rc = tt_req_only(rq, rq->path_id ? names_of_one : names, err);

	if (rc == 0)
		rc = get_faces(rq, &call, &faces, &n, err);
	if (rc == 0)
		rc = say_who(rq, &call, faces, n, &said, err);
	return rc < 0 ? rc : tt_reply_said(rq, rs, 200, &said, err);
}

int tt_handle_face_deny(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "faces", NULL };
	struct tt_people_call call = tt_people_call_of(rq);
	struct tt_people_said said;
	const int64_t *faces;
	size_t n;
	int rc = rq->path_id ? 0 : tt_req_only(rq, names, err);

	if (rc == 0)
		rc = get_faces(rq, &call, &faces, &n, err);
	if (rc == 0)
		rc = tt_people_not_a_face(&call, faces, n, &said, err);
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
