/* The thread, and what it does for one owner. Interface: people.h. */
#include "people/people.h"

#include "base/clock.h"
#include "people/kept.h"
#include "people/service.h"
#include "store/faces.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

enum {
	OWNERS_BYTES = 16 << 20,
	REST = 4, /* times as long as the last turn took: faces that keep coming cost little */
	REST_MAX_S = 10,
};

/* What is to be done for one owner. */
struct slot {
	int64_t owner;
	bool look, all; /* asked for: new faces or facts, everything anew */
	bool working;
	size_t fresh;  /* times that faces came since everything was sorted */
	int64_t after; /* faces up to this id were looked at */
};

struct tt_people {
	struct tt_people_deps deps;
	struct tt_people_opts opts;
	pthread_mutex_t lock; /* over the slots and the flags */
	pthread_cond_t work, idle;
	pthread_mutex_t rows; /* see service.h */
	struct slot *slots;
	size_t count;
	struct tt_kept kept;
	unsigned hurry; /* who waits for it to be idle */
	bool stopping, runs;
	pthread_t thread;
};

void tt_people_lock(struct tt_people *p)
{
	if (p)
		pthread_mutex_lock(&p->rows);
}

void tt_people_unlock(struct tt_people *p)
{
	if (p)
		pthread_mutex_unlock(&p->rows);
}

struct tt_kept *tt_people_kept(struct tt_people *p)
{
	return p ? &p->kept : NULL;
}

bool tt_people_stopping(struct tt_people *p)
{
	bool stopping;

	pthread_mutex_lock(&p->lock);
	stopping = p->stopping;
	pthread_mutex_unlock(&p->lock);
	return stopping;
}

/* ---- slots (under the lock) */

static struct slot *find(struct tt_people *p, int64_t owner)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->slots[i].owner == owner)
			return &p->slots[i];
	return NULL;
}

/* NULL: out of memory; then this owner's faces wait for the next ones. */
static struct slot *find_or_add(struct tt_people *p, int64_t owner)
{
	struct slot *s = find(p, owner), *more;

	if (s)
		return s;
	more = tt_realloc(p->slots, (p->count + 1) * sizeof *more);
	if (!more)
		return NULL;
	p->slots = more;
	s = &more[p->count++];
	*s = (struct slot){ .owner = owner };
	return s;
}

static void ask(struct tt_people *p, int64_t owner, bool faces, bool all)
{
	struct slot *s;

	pthread_mutex_lock(&p->lock);
	s = find_or_add(p, owner);
	if (s) {
		s->look = true;
		s->fresh += faces;
		s->all = s->all || all;
		pthread_cond_signal(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
}

static struct slot *next_asked(struct tt_people *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->slots[i].look)
			return &p->slots[i];
	return NULL;
}

/* ---- the thread */

static void end_turn(struct tt_people *p, const struct tt_people_turn *t, int rc)
{
	struct slot *s = find(p, t->owner);

	if (!s)
		return;
	s->working = false;
	if (rc < 0)
		return;
	s->after = t->last;
	if (t->sorted_all)
		s->fresh -= t->fresh;
}

static void serve(struct tt_people *p, struct tt_people_turn *t)
{
	struct tt_err err = { 0 };
	int rc = tt_people_take_turn(t, &err);

	if (rc < 0 && rc != TT_EBUSY && p->deps.failed)
		p->deps.failed(p->deps.ctx, t->owner, &err);
	if (t->changed > 0)
		tt_kept_drop(&p->kept, t->owner);
	if (t->changed > 0 && p->deps.changed)
		p->deps.changed(p->deps.ctx);
	pthread_mutex_lock(&p->lock);
	end_turn(p, t, rc);
	pthread_mutex_unlock(&p->lock);
}

/* Under the lock. */
static void rest(struct tt_people *p, int64_t worked_ns)
{
	int64_t ns = worked_ns * REST < (int64_t)REST_MAX_S * 1000000000 ? worked_ns * REST
									 : (int64_t)REST_MAX_S * 1000000000;
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (until.tv_nsec + ns) / 1000000000;
	until.tv_nsec = (until.tv_nsec + ns) % 1000000000;
	while (!p->stopping && p->hurry == 0 && next_asked(p))
		if (pthread_cond_timedwait(&p->work, &p->lock, &until) == ETIMEDOUT)
			return;
}

static void *loop(void *arg)
{
	struct tt_people *p = arg;

	pthread_mutex_lock(&p->lock);
	while (!p->stopping) {
		struct slot *s = next_asked(p);
		struct tt_people_turn t;
		int64_t started;

		if (!s) {
			pthread_cond_broadcast(&p->idle);
			pthread_cond_wait(&p->work, &p->lock);
			continue;
		}
		t = (struct tt_people_turn){ .store = p->deps.store,
					     .people = p,
					     .opts = &p->opts,
					     .owner = s->owner,
					     .after = s->after,
					     .fresh = s->fresh,
					     .all = s->all };
		s->look = s->all = false;
		s->working = true;
		pthread_mutex_unlock(&p->lock);
		started = tt_mono_ns();
		serve(p, &t);
		pthread_mutex_lock(&p->lock);
		rest(p, tt_mono_ns() - started);
	}
	pthread_cond_broadcast(&p->idle);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* ---- outside */

/* Every owner is looked at once: what was begun is finished. */
static int read_owners(struct tt_people *p, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = OWNERS_BYTES };
	int64_t *owners;
	size_t n = 0;
	int rc = tt_store_face_owners(p->deps.store, &arena, &owners, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct slot *s = find_or_add(p, owners[i]);

		if (!s)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		s->look = true;
	}
	return rc;
}

static void stopp(struct tt_people **p)
{
	tt_people_stop(*p);
}

int tt_people_start(struct tt_people **out, const struct tt_people_deps *deps, const struct tt_people_opts *opts,
		    struct tt_err *err)
{
	TT_SCOPED(stopp) struct tt_people *p = tt_calloc(1, sizeof *p);
	pthread_condattr_t monotonic;
	int rc;

	if (!p)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	p->deps = *deps;
	p->opts = *opts;
	pthread_mutex_init(&p->lock, NULL);
	pthread_mutex_init(&p->rows, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_cond_init(&p->idle, NULL);
	tt_kept_init(&p->kept);
	rc = read_owners(p, err);
	if (rc < 0)
		return rc;
	if (pthread_create(&p->thread, NULL, loop, p) != 0)
		return tt_err_set(err, TT_EINTERNAL, "cannot start a thread");
	p->runs = true;
	*out = tt_take(p);
	return 0;
}

void tt_people_stop(struct tt_people *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	if (p->runs)
		pthread_join(p->thread, NULL);
	free(p->slots);
	tt_kept_done(&p->kept);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->idle);
	pthread_mutex_destroy(&p->rows);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void tt_people_wake(struct tt_people *p, int64_t owner)
{
	tt_kept_drop(&p->kept, owner);
	ask(p, owner, true, false);
}

void tt_people_photos_changed(struct tt_people *p, int64_t owner)
{
	tt_kept_drop(&p->kept, owner);
}

void tt_people_said(struct tt_people *p, int64_t owner)
{
	if (p)
		ask(p, owner, false, false);
}

void tt_people_drawn(struct tt_people *p)
{
	if (p && p->deps.drawn)
		p->deps.drawn(p->deps.ctx);
}

void tt_people_recluster(struct tt_people *p, int64_t owner)
{
	ask(p, owner, false, true);
}

void tt_people_reload(struct tt_people *p)
{
	struct tt_err err = { 0 };

	tt_kept_drop(&p->kept, 0);
	pthread_mutex_lock(&p->lock);
	if (read_owners(p, &err) < 0)
		for (size_t i = 0; i < p->count; i++)
			p->slots[i].look = true;
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

bool tt_people_busy(struct tt_people *p, int64_t owner)
{
	struct slot *s;
	bool busy;

	pthread_mutex_lock(&p->lock);
	s = find(p, owner);
	busy = s && (s->working || s->look);
	pthread_mutex_unlock(&p->lock);
	return busy;
}

static bool any_busy(const struct tt_people *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->slots[i].working || p->slots[i].look)
			return true;
	return false;
}

int tt_people_wait(struct tt_people *p, struct tt_err *err)
{
	int rc = 0;

	pthread_mutex_lock(&p->lock);
	p->hurry++;
	pthread_cond_signal(&p->work);
	while (!p->stopping && any_busy(p))
		pthread_cond_wait(&p->idle, &p->lock);
	p->hurry--;
	if (p->stopping && any_busy(p))
		rc = tt_err_set(err, TT_EBUSY, "stopped before the faces were sorted");
	pthread_mutex_unlock(&p->lock);
	return rc;
}

const struct tt_people_opts *tt_people_options(const struct tt_people *p)
{
	return &p->opts;
}
