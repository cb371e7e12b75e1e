/* The exact k most alike: blocks of queries, each against all vectors in panels that stay in the cache. */
#include "vision/similar_kernels.h"

#include "base/alloc.h"
#include "base/pool.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum {
	PANELS = 32, /* 128 KiB of vectors at a time */
	BLOCK = PANELS * TT_SIMILAR_PANEL,
	QUERIES = 768, /* at most, a block of queries: their lists are taken out of hits itself */
	THREADS_MAX = 64,
};

static const struct tt_similar_kernels *best_kernels(void)
{
	const struct tt_similar_kernels *list[TT_SIMILAR_KERNELS];

	tt_similar_kernels(list);
	return list[0];
}

int32_t tt_similar_dot(const int8_t *a, const int8_t *b)
{
	int32_t sum = 0;

	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		sum += a[d] * b[d];
	return sum;
}

void tt_similar_quantise(const float v[TT_SIMILAR_DIM], int8_t out[TT_SIMILAR_DIM])
{
	double norm = 0;

	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		norm += (double)v[d] * v[d];
	if (!isfinite(norm) || norm <= 0) {
		memset(out, 0, TT_SIMILAR_DIM);
		return;
	}
	norm = 127 / sqrt(norm);
	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		out[d] = (int8_t)lrint(v[d] * norm);
}

void tt_similar_row(const int8_t *query, const tt_face_vector *vectors, size_t n, int32_t *out)
{
	best_kernels()->row(query, vectors, n, out);
}

/* ---- the k best so far: a heap whose first is the worst of them */

static bool worse(struct tt_similar_hit a, struct tt_similar_hit b)
{
	return a.dot != b.dot ? a.dot < b.dot : a.index > b.index;
}

static void sift(struct tt_similar_hit *heap, unsigned k, unsigned at)
{
	struct tt_similar_hit moved = heap[at];

	for (;;) {
		unsigned child = 2 * at + 1;

		if (child >= k)
			break;
		if (child + 1 < k && worse(heap[child + 1], heap[child]))
			child++;
		if (!worse(heap[child], moved))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

static void sort_heap(struct tt_similar_hit *heap, unsigned k)
{
	for (unsigned n = k; n > 1;) {
		struct tt_similar_hit worst = heap[0];

		n--;
		heap[0] = heap[n];
		sift(heap, n, 0);
		heap[n] = worst;
	}
}

/* ---- one run over all blocks of queries, shared by the threads */

struct run {
	const struct tt_similar_job *job;
	const struct tt_similar_kernels *kernels;
	struct tt_similar_hit *hits;
	size_t block; /* queries */
	atomic_size_t next, done;
	atomic_bool stop;
	pthread_mutex_t mutex;
};

struct lane {
	struct run *run;
	struct tt_similar_panel *panels;
	int32_t *least; /* of each query of the block: the dot that its worst hit has */
};

static void fill_panels(struct tt_similar_panel *panels, const tt_face_vector *vectors, size_t n)
{
	for (size_t i = 0; i < (n + TT_SIMILAR_PANEL - 1) / TT_SIMILAR_PANEL * TT_SIMILAR_PANEL; i++) {
		struct tt_similar_panel *p = &panels[i / TT_SIMILAR_PANEL];
		static const int8_t nothing[TT_SIMILAR_DIM];
		const int8_t *from = i < n ? vectors[i] : nothing;

		for (unsigned g = 0; g < TT_SIMILAR_DIM / 4; g++)
			memcpy(p->v[g][i % TT_SIMILAR_PANEL], from + 4 * g, 4);
	}
}

static void take_hit(struct lane *l, size_t query, unsigned local, struct tt_similar_hit hit)
{
	const struct tt_similar_job *job = l->run->job;
	struct tt_similar_hit *heap = l->run->hits + query * job->k;

	if ((job->self != SIZE_MAX && hit.index == job->self + query) || !worse(heap[0], hit))
		return;
	heap[0] = hit;
	sift(heap, job->k, 0);
	if (heap[0].index != TT_SIMILAR_NONE)
		l->least[local] = heap[0].dot;
}

static void search_panels(struct lane *l, size_t from, size_t queries, size_t base, size_t n)
{
	const struct tt_similar_job *job = l->run->job;
	int32_t dots[TT_SIMILAR_TILE][TT_SIMILAR_PANEL];
	uint16_t hits[TT_SIMILAR_TILE];
	const unsigned each = l->run->kernels->queries;

	for (size_t q = 0; q < queries; q += each) {
		unsigned tile = queries - q < each ? (unsigned)(queries - q) : each;

		for (size_t p = 0; p * TT_SIMILAR_PANEL < n; p++) {
			size_t room = n - p * TT_SIMILAR_PANEL;
			unsigned real = room < TT_SIMILAR_PANEL ? (1u << room) - 1 : 0xffff;

			l->run->kernels->tile(&l->panels[p], job->queries + from + q, tile, l->least + q, dots, hits);
			for (unsigned i = 0; i < tile; i++)
				for (unsigned m = hits[i] & real; m; m &= m - 1) {
					unsigned v = (unsigned)__builtin_ctz(m);

					take_hit(l, from + q + i, (unsigned)q + i,
						 (struct tt_similar_hit){ (uint32_t)(base + p * TT_SIMILAR_PANEL + v),
									  dots[i][v] });
				}
		}
	}
}

/* Says how far it is after each block of vectors; true when the work shall stop. */
static bool went_on(struct run *r, size_t work)
{
	const struct tt_similar_job *job = r->job;
	size_t done = atomic_fetch_add(&r->done, work) + work;

	if (job->progress) {
		pthread_mutex_lock(&r->mutex);
		if (job->progress(job->ctx, (double)done / ((double)job->n_queries * (double)job->n_vectors)) != 0)
			atomic_store(&r->stop, true);
		pthread_mutex_unlock(&r->mutex);
	}
	return atomic_load(&r->stop);
}

static bool search_block(struct lane *l, size_t from, size_t queries)
{
	const struct tt_similar_job *job = l->run->job;
	struct tt_similar_hit *hits = l->run->hits + from * job->k;

	for (size_t i = 0; i < queries * job->k; i++)
		hits[i] = (struct tt_similar_hit){ TT_SIMILAR_NONE, INT32_MIN };
	for (size_t q = 0; q < queries; q++)
		l->least[q] = job->least;
	for (size_t base = 0; base < job->n_vectors; base += BLOCK) {
		size_t n = job->n_vectors - base < BLOCK ? job->n_vectors - base : BLOCK;

		fill_panels(l->panels, job->vectors + base, n);
		search_panels(l, from, queries, base, n);
		if (went_on(l->run, queries * n))
			return true;
	}
	for (size_t q = 0; q < queries; q++)
		sort_heap(hits + q * job->k, job->k);
	return false;
}

static void search_blocks(struct lane *l)
{
	const struct tt_similar_job *job = l->run->job;

	for (;;) {
		size_t from = atomic_fetch_add(&l->run->next, l->run->block);

		if (from >= job->n_queries || atomic_load(&l->run->stop))
			return;
		if (search_block(l, from,
				 job->n_queries - from < l->run->block ? job->n_queries - from : l->run->block))
			return;
	}
}

static void run_lane(void *item)
{
	struct lane *l = item;
	const struct tt_similar_kernels *k = l->run->kernels;

	if (k->begin)
		k->begin();
	search_blocks(l);
	if (k->end)
		k->end();
}

static unsigned count_threads(const struct tt_similar_kernels *kernels, const struct tt_similar_job *job)
{
	long cores = job->threads ? (long)job->threads : sysconf(_SC_NPROCESSORS_ONLN);
	size_t tiles = (job->n_queries + kernels->queries - 1) / kernels->queries;

	if (cores < 1 || (double)job->n_queries * (double)job->n_vectors < 1e6)
		return 1;
	if (cores > THREADS_MAX)
		cores = THREADS_MAX;
	return tiles < (size_t)cores ? (unsigned)tiles : (unsigned)cores;
}

static int run_lanes(struct lane *lanes, unsigned threads, struct tt_err *err)
{
	struct tt_pool *pool = NULL;
	int rc;

	if (threads == 1) {
		run_lane(&lanes[0]);
		return 0;
	}
	rc = tt_pool_new(&pool, threads, threads, "similar", err);
	for (unsigned i = 0; rc == 0 && i < threads; i++)
		rc = tt_pool_put(pool, run_lane, &lanes[i], err);
	tt_pool_free(pool);
	return rc;
}

int tt_similar_topk_with(const struct tt_similar_kernels *kernels, const struct tt_similar_job *job,
			 struct tt_similar_hit *hits, struct tt_err *err)
{
	struct run r = { .job = job, .kernels = kernels, .hits = hits, .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct lane lanes[THREADS_MAX];
	unsigned threads = count_threads(kernels, job);
	TT_SCOPED(tt_freep) char *room = NULL;
	const size_t each = sizeof(struct tt_similar_panel) * PANELS + QUERIES * sizeof(int32_t);

	if (job->k < 1 || job->k > TT_SIMILAR_K_MAX || job->n_vectors >= TT_SIMILAR_NONE)
		return tt_err_set(err, TT_EINVALID, "similar faces: %u of %zu asked for", job->k, job->n_vectors);
	room = tt_alloc_aligned(64, each * threads);
	if (!room)
		return tt_err_set(err, TT_ENOMEM, "similar faces: out of memory");
	for (unsigned i = 0; i < threads; i++) {
		lanes[i] = (struct lane){ .run = &r, .panels = (struct tt_similar_panel *)(room + i * each) };
		lanes[i].least = (int32_t *)(lanes[i].panels + PANELS);
	}
	r.block = (job->n_queries / threads / 4 / kernels->queries + 1) * kernels->queries;
	if (r.block > QUERIES)
		r.block = QUERIES;
	int rc = run_lanes(lanes, threads, err);

	if (rc == 0 && atomic_load(&r.stop))
		rc = tt_err_set(err, TT_EBUSY, "similar faces: stopped");
	return rc;
}

int tt_similar_topk(const struct tt_similar_job *job, struct tt_similar_hit *hits, struct tt_err *err)
{
	return tt_similar_topk_with(best_kernels(), job, hits, err);
}
