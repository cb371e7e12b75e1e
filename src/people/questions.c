/* "Are these the same?": which pairs to ask about. Interface: people.h. */
#include "people/people.h"

#include "people/kept.h"
#include "people/service.h"
#include "people/sort.h"
#include "vision/same.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 6, NEIGHBOURS = 12, TOGETHER_MAX = 100 };
#define LEAST 0.02 /* less probable pairs are no question */

/* A pair of persons and the faces that are most alike of theirs. */
struct candidate {
	int person_a, person_b; /* a < b */
	uint32_t a, b;          /* faces */
	double probability, worth;
	int64_t settles;
};

struct asking {
	struct tt_people_state *st;
	struct tt_same same;
	struct tt_people_gallery gallery;
	int64_t *sizes; /* faces of each person */
	struct candidate *found;
	size_t count;
};

static int no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "out of memory");
}

/* ---- pairs of persons */

static int by_persons(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->person_a != b->person_a)
		return a->person_a < b->person_a ? -1 : 1;
	if (a->person_b != b->person_b)
		return a->person_b < b->person_b ? -1 : 1;
	if (a->probability < b->probability || a->probability > b->probability)
		return a->probability > b->probability ? -1 : 1;
	return (a->a > b->a) - (a->a < b->a);
}

static int by_worth(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->worth < b->worth || a->worth > b->worth)
		return a->worth > b->worth ? -1 : 1;
	return by_persons(x, y);
}

static void add_candidate(struct asking *q, uint32_t a, uint32_t b, int32_t dot)
{
	const struct tt_people_state *st = q->st;
	int pa = st->shown.faces[a].person, pb = st->shown.faces[b].person;
	double p = tt_same_probability(&q->same, (double)tt_similar_cosine(dot), (double)st->faces[a].quality,
				       (double)st->faces[b].quality);

	if (pa == pb || p < LEAST)
		return;
	q->found[q->count++] = (struct candidate){ .person_a = pa < pb ? pa : pb,
						   .person_b = pa < pb ? pb : pa,
						   .a = pa < pb ? a : b,
						   .b = pa < pb ? b : a,
						   .probability = p };
}

static int find_candidates(struct asking *q, struct tt_err *err)
{
	size_t n = q->gallery.n;
	TT_SCOPED(tt_freep) tt_face_vector *vectors = tt_calloc(n + 1, sizeof *vectors);
	TT_SCOPED(tt_freep) struct tt_similar_hit *hits = tt_calloc(n * NEIGHBOURS + 1, sizeof *hits);
	struct tt_similar_job job = {
		.n_queries = n, .n_vectors = n, .k = NEIGHBOURS, .least = INT32_MIN, .threads = 1
	};
	int rc;

	q->found = tt_arena_alloc(&q->st->arena, (n * NEIGHBOURS + 1) * sizeof *q->found);
	if (!vectors || !hits || !q->found)
		return no_memory(err);
	for (size_t i = 0; i < n; i++)
		memcpy(vectors[i], q->st->vectors[q->gallery.face[i]], sizeof *vectors);
	job.queries = job.vectors = (const tt_face_vector *)vectors;
	if (n < 2)
		return 0;
	rc = tt_similar_topk(&job, hits, err);
	for (size_t i = 0; rc == 0 && i < n * NEIGHBOURS; i++)
		if (hits[i].index != TT_SIMILAR_NONE)
			add_candidate(q, q->gallery.face[i / NEIGHBOURS], q->gallery.face[hits[i].index], hits[i].dot);
	return rc;
}

/* Of each two persons the pair that is most alike. */
static void keep_best(struct asking *q)
{
	size_t kept = 0;

	qsort(q->found, q->count, sizeof *q->found, by_persons);
	for (size_t i = 0; i < q->count; i++)
		if (kept == 0 || q->found[i].person_a != q->found[kept - 1].person_a ||
		    q->found[i].person_b != q->found[kept - 1].person_b)
			q->found[kept++] = q->found[i];
	q->count = kept;
}

/* ---- what was answered already */

static void strike(struct asking *q, int person_a, int person_b)
{
	struct candidate wanted = { .person_a = person_a < person_b ? person_a : person_b,
				    .person_b = person_a < person_b ? person_b : person_a };
	size_t low = 0, high = q->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct candidate *c = &q->found[middle];

		if (c->person_a < wanted.person_a || (c->person_a == wanted.person_a && c->person_b < wanted.person_b))
			low = middle + 1;
		else
			high = middle;
	}
	if (low < q->count && q->found[low].person_a == wanted.person_a && q->found[low].person_b == wanted.person_b)
		q->found[low].settles = -1;
}

static void strike_pairs(struct asking *q, const struct tt_face_pair *pairs, size_t n)
{
	const struct tt_shown_face *faces = q->st->shown.faces;

	for (size_t i = 0; i < n; i++)
		if (faces[pairs[i].a].person >= 0 && faces[pairs[i].b].person >= 0)
			strike(q, faces[pairs[i].a].person, faces[pairs[i].b].person);
}

static void strike_answered(struct asking *q)
{
	const struct tt_replayed *shown = &q->st->shown;

	strike_pairs(q, shown->same, shown->same_count);
	strike_pairs(q, shown->different, shown->different_count);
	strike_pairs(q, shown->unsure, shown->unsure_count);
	/* "This is not Ann" of a face whose person is known now says it of the two persons. */
	for (size_t i = 0; i < shown->nots_count; i++) {
		const struct tt_shown_face *f = &shown->faces[shown->nots[i].face];

		if (f->said && f->person >= 0)
			strike(q, f->person, shown->nots[i].person);
	}
}

/* ---- who is on one photo together: two persons */

struct guest {
	int64_t photo;
	int person;
};

static int by_photo(const void *x, const void *y)
{
	const struct guest *a = x, *b = y;

	return a->photo != b->photo ? (a->photo < b->photo ? -1 : 1)
				    : (a->person > b->person) - (a->person < b->person);
}

static int strike_together(struct asking *q, struct tt_err *err)
{
	const struct tt_people_state *st = q->st;
	struct guest *guests = tt_arena_alloc(&q->st->arena, (st->faces_count + 1) * sizeof *guests);
	size_t n = 0, end;

	if (!guests)
		return no_memory(err);
	for (size_t i = 0; i < st->faces_count; i++)
		if (st->shown.faces[i].person >= 0)
			guests[n++] = (struct guest){ st->known[i].photo, st->shown.faces[i].person };
	qsort(guests, n, sizeof *guests, by_photo);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n && guests[end].photo == guests[i].photo; end++)
			;
		for (size_t a = i; a < end && end - i <= TOGETHER_MAX; a++)
			for (size_t b = a + 1; b < end; b++)
				strike(q, guests[a].person, guests[b].person);
	}
	return 0;
}

/* ---- which first: how open it is, times the faces that the answer decides about */

static void weigh(struct asking *q)
{
	const struct tt_shown_person *persons = q->st->shown.persons;
	size_t kept = 0;

	for (size_t i = 0; i < q->count; i++) {
		struct candidate *c = &q->found[i];
		int64_t a = q->sizes[c->person_a], b = q->sizes[c->person_b];

		if (c->settles < 0 || persons[c->person_a].hidden || persons[c->person_b].hidden)
			continue;
		c->settles = a < b ? a : b;
		c->worth = 4 * c->probability * (1 - c->probability) * (double)c->settles;
		if (persons[c->person_a].name && persons[c->person_b].name)
			c->worth *= 0.1; /* whoever named both, most likely told them apart */
		q->found[kept++] = *c;
	}
	q->count = kept;
	qsort(q->found, q->count, sizeof *q->found, by_worth);
}

static int count_faces(struct asking *q, struct tt_err *err)
{
	q->sizes = tt_arena_alloc(&q->st->arena, (q->st->shown.persons_count + 1) * sizeof *q->sizes);
	if (!q->sizes)
		return no_memory(err);
	for (size_t i = 0; i < q->st->faces_count; i++)
		if (q->st->shown.faces[i].person >= 0 && !q->st->faces[i].trashed)
			q->sizes[q->st->shown.faces[i].person]++;
	return 0;
}

/* 0: a person of whom there is no row yet. */
static int64_t row_of(const struct tt_people_state *st, int person)
{
	return (size_t)person < st->persons_count ? st->persons[person].id : 0;
}

static int hand_out(const struct asking *q, size_t most, struct tt_arena *arena, struct tt_kept_question **out,
		    size_t *count, struct tt_err *err)
{
	size_t n = q->count < most ? q->count : most;
	struct tt_kept_question *list = tt_arena_alloc(arena, (n + 1) * sizeof *list);

	if (!list)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct candidate *k = &q->found[i];

		list[i] = (struct tt_kept_question){ { q->st->faces[k->a].id, q->st->faces[k->b].id, k->probability,
						       k->settles },
						     row_of(q->st, k->person_a),
						     row_of(q->st, k->person_b) };
	}
	*out = list;
	*count = n;
	return 0;
}

/* The first `most` of all of them; *cut: there are more. */
static int find_all(const struct tt_people_call *c, const struct tt_people_opts *opts, size_t most,
		    struct tt_kept_question **out, size_t *count, bool *cut, struct tt_err *err)
{
	struct tt_people_state st;
	struct asking q = { .st = &st, .same = opts->same ? *opts->same : tt_same_usual };
	int rc = tt_people_state_load(&st, c->store, c->owner, true, err);

	if (rc == 0)
		rc = tt_people_state_replay(&st, err);
	if (rc == 0)
		rc = tt_people_gallery(&st, false, ROOM, &q.gallery, err);
	if (rc == 0)
		rc = count_faces(&q, err);
	if (rc == 0)
		rc = find_candidates(&q, err);
	if (rc == 0) {
		keep_best(&q);
		rc = strike_together(&q, err);
	}
	if (rc == 0) {
		strike_answered(&q);
		weigh(&q);
		*cut = q.count > most;
		rc = hand_out(&q, most, c->arena, out, count, err);
	}
	tt_people_state_done(&st);
	return rc;
}

int tt_people_questions(const struct tt_people_call *c, const struct tt_people_opts *opts, unsigned limit,
			struct tt_people_question **out, size_t *count, struct tt_err *err)
{
	struct tt_kept *kept = tt_people_kept(c->people);
	struct tt_people_question *list;
	struct tt_kept_question *all;
	size_t n = 0;
	uint64_t since = 0;
	bool cut = false, found = false;
	int rc = kept ? tt_kept_get(kept, c->owner, limit, c->arena, out, count, &found, err) : 0;

	if (rc < 0 || found)
		return rc;
	if (kept)
		since = tt_kept_begin(kept, c->owner);
	rc = find_all(c, opts, opts->max_questions, &all, &n, &cut, err);
	if (rc < 0)
		return rc;
	if (kept)
		tt_kept_put(kept, c->owner, since, all, n, cut);
	n = n < limit ? n : limit;
	list = tt_arena_alloc(c->arena, (n + 1) * sizeof *list);
	if (!list)
		return no_memory(err);
	for (size_t i = 0; i < n; i++)
		list[i] = all[i].q;
	*out = list;
	*count = n;
	return 0;
}
