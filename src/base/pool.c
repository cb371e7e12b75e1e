#include "base/pool.h"

#include "base/alloc.h"
#include "base/str.h"

#include <pthread.h>
#include <stdbool.h>

struct job {
	tt_pool_fn *fn;
	void *item;
};

struct tt_pool {
	pthread_mutex_t lock;
	pthread_cond_t work, room, quiet;
	struct job *queue;
	unsigned size, head, used, running, threads;
	bool finished;
	pthread_t *ids;
};

static void *run(void *arg)
{
	struct tt_pool *p = arg;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct job job;

		while (!p->used && !p->finished)
			pthread_cond_wait(&p->work, &p->lock);
		if (!p->used)
			break;
		job = p->queue[p->head];
		p->head = (p->head + 1) % p->size;
		p->used--;
		p->running++;
		pthread_cond_signal(&p->room);
		pthread_mutex_unlock(&p->lock);
		job.fn(job.item);
		pthread_mutex_lock(&p->lock);
		p->running--;
		if (!p->used && !p->running)
			pthread_cond_broadcast(&p->quiet);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

int tt_pool_new(struct tt_pool **out, unsigned threads, unsigned queue, const char *name, struct tt_err *err)
{
	struct tt_pool *p;
	char label[16];

	if (threads == 0 || queue == 0)
		return tt_err_set(err, TT_EINVALID, "a pool needs a thread and a place in its queue");
	p = tt_calloc(1, sizeof *p);
	if (!p)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->room, NULL);
	pthread_cond_init(&p->quiet, NULL);
	p->size = queue;
	p->queue = tt_calloc(queue, sizeof *p->queue);
	p->ids = tt_calloc(threads, sizeof *p->ids);
	if (!p->queue || !p->ids) {
		tt_pool_free(p);
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	tt_utf8_copy(label, sizeof label, name, sizeof label);
	for (; p->threads < threads; p->threads++) {
		if (pthread_create(&p->ids[p->threads], NULL, run, p) != 0) {
			tt_pool_free(p);
			return tt_err_set(err, TT_EINTERNAL, "cannot start a thread");
		}
		(void)pthread_setname_np(p->ids[p->threads], label);
	}
	*out = p;
	return 0;
}

int tt_pool_put(struct tt_pool *p, tt_pool_fn *fn, void *item, struct tt_err *err)
{
	int rc = 0;

	pthread_mutex_lock(&p->lock);
	while (p->used == p->size && !p->finished)
		pthread_cond_wait(&p->room, &p->lock);
	if (p->finished) {
		rc = tt_err_set(err, TT_EBUSY, "shutting down");
	} else {
		p->queue[(p->head + p->used++) % p->size] = (struct job){ fn, item };
		pthread_cond_signal(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
	return rc;
}

void tt_pool_drain(struct tt_pool *p)
{
	pthread_mutex_lock(&p->lock);
	while (p->used || p->running)
		pthread_cond_wait(&p->quiet, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void tt_pool_free(struct tt_pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->finished = true;
	pthread_cond_broadcast(&p->work);
	pthread_cond_broadcast(&p->room);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->threads; i++)
		pthread_join(p->ids[i], NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->room);
	pthread_cond_destroy(&p->quiet);
	free(p->queue);
	free(p->ids);
	free(p);
}
