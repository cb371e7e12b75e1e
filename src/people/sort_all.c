/* Clustering of everything. Interface: sort.h. */
#include "people/sort.h"

#include "vision/cluster.h"

#include <string.h>

struct input {
	struct tt_cluster_input in;
	uint32_t *face;  /* for each input row: its face */
	uint32_t *place; /* for each face: its row, TT_SIMILAR_NONE */
	float *quality;
	int64_t *photo, *said, *previous;
	struct tt_cluster_pair *same, *different;
	struct tt_cluster_not *nots;
};

static int make_room(struct tt_people_state *st, struct input *x, struct tt_err *err)
{
	struct tt_arena *a = &st->arena;
	size_t n = st->faces_count + 1;

	x->face = tt_arena_alloc(a, n * sizeof *x->face);
	x->place = tt_arena_alloc(a, n * sizeof *x->place);
	x->quality = tt_arena_alloc(a, n * sizeof *x->quality);
	x->photo = tt_arena_alloc(a, n * sizeof *x->photo);
	x->said = tt_arena_alloc(a, n * sizeof *x->said);
	x->previous = tt_arena_alloc(a, n * sizeof *x->previous);
	x->same = tt_arena_alloc(a, (st->shown.same_count + 1) * sizeof *x->same);
	x->different = tt_arena_alloc(a, (st->shown.different_count + 1) * sizeof *x->different);
	x->nots = tt_arena_alloc(a, (st->shown.nots_count + 1) * sizeof *x->nots);
	if (!x->face || !x->place || !x->quality || !x->photo || !x->said || !x->previous || !x->same ||
	    !x->different || !x->nots)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	return 0;
}

static size_t take_pairs(const struct input *x, const struct tt_face_pair *pairs, size_t n, struct tt_cluster_pair *out)
{
	size_t taken = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t a = x->place[pairs[i].a], b = x->place[pairs[i].b];

		if (a != TT_SIMILAR_NONE && b != TT_SIMILAR_NONE)
			out[taken++] = (struct tt_cluster_pair){ a, b };
	}
	return taken;
}

/* Persons are numbered from 1 here: 0 is nobody. */
static void fill(struct tt_people_state *st, struct input *x)
{
	const struct tt_replayed *shown = &st->shown;
	size_t n = 0, nots = 0;

	for (size_t i = 0; i < st->faces_count; i++) {
		x->place[i] = TT_SIMILAR_NONE;
		if (!tt_face_counts(st, i))
			continue;
		if (n != i)
			memcpy(st->vectors[n], st->vectors[i], sizeof *st->vectors);
		x->face[n] = (uint32_t)i;
		x->quality[n] = st->faces[i].quality;
		x->photo[n] = st->known[i].photo;
		x->said[n] = shown->faces[i].said ? shown->faces[i].word + 1 : 0;
		x->previous[n] = st->known[i].guess + 1;
		x->place[i] = (uint32_t)n++;
	}
	for (size_t i = 0; i < shown->nots_count; i++)
		if (x->place[shown->nots[i].face] != TT_SIMILAR_NONE)
			x->nots[nots++] = (struct tt_cluster_not){ x->place[shown->nots[i].face],
								   shown->nots[i].person + 1 };
	x->in = (struct tt_cluster_input){
		.vectors = (const tt_face_vector *)st->vectors,
		.quality = x->quality,
		.photo = x->photo,
		.said = x->said,
		.previous = x->previous,
		.n = n,
		.same = x->same,
		.different = x->different,
		.n_same = take_pairs(x, shown->same, shown->same_count, x->same),
		.n_different = take_pairs(x, shown->different, shown->different_count, x->different),
		.nots = x->nots,
		.n_nots = nots,
	};
}

/* What the user spoke of keeps the guess that it had. */
static int take(struct tt_people_state *st, const struct input *x, const struct tt_cluster_output *out,
		struct tt_err *err)
{
	int *person = tt_arena_alloc(&st->arena, (out->groups + 1) * sizeof *person);

	if (!person)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t g = 0; g < out->groups; g++) {
		person[g] = (int)out->person[g] - 1;
		if (person[g] < 0 && tt_people_state_new_person(st, &person[g], err) < 0)
			return TT_ENOMEM;
	}
	for (size_t i = 0; i < x->in.n; i++) {
		struct tt_replay_face *f = &st->known[x->face[i]];

		if (st->shown.faces[x->face[i]].said)
			continue;
		f->guess = out->group[i] == TT_SIMILAR_NONE ? -1 : person[out->group[i]];
		f->guess_confidence = f->guess < 0 ? 0 : out->sure[i];
	}
	return 0;
}

int tt_sort_all(struct tt_people_state *st, const struct tt_people_opts *opts, int (*progress)(void *ctx, double done),
		void *ctx, struct tt_err *err)
{
	struct tt_cluster_opts how = { .confidence = opts->confidence,
				       .min_quality = opts->min_quality,
				       .neighbours = opts->neighbours,
				       .recur = opts->recur,
				       .threads = opts->threads,
				       .calibration = opts->same ? *opts->same : tt_same_usual,
				       .progress = progress,
				       .ctx = ctx };
	struct tt_cluster_output out = { 0 };
	struct input x = { 0 };
	int rc = make_room(st, &x, err);

	if (rc < 0)
		return rc;
	fill(st, &x);
	if (x.in.n == 0)
		return 0;
	rc = tt_cluster(&x.in, &how, &out, err);
	if (rc < 0)
		return rc;
	rc = take(st, &x, &out, err);
	tt_cluster_done(&out);
	return rc;
}
