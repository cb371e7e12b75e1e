/* Persons and faces as JSON, in the shapes of api/openapi.yaml; see render.h for what is returned. And what the
 * handlers of both have in common. */
#ifndef TT_HTTP_RENDER_PEOPLE_H
#define TT_HTTP_RENDER_PEOPLE_H

#include "http/request.h"
#include "people/people.h"
#include "store/people.h"

#define TT_PERSON_ARENA (64 * 1024 * 1024) /* all persons of an owner */

json_t *tt_render_person(const struct tt_person *p);
json_t *tt_render_face(const struct tt_face_row *f);
json_t *tt_render_faces(const struct tt_face_row *faces, size_t n);
json_t *tt_render_face_page(const struct tt_face_page *page);

int tt_query_face_cursor(const struct tt_req *rq, struct tt_face_cursor *out, struct tt_err *err) TT_CHECKED;

/* For the operations of people/people.h: this request's user, now. */
struct tt_people_call tt_people_call_of(struct tt_req *rq);
/* The reply to one of them: what was said, for the undo. Pages that show people are told to look again. */
int tt_reply_said(struct tt_req *rq, struct tt_res *rs, int status, const struct tt_people_said *said,
		  struct tt_err *err) TT_CHECKED;
/* A name in the JSON body: 1 to TT_PERSON_NAME_MAX bytes that are not all white space; *out NULL when absent. */
int tt_json_person_name(const struct tt_req *rq, const char **out, struct tt_err *err) TT_CHECKED;
/* An id of the body; 0 when absent. */
int tt_json_id(const struct tt_req *rq, const char *name, int64_t *out, struct tt_err *err) TT_CHECKED;

#endif
