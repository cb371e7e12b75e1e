/* The rows that follow from what is shown: only those that differ are written. Interface: state.h. */
#include "people/state.h"

#include <math.h>
#include <string.h>

struct writing {
	struct tt_people_state *st;
	struct tt_people_rows rows;
	int *put; /* for each person: index into rows.persons, -1 */
	struct tt_face_put *faces;
	int64_t *gone;
};

static int no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "out of memory");
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Who was merged into another has no name and no faces, and so is on no page; its row waits for an undo. */
static const char *name_of(const struct tt_shown_person *p)
{
	return p->merged_into >= 0 ? NULL : p->name;
}

static int64_t cover_of(const struct tt_people_state *st, const struct tt_shown_person *p)
{
	return p->cover >= 0 ? st->faces[p->cover].id : 0;
}

/* Not all that was said of this person is here; nothing was now. */
static bool stays(const struct tt_people_state *st, size_t person)
{
	return st->partial && person < st->persons_count && !st->asked[person];
}

static int put_person(struct writing *w, int person)
{
	const struct tt_shown_person *p = &w->st->shown.persons[person];
	struct tt_person_put *row;

	if (w->put[person] >= 0)
		return w->put[person];
	row = &w->rows.persons[w->rows.persons_count];
	if (stays(w->st, (size_t)person)) {
		const struct tt_person *now = &w->st->persons[person];

		*row = (struct tt_person_put){
			.name = now->name, .born = now->born, .cover_face = now->chosen_cover, .hidden = now->hidden
		};
	} else {
		*row = (struct tt_person_put){
			.name = name_of(p), .born = p->born, .cover_face = cover_of(w->st, p), .hidden = p->hidden
		};
	}
	(void)strncpy(row->uid, p->uid, sizeof row->uid - 1);
	w->put[person] = (int)w->rows.persons_count++;
	return w->put[person];
}

static bool person_differs(const struct tt_people_state *st, size_t i)
{
	const struct tt_shown_person *p = &st->shown.persons[i];
	const struct tt_person *row = i < st->persons_count ? &st->persons[i] : NULL;

	if (!row)
		return p->spoken_of;
	if (stays(st, i))
		return false;
	return !same_text(row->name, name_of(p)) || !same_text(row->born, p->born) || row->hidden != p->hidden ||
	       row->chosen_cover != cover_of(st, p);
}

static bool face_differs(const struct tt_people_state *st, size_t i)
{
	const struct tt_state_face *f = &st->faces[i];
	const struct tt_replay_face *k = &st->known[i];
	const struct tt_shown_face *s = &st->shown.faces[i];
	bool guessed = s->person >= 0 && !s->said;

	return f->person != s->person || f->said != s->said || f->hidden != s->hidden || f->guess != k->guess ||
	       (k->guess >= 0 && fabsf(f->guess_confidence - k->guess_confidence) > (float)TT_CONFIDENCE_STEP) ||
	       (guessed && fabs(f->person_confidence - (double)s->confidence) > TT_CONFIDENCE_STEP);
}

static void put_face(struct writing *w, size_t i)
{
	const struct tt_replay_face *k = &w->st->known[i];
	const struct tt_shown_face *s = &w->st->shown.faces[i];
	bool guessed = s->person >= 0 && !s->said;

	w->faces[w->rows.faces_count++] = (struct tt_face_put){
		.id = w->st->faces[i].id,
		.person = s->person >= 0 ? put_person(w, s->person) : -1,
		.person_confidence = guessed ? (double)s->confidence : -1,
		.guess = k->guess >= 0 ? put_person(w, k->guess) : -1,
		.guess_confidence = k->guess >= 0 ? (double)k->guess_confidence : -1,
		.said = s->said,
		.hidden = s->hidden
	};
}

/* Is this person nobody's in the rest either, which is not here? */
static int is_nobody(const struct tt_people_state *st, size_t person, bool *out, struct tt_err *err)
{
	const struct tt_person *p = &st->persons[person];
	int64_t here = 0, all;
	int rc;

	*out = true;
	if (!st->partial)
		return 0;
	for (size_t i = 0; i < st->faces_count; i++)
		here += st->faces[i].person == (int)person || st->faces[i].guess == (int)person;
	rc = tt_store_faces_count(st->store, st->owner, p->id, &all, err);
	if (rc < 0)
		return rc;
	*out = all == here;
	for (size_t i = 0; *out && i < st->all_count; i++)
		*out = !same_text(st->all[i].person_uid, p->uid) && !same_text(st->all[i].other_uid, p->uid);
	return 0;
}

/* Persons of the machine that nobody is any more, and of whom nobody spoke. */
static int find_gone(struct writing *w, struct tt_err *err)
{
	struct tt_people_state *st = w->st;
	bool *used = tt_arena_alloc(&st->arena, st->shown.persons_count + 1);
	int rc;

	if (!used)
		return no_memory(err);
	for (size_t i = 0; i < st->faces_count; i++) {
		if (st->known[i].guess >= 0)
			used[st->known[i].guess] = true;
		if (st->shown.faces[i].person >= 0)
			used[st->shown.faces[i].person] = true;
	}
	for (size_t i = 0; i < st->persons_count; i++) {
		bool nobody;

		if (used[i] || st->shown.persons[i].spoken_of)
			continue;
		rc = is_nobody(st, i, &nobody, err);
		if (rc < 0)
			return rc;
		if (nobody)
			w->gone[w->rows.gone_count++] = st->persons[i].id;
	}
	return 0;
}

static int start_writing(struct writing *w, struct tt_people_state *st, struct tt_err *err)
{
	struct tt_arena *a = &st->arena;
	size_t persons = st->shown.persons_count + 1;

	*w = (struct writing){ .st = st };
	w->rows.persons = tt_arena_alloc(a, persons * sizeof *w->rows.persons);
	w->put = tt_arena_alloc(a, persons * sizeof *w->put);
	w->gone = tt_arena_alloc(a, persons * sizeof *w->gone);
	w->faces = tt_arena_alloc(a, (st->faces_count + 1) * sizeof *w->faces);
	w->rows.draws = tt_arena_alloc(a, (st->shown.missing_count + 1) * sizeof *w->rows.draws);
	if (!w->rows.persons || !w->put || !w->gone || !w->faces || !w->rows.draws)
		return no_memory(err);
	w->rows.faces = w->faces;
	w->rows.gone = w->gone;
	for (size_t i = 0; i < persons; i++)
		w->put[i] = -1;
	return 0;
}

static void put_draws(struct writing *w)
{
	for (size_t i = 0; i < w->st->shown.missing_count; i++) {
		const struct tt_said_box *b = &w->st->shown.missing[i];
		struct tt_face_draw *d = &w->rows.draws[w->rows.draws_count++];

		*d = (struct tt_face_draw){ .box = { b->x, b->y, b->w, b->h }, .person = -1 };
		memcpy(d->sha256, b->sha256, sizeof d->sha256);
	}
}

int tt_people_state_store(struct tt_people_state *st, int64_t now, size_t *changed, bool *drawn, struct tt_err *err)
{
	struct writing w;
	int rc = start_writing(&w, st, err);

	if (rc == 0)
		rc = find_gone(&w, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < st->shown.persons_count; i++)
		if (person_differs(st, i))
			(void)put_person(&w, (int)i);
	for (size_t i = 0; i < st->faces_count; i++)
		if (face_differs(st, i))
			put_face(&w, i);
	put_draws(&w);
	w.rows.now = now;
	*changed = w.rows.persons_count + w.rows.faces_count + w.rows.gone_count;
	*drawn = false;
	if (*changed + w.rows.draws_count == 0)
		return 0;
	rc = tt_store_people_put(st->store, st->owner, &w.rows, err);
	for (size_t i = 0; rc == 0 && i < w.rows.draws_count; i++)
		*drawn = *drawn || w.rows.draws[i].id != 0;
	*changed += *drawn;
	return rc;
}

static int load(struct tt_people_state *st, struct tt_store *s, int64_t owner, const struct tt_face_fact *about,
		size_t n, struct tt_err *err)
{
	bool whole = true;
	int rc = about ? tt_people_state_load_part(st, s, owner, about, n, &whole, err) : 0;

	if (rc < 0 || !whole)
		return rc;
	if (about)
		tt_people_state_done(st);
	return tt_people_state_load(st, s, owner, false, err);
}

static int settle_once(struct tt_store *s, int64_t owner, const struct tt_face_fact *about, size_t n, int64_t now,
		       bool *drawn, struct tt_err *err)
{
	struct tt_people_state st;
	size_t changed;
	int rc = load(&st, s, owner, about, n, err);

	if (rc == 0)
		rc = tt_people_state_replay(&st, err);
	if (rc == 0)
		rc = tt_people_state_store(&st, now, &changed, drawn, err);
	tt_people_state_done(&st);
	return rc;
}

int tt_people_settle(struct tt_store *s, int64_t owner, const struct tt_face_fact *about, size_t n, int64_t now,
		     bool *drawn, struct tt_err *err)
{
	bool more = false, ever;
	int rc = settle_once(s, owner, about, n, now, &more, err);

	ever = more;
	if (rc == 0 && more)
		rc = settle_once(s, owner, about, n, now, &more, err);
	if (rc == 0 && drawn)
		*drawn = ever;
	return rc;
}
