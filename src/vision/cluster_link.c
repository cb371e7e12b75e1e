/* Average link over a graph of neighbours. A root's best partner waits in a heap; it is looked for anew when the
 * partner has changed meanwhile. A mean never rises above that of its parts, so that what waits is never too low. */
#include "vision/cluster_link.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REPORT = 4096 };

static int out_of_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "clustering: out of memory");
}

/* ---- heap of links, the highest mean first, then the lower faces */

static bool before(const struct tt_link *x, const struct tt_link *y)
{
	uint32_t x_low = x->a < x->b ? x->a : x->b, y_low = y->a < y->b ? y->a : y->b;

	if (x->mean != y->mean)
		return x->mean > y->mean;
	return x_low != y_low ? x_low < y_low : (x->a ^ x->b ^ x_low) < (y->a ^ y->b ^ y_low);
}

int tt_linker_push(struct tt_linker *l, struct tt_link link, struct tt_err *err)
{
	size_t at = l->links;

	if (l->links == l->room) {
		size_t room = l->room ? 2 * l->room : 1024;
		struct tt_link *heap = tt_realloc(l->heap, room * sizeof *heap);

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

struct tt_link tt_linker_pop(struct tt_linker *l)
{
	struct tt_link first = l->heap[0], moved = l->heap[--l->links];
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

static int progress(const struct tt_linker *l, double done, struct tt_err *err)
{
	if (l->opts->progress && l->opts->progress(l->opts->ctx, done) != 0)
		return tt_err_set(err, TT_EBUSY, "clustering: stopped");
	return 0;
}

static bool linked(const struct tt_linker *l, uint32_t face, const struct tt_similar_hit *hit)
{
	return hit->index != TT_SIMILAR_NONE && l->groups.good[face] && l->groups.good[hit->index];
}

/* The graph in both directions; a pair that each has of the other is there twice. */
static int list_neighbours(struct tt_linker *l, struct tt_err *err)
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
static void tidy(struct tt_linker *l, uint32_t root)
{
	struct tt_near *near = &l->near[root];
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
static int look(struct tt_linker *l, uint32_t root, struct tt_err *err)
{
	struct tt_near *near = &l->near[root];
	struct tt_link best = { .mean = -INFINITY };
	uint32_t n = 0;

	if (!l->groups.weight[root])
		return 0;
	tidy(l, root);
	for (uint32_t i = 0; i < near->n; i++) {
		uint32_t other = near->list[i];
		struct tt_link link = { .a = root, .b = other, .age_a = l->age[root], .age_b = l->age[other] };

		link.mean = tt_groups_mean(&l->groups, root, other);
		if (link.mean >= l->least && before(&link, &best)) {
			if (!tt_groups_allowed(&l->groups, root, other))
				continue;
			best = link;
		}
		near->list[n++] = other;
	}
	near->n = n;
	return best.mean >= l->least ? tt_linker_push(l, best, err) : 0;
}

static int join_lists(struct tt_linker *l, uint32_t a, uint32_t b, struct tt_near *out, struct tt_err *err)
{
	const struct tt_near *x = &l->near[a], *y = &l->near[b];

	*out = (struct tt_near){ .n = x->n + y->n, .own = true };
	out->list = tt_alloc((size_t)out->n * sizeof *out->list);
	if (!out->list)
		return out_of_memory(err);
	if (x->n)
		memcpy(out->list, x->list, x->n * sizeof *x->list);
	if (y->n)
		memcpy(out->list + x->n, y->list, y->n * sizeof *y->list);
	return 0;
}

static void drop_list(struct tt_near *near)
{
	if (near->own)
		free(near->list);
	*near = (struct tt_near){ 0 };
}

static int join(struct tt_linker *l, uint32_t a, uint32_t b, uint32_t *root, struct tt_err *err)
{
	struct tt_near both;
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
static int gather_lists(struct tt_linker *l, struct tt_err *err)
{
	for (uint32_t i = 0; i < l->groups.n; i++) {
		uint32_t root = tt_groups_find(&l->groups, i);
		struct tt_near both;

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

static bool fresh(struct tt_linker *l, const struct tt_link *link)
{
	return l->groups.parent[link->b] == link->b && l->age[link->b] == link->age_b;
}

int tt_linker_join_all(struct tt_linker *l, struct tt_err *err)
{
	int rc;

	l->near = tt_calloc(l->groups.n, sizeof *l->near);
	l->age = tt_calloc(l->groups.n, sizeof *l->age);
	l->stamp = tt_calloc(l->groups.n, sizeof *l->stamp);
	if (!l->near || !l->age || !l->stamp)
		return out_of_memory(err);
	rc = list_neighbours(l, err);
	if (rc == 0)
		rc = gather_lists(l, err);

	for (uint32_t i = 0; rc == 0 && i < l->groups.n; i++)
		if (l->groups.parent[i] == i)
			rc = look(l, i, err);
	while (rc == 0 && l->links) {
		struct tt_link link = tt_linker_pop(l);
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

void tt_linker_done(struct tt_linker *l)
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
