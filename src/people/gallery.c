/* Which faces stand for a person. Interface: sort.h. */
#include "people/sort.h"

#include "vision/gallery.h"

#include <stdlib.h>

enum { ROOM_MAX = 64, FACES_MAX = 2000 }; /* of one person are looked at: the best of them */
#define YEAR_MS 31556952000.0

struct member {
	int person;
	bool said;
	float quality;
	uint32_t face;
};

/* Confirmed faces first, then the better ones: where there are too many, those are chosen from. */
static int by_person(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	if (x->said != y->said)
		return x->said ? -1 : 1;
	if (x->quality < y->quality || x->quality > y->quality)
		return x->quality > y->quality ? -1 : 1;
	return (x->face > y->face) - (x->face < y->face);
}

bool tt_face_counts(const struct tt_people_state *st, size_t face)
{
	return st->faces[face].has_vector && !st->faces[face].trashed && !st->shown.faces[face].hidden;
}

/* -1: the face stands for nobody. */
static int person_of(const struct tt_people_state *st, size_t i, bool by_word)
{
	const struct tt_shown_face *s = &st->shown.faces[i];

	if (!tt_face_counts(st, i) || s->person < 0)
		return -1;
	return !by_word ? s->person : s->said ? s->word : st->known[i].guess;
}

static int8_t pose_of(float yaw)
{
	return (int8_t)((yaw > 20) - (yaw < -20));
}

static int16_t year_of(int64_t taken)
{
	return (int16_t)(taken == INT64_MIN ? 0 : 1970 + (double)taken / YEAR_MS);
}

static int choose(struct tt_people_state *st, const struct member *members, size_t n, unsigned room,
		  struct tt_people_gallery *g, struct tt_err *err)
{
	uint32_t chosen[ROOM_MAX];
	struct tt_gallery_face *faces;
	unsigned count = 0;
	int rc;

	n = n < FACES_MAX ? n : FACES_MAX;
	faces = tt_calloc(n + 1, sizeof *faces);
	if (!faces)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		uint32_t at = members[i].face;

		faces[i] = (struct tt_gallery_face){ .vector = st->vectors[at],
						     .quality = st->faces[at].quality,
						     .pose = pose_of(st->faces[at].yaw),
						     .year = year_of(st->known[at].taken),
						     .said = members[i].said };
	}
	rc = tt_gallery_choose(faces, n, room < ROOM_MAX ? room : ROOM_MAX, chosen, &count, err);
	free(faces);
	for (unsigned i = 0; rc == 0 && i < count; i++)
		g->face[g->n++] = members[chosen[i]].face;
	return rc;
}

int tt_people_gallery(struct tt_people_state *st, bool by_word, unsigned room, struct tt_people_gallery *out,
		      struct tt_err *err)
{
	struct tt_people_gallery g = { 0 };
	size_t n = 0, end, most = st->faces_count + 1;
	struct member *members = tt_arena_alloc(&st->arena, most * sizeof *members);

	g.face = tt_arena_alloc(&st->arena, most * sizeof *g.face);
	g.first = tt_arena_alloc(&st->arena, (most + 1) * sizeof *g.first);
	g.person = tt_arena_alloc(&st->arena, most * sizeof *g.person);
	if (!members || !g.face || !g.first || !g.person)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < st->faces_count; i++) {
		int person = person_of(st, i, by_word);

		if (person >= 0)
			members[n++] = (struct member){ person, st->shown.faces[i].said, st->faces[i].quality,
							(uint32_t)i };
	}
	qsort(members, n, sizeof *members, by_person);
	for (size_t i = 0; i < n; i = end) {
		int rc;

		end = i + 1;
		while (end < n && members[end].person == members[i].person)
			end++;
		g.person[g.persons] = members[i].person;
		g.first[g.persons++] = (uint32_t)g.n;
		rc = choose(st, members + i, end - i, room, &g, err);
		if (rc < 0)
			return rc;
	}
	g.first[g.persons] = (uint32_t)g.n;
	*out = g;
	return 0;
}
