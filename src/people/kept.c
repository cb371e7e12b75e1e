/* Interface: kept.h. */
#include "people/kept.h"

#include "base/alloc.h"

#include <string.h>

void tt_answers_add(struct tt_answers *a, enum tt_said_kind kind, double probability)
{
	bool same = kind == TT_SAID_SAME;

	if ((!same && kind != TT_SAID_DIFFERENT) || !(probability >= 0))
		return;
	a->count++;
	a->same += same;
	a->believed += probability >= 0.5;
	a->right += probability >= 0.5 && same;
}

void tt_kept_init(struct tt_kept *k)
{
	*k = (struct tt_kept){ 0 };
	pthread_mutex_init(&k->lock, NULL);
}

void tt_kept_done(struct tt_kept *k)
{
	for (size_t i = 0; i < k->count; i++)
		free(k->owners[i].list);
	free(k->owners);
	pthread_mutex_destroy(&k->lock);
}

/* Under the lock; NULL: nothing was ever asked for. */
static struct tt_kept_owner *find(struct tt_kept *k, int64_t owner)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->owners[i].owner == owner)
			return &k->owners[i];
	return NULL;
}

static void forget(struct tt_kept_owner *o)
{
	free(o->list);
	*o = (struct tt_kept_owner){ .owner = o->owner, .changes = o->changes + 1, .held = o->held };
}

void tt_kept_drop(struct tt_kept *k, int64_t owner)
{
	pthread_mutex_lock(&k->lock);
	for (size_t i = 0; i < k->count; i++)
		if (owner == 0 || k->owners[i].owner == owner)
			forget(&k->owners[i]);
	pthread_mutex_unlock(&k->lock);
}

uint64_t tt_kept_begin(struct tt_kept *k, int64_t owner)
{
	struct tt_kept_owner *o, *more;
	uint64_t since = 0;

	pthread_mutex_lock(&k->lock);
	o = find(k, owner);
	more = o ? NULL : tt_realloc(k->owners, (k->count + 1) * sizeof *more);
	if (more) {
		k->owners = more;
		o = &more[k->count++];
		*o = (struct tt_kept_owner){ .owner = owner };
	}
	if (o)
		since = o->changes;
	pthread_mutex_unlock(&k->lock);
	return since;
}

void tt_kept_put(struct tt_kept *k, int64_t owner, uint64_t since, const struct tt_kept_question *list, size_t count,
		 bool cut)
{
	struct tt_kept_question *copy;
	struct tt_kept_owner *o;

	for (size_t i = 0; i < count; i++)
		if (!list[i].person_a || !list[i].person_b)
			return; /* whose row is not there yet */
	copy = tt_alloc((count + 1) * sizeof *copy);
	if (!copy)
		return; /* then they are made again */
	if (count > 0)
		memcpy(copy, list, count * sizeof *copy);
	pthread_mutex_lock(&k->lock);
	o = find(k, owner);
	if (o && o->changes == since && o->held == 0) {
		free(o->list);
		o->list = tt_take(copy);
		o->count = count;
		o->cut = cut;
		o->has_list = true;
	}
	pthread_mutex_unlock(&k->lock);
	free(copy);
}

void tt_kept_put_answers(struct tt_kept *k, int64_t owner, uint64_t since, const struct tt_answers *answers)
{
	struct tt_kept_owner *o;

	pthread_mutex_lock(&k->lock);
	o = find(k, owner);
	if (o && o->changes == since && o->held == 0) {
		o->answers = *answers;
		o->has_answers = true;
	}
	pthread_mutex_unlock(&k->lock);
}

int tt_kept_get(struct tt_kept *k, int64_t owner, unsigned limit, struct tt_arena *arena,
		struct tt_people_question **out, size_t *count, bool *found, struct tt_err *err)
{
	struct tt_people_question *list = tt_arena_alloc(arena, ((size_t)limit + 1) * sizeof *list);
	struct tt_kept_owner *o;

	if (!list)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	pthread_mutex_lock(&k->lock);
	o = find(k, owner);
	*found = o && o->has_list && (o->count >= limit || !o->cut);
	if (*found) {
		*count = o->count < limit ? o->count : limit;
		for (size_t i = 0; i < *count; i++)
			list[i] = o->list[i].q;
		*out = list;
	}
	pthread_mutex_unlock(&k->lock);
	return 0;
}

bool tt_kept_get_answers(struct tt_kept *k, int64_t owner, struct tt_answers *out)
{
	struct tt_kept_owner *o;
	bool found;

	pthread_mutex_lock(&k->lock);
	o = find(k, owner);
	found = o && o->has_answers;
	if (found)
		*out = o->answers;
	pthread_mutex_unlock(&k->lock);
	return found;
}

/* ---- an answer */

static bool is_pair(const struct tt_kept_question *q, int64_t a, int64_t b)
{
	return (q->person_a == a && q->person_b == b) || (q->person_a == b && q->person_b == a);
}

/* Without the questions about these two; with `into` both are that person now, of whose questions with one other person
 * the first stays. */
static void settle(struct tt_kept_owner *o, int64_t a, int64_t b, int64_t into)
{
	size_t kept = 0, known;

	for (size_t i = 0; i < o->count; i++) {
		struct tt_kept_question q = o->list[i];

		if (is_pair(&q, a, b))
			continue;
		if (into && (q.person_a == a || q.person_a == b))
			q.person_a = into;
		if (into && (q.person_b == a || q.person_b == b))
			q.person_b = into;
		for (known = 0; known < kept && !is_pair(&o->list[known], q.person_a, q.person_b); known++)
			;
		if (known == kept)
			o->list[kept++] = q;
	}
	o->count = kept;
}

void tt_kept_hold(struct tt_kept *k, int64_t owner)
{
	struct tt_kept_owner *o;

	pthread_mutex_lock(&k->lock);
	o = find(k, owner);
	if (o)
		o->held++;
	pthread_mutex_unlock(&k->lock);
}

void tt_kept_release(struct tt_kept *k, int64_t owner, const struct tt_kept_answer *answer)
{
	struct tt_kept_owner *o;

	pthread_mutex_lock(&k->lock);
	o = find(k, owner);
	if (o && o->held > 0)
		o->held--;
	if (o && answer) {
		o->changes++;
		tt_answers_add(&o->answers, answer->kind, answer->probability);
		settle(o, answer->a, answer->b, answer->into);
	} else if (o) {
		forget(o);
	}
	pthread_mutex_unlock(&k->lock);
}
