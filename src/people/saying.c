/* Interface: saying.h. */
#include "people/saying.h"

#include "people/kept.h"
#include "people/service.h"
#include "people/state.h"

#include <string.h>

enum { LOOKED_AT = 100 }; /* faces of a person */

int tt_saying_start(struct tt_saying *s, const struct tt_people_call *c, size_t room, struct tt_err *err)
{
	struct tt_face_fact_counts n;
	int rc;

	*s = (struct tt_saying){ .c = c, .room = room };
	s->facts = tt_arena_alloc(c->arena, (room + 1) * sizeof *s->facts);
	if (!s->facts)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (!c->people)
		return 0;
	rc = tt_store_face_fact_counts(c->store, c->owner, &n, err);
	if (rc == 0 && n.hold + (int64_t)room > (int64_t)tt_people_options(c->people)->max_facts)
		return tt_err_set(err, TT_ETOOBIG, "more was said of faces than people.max_facts allows");
	return rc;
}

int tt_saying_check(const struct tt_people_call *c, size_t faces, struct tt_err *err)
{
	if (faces == 0)
		return tt_err_set(err, TT_EINVALID, "no faces were named");
	if (c->people && faces > tt_people_options(c->people)->max_at_once)
		return tt_err_set(err, TT_ETOOBIG, "%zu faces at once are more than people.max_at_once allows (%u)",
				  faces, tt_people_options(c->people)->max_at_once);
	return 0;
}

int tt_saying_face(const struct tt_people_call *c, int64_t id, struct tt_said_face *out, struct tt_err *err)
{
	return tt_store_face(c->store, c->owner, id, c->arena, &out->row, out->sha256, err);
}

static struct tt_face_fact *next(struct tt_saying *s, enum tt_said_kind kind)
{
	struct tt_face_fact *f = &s->facts[s->count++];

	*f = (struct tt_face_fact){ .kind = tt_said_name(kind), .at = s->c->now };
	return f;
}

void tt_saying_add(struct tt_saying *s, enum tt_said_kind kind, const char *person, const char *value)
{
	struct tt_face_fact *f = next(s, kind);

	f->person_uid = person;
	*(kind == TT_SAID_MERGE ? &f->other_uid : &f->value) = value;
}

void tt_saying_add_face(struct tt_saying *s, enum tt_said_kind kind, const struct tt_said_face *face,
			const char *person)
{
	struct tt_face_fact *f = next(s, kind);

	f->has_face = true;
	memcpy(f->sha256, face->sha256, sizeof f->sha256);
	f->box = face->row.box;
	f->person_uid = person;
}

void tt_saying_add_pair(struct tt_saying *s, enum tt_said_kind kind, const struct tt_said_face *a,
			const struct tt_said_face *b, const char *value)
{
	struct tt_face_fact *f;

	tt_saying_add_face(s, kind, a, NULL);
	f = &s->facts[s->count - 1];
	f->has_other = true;
	memcpy(f->other_sha256, b->sha256, sizeof f->other_sha256);
	f->other = b->row.box;
	f->value = value;
}

int tt_saying_anchor(struct tt_saying *s, const struct tt_person *person, struct tt_err *err)
{
	struct tt_face_page page;
	struct tt_said_face cover;
	int rc = tt_store_faces_of_person(s->c->store, s->c->owner, person->id, (struct tt_face_cursor){ 0 }, LOOKED_AT,
					  s->c->arena, &page, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < page.count; i++)
		if (page.faces[i].said)
			return 0;
	if (page.count == 0)
		return 0;
	rc = tt_saying_face(s->c, person->cover ? person->cover : page.faces[0].id, &cover, err);
	if (rc == 0)
		tt_saying_add_face(s, TT_SAID_IS, &cover, person->uid);
	return rc;
}

int tt_saying_follow(const struct tt_people_call *c, const struct tt_face_fact *about, size_t n, struct tt_err *err)
{
	bool drawn = false;
	int rc;

	tt_people_lock(c->people);
	rc = tt_people_settle(c->store, c->owner, about, n, c->now, &drawn, err);
	tt_people_unlock(c->people);
	if (drawn)
		tt_people_drawn(c->people);
	tt_people_said(c->people, c->owner);
	return rc;
}

int tt_saying_end(struct tt_saying *s, struct tt_people_said *out, struct tt_err *err)
{
	struct tt_people_said said = { .count = s->count };
	int rc;

	said.facts = tt_arena_alloc(s->c->arena, (s->count + 1) * sizeof *said.facts);
	if (!said.facts)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (s->count == 0) {
		*out = said;
		return 0;
	}
	rc = tt_store_face_facts_add(s->c->store, s->c->owner, s->facts, s->count, said.facts, err);
	if (rc == 0 && s->c->people && !s->settles)
		tt_kept_drop(tt_people_kept(s->c->people), s->c->owner);
	if (rc == 0)
		rc = tt_saying_follow(s->c, s->facts, s->count, err);
	if (rc == 0)
		*out = said;
	return rc;
}
