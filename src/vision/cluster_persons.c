/* Which person a group goes on being: by the greatest overlap with what was there before. */
#include "vision/cluster_state.h"

#include "base/alloc.h"

#include <stdlib.h>

struct overlap {
	int64_t person;
	uint32_t group;
	uint32_t faces;
};

static int by_pair(const void *a, const void *b)
{
	const struct overlap *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	return (x->group > y->group) - (x->group < y->group);
}

static int by_faces(const void *a, const void *b)
{
	const struct overlap *x = a, *y = b;

	if (x->faces != y->faces)
		return x->faces > y->faces ? -1 : 1;
	return by_pair(a, b);
}

static size_t count_overlaps(const struct tt_groups *g, const struct tt_cluster_output *out, struct overlap *list)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < g->n; i++)
		if (g->in->previous[i] && out->group[i] != TT_SIMILAR_NONE)
			list[n++] = (struct overlap){ g->in->previous[i], out->group[i], 1 };
	qsort(list, n, sizeof *list, by_pair);
	for (size_t i = 0; i < n; i++) {
		if (kept && by_pair(&list[kept - 1], &list[i]) == 0)
			list[kept - 1].faces++;
		else
			list[kept++] = list[i];
	}
	qsort(list, kept, sizeof *list, by_faces);
	return kept;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Persons that are spoken for; those that the user said come first. A set: sorted numbers with a mark each. */
struct taken {
	int64_t *person;
	bool *mark;
	size_t n;
};

static bool *mark_of(const struct taken *t, int64_t person)
{
	const int64_t *at = bsearch(&person, t->person, t->n, sizeof person, by_number);

	return at ? &t->mark[at - t->person] : NULL;
}

static void list_persons(struct tt_groups *g, const struct overlap *list, size_t n, struct taken *t)
{
	for (size_t i = 0; i < n; i++)
		t->person[t->n++] = list[i].person;
	qsort(t->person, t->n, sizeof *t->person, by_number);
	n = t->n;
	t->n = 0;
	for (size_t i = 0; i < n; i++)
		if (t->n == 0 || t->person[t->n - 1] != t->person[i])
			t->person[t->n++] = t->person[i];
	for (size_t i = 0; i < g->n; i++) {
		bool *mark = g->label[i] ? mark_of(t, g->label[i]) : NULL;

		if (mark)
			*mark = true;
	}
}

int tt_cluster_keep_persons(struct tt_groups *g, struct tt_cluster_output *out, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct overlap *list = NULL;
	TT_SCOPED(tt_freep) uint32_t *root = NULL;
	struct taken t = { 0 };
	size_t n;
	int rc = 0;

	if (!g->in->previous)
		return 0;
	list = tt_alloc(g->n * sizeof *list);
	root = tt_alloc(out->groups * sizeof *root);
	t.person = tt_alloc(g->n * sizeof *t.person);
	t.mark = tt_calloc(g->n, sizeof *t.mark);
	if (!list || !root || !t.person || !t.mark) {
		rc = tt_err_set(err, TT_ENOMEM, "clustering: out of memory");
		goto out;
	}
	for (uint32_t i = 0; i < g->n; i++)
		if (out->group[i] != TT_SIMILAR_NONE)
			root[out->group[i]] = tt_groups_find(g, i);
	n = count_overlaps(g, out, list);
	list_persons(g, list, n, &t);
	for (size_t i = 0; i < n; i++) {
		bool *mark = mark_of(&t, list[i].person);

		if (*mark || out->person[list[i].group] || tt_groups_barred(g, root[list[i].group], list[i].person))
			continue;
		*mark = true;
		out->person[list[i].group] = list[i].person;
	}
out:
	free(t.person);
	free(t.mark);
	return rc;
}
