/* Faces that stand for a person; the person of a new face. */
#include "vision/gallery.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MAX = 64, QUERIES_MAX = 1024, NEAREST = 3, CANDIDATES = 8, YEARS = 5 };

/* ---- representatives */

struct chooser {
	const struct tt_gallery_face *faces;
	size_t n;
	float *typical; /* cosine to the sum of all, the more so the better the face */
	float *nearest; /* highest dot to a chosen one */
	uint32_t *chosen;
	unsigned count;
};

static void measure_typical(struct chooser *c)
{
	int64_t sum[TT_SIMILAR_DIM] = { 0 };
	double norm = 0;

	for (size_t i = 0; i < c->n; i++)
		for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
			sum[d] += c->faces[i].vector[d];
	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		norm += (double)sum[d] * (double)sum[d];
	norm = norm > 0 ? 1 / (127 * sqrt(norm)) : 0;
	for (size_t i = 0; i < c->n; i++) {
		int64_t dot = 0;

		for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
			dot += c->faces[i].vector[d] * sum[d];
		c->typical[i] = (float)((double)dot * norm) * (.5f + .5f * c->faces[i].quality);
		c->nearest[i] = -1;
	}
}

static void choose(struct chooser *c, size_t face)
{
	c->chosen[c->count++] = (uint32_t)face;
	for (size_t i = 0; i < c->n; i++) {
		float cosine = tt_similar_cosine(tt_similar_dot(c->faces[face].vector, c->faces[i].vector));

		if (cosine > c->nearest[i])
			c->nearest[i] = cosine;
	}
	c->nearest[face] = 2;
}

static bool same_bucket(const struct tt_gallery_face *a, const struct tt_gallery_face *b)
{
	return a->pose == b->pose && a->year / YEARS == b->year / YEARS;
}

static bool has_bucket(const struct chooser *c, size_t face)
{
	for (unsigned i = 0; i < c->count; i++)
		if (same_bucket(&c->faces[c->chosen[i]], &c->faces[face]))
			return true;
	return false;
}

/* The most typical face of a bucket that has none yet; c->n when all have. */
static size_t next_bucket(const struct chooser *c, float least)
{
	size_t best = c->n;

	for (size_t i = 0; i < c->n; i++) {
		if (!c->faces[i].said && c->typical[i] < least)
			continue;
		if ((best == c->n || c->typical[i] > c->typical[best]) && !has_bucket(c, i))
			best = i;
	}
	return best;
}

static size_t next_far(const struct chooser *c, float least)
{
	size_t best = c->n;

	for (size_t i = 0; i < c->n; i++) {
		if (c->nearest[i] > 1.5f || (!c->faces[i].said && c->typical[i] < least))
			continue;
		if (best == c->n || c->nearest[i] < c->nearest[best])
			best = i;
	}
	return best;
}

int tt_gallery_choose(const struct tt_gallery_face *faces, size_t n, unsigned room, uint32_t *chosen, unsigned *count,
		      struct tt_err *err)
{
	TT_SCOPED(tt_freep) float *typical = NULL;
	struct chooser c = { .faces = faces, .n = n, .chosen = chosen };
	size_t next = 0;
	float least;

	if (room < 1 || room > ROOM_MAX)
		return tt_err_set(err, TT_EINVALID, "a person's gallery has room for %u, not %u", ROOM_MAX, room);
	*count = 0;
	if (n == 0)
		return 0;
	typical = tt_alloc(2 * n * sizeof *typical);
	if (!typical)
		return tt_err_set(err, TT_ENOMEM, "gallery: out of memory");
	c.typical = typical;
	c.nearest = typical + n;
	measure_typical(&c);
	for (size_t i = 1; i < n; i++)
		if (c.typical[i] > c.typical[next])
			next = i;
	least = .6f * c.typical[next];
	for (; next < n && c.count < room; next = next_bucket(&c, least))
		choose(&c, next);
	while (c.count < room && (next = next_far(&c, least)) < n)
		choose(&c, next);
	*count = c.count;
	return 0;
}

/* ---- assignment */

struct candidate {
	uint32_t face, person;
	float p;
};

/* The mean of the best three dots, and of their qualities. */
static double person_probability(const struct tt_gallery *g, const struct tt_same *same, const int32_t *dots,
				 uint32_t from, uint32_t to, float quality)
{
	uint32_t top[NEAREST];
	unsigned n = 0;
	double cosine = 0, of_person = 0;

	for (uint32_t i = from; i < to; i++) {
		unsigned at = n < NEAREST ? n++ : NEAREST;

		while (at > 0 && dots[i] > dots[top[at - 1]]) {
			if (at < NEAREST)
				top[at] = top[at - 1];
			at--;
		}
		if (at < NEAREST)
			top[at] = i;
	}
	if (n == 0)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		cosine += tt_similar_cosine(dots[top[i]]);
		of_person += g->quality[top[i]];
	}
	return tt_same_probability(same, cosine / n, quality, of_person / n);
}

static bool is_barred(const struct tt_gallery_query *q, uint32_t face, uint32_t person)
{
	for (size_t i = 0; i < q->n_barred; i++)
		if (q->barred[i].face == face && q->barred[i].person == person)
			return true;
	return false;
}

static bool is_taken(const struct tt_gallery_query *q, uint32_t person)
{
	for (size_t i = 0; i < q->n_taken; i++)
		if (q->taken[i] == person)
			return true;
	return false;
}

/* Keeps the CANDIDATES best persons of a face, the best first. */
static void keep(struct candidate *list, unsigned *n, struct candidate c)
{
	unsigned at = *n < CANDIDATES ? (*n)++ : CANDIDATES;

	while (at > 0 && c.p > list[at - 1].p) {
		if (at < CANDIDATES)
			list[at] = list[at - 1];
		at--;
	}
	if (at < CANDIDATES)
		list[at] = c;
}

static unsigned rate_face(const struct tt_gallery *g, const struct tt_same *same, const struct tt_gallery_query *q,
			  uint32_t face, const int32_t *dots, struct candidate *list, struct tt_gallery_found *out)
{
	unsigned n = 0;

	*out = (struct tt_gallery_found){ .person = TT_SIMILAR_NONE, .best = TT_SIMILAR_NONE };
	for (uint32_t person = 0; person < g->persons; person++) {
		float p;

		if (g->first[person] == g->first[person + 1] || is_barred(q, face, person))
			continue;
		p = (float)person_probability(g, same, dots, g->first[person], g->first[person + 1], q->quality[face]);
		if (out->best == TT_SIMILAR_NONE || p > out->probability) {
			out->best = person;
			out->probability = p;
		}
		if (p >= q->confidence && !is_taken(q, person))
			keep(list, &n, (struct candidate){ face, person, p });
	}
	return n;
}

static int by_probability(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->p != y->p)
		return x->p > y->p ? -1 : 1;
	if (x->face != y->face)
		return x->face < y->face ? -1 : 1;
	return (x->person > y->person) - (x->person < y->person);
}

static void settle(struct candidate *list, size_t n, struct tt_gallery_found *out)
{
	qsort(list, n, sizeof *list, by_probability);
	for (size_t i = 0; i < n; i++) {
		bool free_person = out[list[i].face].person == TT_SIMILAR_NONE;

		for (size_t j = 0; free_person && j < i; j++)
			free_person = list[j].person != list[i].person || out[list[j].face].person != list[i].person;
		if (!free_person)
			continue;
		out[list[i].face].person = list[i].person;
		out[list[i].face].probability = list[i].p;
	}
}

int tt_gallery_assign(const struct tt_gallery *g, const struct tt_same *same, const struct tt_gallery_query *q,
		      struct tt_gallery_found *out, struct tt_err *err)
{
	TT_SCOPED(tt_freep) int32_t *dots = NULL;
	TT_SCOPED(tt_freep) struct candidate *list = NULL;
	size_t n = 0;

	if (q->n > QUERIES_MAX)
		return tt_err_set(err, TT_EINVALID, "%zu faces of one photo are too many", q->n);
	dots = tt_alloc(g->n * sizeof *dots);
	list = tt_alloc(q->n * CANDIDATES * sizeof *list);
	if (!dots || !list)
		return tt_err_set(err, TT_ENOMEM, "gallery: out of memory");
	for (uint32_t i = 0; i < q->n; i++) {
		tt_similar_row(q->vectors[i], g->vectors, g->n, dots);
		n += rate_face(g, same, q, i, dots, list + n, &out[i]);
	}
	settle(list, n, out);
	return 0;
}

/* ---- does a face recur? */

static bool photo_before(const struct tt_gallery_unknown *u, const struct candidate *list, size_t n, int64_t photo)
{
	for (size_t i = 0; i < n; i++)
		if (u->photo[list[i].face] == photo)
			return true;
	return false;
}

int tt_gallery_recurs(const struct tt_gallery_unknown *u, const struct tt_same *same, const int8_t *vector,
		      float quality, int64_t photo, uint32_t *with, size_t room, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_freep) int32_t *dots = tt_alloc(u->n * sizeof *dots);
	TT_SCOPED(tt_freep) struct candidate *list = tt_alloc(u->n * sizeof *list);
	size_t n = 0, kept = 0;

	if (!dots || !list)
		return tt_err_set(err, TT_ENOMEM, "gallery: out of memory");
	*count = 0;
	if (quality < u->min_quality)
		return 0;
	tt_similar_row(vector, u->vectors, u->n, dots);
	for (uint32_t i = 0; i < u->n; i++) {
		double p = tt_same_probability(same, tt_similar_cosine(dots[i]), quality, u->quality[i]);

		if (p >= u->confidence && u->quality[i] >= u->min_quality && u->photo[i] != photo)
			list[n++] = (struct candidate){ .face = i, .p = (float)p };
	}
	qsort(list, n, sizeof *list, by_probability);
	for (size_t i = 0; i < n && kept < room; i++)
		if (!photo_before(u, list, kept, u->photo[list[i].face])) {
			list[kept] = list[i];
			with[kept] = list[kept].face;
			kept++;
		}
	*count = kept + 1 >= u->recur ? kept : 0;
	return 0;
}
