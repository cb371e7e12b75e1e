/* The thread, and the heads that it keeps at hand. Interface: learn.h. */
#include "learn/learn.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "learn/classes.h"
#include "store/learn.h"
#include "store/users.h"
#include "vision/head.h"

#include <pthread.h>
#include <string.h>

enum { USERS_BYTES = 16 << 20 };

/* What is known of one owner. */
struct slot {
	int64_t owner;
	struct tt_own_head *head; /* NULL: the shipped one */
	char version[TT_GUESS_VERSION_SIZE];
	/* asked for: new corrections, a try in any case, guesses made again, classes of the owner's own */
	bool look, force, redo, classes;
	bool working;
};

struct tt_learn {
	struct tt_learn_deps deps;
	struct tt_learn_opts opts;
	pthread_mutex_t lock; /* over the slots and the flags */
	pthread_cond_t work;
	struct slot *slots;
	size_t count;
	bool stopping, runs;
	pthread_t thread;
};

/* ---- slots (under the lock) */

static struct slot *find(struct tt_learn *l, int64_t owner)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->slots[i].owner == owner)
			return &l->slots[i];
	return NULL;
}

/* NULL: out of memory; then this owner's corrections wait for the next one. */
static struct slot *find_or_add(struct tt_learn *l, int64_t owner)
{
	struct slot *s = find(l, owner), *more;

	if (s)
		return s;
	more = tt_realloc(l->slots, (l->count + 1) * sizeof *more);
	if (!more)
		return NULL;
	l->slots = more;
	s = &more[l->count++];
	*s = (struct slot){ .owner = owner };
	return s;
}

enum ask { LOOK, FORCE, REDO, CLASSES };

static void ask(struct tt_learn *l, int64_t owner, enum ask what)
{
	struct slot *s;

	pthread_mutex_lock(&l->lock);
	s = find_or_add(l, owner);
	if (s) {
		*(what == LOOK ? &s->look : what == FORCE ? &s->force : what == REDO ? &s->redo : &s->classes) = true;
		pthread_cond_signal(&l->work);
	}
	pthread_mutex_unlock(&l->lock);
}

static bool is_asked(const struct slot *s)
{
	return s->look || s->force || s->redo || s->classes;
}

static struct slot *next_asked(struct tt_learn *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (is_asked(&l->slots[i]))
			return &l->slots[i];
	return NULL;
}

/* ---- the thread */

static bool may_go_on(void *ctx)
{
	struct tt_learn *l = ctx;
	bool stopping;

	pthread_mutex_lock(&l->lock);
	stopping = l->stopping;
	pthread_mutex_unlock(&l->lock);
	return !stopping;
}

static int is_due(struct tt_learn *l, int64_t owner, bool *due, struct tt_err *err)
{
	struct tt_learn_counts n;
	int rc = tt_store_learn_counts(l->deps.store, owner, l->deps.model_version, &n, err);

	if (rc == 0)
		*due = l->opts.automatic && n.corrections >= l->opts.min_corrections && n.fresh >= l->opts.every;
	return rc;
}

/* The head that is in use now takes its place in the slot; *other: it is another one than before. */
static int refresh(struct tt_learn *l, int64_t owner, bool *other, struct tt_err *err)
{
	char version[TT_GUESS_VERSION_SIZE];
	struct tt_own_head *head = NULL, *old = NULL;
	struct slot *s;
	int rc = tt_learn_load(l->deps.store, owner, l->deps.model_version, &head, version, err);

	if (rc < 0)
		return rc;
	pthread_mutex_lock(&l->lock);
	s = find(l, owner);
	*other = s && strcmp(s->version, version) != 0;
	if (s) { /* slots are never taken away */
		old = s->head;
		s->head = head;
		memcpy(s->version, version, sizeof version);
	}
	pthread_mutex_unlock(&l->lock);
	tt_learn_head_free(old);
	return 0;
}

static int serve_classes(struct tt_learn *l, int64_t owner, struct tt_err *err)
{
	int64_t learnt = 0, looked = 0;
	int rc = tt_classes_fit(l->deps.store, owner, l->deps.model_version, &l->opts, may_go_on, l, &learnt, err);

	if (rc == 0)
		rc = tt_classes_apply(l->deps.store, owner, l->deps.model_version, may_go_on, l, &looked, err);
	if ((learnt > 0 || looked > 0) && l->deps.changed)
		l->deps.changed(l->deps.ctx);
	return rc;
}

static int serve(struct tt_learn *l, const struct slot *asked, struct tt_err *err)
{
	struct tt_learn_report report;
	bool due = asked->force, other = false;
	int64_t made = 0;
	int rc = 0;

	if (asked->look && !due)
		rc = is_due(l, asked->owner, &due, err);
	if (rc == 0 && due)
		rc = tt_learn_fit(l->deps.store, asked->owner, l->deps.model_version, &l->opts, &report, err);
	if (rc == 0)
		rc = refresh(l, asked->owner, &other, err);
	if (rc == 0 && (other || asked->redo))
		rc = tt_learn_apply(l->deps.store, asked->owner, l->deps.model_version, may_go_on, l, &made, err);
	if ((made > 0 || due) && l->deps.changed)
		l->deps.changed(l->deps.ctx);
	return rc == 0 && asked->classes ? serve_classes(l, asked->owner, err) : rc;
}

static void *loop(void *arg)
{
	struct tt_learn *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->stopping) {
		struct slot *s = next_asked(l), asked;
		struct tt_err err = { 0 };

		if (!s) {
			pthread_cond_wait(&l->work, &l->lock);
			continue;
		}
		asked = *s;
		s->look = s->force = s->redo = s->classes = false;
		s->working = true;
		pthread_mutex_unlock(&l->lock);
		if (serve(l, &asked, &err) < 0 && l->deps.failed)
			l->deps.failed(l->deps.ctx, asked.owner, &err);
		pthread_mutex_lock(&l->lock);
		s = find(l, asked.owner);
		if (s)
			s->working = false;
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* ---- outside */

/* Every owner is looked at once: the head is read, what was begun is finished. */
static int read_owners(struct tt_learn *l, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = USERS_BYTES };
	struct tt_user *users;
	size_t n = 0;
	int rc = tt_store_users(l->deps.store, &arena, &users, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct slot *s = find_or_add(l, users[i].id);
		struct tt_err why;
		bool other;

		if (!s)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		s->look = s->redo = s->classes = true;
		/* Damaged weights: the shipped head goes on; the thread tells it. */
		if (refresh(l, users[i].id, &other, &why) == TT_ENOMEM)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	return rc;
}

static void stopp(struct tt_learn **l)
{
	tt_learn_stop(*l);
}

int tt_learn_start(struct tt_learn **out, const struct tt_learn_deps *deps, const struct tt_learn_opts *opts,
		   struct tt_err *err)
{
	TT_SCOPED(stopp) struct tt_learn *l = tt_calloc(1, sizeof *l);
	int rc;

	if (!l)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	l->deps = *deps;
	l->opts = *opts;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->work, NULL);
	rc = read_owners(l, err);
	if (rc < 0)
		return rc;
	if (pthread_create(&l->thread, NULL, loop, l) != 0)
		return tt_err_set(err, TT_EINTERNAL, "cannot start a thread");
	l->runs = true;
	*out = tt_take(l);
	return 0;
}

void tt_learn_wake(struct tt_learn *l, int64_t owner)
{
	ask(l, owner, LOOK);
}

void tt_learn_try(struct tt_learn *l, int64_t owner)
{
	ask(l, owner, FORCE);
}

void tt_learn_stale(struct tt_learn *l, int64_t owner)
{
	ask(l, owner, REDO);
}

void tt_learn_classes(struct tt_learn *l, int64_t owner)
{
	ask(l, owner, CLASSES);
}

void tt_learn_reload(struct tt_learn *l)
{
	pthread_mutex_lock(&l->lock);
	for (size_t i = 0; i < l->count; i++)
		l->slots[i].look = l->slots[i].classes = true;
	pthread_cond_signal(&l->work);
	pthread_mutex_unlock(&l->lock);
}

int tt_learn_undo(struct tt_learn *l, int64_t owner, struct tt_err *err)
{
	int64_t changed;
	int rc = tt_store_head_undo(l->deps.store, owner, &changed, err);

	if (rc == 0)
		ask(l, owner, REDO);
	return rc;
}

const struct tt_learn_opts *tt_learn_options(const struct tt_learn *l)
{
	return &l->opts;
}

bool tt_learn_busy(struct tt_learn *l, int64_t owner)
{
	struct slot *s;
	bool busy;

	pthread_mutex_lock(&l->lock);
	s = find(l, owner);
	busy = s && (s->working || is_asked(s));
	pthread_mutex_unlock(&l->lock);
	return busy;
}

void tt_learn_adjust(struct tt_learn *l, int64_t owner, const struct tt_features *features, struct tt_classified *c,
		     char version[TT_GUESS_VERSION_SIZE])
{
	struct slot *s;

	pthread_mutex_lock(&l->lock);
	s = find(l, owner);
	if (s && s->head && tt_own_head_apply(s->head, features, c, NULL) == 0)
		memcpy(version, s->version, sizeof s->version);
	pthread_mutex_unlock(&l->lock);
}

void tt_learn_stop(struct tt_learn *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_cond_broadcast(&l->work);
	pthread_mutex_unlock(&l->lock);
	if (l->runs)
		pthread_join(l->thread, NULL);
	for (size_t i = 0; i < l->count; i++)
		tt_learn_head_free(l->slots[i].head);
	free(l->slots);
	pthread_mutex_destroy(&l->lock);
	pthread_cond_destroy(&l->work);
	free(l);
}
