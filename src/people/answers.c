/* What is made of the answers to "are these the same?", and the machine measured by them. Interface: people.h. */
#include "people/kept.h"
#include "people/saying.h"
#include "people/service.h"
#include "vision/same.h"
#include "vision/similar.h"

/* What the machine believes of two faces: what it showed when it asked. */
static int believe(const struct tt_people_call *c, int64_t a, int64_t b, double *out, struct tt_err *err)
{
	struct tt_face_known *x, *y;
	const struct tt_same *same = c->people ? tt_people_options(c->people)->same : NULL;
	size_t n = 0, m = 0;
	int rc = tt_store_faces_known(c->store, c->owner, a - 1, 1, c->arena, &x, &n, err);

	if (rc == 0)
		rc = tt_store_faces_known(c->store, c->owner, b - 1, 1, c->arena, &y, &m, err);
	if (rc < 0)
		return rc;
	*out = -1;
	if (n == 1 && m == 1 && x->id == a && y->id == b && x->has_vector && y->has_vector)
		*out = tt_same_probability(same ? same : &tt_same_usual,
					   (double)tt_similar_cosine(tt_similar_dot(x->vector, y->vector)),
					   (double)x->quality, (double)y->quality);
	return 0;
}

/* Both persons become one: the named one stays, else the one with more faces. */
static int join(struct tt_saying *s, int64_t a, int64_t b, int64_t *out, struct tt_err *err)
{
	struct tt_person x, y, *into = &x, *from = &y;
	int rc = tt_store_person(s->c->store, s->c->owner, a, s->c->arena, &x, err);

	if (rc == 0)
		rc = tt_store_person(s->c->store, s->c->owner, b, s->c->arena, &y, err);
	if (rc < 0)
		return rc;
	if ((*y.name && !*x.name) || (!*y.name == !*x.name && y.faces > x.faces)) {
		into = &y;
		from = &x;
	}
	tt_saying_add(s, TT_SAID_MERGE, into->uid, from->uid);
	*out = into->id;
	return 0;
}

/* The pair, and what it means for their persons. */
static int say_answer(struct tt_saying *s, const struct tt_said_face *x, const struct tt_said_face *y,
		      struct tt_kept_answer *answer, struct tt_err *err)
{
	const char *value = NULL;

	if (answer->probability >= 0) {
		value = tt_arena_printf(s->c->arena, "%.4f", answer->probability);
		if (!value)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		(void)tt_str_double(tt_str_of(value), &answer->probability); /* as it will be read again */
	}
	tt_saying_add_pair(s, answer->kind, x, y, value);
	/* Of two persons it settles their question; whatever else it changes, all questions are made anew. */
	s->settles = answer->a && answer->b && answer->a != answer->b;
	return answer->kind == TT_SAID_SAME && s->settles ? join(s, answer->a, answer->b, &answer->into, err) : 0;
}

int tt_people_answer(const struct tt_people_call *c, int64_t a, int64_t b, enum tt_people_answer answer,
		     struct tt_people_said *out, struct tt_err *err)
{
	static const enum tt_said_kind kinds[] = { TT_SAID_SAME, TT_SAID_DIFFERENT, TT_SAID_UNSURE };
	struct tt_kept *kept = tt_people_kept(c->people);
	struct tt_kept_answer given = { .kind = kinds[answer], .probability = -1 };
	struct tt_said_face x, y;
	struct tt_saying s;
	int rc = tt_saying_face(c, a, &x, err);

	if (rc == 0)
		rc = tt_saying_face(c, b, &y, err);
	if (rc == 0 && a == b)
		rc = tt_err_set(err, TT_EINVALID, "a face is not compared with itself");
	if (rc == 0)
		rc = tt_saying_start(&s, c, 2, err);
	if (rc == 0)
		rc = believe(c, a, b, &given.probability, err);
	if (rc < 0)
		return rc;
	given.a = x.row.person;
	given.b = y.row.person;
	rc = say_answer(&s, &x, &y, &given, err);
	if (rc < 0)
		return rc;
	if (kept)
		tt_kept_hold(kept, c->owner);
	rc = tt_saying_end(&s, out, err);
	if (kept)
		tt_kept_release(kept, c->owner, rc == 0 && s.settles ? &given : NULL);
	if (rc == 0)
		*out = (struct tt_people_said){ out->facts, out->count, given.into, a };
	return rc;
}

/* ---- measured */

static int tally(const struct tt_people_call *c, struct tt_answers *out, struct tt_err *err)
{
	enum { PAGE = 1000 };
	struct tt_answers all = { 0 };
	int64_t after = 0;
	size_t n;

	do {
		TT_SCOPED(tt_arena_free) struct tt_arena page = { .max = 64 << 20 };
		struct tt_face_fact *facts;
		int rc = tt_store_face_facts_hold(c->store, c->owner, after, PAGE, &page, &facts, &n, err);

		if (rc < 0)
			return rc;
		for (size_t i = 0; i < n; i++) {
			double p;

			after = facts[i].id;
			if (tt_str_double(tt_str_of(facts[i].value), &p))
				tt_answers_add(&all, tt_said_kind_of(facts[i].kind), p);
		}
	} while (n == PAGE);
	*out = all;
	return 0;
}

int tt_people_measure(const struct tt_people_call *c, struct tt_people_measured *out, struct tt_err *err)
{
	struct tt_kept *kept = tt_people_kept(c->people);
	struct tt_answers a;

	if (!kept || !tt_kept_get_answers(kept, c->owner, &a)) {
		uint64_t since = kept ? tt_kept_begin(kept, c->owner) : 0;
		int rc = tally(c, &a, err);

		if (rc < 0)
			return rc;
		if (kept)
			tt_kept_put_answers(kept, c->owner, since, &a);
	}
	*out = (struct tt_people_measured){ a.count, a.believed ? (double)a.right / (double)a.believed : -1,
					    a.same ? (double)a.right / (double)a.same : -1 };
	return 0;
}
