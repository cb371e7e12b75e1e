/* Clustering: neighbours, average link, poor faces, persons. */
#include "vision/cluster_state.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEAREST = 3, REPORT = 4096 };

static int out_of_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "clustering: out of memory");
}

struct near { /* faces whose groups may be joined with a root's */
	uint32_t *list;
	uint32_t n;
	bool own; /* else it lies in the shared array */
};

struct link { /* the best other root of a root when it was looked for */
	double mean;
	uint32_t a, b;
	uint32_t age_a, age_b; /* joins of each until then */
};

struct linker {
	struct tt_groups groups;
	const struct tt_cluster_opts *opts;
	struct tt_similar_hit *hits; /* k of each face */
	double least;                /* mean dot from which on groups are joined */
	struct near *near;
	uint32_t *shared; /* first lists of neighbours */
	uint32_t *age, *stamp, stamps;
	struct link *heap;
	size_t links, room;
	size_t steps;
};

/* ---- heap of links, the highest mean first, then the lower faces */

static bool before(const struct link *x, const struct link *y)
{
	uint32_t x_low = x->a < x->b ? x->a : x->b, y_low = y->a < y->b ? y->a : y->b;

	if (x->mean != y->mean)
		return x->mean > y->mean;
	return x_low != y_low ? x_low < y_low : (x->a ^ x->b ^ x_low) < (y->a ^ y->b ^ y_low);
}

static int push(struct linker *l, struct link link, struct tt_err *err)
{
	size_t at = l->links;

	if (l->links == l->room) {
		size_t room = l->room ? 2 * l->room : 1024;
		struct link *heap = tt_realloc(l->heap, room * sizeof *heap);

		if (!heap)
			return out_of_memory(err);
		l->heap = heap;
		l->room = room;
	}
	l->links++;
	for (; at > 0 && before(&link, &l->heap[(at - 1) / 2]); at = (at - 1) / 2)
		l->heap[at] = l->heap[(at - 1) / 2];
	l->heap[at] = link;
	return 0;
}

static struct link pop(struct linker *l)
{
	struct link first = l->heap[0], moved = l->heap[--l->links];
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= l->links)
			break;
		if (child + 1 < l->links && before(&l->heap[child + 1], &l->heap[child]))
			child++;
		if (!before(&l->heap[child], &moved))
			break;
		l->heap[at] = l->heap[child];
		at = child;
	}
	if (l->links)
		l->heap[at] = moved;
	return first;
}

/* ---- neighbours */

static int progress(const struct linker *l, double done, struct tt_err *err)
{
	if (l->opts->progress && l->opts->progress(l->opts->ctx, done) != 0)
		return tt_err_set(err, TT_EBUSY, "clustering: stopped");
	return 0;
}

static int search_progress(void *ctx, double done)
{
	const struct linker *l = ctx;

	return l->opts->progress ? l->opts->progress(l->opts->ctx, .9 * done) : 0;
}

static int search(struct linker *l, struct tt_err *err)
{
	const struct tt_groups *g = &l->groups;
	struct tt_similar_job job = { .queries = g->in->vectors,
				      .n_queries = g->n,
				      .vectors = g->in->vectors,
				      .n_vectors = g->n,
				      .k = l->opts->neighbours,
				      .least = l->least > 0 ? (int32_t)l->least : 0,
				      .threads = l->opts->threads,
				      .progress = search_progress,
				      .ctx = l };

	l->hits = tt_alloc(g->n * job.k * sizeof *l->hits);
	return l->hits ? tt_similar_topk(&job, l->hits, err) : out_of_memory(err);
}

static bool linked(const struct linker *l, uint32_t face, const struct tt_similar_hit *hit)
{
	return hit->index != TT_SIMILAR_NONE && l->groups.good[face] && l->groups.good[hit->index];
}

/* The graph in both directions; a pair that each has of the other is there twice. */
static int list_neighbours(struct linker *l, struct tt_err *err)
{
	size_t k = l->opts->neighbours, total = 0;

	for (uint32_t i = 0; i < l->groups.n; i++)
		for (size_t j = 0; j < k; j++)
			if (linked(l, i, &l->hits[i * k + j])) {
				l->near[i].n++;
				l->near[l->hits[i * k + j].index].n++;
				total += 2;
			}
	l->shared = tt_alloc(total * sizeof *l->shared);
	if (!l->shared)
		return out_of_memory(err);
	total = 0;
	for (uint32_t i = 0; i < l->groups.n; i++) {
		l->near[i].list = l->shared + total;
		total += l->near[i].n;
		l->near[i].n = 0;
	}
	for (uint32_t i = 0; i < l->groups.n; i++)
		for (size_t j = 0; j < k; j++)
			if (linked(l, i, &l->hits[i * k + j])) {
				uint32_t other = l->hits[i * k + j].index;

				l->near[i].list[l->near[i].n++] = other;
				l->near[other].list[l->near[other].n++] = i;
			}
	return 0;
}

/* Names roots instead of faces, each once and without the root itself. */
static void tidy(struct linker *l, uint32_t root)
{
	struct near *near = &l->near[root];
	uint32_t n = 0, stamp = ++l->stamps;

	l->stamp[root] = stamp;
	for (uint32_t i = 0; i < near->n; i++) {
		uint32_t other = tt_groups_find(&l->groups, near->list[i]);

		if (l->stamp[other] == stamp)
			continue;
		l->stamp[other] = stamp;
		near->list[n++] = other;
	}
	near->n = n;
}

/* Looks for the best root to join with, forgets those that it never may be joined with. */
static int look(struct linker *l, uint32_t root, struct tt_err *err)
{
	struct near *near = &l->near[root];
	struct link best = { .mean = -INFINITY };
	uint32_t n = 0;

	if (!l->groups.weight[root])
		return 0;
	tidy(l, root);
	for (uint32_t i = 0; i < near->n; i++) {
		uint32_t other = near->list[i];
		struct link link = { .a = root, .b = other, .age_a = l->age[root], .age_b = l->age[other] };

		link.mean = tt_groups_mean(&l->groups, root, other);
		if (link.mean >= l->least && before(&link, &best)) {
			if (!tt_groups_allowed(&l->groups, root, other))
				continue;
			best = link;
		}
		near->list[n++] = other;
	}
	near->n = n;
	return best.mean >= l->least ? push(l, best, err) : 0;
}

static int join_lists(struct linker *l, uint32_t a, uint32_t b, struct near *out, struct tt_err *err)
{
	const struct near *x = &l->near[a], *y = &l->near[b];

	*out = (struct near){ .n = x->n + y->n, .own = true };
	out->list = tt_alloc((size_t)out->n * sizeof *out->list);
	if (!out->list)
		return out_of_memory(err);
	if (x->n)
		memcpy(out->list, x->list, x->n * sizeof *x->list);
	if (y->n)
		memcpy(out->list + x->n, y->list, y->n * sizeof *y->list);
	return 0;
}

static void drop_list(struct near *near)
{
	if (near->own)
		free(near->list);
	*near = (struct near){ 0 };
}

static int join(struct linker *l, uint32_t a, uint32_t b, uint32_t *root, struct tt_err *err)
{
	struct near both;
	int rc;

	tidy(l, a);
	tidy(l, b);
	rc = join_lists(l, a, b, &both, err);
	if (rc < 0)
		return rc;
	rc = tt_groups_join(&l->groups, a, b, root, err);
	if (rc < 0) {
		free(both.list);
		return rc;
	}
	drop_list(&l->near[a]);
	drop_list(&l->near[b]);
	l->near[*root] = both;
	l->age[*root] = l->age[a] + l->age[b] + 1;
	return 0;
}

/* Faces that are together from the start have their neighbours in one list. */
static int gather_lists(struct linker *l, struct tt_err *err)
{
	for (uint32_t i = 0; i < l->groups.n; i++) {
		uint32_t root = tt_groups_find(&l->groups, i);
		struct near both;

		if (root == i || l->near[i].n == 0)
			continue;
		int rc = join_lists(l, root, i, &both, err);

		if (rc < 0)
			return rc;
		drop_list(&l->near[i]);
		drop_list(&l->near[root]);
		l->near[root] = both;
	}
	return 0;
}

static bool fresh(struct linker *l, const struct link *link)
{
	return l->groups.parent[link->b] == link->b && l->age[link->b] == link->age_b;
}

static int link_all(struct linker *l, struct tt_err *err)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < l->groups.n; i++)
		if (l->groups.parent[i] == i)
			rc = look(l, i, err);
	while (rc == 0 && l->links) {
		struct link link = pop(l);
		uint32_t root = link.a;

		if (++l->steps % REPORT == 0)
			rc = progress(l, .9 + .09 * (1 - 1 / (1 + (double)l->steps / (double)l->groups.n)), err);
		if (rc < 0 || l->groups.parent[link.a] != link.a || l->age[link.a] != link.age_a)
			continue;
		if (fresh(l, &link))
			rc = join(l, link.a, link.b, &root, err);
		if (rc == 0)
			rc = look(l, root, err);
	}
	return rc;
}

/* ---- poor faces: each to the nearest group */

static double join_probability(struct linker *l, uint32_t face, uint32_t root)
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
	return tt_same_probability(&l->opts->calibration, cosine / n, l->groups.in->quality[face], 1);
}

static int offer_groups(struct linker *l, uint32_t face, struct tt_err *err)
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
			rc = push(l, (struct link){ .mean = p, .a = face, .b = root }, err);
	}
	return rc;
}

static int join_poor(struct linker *l, struct tt_err *err)
{
	int rc = 0;

	l->links = 0;
	for (uint32_t i = 0; rc == 0 && i < l->groups.n; i++)
		if (!l->groups.good[i] && l->groups.weight[tt_groups_find(&l->groups, i)] == 0)
			rc = offer_groups(l, i, err);
	while (rc == 0 && l->links) {
		struct link link = pop(l);
		uint32_t a = tt_groups_find(&l->groups, link.a), b = tt_groups_find(&l->groups, link.b), root;

		if (l->groups.weight[a] == 0 && tt_groups_allowed(&l->groups, a, b))
			rc = tt_groups_join(&l->groups, a, b, &root, err);
	}
	return rc;
}

/* ---- what comes out */

static double sureness(const struct linker *l, uint32_t face, uint32_t root)
{
	const struct tt_groups *g = &l->groups;
	const int8_t *v = g->in->vectors[face];
	int64_t dot, count = g->weight[root] - g->good[face];

	if ((g->in->said && g->in->said[face]) || count < 1)
		return 1;
	dot = tt_groups_dot(g, root, v) - (g->good[face] ? tt_similar_dot(v, v) : 0);
	return tt_same_probability(&l->opts->calibration, (double)dot / (double)count / (127. * 127),
				   g->in->quality[face], 1);
}

static bool stands(const struct linker *l, uint32_t root)
{
	const struct tt_groups *g = &l->groups;

	return g->label[root] || (g->weight[root] >= l->opts->recur && g->photos[root].n >= l->opts->recur);
}

static int number_groups(struct linker *l, struct tt_cluster_output *out, uint32_t *number, struct tt_err *err)
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

static int finish(struct linker *l, struct tt_cluster_output *out, struct tt_err *err)
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

static void linker_done(struct linker *l)
{
	for (size_t i = 0; l->near && i < l->groups.n; i++)
		drop_list(&l->near[i]);
	tt_groups_done(&l->groups);
	free(l->hits);
	free(l->near);
	free(l->shared);
	free(l->age);
	free(l->stamp);
	free(l->heap);
}

static int run(struct linker *l, const struct tt_cluster_input *in, struct tt_cluster_output *out, struct tt_err *err)
{
	int rc = tt_groups_open(&l->groups, in, l->opts->min_quality, err);

	if (rc < 0)
		return rc;
	l->near = tt_calloc(in->n, sizeof *l->near);
	l->age = tt_calloc(in->n, sizeof *l->age);
	l->stamp = tt_calloc(in->n, sizeof *l->stamp);
	if (!l->near || !l->age || !l->stamp)
		return out_of_memory(err);
	rc = search(l, err);
	if (rc == 0)
		rc = list_neighbours(l, err);
	if (rc == 0)
		rc = gather_lists(l, err);
	if (rc == 0)
		rc = link_all(l, err);
	if (rc == 0)
		rc = join_poor(l, err);
	return rc == 0 ? finish(l, out, err) : rc;
}

int tt_cluster(const struct tt_cluster_input *in, const struct tt_cluster_opts *opts, struct tt_cluster_output *out,
	       struct tt_err *err)
{
	struct linker l = { .opts = opts };
	struct tt_cluster_output made = { 0 };
	int rc;

	if (!(opts->confidence > 0 && opts->confidence < 1))
		return tt_err_set(err, TT_EINVALID, "clustering: a confidence of %g is not between 0 and 1",
				  opts->confidence);
	l.least = tt_same_cosine(&opts->calibration, opts->confidence) * 127 * 127;
	rc = run(&l, in, &made, err);
	linker_done(&l);
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
