/* Heads of classes look at photos. Interface: classes.h. */
#include "learn/classes.h"

#include "base/alloc.h"
#include "store/own_classes.h"
#include "vision/head.h"
#include "vision/own_class.h"

#include <math.h>

enum { BATCH = 256, ARENA_BYTES = 16 << 20 };

struct heads {
	struct tt_class_head *head;
	struct tt_class_weights *weights;
	size_t n;
	int64_t look;
	struct tt_arena arena;
};

static void heads_done(struct heads *h)
{
	for (size_t i = 0; h->head && i < h->n; i++)
		tt_class_head_done(&h->head[i]);
	free(h->head);
	tt_arena_free(&h->arena);
}

static int read_heads(struct heads *h, struct tt_store *s, int64_t owner, const char *model_version, struct tt_err *err)
{
	int rc = tt_store_class_heads(s, owner, model_version, &h->arena, &h->weights, &h->n, &h->look, err);

	if (rc == 0 && !(h->head = tt_calloc(h->n, sizeof *h->head)))
		rc = tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; rc == 0 && i < h->n; i++)
		rc = tt_class_head_read(&h->head[i], h->weights[i].blob.p, h->weights[i].blob.len, err);
	return rc;
}

/* Where the features are damaged, or of another model, nothing is guessed. */
static void guess(const struct heads *h, const struct tt_learn_photo *photo, float *p)
{
	struct tt_features f;
	bool good = tt_features_unpack(&f, photo->features.p, photo->features.len, NULL) == 0;

	for (size_t k = 0; k < h->n; k++) {
		float z;

		p[k] = good && tt_class_head_score(&h->head[k], &f, &z, NULL) == 0 ? 1 / (1 + expf(-z)) : 0;
	}
}

/* 1: there may be more. */
static int look(const struct heads *h, struct tt_store *s, int64_t owner, const char *model_version, int64_t *looked,
		struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = ARENA_BYTES };
	TT_SCOPED(tt_freep) float *p = NULL;
	struct tt_learn_photo *photos;
	size_t n = 0;
	int rc = tt_store_class_unlooked(s, owner, model_version, h->look, BATCH, &arena, &photos, &n, err);

	if (rc < 0 || n == 0)
		return rc;
	p = tt_alloc(n * h->n * sizeof *p);
	if (!p)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		guess(h, &photos[i], p + i * h->n);
	rc = tt_store_class_looked(s, owner, h->look, photos, n, h->weights, h->n, p, err);
	if (rc < 0)
		return rc;
	*looked += (int64_t)n;
	return n == BATCH;
}

int tt_classes_apply(struct tt_store *s, int64_t owner, const char *model_version, bool (*go_on)(void *ctx), void *ctx,
		     int64_t *looked, struct tt_err *err)
{
	TT_SCOPED(heads_done) struct heads h = { .arena = { .max = ARENA_BYTES } };
	int64_t count = 0;
	int rc = read_heads(&h, s, owner, model_version, err);

	if (rc == 0 && h.n > 0)
		rc = 1;
	while (rc > 0 && (!go_on || go_on(ctx)))
		rc = look(&h, s, owner, model_version, &count, err);
	if (rc >= 0)
		*looked = count;
	return rc < 0 ? rc : 0;
}
