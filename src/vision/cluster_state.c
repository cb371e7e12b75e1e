/* Groups of faces: union-find with sums of vectors, sets of photos and rules. */
#include "vision/cluster_state.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static int out_of_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "clustering: out of memory");
}

uint32_t tt_groups_find(struct tt_groups *g, uint32_t face)
{
	while (g->parent[face] != face) {
		g->parent[face] = g->parent[g->parent[face]];
		face = g->parent[face];
	}
	return face;
}

/* ---- likeness */

int64_t tt_groups_dot(const struct tt_groups *g, uint32_t root, const int8_t *vector)
{
	int64_t dot = 0;

	if (!g->sum[root])
		return tt_similar_dot(g->in->vectors[g->one[root]], vector);
	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		dot += (int64_t)g->sum[root][d] * vector[d];
	return dot;
}

double tt_groups_mean(const struct tt_groups *g, uint32_t a, uint32_t b)
{
	int64_t dot = 0;

	if (!g->sum[a])
		dot = tt_groups_dot(g, b, g->in->vectors[g->one[a]]);
	else if (!g->sum[b])
		dot = tt_groups_dot(g, a, g->in->vectors[g->one[b]]);
	else
		for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
			dot += (int64_t)g->sum[a][d] * g->sum[b][d];
	return (double)dot / ((double)g->weight[a] * g->weight[b]);
}

/* ---- what may not be */

static const uint32_t *photos_of(const struct tt_groups *g, uint32_t root)
{
	return g->photos[root].list ? g->photos[root].list : &g->photo[root];
}

static bool share_photo(const struct tt_groups *g, uint32_t a, uint32_t b)
{
	const uint32_t *x = photos_of(g, a), *y = photos_of(g, b);
	uint32_t n = g->photos[a].n, m = g->photos[b].n;

	if (n > m) {
		const uint32_t *other = x;
		uint32_t count = n;

		x = y;
		n = m;
		y = other;
		m = count;
	}
	for (uint32_t i = 0; i < n && m > 0; i++) { /* what is left of y, halved for each of x */
		uint32_t low = 0, high = m;

		while (low < high) {
			uint32_t middle = low + (high - low) / 2;

			if (y[middle] < x[i])
				low = middle + 1;
			else
				high = middle;
		}
		if (low < m && y[low] == x[i])
			return true;
		y += low;
		m -= low;
	}
	return false;
}

/* Does a rule of a face of `a` keep it from `b`? */
static bool rule_between(struct tt_groups *g, uint32_t a, uint32_t b)
{
	uint32_t face = a;

	if (!g->ruled[a])
		return false;
	do {
		for (uint32_t r = g->first_rule[face]; r < g->first_rule[face + 1]; r++) {
			const struct tt_cluster_rule *rule = &g->rules[r];

			if (rule->face != TT_SIMILAR_NONE ? tt_groups_find(g, rule->face) == b
							  : rule->person == g->label[b])
				return true;
		}
		face = g->next[face];
	} while (face != a);
	return false;
}

bool tt_groups_barred(struct tt_groups *g, uint32_t root, int64_t person)
{
	uint32_t face = root;

	if (!g->ruled[root])
		return false;
	do {
		for (uint32_t r = g->first_rule[face]; r < g->first_rule[face + 1]; r++)
			if (g->rules[r].face == TT_SIMILAR_NONE && g->rules[r].person == person)
				return true;
		face = g->next[face];
	} while (face != root);
	return false;
}

/* Pairs and persons that are said to be different. */
static bool contradicts(struct tt_groups *g, uint32_t a, uint32_t b)
{
	return (g->label[a] && g->label[b] && g->label[a] != g->label[b]) || rule_between(g, a, b) ||
	       rule_between(g, b, a);
}

bool tt_groups_allowed(struct tt_groups *g, uint32_t a, uint32_t b)
{
	return !contradicts(g, a, b) && !share_photo(g, a, b);
}

/* ---- joining */

static int union_photos(const struct tt_groups *g, uint32_t a, uint32_t b, struct tt_photos *out, struct tt_err *err)
{
	const uint32_t *x = photos_of(g, a), *y = photos_of(g, b);
	uint32_t n = g->photos[a].n, m = g->photos[b].n, i = 0, j = 0;

	*out = (struct tt_photos){ .list = tt_alloc(((size_t)n + m) * sizeof *out->list) };
	if (!out->list)
		return out_of_memory(err);
	while (i < n || j < m) {
		uint32_t photo = j == m || (i < n && x[i] <= y[j]) ? x[i] : y[j];

		i += i < n && x[i] == photo;
		j += j < m && y[j] == photo;
		out->list[out->n++] = photo;
	}
	return 0;
}

static void add_to(int32_t *sum, const struct tt_groups *g, uint32_t root)
{
	if (g->sum[root])
		for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
			sum[d] += g->sum[root][d];
	else if (g->weight[root])
		for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
			sum[d] += g->in->vectors[g->one[root]][d];
}

/* The joined sum replaces the larger of the two where there is one. */
static int join_sums(struct tt_groups *g, uint32_t a, uint32_t b, struct tt_err *err)
{
	int32_t *sum = g->sum[a] ? g->sum[a] : g->sum[b];
	uint32_t other = sum && sum == g->sum[a] ? b : a;

	if (g->weight[a] + g->weight[b] < 2) {
		g->one[a] = g->weight[a] ? g->one[a] : g->one[b];
		return 0;
	}
	if (!sum) {
		sum = tt_calloc(TT_SIMILAR_DIM, sizeof *sum);
		if (!sum)
			return out_of_memory(err);
		add_to(sum, g, b);
	}
	add_to(sum, g, other);
	free(g->sum[other]);
	g->sum[b] = NULL;
	g->sum[a] = sum;
	return 0;
}

int tt_groups_join(struct tt_groups *g, uint32_t a, uint32_t b, uint32_t *root, struct tt_err *err)
{
	uint32_t top = a < b ? a : b, low = a < b ? b : a, swap;
	struct tt_photos photos;
	int rc = union_photos(g, a, b, &photos, err);

	if (rc < 0)
		return rc;
	rc = join_sums(g, top, low, err);
	if (rc < 0) {
		free(photos.list);
		return rc;
	}
	free(g->photos[top].list);
	free(g->photos[low].list);
	g->photos[low].list = NULL;
	g->photos[top] = photos;
	g->weight[top] += g->weight[low];
	g->label[top] = g->label[top] ? g->label[top] : g->label[low];
	g->ruled[top] |= g->ruled[low];
	g->parent[low] = top;
	swap = g->next[top];
	g->next[top] = g->next[low];
	g->next[low] = swap;
	*root = top;
	return 0;
}

/* ---- what is given */

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
		if (contradicts(g, a, b)) {
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

	*g = (struct tt_groups){ .in = in, .n = n };
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

void tt_groups_done(struct tt_groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		if (g->sum)
			free(g->sum[i]);
		if (g->photos)
			free(g->photos[i].list);
	}
	free(g->good);
	free(g->photo);
	free(g->parent);
	free(g->next);
	free(g->weight);
	free(g->sum);
	free(g->one);
	free(g->label);
	free(g->photos);
	free(g->first_rule);
	free(g->rules);
	free(g->ruled);
}
