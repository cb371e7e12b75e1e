#include "jobs/jobs.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "jobs/internal.h"

#include <string.h>

enum { LEASE_BYTES = 1 << 20 };

/* ---- queues (under the lock) */

static void push(struct tt_item_queue *q, struct tt_item *item)
{
	item->next = NULL;
	*(q->head ? q->tail : &q->head) = item;
	q->tail = &item->next;
	q->count++;
}

static struct tt_item *pop(struct tt_item_queue *q)
{
	struct tt_item *item = q->head;

	if (item) {
		q->head = item->next;
		q->count--;
	}
	return item;
}

static void note_change(struct tt_jobs *j)
{
	j->changes++;
	pthread_cond_broadcast(&j->quiet);
}

static void tell(struct tt_jobs *j)
{
	if (j->deps.changed)
		j->deps.changed(j->deps.changed_ctx);
}

/* ---- leasing */

static char *copy_text(char **at, const char *s)
{
	char *copy = *at;

	if (!s)
		return NULL;
	*at = stpcpy(copy, s) + 1;
	return copy;
}

static struct tt_item *item_new(const struct tt_job *job)
{
	size_t n = 0;
	const char *const texts[] = { job->name, job->blob_key, job->in_place_path };
	struct tt_item *item = tt_calloc(1, sizeof *item);
	char *at;

	for (size_t i = 0; i < TT_LEN(texts); i++)
		n += texts[i] ? strlen(texts[i]) + 1 : 0;
	if (!item || !(item->text = tt_alloc(n))) {
		free(item);
		return NULL;
	}
	at = item->text;
	item->job = *job;
	item->job.name = copy_text(&at, job->name);
	item->job.blob_key = copy_text(&at, job->blob_key);
	item->job.in_place_path = copy_text(&at, job->in_place_path);
	return item;
}

/* Without the lock. Returns how many were leased into *out, or negative. */
static int lease(struct tt_jobs *j, struct tt_item_queue *out, struct tt_err *err)
{
	struct tt_arena arena = { .max = LEASE_BYTES };
	struct tt_job *jobs;
	size_t n = 0;
	int rc = tt_store_jobs_lease(j->deps.store, tt_now_ms(), j->opts.threads * 2, &arena, &jobs, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct tt_item *item = item_new(&jobs[i]);

		if (item)
			push(out, item);
		else if (tt_store_job_release(j->deps.store, jobs[i].id, err) < 0)
			rc = err->code;
	}
	tt_arena_free(&arena);
	return rc < 0 ? rc : (int)out->count;
}

/* Nothing is due: sleeps until the next job is, or for ever. Called with the lock. */
static void sleep_until(struct tt_jobs *j, int64_t at_ms)
{
	struct timespec t = { at_ms / 1000, at_ms % 1000 * 1000000 };

	if (at_ms < 0)
		pthread_cond_wait(&j->work, &j->lock);
	else
		(void)pthread_cond_timedwait(&j->work, &j->lock, &t);
}

/* With the lock, which is let go meanwhile. */
static void refill(struct tt_jobs *j)
{
	struct tt_item_queue got = { 0 };
	struct tt_err err = { 0 };
	int64_t next = -1;
	bool lost = j->lost && !j->developing && !j->done.count && !j->storing;
	int64_t voided;
	int n = 0;

	j->leasing = true;
	j->woken = false;
	pthread_mutex_unlock(&j->lock);
	if (lost)
		n = tt_store_jobs_void_leases(j->deps.store, &voided, &err);
	lost = lost && n == 0;
	if (n == 0)
		n = lease(j, &got, &err);
	if (n == 0 && tt_store_jobs_next_at(j->deps.store, &next, &err) < 0)
		n = err.code;
	if (n < 0) {
		tt_log(TT_LOG_ERROR, "jobs", "cannot take work: %s", err.msg);
		next = tt_now_ms() + j->opts.retry_delay_ms + 1;
	}
	pthread_mutex_lock(&j->lock);
	j->lost = n < 0 || (j->lost && !lost);
	if (got.count && j->was_empty) {
		tt_progress_begin(j);
		j->was_empty = false;
	} else if (n == 0 && next < 0 && !j->developing && !j->done.count) {
		j->was_empty = true;
	}
	for (struct tt_item *item; (item = pop(&got));)
		push(&j->queued, item);
	if (j->queued.count)
		pthread_cond_broadcast(&j->work);
	else if (!j->woken && !j->stopping)
		sleep_until(j, next);
	j->leasing = false;
	/* Those that waited for this thread look for themselves. */
	pthread_cond_broadcast(&j->work);
}

static struct tt_item *next_item(struct tt_jobs *j)
{
	struct tt_item *item = NULL;

	pthread_mutex_lock(&j->lock);
	while (!j->stopping && !(item = pop(&j->queued))) {
		if (j->leasing)
			pthread_cond_wait(&j->work, &j->lock);
		else
			refill(j);
	}
	if (item)
		j->developing++;
	pthread_mutex_unlock(&j->lock);
	return item;
}

/* ---- threads */

static void *develop_loop(void *arg)
{
	struct tt_jobs *j = arg;
	struct tt_item *item;

	while ((item = next_item(j))) {
		struct tt_err err = { 0 };
		int rc = tt_item_develop(j, item, &err);

		if (rc < 0) {
			tt_item_fail(j, item, &err);
			tt_item_free(j, item);
			item = NULL;
		}
		pthread_mutex_lock(&j->lock);
		while (item && j->done.count >= 2 * j->opts.batch)
			pthread_cond_wait(&j->room, &j->lock);
		j->developing--;
		if (item)
			push(&j->done, item);
		else
			j->woken = true; /* a later try has its own time */
		pthread_cond_signal(&j->ready);
		if (!item) {
			note_change(j);
			pthread_cond_broadcast(&j->work);
		}
		pthread_mutex_unlock(&j->lock);
		if (!item)
			tell(j);
	}
	return NULL;
}

static unsigned take_ready(struct tt_jobs *j, struct tt_item **items)
{
	unsigned n = 0;

	pthread_mutex_lock(&j->lock);
	while (!j->done.count && !(j->stopping && j->developing == 0))
		pthread_cond_wait(&j->ready, &j->lock);
	while (n < j->opts.batch && j->done.count)
		items[n++] = pop(&j->done);
	j->storing = n;
	pthread_cond_broadcast(&j->room);
	pthread_mutex_unlock(&j->lock);
	return n;
}

static void *store_loop(void *arg)
{
	struct tt_jobs *j = arg;
	struct tt_item *items[64];
	unsigned n;

	while ((n = take_ready(j, items))) {
		tt_items_store(j, items, n);
		for (unsigned i = 0; i < n; i++)
			tt_item_free(j, items[i]);
		pthread_mutex_lock(&j->lock);
		j->storing = 0;
		tt_progress_add(j, n);
		j->woken = true; /* what failed here waits for its next try */
		note_change(j);
		pthread_cond_broadcast(&j->work);
		pthread_mutex_unlock(&j->lock);
		tell(j);
	}
	return NULL;
}

/* ---- outside */

static int team_start(struct tt_jobs *j, struct tt_err *err)
{
	if (pthread_create(&j->storer, NULL, store_loop, j) != 0)
		return tt_err_set(err, TT_EINTERNAL, "cannot start a thread");
	j->storer_runs = true;
	for (; j->developers_count < j->opts.threads; j->developers_count++)
		if (pthread_create(&j->developers[j->developers_count], NULL, develop_loop, j) != 0)
			return tt_err_set(err, TT_EINTERNAL, "cannot start a thread");
	return 0;
}

static int prepare(struct tt_jobs *j, struct tt_err *err)
{
	int64_t n;
	int rc = tt_store_jobs_void_leases(j->deps.store, &n, err);

	if (rc == 0 && j->deps.classify)
		rc = tt_store_jobs_reclassify(j->deps.store, j->deps.version, tt_now_ms(), &n, err);
	if (rc == 0 && j->deps.find)
		rc = tt_store_jobs_refind(j->deps.store, j->deps.faces_version, tt_now_ms(), &n, err);
	return rc;
}

static void stopp(struct tt_jobs **j)
{
	tt_jobs_stop(*j);
}

int tt_jobs_start(struct tt_jobs **out, const struct tt_jobs_deps *deps, const struct tt_jobs_opts *opts,
		  struct tt_err *err)
{
	TT_SCOPED(stopp) struct tt_jobs *j = NULL;
	int rc;

	if (opts->threads == 0 || opts->batch == 0 || opts->batch > 64)
		return tt_err_set(err, TT_EINVALID, "a team needs a thread and a batch of 1 to 64");
	j = tt_calloc(1, sizeof *j);
	if (!j)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	j->deps = *deps;
	j->opts = *opts;
	j->was_empty = true;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->work, NULL);
	pthread_cond_init(&j->ready, NULL);
	pthread_cond_init(&j->room, NULL);
	pthread_cond_init(&j->quiet, NULL);
	j->developers = tt_calloc(opts->threads, sizeof *j->developers);
	if (!j->developers)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = prepare(j, err);
	if (rc == 0)
		rc = team_start(j, err);
	if (rc == 0)
		*out = tt_take(j);
	return rc;
}

void tt_jobs_wake(struct tt_jobs *j)
{
	pthread_mutex_lock(&j->lock);
	j->woken = true;
	note_change(j);
	pthread_cond_broadcast(&j->work);
	pthread_mutex_unlock(&j->lock);
	tell(j);
}

int tt_jobs_wait_idle(struct tt_jobs *j, struct tt_err *err)
{
	for (;;) {
		struct tt_job_counts counts;
		uint64_t seen;
		int rc;

		pthread_mutex_lock(&j->lock);
		seen = j->changes;
		pthread_mutex_unlock(&j->lock);
		rc = tt_store_jobs_counts(j->deps.store, &counts, err);
		if (rc < 0 || counts.waiting == 0)
			return rc;
		pthread_mutex_lock(&j->lock);
		while (j->changes == seen)
			pthread_cond_wait(&j->quiet, &j->lock);
		pthread_mutex_unlock(&j->lock);
	}
}

void tt_jobs_stop(struct tt_jobs *j)
{
	struct tt_item *item;

	if (!j)
		return;
	pthread_mutex_lock(&j->lock);
	j->stopping = true;
	pthread_cond_broadcast(&j->work);
	pthread_cond_broadcast(&j->ready);
	pthread_mutex_unlock(&j->lock);
	for (unsigned i = 0; i < j->developers_count; i++)
		pthread_join(j->developers[i], NULL);
	pthread_mutex_lock(&j->lock);
	pthread_cond_broadcast(&j->ready);
	pthread_mutex_unlock(&j->lock);
	if (j->storer_runs)
		pthread_join(j->storer, NULL);
	while ((item = pop(&j->queued))) {
		struct tt_err err = { 0 };

		if (tt_store_job_release(j->deps.store, item->job.id, &err) < 0)
			tt_log(TT_LOG_WARN, "jobs", "photo=%lld stays leased until the next start: %s",
			       (long long)item->job.photo, err.msg);
		tt_item_free(j, item);
	}
	pthread_mutex_destroy(&j->lock);
	pthread_cond_destroy(&j->work);
	pthread_cond_destroy(&j->ready);
	pthread_cond_destroy(&j->room);
	pthread_cond_destroy(&j->quiet);
	free(j->developers);
	free(j);
}
