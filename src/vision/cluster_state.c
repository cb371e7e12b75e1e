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
		return tt_similar_dot(g->vectors[g->one[root]], vector);
	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		dot += (int64_t)g->sum[root][d] * vector[d];
	return dot;
}

double tt_groups_mean(const struct tt_groups *g, uint32_t a, uint32_t b)
{
	int64_t dot = 0;

	if (!g->sum[a])
		dot = tt_groups_dot(g, b, g->vectors[g->one[a]]);
	else if (!g->sum[b])
		dot = tt_groups_dot(g, a, g->vectors[g->one[b]]);
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
bool tt_groups_contradict(struct tt_groups *g, uint32_t a, uint32_t b)
{
	return (g->label[a] && g->label[b] && g->label[a] != g->label[b]) || rule_between(g, a, b) ||
	       rule_between(g, b, a);
}

bool tt_groups_allowed(struct tt_groups *g, uint32_t a, uint32_t b)
{
	return !tt_groups_contradict(g, a, b) && !share_photo(g, a, b);
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
			sum[d] += g->vectors[g->one[root]][d];
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

void tt_groups_draw(struct tt_groups *g, const tt_face_vector *vectors)
{
	g->vectors = vectors;
	for (uint32_t i = 0; i < g->n; i++)
		if (g->sum[i])
			memset(g->sum[i], 0, TT_SIMILAR_DIM * sizeof *g->sum[i]);
	for (uint32_t i = 0; i < g->n; i++) {
		int32_t *sum = g->sum[tt_groups_find(g, i)];

		for (unsigned d = 0; g->good[i] && sum && d < TT_SIMILAR_DIM; d++)
			sum[d] += vectors[i][d];
	}
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
