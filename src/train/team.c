#include "train/team.h"

#include "base/alloc.h"
#include "train/loss.h"

#include <pthread.h>
#include <string.h>

enum order { ORDER_NONE, ORDER_STEP, ORDER_JUDGE, ORDER_END };

struct member {
	struct tt_team *team;
	unsigned rank;
	pthread_t thread;
	struct tt_train_net *net, *teacher;
	struct tt_augment_scratch scratch;
	float *grads, *target, *dlogits;
	struct tt_team_result result;
	struct tt_err err;
	int rc;
};

struct tt_team {
	struct tt_team_opts o;
	unsigned started;
	struct member member[TT_TEAM_MAX];
	pthread_mutex_t lock;
	pthread_cond_t order_given, order_done;
	enum order order;
	uint64_t round; /* grows with each order */
	unsigned busy;
	const struct tt_team_step *step;
	enum tt_split split;
	const float *values, *statistics;
	float *logits;
};

static const struct tt_cache_entry *photo(const struct tt_team *t, enum tt_split split, size_t i)
{
	return &t->o.cache->entry[t->o.cache->first[split] + i];
}

/* The inputs and targets of this member's share; each photo's numbers follow from its place in the training. */
static int make_batch(struct member *m, unsigned n, struct tt_err *err)
{
	const struct tt_team *t = m->team;
	const struct tt_team_step *s = t->step;
	size_t size = 3 * (size_t)t->o.augment.side * t->o.augment.side;
	float *in = tt_train_net_input(m->net);
	const uint32_t *which = s->photos + m->rank * n;
	struct tt_rng whole = tt_rng_of(t->o.seed, 2 * s->step + 1, 1000000 + m->rank);
	double stay = 1;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < n; i++) {
		struct tt_rng r = tt_rng_of(t->o.seed, 2 * s->step + 1, m->rank * n + i);

		rc = tt_augment_view(&t->o.augment, &photo(t, TT_SPLIT_TRAIN, which[i])->pixels, &r, &m->scratch,
				     in + i * size, err);
	}
	if (rc < 0)
		return rc;
	if (tt_rng_unit(&whole) < s->cutmix)
		stay = tt_augment_cutmix(n, t->o.augment.side, &whole, &m->scratch, in);
	memset(m->target, 0, (size_t)n * t->o.classes * sizeof(float));
	for (unsigned i = 0; i < n; i++) {
		float *to = m->target + (size_t)i * t->o.classes;

		tt_target_add(to, t->o.classes, (int)photo(t, TT_SPLIT_TRAIN, which[i])->label, t->o.smoothing,
			      (float)stay);
		tt_target_add(to, t->o.classes, (int)photo(t, TT_SPLIT_TRAIN, which[(i + 1) % n])->label,
			      t->o.smoothing, (float)(1 - stay));
	}
	return 0;
}

/* The labels' part of the target makes room for the teacher's answer to the same views. */
static int ask_teacher(struct member *m, unsigned n, struct tt_err *err)
{
	const struct tt_team_opts *o = &m->team->o;
	size_t views = 3 * (size_t)n * o->augment.side * o->augment.side;
	int rc;

	if (!m->teacher)
		return 0;
	memcpy(tt_train_net_input(m->teacher), tt_train_net_input(m->net), views * sizeof(float));
	rc = tt_train_net_forward(m->teacher, o->teacher->values, o->teacher->statistics, err);
	for (unsigned i = 0; rc == 0 && i < n; i++) {
		float *to = m->target + (size_t)i * o->classes;

		for (unsigned c = 0; c < o->classes; c++)
			to[c] *= 1 - o->teacher_share;
		tt_target_add_teacher(to, o->classes, tt_train_net_output(m->teacher, 0) + (size_t)i * o->classes,
				      o->teacher->temperature, o->teacher_share);
	}
	return rc;
}

static unsigned first_of(const float *v, unsigned n)
{
	unsigned best = 0;

	for (unsigned c = 1; c < n; c++)
		if (v[c] > v[best])
			best = c;
	return best;
}

static int do_step(struct member *m, struct tt_err *err)
{
	const struct tt_team *t = m->team;
	unsigned n = t->o.batch / t->o.threads, classes = t->o.classes;
	const float *dout[TT_GRAPH_OUTPUTS] = { m->dlogits };
	const float *logits;
	int rc = make_batch(m, n, err);

	rc = rc ? rc : ask_teacher(m, n, err);
	rc = rc ? rc : tt_train_net_forward(m->net, t->step->values, NULL, err);
	if (rc < 0)
		return rc;
	logits = tt_train_net_output(m->net, 0);
	m->result.loss = tt_soft_cross_entropy(logits, m->target, n, classes, t->o.batch, m->dlogits);
	m->result.right = 0;
	for (unsigned i = 0; i < n; i++)
		m->result.right += first_of(logits + (size_t)i * classes, classes) ==
				   first_of(m->target + (size_t)i * classes, classes);
	return tt_train_net_backward(m->net, t->step->values, dout, m->grads, err);
}

static int do_judge(struct member *m, struct tt_err *err)
{
	const struct tt_team *t = m->team;
	unsigned n = t->o.batch / t->o.threads, classes = t->o.classes;
	size_t size = 3 * (size_t)t->o.augment.side * t->o.augment.side, all = t->o.cache->count[t->split];
	float *in = tt_train_net_input(m->net);
	int rc = 0;

	for (size_t k = (size_t)m->rank * n; rc == 0 && k < all; k += t->o.batch) {
		unsigned part = all - k < n ? (unsigned)(all - k) : n;

		for (unsigned i = 0; rc == 0 && i < part; i++)
			rc = tt_augment_middle(&t->o.augment, t->o.resize, &photo(t, t->split, k + i)->pixels,
					       &m->scratch, in + i * size, err);
		rc = rc ? rc : tt_train_net_forward(m->net, t->values, t->statistics, err);
		if (rc == 0)
			memcpy(t->logits + k * classes, tt_train_net_output(m->net, 0),
			       (size_t)part * classes * sizeof(float));
	}
	return rc;
}

static int prepare(struct member *m)
{
	const struct tt_team_opts *o = &m->team->o;
	size_t logits = (size_t)(o->batch / o->threads) * o->classes;

	m->grads = tt_calloc(o->params->values, sizeof(float));
	m->target = tt_calloc(logits, sizeof(float));
	m->dlogits = tt_calloc(logits, sizeof(float));
	if (!m->grads || !m->target || !m->dlogits)
		return tt_err_set(&m->err, TT_ENOMEM, "training: out of memory for the gradients");
	if (o->teacher) {
		int rc = tt_train_net_new(&m->teacher, &o->teacher->graph, &o->teacher->params, o->batch / o->threads,
					  o->type, &m->err);

		if (rc < 0)
			return rc;
	}
	return tt_train_net_new(&m->net, o->graph, o->params, o->batch / o->threads, o->type, &m->err);
}

static enum order wait_order(struct tt_team *t, uint64_t *round)
{
	enum order order;

	(void)pthread_mutex_lock(&t->lock);
	while (t->round == *round)
		(void)pthread_cond_wait(&t->order_given, &t->lock);
	*round = t->round;
	order = t->order;
	(void)pthread_mutex_unlock(&t->lock);
	return order;
}

static void tell_done(struct tt_team *t)
{
	(void)pthread_mutex_lock(&t->lock);
	if (--t->busy == 0)
		(void)pthread_cond_signal(&t->order_done);
	(void)pthread_mutex_unlock(&t->lock);
}

static void *live(void *ctx)
{
	struct member *m = ctx;
	uint64_t round = 0;
	enum order order;

	tt_train_thread_begin();
	m->rc = prepare(m);
	tell_done(m->team);
	while ((order = wait_order(m->team, &round)) != ORDER_END) {
		m->rc = order == ORDER_STEP ? do_step(m, &m->err) : do_judge(m, &m->err);
		tell_done(m->team);
	}
	return NULL;
}

/* Waits for all; the first member's mistake is told. */
static int gather(struct tt_team *t, struct tt_err *err)
{
	(void)pthread_mutex_lock(&t->lock);
	while (t->busy > 0)
		(void)pthread_cond_wait(&t->order_done, &t->lock);
	(void)pthread_mutex_unlock(&t->lock);
	for (unsigned k = 0; k < t->started; k++)
		if (t->member[k].rc < 0)
			return tt_err_set(err, t->member[k].rc, "%s", t->member[k].err.msg);
	return 0;
}

static void give(struct tt_team *t, enum order order)
{
	(void)pthread_mutex_lock(&t->lock);
	t->order = order;
	t->round++;
	t->busy = order == ORDER_END ? 0 : t->started;
	(void)pthread_cond_broadcast(&t->order_given);
	(void)pthread_mutex_unlock(&t->lock);
}

int tt_team_start(struct tt_team **out, const struct tt_team_opts *opts, struct tt_err *err)
{
	TT_SCOPED(tt_team_stopp) struct tt_team *t = NULL;
	int rc;

	if (opts->threads == 0 || opts->threads > TT_TEAM_MAX || opts->batch == 0 || opts->batch % opts->threads != 0)
		return tt_err_set(err, TT_EINVALID, "the batch (%u) must be a multiple of the threads (%u, at most %d)",
				  opts->batch, opts->threads, TT_TEAM_MAX);
	t = tt_calloc(1, sizeof *t);
	if (!t)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory");
	t->o = *opts;
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_cond_init(&t->order_given, NULL);
	(void)pthread_cond_init(&t->order_done, NULL);
	t->busy = opts->threads;
	while (t->started < opts->threads) {
		struct member *m = &t->member[t->started];

		m->team = t;
		m->rank = t->started;
		if (pthread_create(&m->thread, NULL, live, m) != 0)
			break;
		t->started++;
	}
	if (t->started < opts->threads) {
		(void)pthread_mutex_lock(&t->lock);
		t->busy -= opts->threads - t->started;
		(void)pthread_mutex_unlock(&t->lock);
	}
	rc = gather(t, err);
	if (rc == 0 && t->started < opts->threads)
		rc = tt_err_set(err, TT_EINTERNAL, "training: cannot start %u threads", opts->threads);
	if (rc == 0)
		*out = tt_take(t);
	return rc;
}

void tt_team_stop(struct tt_team *t)
{
	if (!t)
		return;
	give(t, ORDER_END);
	for (unsigned k = 0; k < t->started; k++) {
		struct member *m = &t->member[k];

		(void)pthread_join(m->thread, NULL);
		tt_train_net_free(m->net);
		tt_train_net_free(m->teacher);
		tt_augment_scratch_done(&m->scratch);
		free(m->grads);
		free(m->target);
		free(m->dlogits);
	}
	(void)pthread_mutex_destroy(&t->lock);
	(void)pthread_cond_destroy(&t->order_given);
	(void)pthread_cond_destroy(&t->order_done);
	free(t);
}

void tt_team_stopp(struct tt_team **t)
{
	tt_team_stop(*t);
}

int tt_team_step(struct tt_team *t, const struct tt_team_step *step, float *grads, float *statistics,
		 struct tt_team_result *out, struct tt_err *err)
{
	const struct tt_train_params *p = t->o.params;
	int rc;

	t->step = step;
	give(t, ORDER_STEP);
	rc = gather(t, err);
	if (rc < 0)
		return rc;
	*out = (struct tt_team_result){ 0 };
	for (unsigned k = 0; k < t->started; k++) {
		const struct member *m = &t->member[k];
		const float *s = tt_train_net_batch_statistics(m->net);

		out->loss += m->result.loss;
		out->right += m->result.right;
		for (size_t i = 0; i < p->values; i++)
			grads[i] = k == 0 ? m->grads[i] : grads[i] + m->grads[i];
		for (size_t i = 0; i < p->statistics; i++)
			statistics[i] = (k == 0 ? 0 : statistics[i]) + s[i] / (float)t->started;
	}
	return 0;
}

int tt_team_judge(struct tt_team *t, enum tt_split split, const float *values, const float *statistics, float *logits,
		  struct tt_err *err)
{
	t->split = split;
	t->values = values;
	t->statistics = statistics;
	t->logits = logits;
	give(t, ORDER_JUDGE);
	return gather(t, err);
}
