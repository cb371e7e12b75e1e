/* What is given: photos, rules, and the groups that the user made. */
#include "vision/cluster_state.h"

#include "base/alloc.h"

#include <stdlib.h>

static int out_of_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "clustering: out of memory");
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return x[0] != y[0] ? (x[0] > y[0]) - (x[0] < y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

static int number_photos(struct tt_groups *g, struct tt_err *err)
{
	TT_SCOPED(tt_freep) int64_t(*rows)[2] = tt_alloc(g->n * sizeof *rows);
	uint32_t number = 0;

	if (!rows)
		return out_of_memory(err);
	for (size_t i = 0; i < g->n; i++) {
		rows[i][0] = g->in->photo[i];
		rows[i][1] = (int64_t)i;
	}
	qsort(rows, g->n, sizeof *rows, by_value);
	for (size_t i = 0; i < g->n; i++) {
		number += i > 0 && rows[i][0] != rows[i - 1][0];
		g->photo[rows[i][1]] = number;
	}
	return 0;
}

static void count_rules(struct tt_groups *g, const struct tt_cluster_input *in)
{
	for (size_t i = 0; i < in->n_different; i++) {
		g->first_rule[in->different[i].a + 1]++;
		g->first_rule[in->different[i].b + 1]++;
	}
	for (size_t i = 0; i < in->n_nots; i++)
		g->first_rule[in->nots[i].face + 1]++;
	for (size_t i = 0; i < g->n; i++)
		g->first_rule[i + 1] += g->first_rule[i];
}

static void put_rule(struct tt_groups *g, uint32_t *filled, uint32_t face, struct tt_cluster_rule rule)
{
	g->rules[g->first_rule[face] + filled[face]++] = rule;
	g->ruled[face] = true;
}

/* A rule against what was said is refused: it stays without effect as it lies within one group. */
static int set_rules(struct tt_groups *g, struct tt_err *err)
{
	const struct tt_cluster_input *in = g->in;
	TT_SCOPED(tt_freep) uint32_t *filled = tt_calloc(g->n, sizeof *filled);

	count_rules(g, in);
	g->rules = tt_alloc(g->first_rule[g->n] * sizeof *g->rules);
	if (!filled || !g->rules)
		return out_of_memory(err);
	for (size_t i = 0; i < in->n_different; i++) {
		uint32_t a = in->different[i].a, b = in->different[i].b;

		g->refused += a == b || (g->label[a] && g->label[a] == g->label[b]);
		put_rule(g, filled, a, (struct tt_cluster_rule){ .face = b });
		put_rule(g, filled, b, (struct tt_cluster_rule){ .face = a });
	}
	for (size_t i = 0; i < in->n_nots; i++) {
		g->refused += in->nots[i].person && g->label[in->nots[i].face] == in->nots[i].person;
		put_rule(g, filled, in->nots[i].face,
			 (struct tt_cluster_rule){ .face = TT_SIMILAR_NONE, .person = in->nots[i].person });
	}
	return 0;
}

static int join_said(struct tt_groups *g, struct tt_err *err)
{
	TT_SCOPED(tt_freep) int64_t(*rows)[2] = NULL;
	size_t n = 0;

	rows = tt_alloc(g->n * sizeof *rows);
	if (!rows)
		return out_of_memory(err);
	for (size_t i = 0; i < g->n; i++)
		if (g->label[i]) {
			rows[n][0] = g->label[i];
			rows[n++][1] = (int64_t)i;
		}
	qsort(rows, n, sizeof *rows, by_value);
	for (size_t i = 1; i < n; i++) {
		uint32_t root = tt_groups_find(g, (uint32_t)rows[i - 1][1]);
		int rc;

		if (rows[i][0] != rows[i - 1][0])
			continue;
		rc = tt_groups_join(g, root, (uint32_t)rows[i][1], &root, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int join_same(struct tt_groups *g, struct tt_err *err)
{
	for (size_t i = 0; i < g->in->n_same; i++) {
		uint32_t a = tt_groups_find(g, g->in->same[i].a), b = tt_groups_find(g, g->in->same[i].b);
		int rc;

		if (a == b)
			continue;
		if (tt_groups_contradict(g, a, b)) {
			g->refused++;
			continue;
		}
		rc = tt_groups_join(g, a, b, &a, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check(const struct tt_cluster_input *in, struct tt_err *err)
{
	bool fine = in->n < TT_SIMILAR_NONE / 2 && in->n_different + in->n_nots < TT_SIMILAR_NONE / 4;

	for (size_t i = 0; fine && i < in->n_same; i++)
		fine = in->same[i].a < in->n && in->same[i].b < in->n;
	for (size_t i = 0; fine && i < in->n_different; i++)
		fine = in->different[i].a < in->n && in->different[i].b < in->n;
	for (size_t i = 0; fine && i < in->n_nots; i++)
		fine = in->nots[i].face < in->n;
	return fine ? 0 : tt_err_set(err, TT_EINVALID, "clustering: a pair names a face that is not there");
}

int tt_groups_open(struct tt_groups *g, const struct tt_cluster_input *in, double min_quality, struct tt_err *err)
{
	size_t n = in->n;
	int rc = check(in, err);

	*g = (struct tt_groups){ .in = in, .vectors = in->vectors, .n = n };
	if (rc < 0)
		return rc;
	g->good = tt_calloc(n, sizeof *g->good);
	g->photo = tt_calloc(n, sizeof *g->photo);
	g->parent = tt_calloc(n, sizeof *g->parent);
	g->next = tt_calloc(n, sizeof *g->next);
	g->weight = tt_calloc(n, sizeof *g->weight);
	g->sum = tt_calloc(n, sizeof *g->sum);
	g->one = tt_calloc(n, sizeof *g->one);
	g->label = tt_calloc(n, sizeof *g->label);
	g->photos = tt_calloc(n, sizeof *g->photos);
	g->first_rule = tt_calloc(n + 1, sizeof *g->first_rule);
	g->ruled = tt_calloc(n, sizeof *g->ruled);
	if (!g->good || !g->photo || !g->parent || !g->next || !g->weight || !g->sum || !g->one || !g->label ||
	    !g->photos || !g->first_rule || !g->ruled)
		return out_of_memory(err);
	for (uint32_t i = 0; i < n; i++) {
		g->label[i] = in->said ? in->said[i] : 0;
		g->good[i] = in->quality[i] >= min_quality || g->label[i];
		g->parent[i] = g->next[i] = g->one[i] = i;
		g->weight[i] = g->good[i];
		g->photos[i].n = 1;
	}
	rc = number_photos(g, err);
	if (rc == 0)
		rc = set_rules(g, err);
	if (rc == 0)
		rc = join_said(g, err);
	return rc == 0 ? join_same(g, err) : rc;
}
