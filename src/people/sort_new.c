/* Assignment on arrival. Interface: sort.h. */
#include "people/sort.h"

#include "vision/gallery.h"

#include <stdlib.h>
#include <string.h>

enum { PHOTO_FACES_MAX = 4096, TOGETHER_MAX = 64 };

struct arrival {
	int64_t photo;
	uint32_t face;
};

struct sorting {
	struct tt_people_state *st;
	const struct tt_people_opts *opts;
	struct tt_same same;
	struct tt_people_gallery gallery;
	struct tt_gallery stored;
	tt_face_vector *vectors; /* of the gallery */
	float *quality;
	int *place; /* for each person of the state: its place in the gallery, -1 */
	size_t persons;
	struct arrival *arrivals; /* all that are nobody, by photo */
	size_t arrivals_count;
};

static int no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "out of memory");
}

static bool is_nobody(const struct tt_people_state *st, size_t i)
{
	return tt_face_counts(st, i) && st->shown.faces[i].person < 0 && st->known[i].guess < 0;
}

static int by_photo(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;

	return x->photo != y->photo ? (x->photo < y->photo ? -1 : 1) : (x->face > y->face) - (x->face < y->face);
}

static int make_gallery(struct sorting *s, struct tt_err *err)
{
	int rc = tt_people_gallery(s->st, true, s->opts->max_gallery, &s->gallery, err);

	if (rc < 0)
		return rc;
	s->persons = s->st->shown.persons_count;
	s->vectors = tt_arena_alloc(&s->st->arena, (s->gallery.n + 1) * sizeof *s->vectors);
	s->quality = tt_arena_alloc(&s->st->arena, (s->gallery.n + 1) * sizeof *s->quality);
	s->place = tt_arena_alloc(&s->st->arena, (s->persons + 1) * sizeof *s->place);
	s->arrivals = tt_arena_alloc(&s->st->arena, (s->st->faces_count + 1) * sizeof *s->arrivals);
	if (!s->vectors || !s->quality || !s->place || !s->arrivals)
		return no_memory(err);
	for (size_t i = 0; i < s->gallery.n; i++) {
		memcpy(s->vectors[i], s->st->vectors[s->gallery.face[i]], sizeof *s->vectors);
		s->quality[i] = s->st->faces[s->gallery.face[i]].quality;
	}
	for (size_t i = 0; i < s->persons; i++)
		s->place[i] = -1;
	for (size_t i = 0; i < s->gallery.persons; i++)
		s->place[s->gallery.person[i]] = (int)i;
	s->stored = (struct tt_gallery){ (const tt_face_vector *)s->vectors, s->quality, s->gallery.n, s->gallery.first,
					 s->gallery.persons };
	for (size_t i = 0; i < s->st->faces_count; i++)
		if (is_nobody(s->st, i))
			s->arrivals[s->arrivals_count++] = (struct arrival){ s->st->known[i].photo, (uint32_t)i };
	qsort(s->arrivals, s->arrivals_count, sizeof *s->arrivals, by_photo);
	return 0;
}

/* ---- the faces of one photo */

struct query {
	tt_face_vector *vectors;
	float *quality;
	uint32_t *taken;
	struct tt_gallery_pair *barred;
	struct tt_gallery_found *found;
	size_t taken_count, barred_count;
};

static void freeq(struct query *q)
{
	free(q->vectors);
	free(q->quality);
	free(q->taken);
	free(q->barred);
	free(q->found);
}

static int person_there(const struct sorting *s, size_t face)
{
	const struct tt_shown_face *f = &s->st->shown.faces[face];
	int person = f->said ? f->word : s->st->known[face].guess;

	return f->hidden || person < 0 || (size_t)person >= s->persons ? -1 : s->place[person];
}

/* Those of the photo that have a person already, and what the faces are not. */
static void find_bars(struct sorting *s, struct query *q, const struct arrival *a, size_t n, const uint32_t *others,
		      size_t others_count)
{
	const struct tt_replayed *shown = &s->st->shown;

	for (size_t i = 0; i < others_count; i++) {
		int place = person_there(s, others[i]);

		if (place >= 0)
			q->taken[q->taken_count++] = (uint32_t)place;
	}
	for (size_t i = 0; i < shown->nots_count; i++)
		for (size_t k = 0; k < n; k++)
			if (shown->nots[i].face == (int)a[k].face && s->place[shown->nots[i].person] >= 0)
				q->barred[q->barred_count++] = (struct tt_gallery_pair){
					(uint32_t)k, (uint32_t)s->place[shown->nots[i].person]
				};
}

static int ask_gallery(struct sorting *s, const struct arrival *a, size_t n, const uint32_t *others,
		       size_t others_count, struct tt_err *err)
{
	TT_SCOPED(freeq)
	struct query q = { .vectors = tt_calloc(n, sizeof *q.vectors),
			   .quality = tt_calloc(n, sizeof *q.quality),
			   .taken = tt_calloc(others_count + 1, sizeof *q.taken),
			   .barred = tt_calloc(s->st->shown.nots_count + 1, sizeof *q.barred),
			   .found = tt_calloc(n, sizeof *q.found) };
	struct tt_gallery_query ask;
	int rc;

	if (!q.vectors || !q.quality || !q.taken || !q.barred || !q.found)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		memcpy(q.vectors[i], s->st->vectors[a[i].face], sizeof *q.vectors);
		q.quality[i] = s->st->faces[a[i].face].quality;
	}
	find_bars(s, &q, a, n, others, others_count);
	ask = (struct tt_gallery_query){ .vectors = (const tt_face_vector *)q.vectors,
					 .quality = q.quality,
					 .n = n,
					 .taken = q.taken,
					 .n_taken = q.taken_count,
					 .barred = q.barred,
					 .n_barred = q.barred_count,
					 .confidence = s->opts->confidence };
	rc = tt_gallery_assign(&s->stored, &s->same, &ask, q.found, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct tt_replay_face *f = &s->st->known[a[i].face];

		if (q.found[i].person == TT_SIMILAR_NONE || q.quality[i] < (float)s->opts->min_quality)
			continue;
		f->guess = s->gallery.person[q.found[i].person];
		f->guess_confidence = q.found[i].probability;
	}
	return rc;
}

/* All faces by photo, so that those beside an arrival are at hand. */
static int ask_all(struct sorting *s, int64_t after, struct tt_err *err)
{
	size_t n = s->st->faces_count, end, at = 0;
	struct arrival *all = tt_arena_alloc(&s->st->arena, (n + 1) * sizeof *all);
	uint32_t *others = tt_arena_alloc(&s->st->arena, (n + 1) * sizeof *others);

	if (!all || !others)
		return no_memory(err);
	for (size_t i = 0; i < n; i++)
		all[i] = (struct arrival){ s->st->known[i].photo, (uint32_t)i };
	qsort(all, n, sizeof *all, by_photo);
	for (size_t i = 0; i < s->arrivals_count; i = end) {
		int64_t photo = s->arrivals[i].photo;
		size_t count = 0;
		bool fresh = false;

		for (end = i; end < s->arrivals_count && s->arrivals[end].photo == photo; end++)
			fresh = fresh || s->st->faces[s->arrivals[end].face].id > after;
		while (at < n && all[at].photo < photo)
			at++;
		for (; at < n && all[at].photo == photo; at++)
			others[count++] = all[at].face;
		if (fresh && end - i <= PHOTO_FACES_MAX) {
			int rc = ask_gallery(s, s->arrivals + i, end - i, others, count, err);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

/* ---- those who recur */

struct unknown {
	tt_face_vector *vectors;
	float *quality;
	int64_t *photo;
	uint32_t *face;
	size_t n;
};

static int find_unknown(struct sorting *s, struct unknown *u, struct tt_err *err)
{
	struct tt_arena *a = &s->st->arena;
	size_t most = s->arrivals_count + 1;

	u->vectors = tt_arena_alloc(a, most * sizeof *u->vectors);
	u->quality = tt_arena_alloc(a, most * sizeof *u->quality);
	u->photo = tt_arena_alloc(a, most * sizeof *u->photo);
	u->face = tt_arena_alloc(a, most * sizeof *u->face);
	if (!u->vectors || !u->quality || !u->photo || !u->face)
		return no_memory(err);
	for (size_t i = 0; i < s->arrivals_count; i++) {
		uint32_t face = s->arrivals[i].face;

		if (s->st->known[face].guess >= 0 || s->st->faces[face].quality < (float)s->opts->min_quality)
			continue;
		memcpy(u->vectors[u->n], s->st->vectors[face], sizeof *u->vectors);
		u->quality[u->n] = s->st->faces[face].quality;
		u->photo[u->n] = s->arrivals[i].photo;
		u->face[u->n++] = face;
	}
	return 0;
}

/* Row i becomes a new person together with the others. */
static int join(struct sorting *s, struct unknown *u, size_t i, const uint32_t *with, size_t count, struct tt_err *err)
{
	int person, rc = tt_people_state_new_person(s->st, &person, err);

	if (rc < 0)
		return rc;
	for (size_t k = 0; k <= count; k++) {
		size_t row = k < count ? with[k] : i;
		struct tt_replay_face *f = &s->st->known[u->face[row]];

		f->guess = person;
		f->guess_confidence = (float)s->opts->confidence;
		u->quality[row] = -1; /* no longer unknown: too poor to be asked for */
	}
	return 0;
}

static int find_recurring(struct sorting *s, int64_t after, struct tt_err *err)
{
	struct unknown u = { 0 };
	int rc = find_unknown(s, &u, err);

	for (size_t i = 0; rc == 0 && i < u.n; i++) {
		struct tt_gallery_unknown all = {
			.vectors = (const tt_face_vector *)u.vectors,
			.quality = u.quality,
			.photo = u.photo,
			.n = u.n,
			.confidence = s->opts->confidence,
			.min_quality = s->opts->min_quality,
			.recur = s->opts->recur > 2 ? s->opts->recur : 2,
		};
		uint32_t with[TOGETHER_MAX];
		size_t count = 0;

		if (u.quality[i] < 0 || s->st->faces[u.face[i]].id <= after)
			continue;
		rc = tt_gallery_recurs(&all, &s->same, u.vectors[i], u.quality[i], u.photo[i], with, TOGETHER_MAX,
				       &count, err);
		if (rc == 0 && count > 0)
			rc = join(s, &u, i, with, count, err);
	}
	return rc;
}

int tt_sort_new(struct tt_people_state *st, const struct tt_people_opts *opts, int64_t after, struct tt_err *err)
{
	struct sorting s = { .st = st, .opts = opts, .same = opts->same ? *opts->same : tt_same_usual };
	int rc = make_gallery(&s, err);

	if (rc == 0 && s.gallery.persons > 0)
		rc = ask_all(&s, after, err);
	return rc < 0 ? rc : find_recurring(&s, after, err);
}
