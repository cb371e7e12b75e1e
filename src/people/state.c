/* Rows in, rows out. Interface: state.h. */
#include "people/state.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <sys/random.h>

enum { PAGE = 2000, FACTS_PAGE = 20000 };
#define PAGE_BYTES ((size_t)64 << 20)

static int no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "out of memory");
}

int tt_new_uid(char out[TT_PERSON_UID], struct tt_err *err)
{
	uint8_t bytes[16];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return tt_err_set(err, TT_EINTERNAL, "no random numbers: %s", strerror(errno));
	tt_hex(out, bytes, sizeof bytes);
	return 0;
}

/* ---- by id: rows are in order of it */

int tt_people_state_person_at(const struct tt_people_state *st, int64_t id)
{
	size_t low = 0, high = st->persons_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (st->persons[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < st->persons_count && st->persons[low].id == id ? (int)low : -1;
}

int tt_people_state_face_at(const struct tt_people_state *st, int64_t id)
{
	size_t low = 0, high = st->faces_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (st->faces[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < st->faces_count && st->faces[low].id == id ? (int)low : -1;
}

/* ---- loading */

static struct tt_said_box box_of(const uint8_t sha256[32], const struct tt_box *b)
{
	struct tt_said_box out = { .x = b->x, .y = b->y, .w = b->w, .h = b->h };

	memcpy(out.sha256, sha256, 32);
	return out;
}

void tt_people_state_take(struct tt_people_state *st, const struct tt_face_known *f)
{
	size_t i = st->faces_count++;

	st->faces[i] = (struct tt_state_face){ .id = f->id,
					       .quality = f->quality,
					       .yaw = f->yaw,
					       .person = f->person ? tt_people_state_person_at(st, f->person) : -1,
					       .person_confidence = f->person_confidence,
					       .said = f->said,
					       .hidden = f->hidden,
					       .trashed = f->trashed,
					       .has_vector = f->has_vector,
					       .guess = f->guess ? tt_people_state_person_at(st, f->guess) : -1,
					       .guess_confidence = (float)f->guess_confidence };
	st->known[i] = (struct tt_replay_face){ .at = box_of(f->sha256, &f->box),
						.photo = f->photo,
						.taken = f->dated ? f->moment : INT64_MIN,
						.guess = st->faces[i].guess,
						.guess_confidence = st->faces[i].guess_confidence,
						.drawn = f->drawn };
	if (st->vectors && f->has_vector)
		memcpy(st->vectors[i], f->vector, sizeof st->vectors[i]);
	else if (st->vectors)
		memset(st->vectors[i], 0, sizeof st->vectors[i]);
}

int tt_people_state_room(struct tt_people_state *st, size_t *room, size_t more, bool vectors, struct tt_err *err)
{
	void *p;

	if (st->faces_count + more <= *room)
		return 0;
	*room = 2 * *room + more;
	if (*room > INT_MAX / 2)
		return tt_err_set(err, TT_ETOOBIG, "more faces than can be sorted");
	p = tt_realloc(st->faces, *room * sizeof *st->faces);
	if (!p)
		return no_memory(err);
	st->faces = p;
	p = tt_realloc(st->known, *room * sizeof *st->known);
	if (!p)
		return no_memory(err);
	st->known = p;
	if (!vectors)
		return 0;
	p = tt_realloc(st->vectors, *room * sizeof *st->vectors);
	if (!p)
		return no_memory(err);
	st->vectors = p;
	return 0;
}

static int load_faces(struct tt_people_state *st, bool vectors, struct tt_err *err)
{
	size_t room = 0, n;
	int64_t after = 0;

	do {
		TT_SCOPED(tt_arena_free) struct tt_arena page = { .max = PAGE_BYTES };
		struct tt_face_known *rows;
		int rc = tt_store_faces_known(st->store, st->owner, after, PAGE, &page, &rows, &n, err);

		if (rc == 0)
			rc = tt_people_state_room(st, &room, n + 1, vectors, err);
		if (rc < 0)
			return rc;
		for (size_t i = 0; i < n; i++) {
			tt_people_state_take(st, &rows[i]);
			after = rows[i].id;
		}
	} while (n == PAGE);
	return 0;
}

static void take_fact(struct tt_said *out, const struct tt_face_fact *f)
{
	*out = (struct tt_said){
		.kind = tt_said_kind_of(f->kind), .person = f->person_uid, .other = f->other_uid, .value = f->value
	};
	if (f->has_face)
		out->a = box_of(f->sha256, &f->box);
	if (f->has_other)
		out->b = box_of(f->other_sha256, &f->other);
}

int tt_people_state_facts(struct tt_people_state *st, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_face_fact *all = NULL;
	size_t n, total = 0;
	int64_t after = 0;

	do {
		struct tt_face_fact *rows, *more;
		int rc = tt_store_face_facts_hold(st->store, st->owner, after, FACTS_PAGE, &st->arena, &rows, &n, err);

		if (rc < 0)
			return rc;
		more = tt_realloc(all, (total + n + 1) * sizeof *all);
		if (!more)
			return no_memory(err);
		all = more;
		for (size_t i = 0; i < n; i++) {
			all[total++] = rows[i];
			after = rows[i].id;
		}
	} while (n == FACTS_PAGE);
	st->facts = tt_arena_alloc(&st->arena, (total + 1) * sizeof *st->facts);
	st->said = tt_arena_alloc(&st->arena, (total + 1) * sizeof *st->said);
	if (!st->facts || !st->said)
		return no_memory(err);
	st->facts_count = total;
	for (size_t i = 0; i < total; i++) {
		st->facts[i] = all[i];
		take_fact(&st->said[i], &all[i]);
	}
	return 0;
}

static int load_persons(struct tt_people_state *st, struct tt_err *err)
{
	return tt_store_persons_all(st->store, st->owner, &st->arena, &st->persons, &st->persons_count, err);
}

int tt_people_state_load(struct tt_people_state *st, struct tt_store *s, int64_t owner, bool vectors,
			 struct tt_err *err)
{
	int rc;

	*st = (struct tt_people_state){ .store = s, .owner = owner, .arena = { .max = TT_STATE_BYTES } };
	rc = load_persons(st, err);
	if (rc == 0)
		rc = load_faces(st, vectors, err);
	if (rc == 0)
		rc = tt_people_state_facts(st, err);
	if (rc < 0)
		return rc;
	st->uids = tt_arena_alloc(&st->arena,
				  (st->persons_count + st->faces_count + 2 * st->facts_count + 1) * sizeof *st->uids);
	if (!st->uids)
		return no_memory(err);
	for (size_t i = 0; i < st->persons_count; i++)
		st->uids[st->uids_count++] = st->persons[i].uid;
	return 0;
}

void tt_people_state_done(struct tt_people_state *st)
{
	tt_arena_free(&st->arena);
	free(st->faces);
	free(st->known);
	free(st->vectors);
	*st = (struct tt_people_state){ 0 };
}

int tt_people_state_replay(struct tt_people_state *st, struct tt_err *err)
{
	int rc = tt_replay(st->said, st->facts_count, st->known, st->faces_count, st->uids, st->uids_count, &st->arena,
			   &st->shown, err);

	/* Persons that only facts know have numbers now; new ones get those behind. */
	for (size_t i = st->uids_count; rc == 0 && i < st->shown.persons_count; i++)
		st->uids[st->uids_count++] = st->shown.persons[i].uid;
	return rc;
}

int tt_people_state_new_person(struct tt_people_state *st, int *index, struct tt_err *err)
{
	char *uid = tt_arena_alloc(&st->arena, TT_PERSON_UID);
	int rc = uid ? tt_new_uid(uid, err) : no_memory(err);

	if (rc < 0)
		return rc;
	*index = (int)st->uids_count;
	st->uids[st->uids_count++] = uid;
	return 0;
}

/* ---- from one state to another */

/* Where a person of the older state is in the newer one; made anew when it went meanwhile. */
static int same_person(struct tt_people_state *st, const struct tt_people_state *from, int person, int *map,
		       struct tt_err *err)
{
	char *uid;

	if (map[person] >= 0)
		return map[person];
	if ((size_t)person < from->persons_count)
		map[person] = tt_people_state_person_at(st, from->persons[person].id);
	for (size_t i = st->persons_count; map[person] < 0 && i < st->uids_count; i++)
		if (strcmp(st->uids[i], from->uids[person]) == 0)
			map[person] = (int)i;
	if (map[person] >= 0)
		return map[person];
	uid = tt_arena_strndup(&st->arena, from->uids[person], TT_PERSON_UID - 1);
	if (!uid)
		return no_memory(err);
	st->uids[st->uids_count] = uid;
	map[person] = (int)st->uids_count++;
	return map[person];
}

int tt_people_state_take_guesses(struct tt_people_state *st, const struct tt_people_state *from, struct tt_err *err)
{
	int *map = tt_arena_alloc(&st->arena, (from->uids_count + 1) * sizeof *map);
	size_t at = 0;

	if (!map)
		return no_memory(err);
	for (size_t i = 0; i < from->uids_count; i++)
		map[i] = -1;
	for (size_t i = 0; i < from->faces_count; i++) {
		const struct tt_replay_face *f = &from->known[i];
		int person = -1;

		while (at < st->faces_count && st->faces[at].id < from->faces[i].id)
			at++;
		if (at == st->faces_count || st->faces[at].id != from->faces[i].id)
			continue;
		if (f->guess == from->faces[i].guess &&
		    fabsf(f->guess_confidence - from->faces[i].guess_confidence) <= (float)TT_CONFIDENCE_STEP)
			continue;
		if (f->guess >= 0)
			person = same_person(st, from, f->guess, map, err);
		if (f->guess >= 0 && person < 0)
			return TT_ENOMEM;
		st->known[at].guess = person;
		st->known[at].guess_confidence = f->guess_confidence;
	}
	return 0;
}
