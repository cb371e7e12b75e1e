#include "learn/classes.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "learn/learn.h"
#include "store/own_classes.h"
#include "vision/head.h"
#include "vision/own_class.h"

#include <string.h>

/* Tried on fine labels of everyday photos (docs/results/classes.md). */
#define PENALTY 1e-3f
enum {
	ITERATIONS = 40,
	FOLDS = 5,
	LIFT = 2, /* times as many of the examples must be taken as of other photos */
	ARENA_BYTES = 128 << 20,
};

enum kind { YES, NO, OTHER, KINDS };

struct lesson {
	struct tt_arena arena;
	struct tt_features *features;
	enum kind *kind;
	float *score; /* by a head that had not seen it */
	struct tt_class_sample *chosen;
	size_t n, of[KINDS];
};

static void lesson_done(struct lesson *l)
{
	tt_arena_free(&l->arena);
	free(l->features);
	free(l->kind);
	free(l->score);
	free(l->chosen);
}

/* Rows whose blob is damaged, or of another length than the first, are left out. */
static void add_rows(struct lesson *l, const struct tt_learn_photo *rows, size_t n, bool said)
{
	for (size_t i = 0; i < n; i++) {
		struct tt_features *f = &l->features[l->n];

		if (tt_features_unpack(f, rows[i].features.p, rows[i].features.len, NULL) < 0 ||
		    f->n != l->features[0].n)
			continue;
		l->kind[l->n] = !said ? OTHER : rows[i].cls ? YES : NO;
		l->of[l->kind[l->n++]]++;
	}
}

static int read_rows(struct lesson *l, struct tt_store *s, int64_t owner, int64_t id, const char *model_version,
		     const struct tt_learn_opts *opts, struct tt_err *err)
{
	struct tt_learn_photo *said, *others;
	size_t n = 0, m = 0;
	int rc = tt_store_class_said(s, owner, id, model_version, opts->max_corrections, &l->arena, &said, &n, err);

	if (rc == 0)
		rc = tt_store_class_others(s, owner, id, model_version, opts->rehearsal, &l->arena, &others, &m, err);
	if (rc < 0)
		return rc;
	l->features = tt_alloc((n + m) * sizeof *l->features);
	l->kind = tt_alloc((n + m) * sizeof *l->kind);
	l->score = tt_alloc((n + m) * sizeof *l->score);
	l->chosen = tt_alloc((n + m) * sizeof *l->chosen);
	if (!l->features || !l->kind || !l->score || !l->chosen)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	add_rows(l, said, n, true);
	add_rows(l, others, m, false);
	return 0;
}

/* Of all but one fold. The others weigh together as much as the examples do. */
static int fit(const struct lesson *l, size_t fold, struct tt_class_head *out, struct tt_err *err)
{
	float other = l->of[OTHER] ? (float)l->of[YES] / (float)l->of[OTHER] : 0;
	size_t n = 0, seen[KINDS] = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		enum kind kind = l->kind[i];

		if (seen[kind]++ % FOLDS != fold)
			l->chosen[n++] = (struct tt_class_sample){ &l->features[i], kind == YES,
								   kind == OTHER && other < 1 ? other : 1 };
	}
	return tt_class_head_fit(out, l->chosen, n,
				 &(struct tt_class_fit){ .penalty = PENALTY, .iterations = ITERATIONS }, err);
}

static int score_fold(struct lesson *l, size_t fold, struct tt_err *err)
{
	struct tt_class_head head;
	size_t seen[KINDS] = { 0 };
	int rc = fit(l, fold, &head, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < l->n; i++)
		if (seen[l->kind[i]]++ % FOLDS == fold)
			rc = tt_class_head_score(&head, &l->features[i], &l->score[i], err);
	tt_class_head_done(&head);
	return rc;
}

/* Left out in turn, all are scored; these scores say where the line lies, and what it is worth. */
static int judge(struct lesson *l, struct tt_class_line *line, struct tt_err *err)
{
	TT_SCOPED(tt_freep) float *sorted = tt_alloc(l->n * sizeof *sorted);
	float *at[KINDS];
	int rc = sorted ? 0 : tt_err_set(err, TT_ENOMEM, "out of memory");

	for (size_t fold = 0; rc == 0 && fold < FOLDS; fold++)
		rc = score_fold(l, fold, err);
	if (rc < 0)
		return rc;
	at[YES] = sorted;
	at[NO] = at[YES] + l->of[YES];
	at[OTHER] = at[NO] + l->of[NO];
	for (size_t i = 0; i < l->n; i++)
		*at[l->kind[i]]++ = l->score[i];
	at[YES] -= l->of[YES];
	at[NO] -= l->of[NO];
	at[OTHER] -= l->of[OTHER];
	tt_class_line_find(at[YES], l->of[YES], at[NO], l->of[NO], at[OTHER], l->of[OTHER], line);
	return 0;
}

static bool is_good(const struct lesson *l, const struct tt_class_line *line)
{
	double found = (double)line->yes / (double)l->of[YES];
	double taken = (double)(line->no + line->others + 1) / (double)(l->of[NO] + l->of[OTHER] + 1);

	return found >= LIFT * taken;
}

static int keep(const struct lesson *l, const struct tt_class_line *line, struct tt_store *s, int64_t owner,
		const char *model_version, const struct tt_class_due *due, unsigned others, struct tt_err *err)
{
	struct tt_class_learnt learnt = { .model_version = model_version,
					  .made_at = tt_now_ms(),
					  .used = is_good(l, line),
					  .yes = (int64_t)l->of[YES],
					  .yes_taken = (int64_t)line->yes,
					  .no = (int64_t)l->of[NO],
					  .no_taken = (int64_t)line->no,
					  .others = (int64_t)l->of[OTHER],
					  .others_taken = (int64_t)line->others };
	TT_SCOPED(tt_freep) char *blob = NULL;
	struct tt_str weights = { "", 0 };
	struct tt_class_head head;
	int rc;

	if (learnt.used) {
		rc = fit(l, FOLDS, &head, err);
		if (rc < 0)
			return rc;
		head.bias -= line->line; /* so that it lies at one half */
		weights.len = tt_class_head_size(head.n);
		blob = tt_alloc(weights.len);
		if (blob)
			tt_class_head_write(&head, blob);
		weights.p = blob;
		tt_class_head_done(&head);
		if (!blob)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	return tt_store_class_learnt(s, owner, due, others, &learnt, weights, err);
}

/* 1: learnt, 0: there is nothing to learn from yet. */
static int learn(struct tt_store *s, int64_t owner, const char *model_version, const struct tt_learn_opts *opts,
		 const struct tt_class_due *due, struct tt_err *err)
{
	TT_SCOPED(lesson_done) struct lesson l = { .arena = { .max = ARENA_BYTES } };
	struct tt_class_line line;
	int rc;

	if (due->yes >= opts->class_examples) {
		rc = read_rows(&l, s, owner, due->id, model_version, opts, err);
		if (rc < 0)
			return rc;
	}
	if (l.of[YES] == 0 || l.of[YES] < opts->class_examples) {
		/* No model's: it stays due until there are enough, or their features. */
		const struct tt_class_learnt none = { .model_version = "" };

		rc = due->fresh ? tt_store_class_learnt(s, owner, due, opts->rehearsal, &none, (struct tt_str){ "", 0 },
							err)
				: 0;
		return rc;
	}
	rc = judge(&l, &line, err);
	if (rc == 0)
		rc = keep(&l, &line, s, owner, model_version, due, opts->rehearsal, err);
	return rc < 0 ? rc : 1;
}

int tt_classes_fit(struct tt_store *s, int64_t owner, const char *model_version, const struct tt_learn_opts *opts,
		   bool (*go_on)(void *ctx), void *ctx, int64_t *learnt, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = ARENA_BYTES };
	struct tt_class_due *due;
	int64_t count = 0;
	size_t n = 0;
	int rc = tt_store_classes_due(s, owner, model_version, opts->rehearsal, &arena, &due, &n, err);

	for (size_t i = 0; rc >= 0 && i < n && (!go_on || go_on(ctx)); i++) {
		rc = learn(s, owner, model_version, opts, &due[i], err);
		count += rc > 0;
	}
	if (rc >= 0)
		*learnt = count;
	return rc < 0 ? rc : 0;
}
