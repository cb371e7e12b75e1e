#include "vision/head.h"

#include "base/alloc.h"
#include "vision/logits.h"

#include <math.h>
#include <string.h>

/* "tthd" and the form of what follows: n, then bias, then w. */
static const uint32_t magic = 0x64687474, form = 1;
enum { HEADER = 3 * sizeof(uint32_t) };
#define LEAST_P 1e-6f /* a shipped answer is never so sure that it could not be corrected */
#define MOST 1e4f     /* of a weight: far above what fitting gives */

size_t tt_features_pack(uint8_t out[TT_FEATURES_BYTES], const struct tt_features *f)
{
	if (f->n == 0)
		return 0;
	memcpy(out, &f->scale, sizeof f->scale);
	memcpy(out + sizeof f->scale, f->q, f->n);
	return sizeof f->scale + f->n;
}

int tt_features_unpack(struct tt_features *out, const void *blob, size_t size, struct tt_err *err)
{
	float scale;

	if (size <= sizeof scale || size > TT_FEATURES_BYTES)
		return tt_err_set(err, TT_EINVALID, "stored features have %zu bytes", size);
	memcpy(&scale, blob, sizeof scale);
	if (!(scale >= 0 && isfinite(scale)))
		return tt_err_set(err, TT_EINVALID, "stored features are damaged");
	out->scale = scale;
	out->n = (uint32_t)(size - sizeof scale);
	memcpy(out->q, (const uint8_t *)blob + sizeof scale, out->n);
	return 0;
}

void tt_own_head_done(struct tt_own_head *h)
{
	free(h->w);
	*h = (struct tt_own_head){ 0 };
}

/* ---- blobs */

size_t tt_own_head_size(uint32_t n)
{
	return HEADER + TT_CLASSES * sizeof(float) * ((size_t)n + 1);
}

void tt_own_head_write(const struct tt_own_head *h, void *out)
{
	const uint32_t head[] = { magic, form, h->n };
	uint8_t *p = out;

	memcpy(p, head, HEADER);
	memcpy(p + HEADER, h->bias, sizeof h->bias);
	memcpy(p + HEADER + sizeof h->bias, h->w, TT_CLASSES * sizeof *h->w * h->n);
}

static bool sane(const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(x[i] >= -MOST && x[i] <= MOST)) /* and no NaN */
			return false;
	return true;
}

int tt_own_head_read(struct tt_own_head *out, const void *blob, size_t size, struct tt_err *err)
{
	struct tt_own_head h = { 0 };
	uint32_t head[3];

	if (size < HEADER)
		return tt_err_set(err, TT_EINVALID, "what was learnt is cut off");
	memcpy(head, blob, HEADER);
	if (head[0] != magic || head[1] != form || head[2] == 0 || head[2] > TT_FEATURES_MAX ||
	    size != tt_own_head_size(head[2]))
		return tt_err_set(err, TT_EINVALID, "what was learnt is damaged, or from another version of tintype");
	h.n = head[2];
	h.w = tt_alloc(TT_CLASSES * sizeof *h.w * h.n);
	if (!h.w)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	memcpy(h.bias, (const uint8_t *)blob + HEADER, sizeof h.bias);
	memcpy(h.w, (const uint8_t *)blob + HEADER + sizeof h.bias, TT_CLASSES * sizeof *h.w * h.n);
	if (!sane(h.bias, TT_CLASSES) || !sane(h.w, (size_t)TT_CLASSES * h.n)) {
		tt_own_head_done(&h);
		return tt_err_set(err, TT_EINVALID, "what was learnt holds what is no number");
	}
	*out = h;
	return 0;
}

/* ---- applying */

int tt_own_head_apply(const struct tt_own_head *h, const struct tt_features *f, struct tt_classified *c,
		      struct tt_err *err)
{
	float z[TT_CLASSES], norm = 0;

	if (f->n != h->n)
		return tt_err_set(err, TT_EINVALID, "what was learnt looks at %u features, the photo has %u", h->n,
				  f->n);
	for (uint32_t i = 0; i < f->n; i++)
		norm += (float)f->q[i] * f->q[i];
	norm = norm > 0 ? 1 / sqrtf(norm) : 0;
	for (unsigned k = 0; k < TT_CLASSES; k++) {
		const float *w = h->w + (size_t)k * h->n;
		float sum = 0;

		for (uint32_t i = 0; i < f->n; i++)
			sum += w[i] * f->q[i];
		z[k] = logf(c->p[k] > LEAST_P ? c->p[k] : LEAST_P) + sum * norm + h->bias[k];
	}
	tt_softmax(c->p, z, TT_CLASSES, 1);
	c->top = TT_CLASS_PEOPLE;
	for (unsigned k = 1; k < TT_CLASSES; k++)
		if (c->p[k] > c->p[c->top])
			c->top = (enum tt_class)k;
	return 0;
}
