/* What the user says of persons and faces. Interface: people.h. */
#include "people/kept.h"
#include "people/saying.h"
#include "people/service.h"
#include "people/state.h"

#include <math.h>
#include <string.h>

static int person_of(const struct tt_people_call *c, int64_t id, struct tt_person *out, struct tt_err *err)
{
	return tt_store_person(c->store, c->owner, id, c->arena, out, err);
}

/* What is kept of a name: without white space around it. empty: may it be? */
static int check_name(const struct tt_people_call *c, const char *name, bool empty, const char **out,
		      struct tt_err *err)
{
	struct tt_str s = tt_str_trim(tt_str_of(name));

	if (s.len > TT_PERSON_NAME_MAX)
		return tt_err_set(err, TT_EINVALID, "a name has at most %d bytes", TT_PERSON_NAME_MAX);
	if (!tt_utf8_valid(s.p, s.len))
		return tt_err_set(err, TT_EINVALID, "the name is not UTF-8");
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			return tt_err_set(err, TT_EINVALID, "a name has no control characters");
	if (s.len == 0 && !empty)
		return tt_err_set(err, TT_EINVALID, "the name is empty");
	*out = tt_arena_strndup(c->arena, s.len ? s.p : "", s.len);
	return *out ? 0 : tt_err_set(err, TT_ENOMEM, "out of memory");
}

static int new_uid(const struct tt_people_call *c, const char **out, struct tt_err *err)
{
	char *uid = tt_arena_alloc(c->arena, TT_PERSON_UID);
	int rc = uid ? tt_new_uid(uid, err) : tt_err_set(err, TT_ENOMEM, "out of memory");

	if (rc == 0)
		*out = uid;
	return rc;
}

/* ---- of persons */

static int say_of_person(const struct tt_people_call *c, const struct tt_person *p, enum tt_said_kind kind,
			 const char *value, struct tt_people_said *out, struct tt_err *err)
{
	struct tt_saying s;
	int rc = tt_saying_start(&s, c, 2, err);

	if (rc == 0)
		rc = tt_saying_anchor(&s, p, err);
	if (rc < 0)
		return rc;
	tt_saying_add(&s, kind, p->uid, value);
	rc = tt_saying_end(&s, out, err);
	if (rc == 0)
		out->person = p->id;
	return rc;
}

int tt_people_name(const struct tt_people_call *c, int64_t person, const char *name, struct tt_people_said *out,
		   struct tt_err *err)
{
	struct tt_person p;
	int rc = check_name(c, name, true, &name, err);

	if (rc == 0)
		rc = person_of(c, person, &p, err);
	if (rc < 0)
		return rc;
	if (strcmp(p.name, name) == 0) {
		*out = (struct tt_people_said){ .person = person };
		return 0;
	}
	return say_of_person(c, &p, TT_SAID_NAME, name, out, err);
}

int tt_people_born(const struct tt_people_call *c, int64_t person, const char *born, struct tt_people_said *out,
		   struct tt_err *err)
{
	struct tt_person p;
	int64_t ms;
	int rc = person_of(c, person, &p, err);

	if (rc < 0)
		return rc;
	if (*born && !tt_day_ms(born, &ms))
		return tt_err_set(err, TT_EINVALID, "a date of birth is a day like 2011-05-04");
	if (strcmp(p.born ? p.born : "", born) == 0) {
		*out = (struct tt_people_said){ .person = person };
		return 0;
	}
	return say_of_person(c, &p, TT_SAID_BORN, born, out, err);
}

int tt_people_hide(const struct tt_people_call *c, int64_t person, bool hidden, struct tt_people_said *out,
		   struct tt_err *err)
{
	struct tt_person p;
	int rc = person_of(c, person, &p, err);

	if (rc < 0)
		return rc;
	if (p.hidden == hidden) {
		*out = (struct tt_people_said){ .person = person };
		return 0;
	}
	return say_of_person(c, &p, hidden ? TT_SAID_HIDE : TT_SAID_SHOW, NULL, out, err);
}

int tt_people_cover(const struct tt_people_call *c, int64_t person, int64_t face, struct tt_people_said *out,
		    struct tt_err *err)
{
	struct tt_person p;
	struct tt_said_face f;
	struct tt_saying s;
	int rc = person_of(c, person, &p, err);

	if (rc == 0)
		rc = tt_saying_face(c, face, &f, err);
	if (rc == 0 && f.row.person != person)
		rc = tt_err_set(err, TT_EINVALID, "this face is not of this person");
	if (rc == 0)
		rc = tt_saying_start(&s, c, 2, err);
	if (rc < 0)
		return rc;
	if (!f.row.said)
		tt_saying_add_face(&s, TT_SAID_IS, &f, p.uid);
	tt_saying_add_face(&s, TT_SAID_COVER, &f, p.uid);
	rc = tt_saying_end(&s, out, err);
	if (rc == 0)
		*out = (struct tt_people_said){ out->facts, out->count, person, face };
	return rc;
}

int tt_people_merge(const struct tt_people_call *c, int64_t into, const int64_t *from, size_t n,
		    struct tt_people_said *out, struct tt_err *err)
{
	struct tt_person p, other;
	struct tt_saying s;
	int rc;

	if (c->people && n > tt_people_options(c->people)->max_merge)
		return tt_err_set(err, TT_ETOOBIG, "%zu persons at once are more than people.max_merge allows (%u)", n,
				  tt_people_options(c->people)->max_merge);
	rc = person_of(c, into, &p, err);
	if (rc == 0)
		rc = tt_saying_start(&s, c, 2 * n + 1, err);
	if (rc == 0)
		rc = tt_saying_anchor(&s, &p, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (from[i] == into)
			return tt_err_set(err, TT_EINVALID, "a person cannot be merged into itself");
		rc = person_of(c, from[i], &other, err);
		if (rc == 0)
			rc = tt_saying_anchor(&s, &other, err);
		if (rc == 0)
			tt_saying_add(&s, TT_SAID_MERGE, p.uid, other.uid);
	}
	if (rc == 0 && n == 0)
		return tt_err_set(err, TT_EINVALID, "nobody to merge was named");
	if (rc == 0)
		rc = tt_saying_end(&s, out, err);
	if (rc == 0)
		out->person = into;
	return rc;
}

/* ---- new persons */

static int make_person(const struct tt_people_call *c, int64_t of, const char *name, const int64_t *faces, size_t n,
		       struct tt_people_said *out, struct tt_err *err)
{
	struct tt_said_face f;
	struct tt_saying s;
	const char *uid = NULL;
	int rc = tt_saying_check(c, n, err);

	if (rc == 0 && name)
		rc = check_name(c, name, false, &name, err);
	if (rc == 0)
		rc = new_uid(c, &uid, err);
	if (rc == 0)
		rc = tt_saying_start(&s, c, n + 1, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = tt_saying_face(c, faces[i], &f, err);
		if (rc == 0 && of && f.row.person != of)
			rc = tt_err_set(err, TT_EINVALID, "face %lld is not of this person", (long long)faces[i]);
		if (rc == 0)
			tt_saying_add_face(&s, TT_SAID_IS, &f, uid);
	}
	if (rc < 0)
		return rc;
	if (name)
		tt_saying_add(&s, TT_SAID_NAME, uid, name);
	rc = tt_saying_end(&s, out, err);
	if (rc == 0)
		rc = tt_saying_face(c, faces[0], &f, err);
	if (rc == 0)
		*out = (struct tt_people_said){ out->facts, out->count, f.row.person, faces[0] };
	return rc;
}

int tt_people_create(const struct tt_people_call *c, const char *name, const int64_t *faces, size_t n,
		     struct tt_people_said *out, struct tt_err *err)
{
	return make_person(c, 0, name, faces, n, out, err);
}

int tt_people_split(const struct tt_people_call *c, int64_t person, const char *name, const int64_t *faces, size_t n,
		    struct tt_people_said *out, struct tt_err *err)
{
	struct tt_person p;
	int rc = person_of(c, person, &p, err);

	if (rc == 0 && (int64_t)n >= p.faces)
		rc = tt_err_set(err, TT_EINVALID, "at least one face must stay with this person");
	return rc < 0 ? rc : make_person(c, person, name, faces, n, out, err);
}

/* ---- of faces */

/* Of each of them the same; name: also a name for the person, NULL: none. */
static int say_of_faces(const struct tt_people_call *c, const int64_t *faces, size_t n, enum tt_said_kind kind,
			const char *uid, const char *name, struct tt_people_said *out, struct tt_err *err)
{
	struct tt_said_face f;
	struct tt_saying s;
	int rc = tt_saying_check(c, n, err);

	if (rc == 0)
		rc = tt_saying_start(&s, c, n + 1, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = tt_saying_face(c, faces[i], &f, err);
		if (rc == 0)
			tt_saying_add_face(&s, kind, &f, uid);
	}
	if (rc < 0)
		return rc;
	if (name)
		tt_saying_add(&s, TT_SAID_NAME, uid, name);
	rc = tt_saying_end(&s, out, err);
	if (rc == 0)
		rc = tt_saying_face(c, faces[0], &f, err);
	if (rc == 0)
		*out = (struct tt_people_said){ out->facts, out->count, f.row.person, faces[0] };
	return rc;
}

int tt_people_is(const struct tt_people_call *c, const int64_t *faces, size_t n, int64_t person,
		 struct tt_people_said *out, struct tt_err *err)
{
	struct tt_person p;
	int rc = person_of(c, person, &p, err);

	return rc < 0 ? rc : say_of_faces(c, faces, n, TT_SAID_IS, p.uid, NULL, out, err);
}

/* The person of this name, else a new one: then name is kept, else it is NULL. */
static int named(const struct tt_people_call *c, const char **name, const char **uid, struct tt_err *err)
{
	struct tt_person p;
	struct tt_err none = { 0 };
	int rc = check_name(c, *name, false, name, err);

	if (rc < 0)
		return rc;
	rc = tt_store_person_named(c->store, c->owner, *name, c->arena, &p, &none);
	if (rc == TT_ENOTFOUND)
		return new_uid(c, uid, err);
	if (rc < 0) {
		*err = none;
		return rc;
	}
	*uid = p.uid;
	*name = NULL;
	return 0;
}

int tt_people_is_named(const struct tt_people_call *c, const int64_t *faces, size_t n, const char *name,
		       struct tt_people_said *out, struct tt_err *err)
{
	const char *uid = NULL;
	int rc = named(c, &name, &uid, err);

	return rc < 0 ? rc : say_of_faces(c, faces, n, TT_SAID_IS, uid, name, out, err);
}

int tt_people_is_not(const struct tt_people_call *c, const int64_t *faces, size_t n, int64_t person,
		     struct tt_people_said *out, struct tt_err *err)
{
	struct tt_person p;
	int rc = person_of(c, person, &p, err);

	return rc < 0 ? rc : say_of_faces(c, faces, n, TT_SAID_IS_NOT, p.uid, NULL, out, err);
}

int tt_people_not_a_face(const struct tt_people_call *c, const int64_t *faces, size_t n, struct tt_people_said *out,
			 struct tt_err *err)
{
	return say_of_faces(c, faces, n, TT_SAID_NOT_A_FACE, NULL, NULL, out, err);
}

/* ---- drawn by hand */

static int find_drawn(const struct tt_people_call *c, int64_t photo, const struct tt_box *box,
		      struct tt_people_said *out, struct tt_err *err)
{
	struct tt_face_row *faces;
	size_t n;
	float best = 0;
	int rc = tt_store_faces_of_photo(c->store, c->owner, photo, c->arena, &faces, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		float overlap = tt_box_overlap(&faces[i].box, box);

		if (overlap > best) {
			best = overlap;
			out->face = faces[i].id;
			out->person = faces[i].person;
		}
	}
	return rc;
}

static bool is_box(const float b[4])
{
	for (int i = 0; i < 4; i++)
		if (!isfinite(b[i]))
			return false;
	return b[2] >= 0.001F && b[3] >= 0.001F && b[2] <= 1 && b[3] <= 1 && b[0] > -b[2] / 2 && b[1] > -b[3] / 2 &&
	       b[0] + b[2] / 2 < 1 && b[1] + b[3] / 2 < 1;
}

int tt_people_draw(const struct tt_people_call *c, int64_t photo, const float box[4], int64_t person, const char *name,
		   struct tt_people_said *out, struct tt_err *err)
{
	struct tt_said_face f = { .row = { .box = { box[0], box[1], box[2], box[3] } } };
	struct tt_photo seen;
	struct tt_person p;
	struct tt_saying s;
	const char *uid = NULL;
	int rc = tt_store_photo(c->store, c->owner, photo, c->arena, &seen, err);

	if (rc == 0 && !is_box(box))
		rc = tt_err_set(err, TT_EINVALID, "the box is not on the photo");
	if (rc == 0 && person)
		rc = person_of(c, person, &p, err);
	else if (rc == 0 && name)
		rc = named(c, &name, &uid, err);
	if (rc == 0)
		rc = tt_saying_start(&s, c, 3, err);
	if (rc < 0)
		return rc;
	if (person) {
		uid = p.uid;
		name = NULL;
	}
	memcpy(f.sha256, seen.sha256, sizeof f.sha256);
	tt_saying_add_face(&s, TT_SAID_DRAWN, &f, NULL);
	if (uid)
		tt_saying_add_face(&s, TT_SAID_IS, &f, uid);
	if (name && uid)
		tt_saying_add(&s, TT_SAID_NAME, uid, name);
	rc = tt_saying_end(&s, out, err);
	return rc < 0 ? rc : find_drawn(c, photo, &f.row.box, out, err);
}

/* NULL when one is not there: undoing says so. */
static struct tt_face_fact *read_facts(const struct tt_people_call *c, const int64_t *ids, size_t n)
{
	struct tt_face_fact *facts = tt_arena_alloc(c->arena, (n + 1) * sizeof *facts), *one;
	struct tt_err none = { 0 };

	for (size_t i = 0; facts && i < n; i++) {
		size_t found;

		if (tt_store_face_facts_all(c->store, c->owner, ids[i] - 1, 1, c->arena, &one, &found, &none) < 0 ||
		    found == 0 || one->id != ids[i])
			return NULL;
		facts[i] = *one;
	}
	return facts;
}

int tt_people_undo(const struct tt_people_call *c, const int64_t *facts, size_t n, struct tt_err *err)
{
	struct tt_face_fact *about = read_facts(c, facts, n);
	int64_t changed;
	int rc = tt_store_face_facts_undo(c->store, c->owner, facts, n, c->now, &changed, err);

	if (rc < 0 || changed == 0)
		return rc;
	if (c->people)
		tt_kept_drop(tt_people_kept(c->people), c->owner);
	return tt_saying_follow(c, about, n, err);
}
