/* A head that is in use, and the guesses that it makes again. Interface: learn.h. */
#include "learn/learn.h"

#include "base/alloc.h"
#include "store/learn.h"
#include "vision/head.h"

#include <stdio.h>
#include <string.h>

enum { BATCH = 256, ARENA_BYTES = 4 << 20 };

void tt_learn_head_free(struct tt_own_head *head)
{
	if (head)
		tt_own_head_done(head);
	free(head);
}

static void freep(struct tt_own_head **head)
{
	tt_learn_head_free(*head);
}

int tt_learn_load(struct tt_store *s, int64_t owner, const char *model_version, struct tt_own_head **head,
		  char version[TT_GUESS_VERSION_SIZE], struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = ARENA_BYTES };
	TT_SCOPED(freep) struct tt_own_head *h = NULL;
	struct tt_learnt learnt;
	int rc = tt_store_head_active(s, owner, model_version, &arena, &learnt, err);

	if (rc == TT_ENOTFOUND) {
		*head = NULL;
		(void)snprintf(version, TT_GUESS_VERSION_SIZE, "%s", model_version);
		return 0;
	}
	if (rc < 0)
		return rc;
	h = tt_calloc(1, sizeof *h);
	if (!h)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = tt_own_head_read(h, learnt.weights.p, learnt.weights.len, err);
	if (rc < 0)
		return rc;
	(void)snprintf(version, TT_GUESS_VERSION_SIZE, "%s+u%lld", model_version, (long long)learnt.version);
	*head = tt_take(h);
	return 0;
}

static void guess_of(const struct tt_own_head *head, const struct tt_learn_photo *row, const char *version,
		     struct tt_guess *out)
{
	struct tt_classified c = { 0 };
	struct tt_features f;

	memcpy(c.p, row->shipped, sizeof c.p);
	for (unsigned k = 1; k < TT_CLASSES; k++)
		if (c.p[k] > c.p[c.top])
			c.top = (enum tt_class)k;
	/* Where the features are damaged, the shipped answer stays. */
	if (head && tt_features_unpack(&f, row->features.p, row->features.len, NULL) == 0)
		(void)!tt_own_head_apply(head, &f, &c, NULL);
	*out = (struct tt_guess){ .version = version, .cls = (int)c.top, .confidence = c.p[c.top] };
	for (unsigned k = 0; k < TT_CLASSES; k++)
		out->p[k] = c.p[k];
}

/* 1: there may be more. */
static int apply_batch(struct tt_store *s, int64_t owner, const char *model_version, const struct tt_own_head *head,
		       const char *version, int64_t *after, int64_t *made, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = ARENA_BYTES };
	struct tt_learn_photo *rows;
	struct tt_guess *guesses;
	size_t n = 0;
	int rc = tt_store_learn_stale(s, owner, model_version, version, *after, BATCH, &arena, &rows, &n, err);

	if (rc < 0 || n == 0)
		return rc;
	guesses = tt_arena_alloc(&arena, n * sizeof *guesses);
	if (!guesses)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		guess_of(head, &rows[i], version, &guesses[i]);
	rc = tt_store_learn_guess(s, owner, rows, guesses, n, err);
	if (rc < 0)
		return rc;
	*after = rows[n - 1].photo;
	*made += (int64_t)n;
	return n == BATCH;
}

int tt_learn_apply(struct tt_store *s, int64_t owner, const char *model_version, bool (*go_on)(void *ctx), void *ctx,
		   int64_t *made, struct tt_err *err)
{
	TT_SCOPED(freep) struct tt_own_head *head = NULL;
	char version[TT_GUESS_VERSION_SIZE];
	int64_t after = 0, count = 0;
	int rc = tt_learn_load(s, owner, model_version, &head, version, err);

	if (rc == 0)
		rc = 1;
	while (rc > 0 && (!go_on || go_on(ctx)))
		rc = apply_batch(s, owner, model_version, head, version, &after, &count, err);
	if (rc >= 0)
		*made = count;
	return rc < 0 ? rc : 0;
}
