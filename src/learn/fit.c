/* From rows to a head that was judged. Interface: learn.h. */
#include "learn/learn.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "store/learn.h"
#include "vision/head.h"

#include <string.h>

_Static_assert((int)TT_CLASSES == (int)TT_STORE_CLASSES, "the network and the store speak of the same classes");

/* Tried on left-out sources of everyday photos (docs/results/learning.md): flat around these values. */
#define PENALTY 1e-3f
#define REHEARSAL_WEIGHT .5f /* of all rehearsed photos together, against all corrections together */
enum {
	ITERATIONS = 40,
	FOLDS = 5,
	JUDGE_REHEARSAL = 1000, /* while judging: enough to hold the head in place, and five times as fast */
	ARENA_BYTES = 128 << 20,
};

struct lesson {
	struct tt_arena arena;
	struct tt_features *features;   /* of all samples */
	struct tt_head_sample *samples; /* corrections, then rehearsal */
	size_t corrected, all;
	int64_t last_fact;
};

static void lesson_done(struct lesson *l)
{
	tt_arena_free(&l->arena);
	free(l->features);
	free(l->samples);
}

static unsigned top_of(const float p[TT_CLASSES])
{
	unsigned top = 0;

	for (unsigned k = 1; k < TT_CLASSES; k++)
		if (p[k] > p[top])
			top = k;
	return top;
}

/* Rows whose blob is damaged, or of another length than the first, are left out. */
static void add_rows(struct lesson *l, const struct tt_learn_photo *rows, size_t n, bool said)
{
	for (size_t i = 0; i < n; i++) {
		struct tt_features *f = &l->features[l->all];
		struct tt_head_sample *s = &l->samples[l->all];

		if (tt_features_unpack(f, rows[i].features.p, rows[i].features.len, NULL) < 0 ||
		    f->n != l->features[0].n)
			continue;
		*s = (struct tt_head_sample){ .features = f };
		memcpy(s->shipped, rows[i].shipped, sizeof s->shipped);
		if (said)
			s->target[rows[i].cls] = 1;
		else
			memcpy(s->target, rows[i].shipped, sizeof s->target);
		l->all++;
		if (rows[i].fact > l->last_fact)
			l->last_fact = rows[i].fact;
	}
}

static int read_rows(struct lesson *l, struct tt_store *s, int64_t owner, const char *model_version,
		     const struct tt_learn_opts *opts, struct tt_err *err)
{
	struct tt_learn_photo *said, *others;
	size_t n = 0, m = 0;
	int rc = tt_store_learn_corrected(s, owner, model_version, opts->max_corrections, &l->arena, &said, &n, err);

	if (rc < 0 || n == 0)
		return rc;
	rc = tt_store_learn_others(s, owner, model_version, opts->rehearsal, &l->arena, &others, &m, err);
	if (rc < 0)
		return rc;
	l->features = tt_alloc((n + m) * sizeof *l->features);
	l->samples = tt_alloc((n + m) * sizeof *l->samples);
	if (!l->features || !l->samples)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	add_rows(l, said, n, true);
	l->corrected = l->all;
	add_rows(l, others, m, false);
	return 0;
}

/* All corrections but those of one fold, with some of the rehearsal. */
static size_t choose(const struct lesson *l, size_t fold, size_t rehearsal, struct tt_head_sample *out)
{
	size_t n = 0, m = l->all - l->corrected, corrected;
	float weight;

	for (size_t i = 0; i < l->corrected; i++)
		if (i % FOLDS != fold) {
			out[n] = l->samples[i];
			out[n++].weight = 1;
		}
	corrected = n;
	m = m < rehearsal ? m : rehearsal;
	weight = m ? REHEARSAL_WEIGHT * (float)corrected / (float)m : 0;
	for (size_t i = 0; i < m; i++) {
		out[n] = l->samples[l->corrected + i];
		out[n++].weight = weight < 1 ? weight : 1;
	}
	return n;
}

static int fit(const struct lesson *l, size_t fold, size_t rehearsal, struct tt_own_head *out, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_head_sample *chosen = tt_alloc(l->all * sizeof *chosen);

	if (!chosen)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	return tt_own_head_fit(out, chosen, choose(l, fold, rehearsal, chosen),
			       &(struct tt_head_fit){ .penalty = PENALTY, .iterations = ITERATIONS }, err);
}

/* How many of the fold's corrections a head gets right that did not see them. */
static int judge_fold(const struct lesson *l, size_t fold, int64_t *right, struct tt_err *err)
{
	struct tt_own_head head;
	int rc = fit(l, fold, JUDGE_REHEARSAL, &head, err);

	if (rc < 0)
		return rc;
	for (size_t i = fold; rc == 0 && i < l->corrected; i += FOLDS) {
		struct tt_classified c = { 0 };

		memcpy(c.p, l->samples[i].shipped, sizeof c.p);
		rc = tt_own_head_apply(&head, l->samples[i].features, &c, err);
		*right += rc == 0 && l->samples[i].target[c.top] > 0;
	}
	tt_own_head_done(&head);
	return rc;
}

static int judge(const struct lesson *l, struct tt_learn_report *out, struct tt_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < l->corrected; i++)
		out->right_before += l->samples[i].target[top_of(l->samples[i].shipped)] > 0;
	for (size_t fold = 0; rc == 0 && fold < FOLDS; fold++)
		rc = judge_fold(l, fold, &out->right_after, err);
	if (rc == 0 && out->right_after > out->right_before)
		out->outcome = TT_LEARN_BETTER;
	return rc;
}

static int keep(const struct lesson *l, struct tt_store *s, int64_t owner, const char *model_version,
		struct tt_learn_report *r, struct tt_err *err)
{
	struct tt_learnt learnt = { .model_version = model_version,
				    .made_at = tt_now_ms(),
				    .corrections = r->corrections,
				    .right_before = r->right_before,
				    .right_after = r->right_after,
				    .last_fact = l->last_fact,
				    .active = r->outcome == TT_LEARN_BETTER };
	TT_SCOPED(tt_freep) char *blob = NULL;
	struct tt_own_head head;
	int rc = 0;

	if (learnt.active) {
		rc = fit(l, FOLDS, l->all, &head, err);
		if (rc < 0)
			return rc;
		blob = tt_alloc(tt_own_head_size(head.n));
		if (blob)
			tt_own_head_write(&head, blob);
		learnt.weights = (struct tt_str){ blob, tt_own_head_size(head.n) };
		tt_own_head_done(&head);
		if (!blob)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	return tt_store_head_add(s, owner, &learnt, &r->version, err);
}

int tt_learn_fit(struct tt_store *s, int64_t owner, const char *model_version, const struct tt_learn_opts *opts,
		 struct tt_learn_report *out, struct tt_err *err)
{
	TT_SCOPED(lesson_done) struct lesson l = { .arena = { .max = ARENA_BYTES } };
	struct tt_learn_report r = { .outcome = TT_LEARN_NOT_BETTER };
	int rc = read_rows(&l, s, owner, model_version, opts, err);

	if (rc < 0)
		return rc;
	r.corrections = (int64_t)l.corrected;
	r.rehearsed = (int64_t)(l.all - l.corrected);
	if (l.corrected < opts->min_corrections) {
		r.outcome = TT_LEARN_TOO_FEW;
		*out = r;
		return 0;
	}
	rc = judge(&l, &r, err);
	if (rc == 0)
		rc = keep(&l, s, owner, model_version, &r, err);
	if (rc == 0)
		*out = r;
	return rc;
}
