/* Clustering: neighbours, average link, poor faces, persons. */
#include "vision/cluster_link.h"

#include "base/alloc.h"

#include <stdlib.h>

enum {
	NEAREST = 3, /* faces of a group that say how alike a poor face is to it */
	DRAWN = 16,  /* neighbours that a face is drawn to, */
	DOUBT = 6,   /* from a sixth of the doubt on that `confidence` leaves, */
};
#define RISE .33 /* and what means rise by it: this part of what is left to 1 */

static int out_of_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "clustering: out of memory");
}

/* ---- neighbours: found, drawn together, found again */

static int search_progress(void *ctx, double done)
{
	const struct tt_linker *l = ctx;

	return l->opts->progress ? l->opts->progress(l->opts->ctx, .45 * (done + (l->vectors != NULL))) : 0;
}

static int search(struct tt_linker *l, const tt_face_vector *vectors, double least, struct tt_err *err)
{
	const struct tt_groups *g = &l->groups;
	struct tt_similar_job job = { .queries = vectors,
				      .n_queries = g->n,
				      .vectors = vectors,
				      .n_vectors = g->n,
				      .k = l->opts->neighbours,
				      .least = least > 0 ? (int32_t)least : 0,
				      .threads = l->opts->threads,
				      .progress = search_progress,
				      .ctx = l };

	return tt_similar_topk(&job, l->hits, err);
}

/* A face and those that are surely like it, weighed by how much they are: integers, so that no order matters. */
static void draw(const struct tt_linker *l, uint32_t face, int32_t sure, int8_t *out)
{
	const struct tt_groups *g = &l->groups;
	const struct tt_similar_hit *hits = l->hits + (size_t)face * l->opts->neighbours;
	int64_t sum[TT_SIMILAR_DIM];
	float v[TT_SIMILAR_DIM];

	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		sum[d] = 127 * 127 * g->in->vectors[face][d];
	for (unsigned i = 0; i < l->opts->neighbours && i < DRAWN && hits[i].index != TT_SIMILAR_NONE; i++) {
		const int8_t *other = g->in->vectors[hits[i].index];

		if (!g->good[hits[i].index] || g->photo[hits[i].index] == g->photo[face] || hits[i].dot <= sure)
			continue;
		for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
			sum[d] += (int64_t)(hits[i].dot - sure) * other[d];
	}
	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		v[d] = (float)sum[d];
	tt_similar_quantise(v, out);
}

/* Faces are drawn towards their neighbours, which parts persons better than the vectors alone; README.md has figures.
 * Cosines grow by that, and so do the threshold and the calibration. */
static int look_around(struct tt_linker *l, struct tt_err *err)
{
	const struct tt_same *same = &l->opts->calibration;
	double sure = tt_same_cosine(same, 1 - (1 - l->opts->confidence) / DOUBT), least = sure + RISE * (1 - sure);
	TT_SCOPED(tt_freep) tt_face_vector *drawn = tt_alloc(l->groups.n * sizeof *drawn);
	int rc;

	l->hits = tt_alloc(l->groups.n * l->opts->neighbours * sizeof *l->hits);
	if (!drawn || !l->hits)
		return out_of_memory(err);
	rc = search(l, l->groups.in->vectors, sure * 127 * 127, err);
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < l->groups.n; i++)
		draw(l, i, (int32_t)(sure * 127 * 127), drawn[i]);
	l->vectors = tt_take(drawn);
	tt_groups_draw(&l->groups, l->vectors);
	l->least = least * 127 * 127;
	l->calibration = *same;
	l->calibration.b -= same->a * (least - tt_same_cosine(same, l->opts->confidence));
	return search(l, l->vectors, l->least, err);
}

/* ---- poor faces: each to the nearest group */

static double join_probability(struct tt_linker *l, uint32_t face, uint32_t root)
{
	const struct tt_similar_hit *hits = l->hits + (size_t)face * l->opts->neighbours;
	double cosine = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < l->opts->neighbours && n < NEAREST; i++)
		if (hits[i].index != TT_SIMILAR_NONE && l->groups.good[hits[i].index] &&
		    tt_groups_find(&l->groups, hits[i].index) == root) {
			cosine += tt_similar_cosine(hits[i].dot);
			n++;
		}
	return tt_same_probability(&l->calibration, cosine / n, l->groups.in->quality[face], 1);
}

static int offer_groups(struct tt_linker *l, uint32_t face, struct tt_err *err)
{
	const struct tt_similar_hit *hits = l->hits + (size_t)face * l->opts->neighbours;
	uint32_t stamp = ++l->stamps;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < l->opts->neighbours && hits[i].index != TT_SIMILAR_NONE; i++) {
		uint32_t root = tt_groups_find(&l->groups, hits[i].index);
		double p;

		if (!l->groups.good[hits[i].index] || l->stamp[root] == stamp)
			continue;
		l->stamp[root] = stamp;
		p = join_probability(l, face, root);
		if (p >= l->opts->confidence)
			rc = tt_linker_push(l, (struct tt_link){ .mean = p, .a = face, .b = root }, err);
	}
	return rc;
}

static int join_poor(struct tt_linker *l, struct tt_err *err)
{
	int rc = 0;

	l->links = 0;
	for (uint32_t i = 0; rc == 0 && i < l->groups.n; i++)
		if (!l->groups.good[i] && l->groups.weight[tt_groups_find(&l->groups, i)] == 0)
			rc = offer_groups(l, i, err);
	while (rc == 0 && l->links) {
		struct tt_link link = tt_linker_pop(l);
		uint32_t a = tt_groups_find(&l->groups, link.a), b = tt_groups_find(&l->groups, link.b), root;

		if (l->groups.weight[a] == 0 && tt_groups_allowed(&l->groups, a, b))
			rc = tt_groups_join(&l->groups, a, b, &root, err);
	}
	return rc;
}

/* ---- what comes out */

static double sureness(const struct tt_linker *l, uint32_t face, uint32_t root)
{
	const struct tt_groups *g = &l->groups;
	const int8_t *v = g->vectors[face];
	int64_t dot, count = g->weight[root] - g->good[face];

	if ((g->in->said && g->in->said[face]) || count < 1)
		return 1;
	dot = tt_groups_dot(g, root, v) - (g->good[face] ? tt_similar_dot(v, v) : 0);
	return tt_same_probability(&l->calibration, (double)dot / (double)count / (127. * 127), g->in->quality[face],
				   1);
}

static bool stands(const struct tt_linker *l, uint32_t root)
{
	const struct tt_groups *g = &l->groups;

	return g->label[root] || (g->weight[root] >= l->opts->recur && g->photos[root].n >= l->opts->recur);
}

static int number_groups(struct tt_linker *l, struct tt_cluster_output *out, uint32_t *number, struct tt_err *err)
{
	size_t n = l->groups.n;

	for (uint32_t i = 0; i < n; i++) /* a root is the first face of its group */
		number[i] = l->groups.parent[i] == i && stands(l, i) ? (uint32_t)out->groups++ : TT_SIMILAR_NONE;
	out->group = tt_alloc(n * sizeof *out->group);
	out->sure = tt_alloc(n * sizeof *out->sure);
	out->person = tt_calloc(out->groups, sizeof *out->person);
	if (!out->group || !out->sure || !out->person)
		return out_of_memory(err);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t root = tt_groups_find(&l->groups, i);

		out->group[i] = number[root];
		out->sure[i] = number[root] == TT_SIMILAR_NONE ? 0 : (float)sureness(l, i, root);
		if (number[root] != TT_SIMILAR_NONE)
			out->person[number[root]] = l->groups.label[root];
	}
	return 0;
}

static int finish(struct tt_linker *l, struct tt_cluster_output *out, struct tt_err *err)
{
	TT_SCOPED(tt_freep) uint32_t *number = tt_alloc(l->groups.n * sizeof *number);
	int rc;

	if (!number)
		return out_of_memory(err);
	rc = number_groups(l, out, number, err);
	if (rc == 0)
		rc = tt_cluster_keep_persons(&l->groups, out, err);
	out->refused = l->groups.refused;
	return rc;
}

static int run(struct tt_linker *l, const struct tt_cluster_input *in, struct tt_cluster_output *out,
	       struct tt_err *err)
{
	int rc = tt_groups_open(&l->groups, in, l->opts->min_quality, err);

	if (rc < 0)
		return rc;
	rc = look_around(l, err);
	if (rc == 0)
		rc = tt_linker_join_all(l, err);
	if (rc == 0)
		rc = join_poor(l, err);
	return rc == 0 ? finish(l, out, err) : rc;
}

int tt_cluster(const struct tt_cluster_input *in, const struct tt_cluster_opts *opts, struct tt_cluster_output *out,
	       struct tt_err *err)
{
	struct tt_linker l = { .opts = opts };
	struct tt_cluster_output made = { 0 };
	int rc;

	if (!(opts->confidence > 0 && opts->confidence < 1))
		return tt_err_set(err, TT_EINVALID, "clustering: a confidence of %g is not between 0 and 1",
				  opts->confidence);
	rc = run(&l, in, &made, err);
	tt_linker_done(&l);
	free(l.vectors);
	if (rc < 0) {
		tt_cluster_done(&made);
		return rc;
	}
	*out = made;
	return 0;
}

void tt_cluster_done(struct tt_cluster_output *out)
{
	free(out->group);
	free(out->sure);
	free(out->person);
	*out = (struct tt_cluster_output){ 0 };
}
