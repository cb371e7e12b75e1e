/* "Are these the same?", and the history of what was said about people. */
#include "people/people.h"

#include "base/alloc.h"
#include "base/json.h"
#include "http/context.h"
#include "http/jobs.h"
#include "http/render.h"
#include "http/render_people.h"
#include "http/response.h"
#include "http/routes.h"
#include "store/people.h"

#include <stdlib.h>
#include <string.h>

/* Adds the question to the list, unless one of its faces went in the meantime. */
static int add_question(struct tt_req *rq, const struct tt_people_question *q, json_t *list, struct tt_err *err)
{
	struct tt_face_row a, b;
	uint8_t sha256[32];
	int rc = tt_store_face(rq->cx->deps.store, rq->user.id, q->a, &rq->arena, &a, sha256, err);

	if (rc == 0)
		rc = tt_store_face(rq->cx->deps.store, rq->user.id, q->b, &rq->arena, &b, sha256, err);
	if (rc == TT_ENOTFOUND)
		return 0;
	if (rc == 0)
		json_array_append_new(list,
				      json_pack("{s:o,s:o,s:f,s:I}", "a", tt_render_face(&a), "b", tt_render_face(&b),
						"probability", q->probability, "settles", (json_int_t)q->settles));
	return rc;
}

static json_t *known(double share)
{
	return share < 0 ? json_null() : json_real(share);
}

int tt_handle_questions(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_people_call call = tt_people_call_of(rq);
	TT_SCOPED(tt_json_decrefp) json_t *list = NULL;
	struct tt_people_measured m;
	struct tt_people_question *questions;
	int64_t limit;
	size_t n;
	int rc = tt_req_query_i64(rq, "limit", 1, tt_people_options(call.people)->max_questions, 20, &limit, err);

	if (rc == 0)
		rc = tt_people_questions(&call, tt_people_options(call.people), (unsigned)limit, &questions, &n, err);
	if (rc == 0)
		rc = tt_people_measure(&call, &m, err);
	if (rc < 0)
		return rc;
	list = json_array();
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = add_question(rq, &questions[i], list, err);
	if (rc < 0)
		return rc;
	return tt_res_json(rs, 200,
			   json_pack("{s:O,s:{s:I,s:o,s:o}}", "questions", list, "measured", "answers",
				     (json_int_t)m.answers, "precision", known(m.precision), "recall", known(m.recall)),
			   err);
}

int tt_handle_answer(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "a", "b", "answer", NULL };
	static const char *const answers[] = {
		[TT_PEOPLE_YES] = "yes", [TT_PEOPLE_NO] = "no", [TT_PEOPLE_UNSURE] = "unsure"
	};
	struct tt_people_call call = tt_people_call_of(rq);
	struct tt_people_said said;
	struct tt_str answer;
	int64_t a, b;
	size_t i = 0;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = tt_json_get_i64(rq->json, "a", 1, INT64_MAX, &a, err);
	if (rc == 0)
		rc = tt_json_get_i64(rq->json, "b", 1, INT64_MAX, &b, err);
	if (rc == 0)
		rc = tt_json_get_str(rq->json, "answer", 16, &answer, err);
	if (rc < 0)
		return rc;
	while (i < TT_LEN(answers) && !tt_str_is(answer, answers[i]))
		i++;
	if (i == TT_LEN(answers))
		return tt_err_set(err, TT_EINVALID, "'answer' must be yes, no or unsure");
	if (a == b)
		return tt_err_set(err, TT_EINVALID, "'a' and 'b' must be two faces");
	rc = tt_people_answer(&call, a, b, (enum tt_people_answer)i, &said, err);
	return rc < 0 ? rc : tt_reply_said(rq, rs, 200, &said, err);
}

/* ---- history */

static int by_uid(const void *a, const void *b)
{
	return strcmp(((const struct tt_person *)a)->uid, ((const struct tt_person *)b)->uid);
}

static const struct tt_person *person_of(const char *uid, const struct tt_person *all, size_t n)
{
	struct tt_person key = { .uid = uid };

	return uid && n > 0 ? bsearch(&key, all, n, sizeof *all, by_uid) : NULL;
}

static int render_fact(struct tt_req *rq, const struct tt_face_fact *f, const struct tt_person *all, size_t n,
		       json_t *list, struct tt_err *err)
{
	const struct tt_person *person = person_of(f->person_uid, all, n), *other = person_of(f->other_uid, all, n);
	struct tt_known_photo photo = { 0 };
	int rc = f->has_other ? tt_store_photo_known(rq->cx->deps.store, rq->user.id, f->other_sha256, &photo, err) : 0;

	if (rc < 0)
		return rc;
	json_array_append_new(
		list, json_pack("{s:I,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:o}", "id", (json_int_t)f->id, "kind", f->kind,
				"photo", tt_render_id(f->photo), "other_photo", tt_render_id(photo.id), "person",
				tt_render_id(person ? person->id : 0), "other", tt_render_id(other ? other->id : 0),
				"name", tt_render_text(person ? person->name : NULL), "value", tt_render_text(f->value),
				"at", (json_int_t)f->at, "undone_at", tt_render_id(f->undone_at)));
	return 0;
}

int tt_handle_people_facts(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = TT_PERSON_ARENA };
	TT_SCOPED(tt_json_decrefp) json_t *list = NULL;
	struct tt_store *store = rq->cx->deps.store;
	struct tt_face_fact *facts;
	struct tt_person *all;
	size_t n, persons;
	int64_t before;
	unsigned limit;
	bool more;
	int rc = tt_req_query_i64(rq, "cursor", 1, INT64_MAX, 0, &before, err);

	if (rc == 0)
		rc = tt_query_limit(rq, &limit, err);
	if (rc == 0)
		rc = tt_store_face_facts_list(store, rq->user.id, before, limit, &arena, &facts, &n, &more, err);
	if (rc == 0)
		rc = tt_store_persons_all(store, rq->user.id, &arena, &all, &persons, err);
	if (rc < 0)
		return rc;
	if (persons > 0)
		qsort(all, persons, sizeof *all, by_uid);
	list = json_array();
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = render_fact(rq, &facts[i], all, persons, list, err);
	if (rc < 0)
		return rc;
	return tt_res_json(rs, 200,
			   json_pack("{s:O,s:o}", "facts", list, "next",
				     more && n > 0 ? json_sprintf("%lld", (long long)facts[n - 1].id) : json_null()),
			   err);
}

/* The fact of the path, else those of the body: as many as one saying can have made. */
int tt_handle_people_fact_undo(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "facts", NULL };
	struct tt_people_call call = tt_people_call_of(rq);
	const int64_t *facts = &rq->path_id;
	size_t n = 1;
	int rc = rq->path_id ? 0 : tt_req_only(rq, names, err);

	if (rc == 0 && !rq->path_id)
		rc = tt_req_list(rq, "facts", tt_people_options(call.people)->max_at_once + 1, "people.max_at_once",
				 &facts, &n, err);
	if (rc == 0)
		rc = tt_people_undo(&call, facts, n, err);
	if (rc < 0)
		return rc;
	tt_people_changed(rq->cx);
	return tt_res_empty(rs, 204);
}
