/* A user's own head: it learns what it is told, keeps the rest, and no blob harms it. */
#include "vision/head.h"

#include "base/alloc.h"
#include "base/fault.h"
#include "test.h"

#include <math.h>
#include <string.h>

enum { N = 64, PHOTOS = 120 };

/* Photos of three kinds by which features are lit; the shipped model takes kind 2 for animals. */
static struct tt_features photos[PHOTOS];
static struct tt_head_sample samples[PHOTOS];

static uint32_t dice(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 24;
}

static const enum tt_class shipped_says[3] = { TT_CLASS_PEOPLE, TT_CLASS_ANIMALS, TT_CLASS_ANIMALS };

static void set_sample(struct tt_head_sample *s, unsigned kind)
{
	for (unsigned k = 0; k < TT_CLASSES; k++)
		s->shipped[k] = k == shipped_says[kind] ? .8f : .05f;
	memcpy(s->target, s->shipped, sizeof s->target);
	s->weight = 1;
}

static int make_photos(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < PHOTOS; i++) {
		photos[i] = (struct tt_features){ .scale = .1f, .n = N };
		for (unsigned k = 0; k < N; k++)
			photos[i].q[k] = (uint8_t)(dice(&seed) / 8 + (k % 3 == i % 3 ? 60 : 0));
		samples[i] = (struct tt_head_sample){ .features = &photos[i] };
		set_sample(&samples[i], i % 3);
	}
	return 0;
}

static struct tt_classified answer(const struct tt_own_head *h, unsigned photo)
{
	struct tt_classified c = { 0 };

	memcpy(c.p, samples[photo].shipped, sizeof c.p);
	c.top = shipped_says[photo % 3];
	CHECK(tt_own_head_apply(h, &photos[photo], &c, NULL) == 0);
	return c;
}

static const struct tt_head_fit usual = { .penalty = 1e-3f, .iterations = 40 };

/* Half of the photos of kind 2 are vehicles, says the user; the other half is never seen. */
static void what_was_said_spreads_and_the_rest_stays(void **state)
{
	struct tt_head_sample given[PHOTOS];
	struct tt_own_head h, again;
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < PHOTOS / 2; i++) {
		given[n] = samples[i];
		if (i % 3 == 2) {
			memset(given[n].target, 0, sizeof given[n].target);
			given[n].target[TT_CLASS_VEHICLES] = 1;
		}
		n++;
	}
	CHECK(tt_own_head_fit(&h, given, n, &usual, NULL) == 0 && h.n == N);
	for (unsigned i = PHOTOS / 2; i < PHOTOS; i++) {
		struct tt_classified c = answer(&h, i);
		float sum = 0;

		for (unsigned k = 0; k < TT_CLASSES; k++)
			sum += c.p[k];
		CHECK(fabsf(sum - 1) < 1e-5f);
		CHECK(c.top == (i % 3 == 2 ? TT_CLASS_VEHICLES : shipped_says[i % 3]));
		if (i % 3 != 2)
			CHECK(fabsf(c.p[c.top] - .8f) < .1f);
	}
	CHECK(tt_own_head_fit(&again, given, n, &usual, NULL) == 0);
	CHECK(memcmp(h.w, again.w, sizeof *h.w * TT_CLASSES * N) == 0);
	tt_own_head_done(&h);
	tt_own_head_done(&again);
}

static void nothing_said_changes_nothing(void **state)
{
	struct tt_own_head h;

	(void)state;
	CHECK(tt_own_head_fit(&h, samples, PHOTOS, &usual, NULL) == 0);
	for (unsigned i = 0; i < PHOTOS; i++)
		CHECK(fabsf(answer(&h, i).p[shipped_says[i % 3]] - .8f) < .001f);
	tt_own_head_done(&h);
}

static void what_cannot_be_learnt_is_told(void **state)
{
	struct tt_features other = { .n = N - 1 };
	struct tt_head_sample two[2] = { samples[0], samples[1] };
	struct tt_classified c = { 0 };
	struct tt_own_head h;
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_own_head_fit(&h, two, 0, &usual, &err) == TT_EINVALID && err.msg[0]);
	two[1].features = &other;
	CHECK(tt_own_head_fit(&h, two, 2, &usual, &err) == TT_EINVALID);
	two[1] = samples[1];
	two[0].weight = two[1].weight = 0;
	CHECK(tt_own_head_fit(&h, two, 2, &usual, &err) == TT_EINVALID);
	CHECK(tt_own_head_fit(&h, samples, 3, &usual, &err) == 0);
	CHECK(tt_own_head_apply(&h, &other, &c, &err) == TT_EINVALID);
	tt_own_head_done(&h);
}

static void black_photos_do_no_harm(void **state)
{
	struct tt_features black = { .n = N };
	struct tt_head_sample some[2] = { samples[0], samples[1] };
	struct tt_classified c = { .p = { 1 } };
	struct tt_own_head h;

	(void)state;
	some[0].features = &black;
	some[0].shipped[0] = 0; /* no logarithm of it */
	CHECK(tt_own_head_fit(&h, some, 2, &usual, NULL) == 0);
	CHECK(tt_own_head_apply(&h, &black, &c, NULL) == 0 && isfinite(c.p[0]) && c.p[0] > .9f);
	tt_own_head_done(&h);
}

static void blobs_come_back_as_they_were(void **state)
{
	struct tt_own_head h, back;
	struct tt_features f;
	uint8_t packed[TT_FEATURES_BYTES];
	size_t n = tt_features_pack(packed, &photos[7]), size;
	char *blob;

	(void)state;
	CHECK(n == sizeof(float) + N && tt_features_unpack(&f, packed, n, NULL) == 0);
	CHECK(f.n == N && f.scale == photos[7].scale && memcmp(f.q, photos[7].q, N) == 0);
	CHECK(tt_features_pack(packed, &(struct tt_features){ 0 }) == 0);
	CHECK(tt_own_head_fit(&h, samples, 9, &usual, NULL) == 0);
	size = tt_own_head_size(h.n);
	blob = malloc(size);
	tt_own_head_write(&h, blob);
	CHECK(tt_own_head_read(&back, blob, size, NULL) == 0 && back.n == h.n);
	CHECK(memcmp(back.w, h.w, sizeof *h.w * TT_CLASSES * N) == 0);
	CHECK(memcmp(back.bias, h.bias, sizeof h.bias) == 0);
	tt_own_head_done(&back);
	tt_own_head_done(&h);
	free(blob);
}

/* Cut off anywhere, each byte changed: read and sane, or refused with a reason. */
static void hostile_blobs_are_refused(void **state)
{
	struct tt_own_head h = { .n = 2, .w = (float[2 * TT_CLASSES]){ 1, 2 } }, back;
	uint8_t blob[128], packed[TT_FEATURES_BYTES + 1] = { 0 };
	size_t size = tt_own_head_size(2);
	float bad = NAN;

	(void)state;
	CHECK(size < sizeof blob);
	for (size_t cut = 0; cut < size; cut++) {
		struct tt_err err = { 0 };

		tt_own_head_write(&h, blob);
		CHECK(tt_own_head_read(&back, blob, cut, &err) == TT_EINVALID && err.msg[0]);
		for (int bit = 0; bit < 8; bit++) {
			tt_own_head_write(&h, blob);
			blob[cut] ^= (uint8_t)(1 << bit);
			if (tt_own_head_read(&back, blob, size, &err) == 0) {
				for (size_t i = 0; i < 2 * TT_CLASSES; i++)
					CHECK(isfinite(back.w[i]));
				tt_own_head_done(&back);
			}
		}
	}
	tt_own_head_write(&h, blob);
	memcpy(blob + size - sizeof bad, &bad, sizeof bad);
	CHECK(tt_own_head_read(&back, blob, size, NULL) == TT_EINVALID);
	CHECK(tt_features_unpack(&photos[0], packed, 0, NULL) == TT_EINVALID);
	CHECK(tt_features_unpack(&photos[0], packed, sizeof(float), NULL) == TT_EINVALID);
	CHECK(tt_features_unpack(&photos[0], packed, sizeof packed, NULL) == TT_EINVALID);
	memcpy(packed, &bad, sizeof bad);
	CHECK(tt_features_unpack(&photos[0], packed, 9, NULL) == TT_EINVALID);
}

static void every_allocation_may_fail(void **state)
{
	bool hit = true;

	(void)state;
	for (long n = 0; hit; n++) {
		struct tt_own_head h = { 0 };
		struct tt_err err = { 0 };
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_own_head_fit(&h, samples, 12, &usual, &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		CHECK(rc == (hit ? TT_ENOMEM : 0) && (err.msg[0] != 0) == hit);
		tt_own_head_done(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_said_spreads_and_the_rest_stays),
		cmocka_unit_test(nothing_said_changes_nothing),
		cmocka_unit_test(what_cannot_be_learnt_is_told),
		cmocka_unit_test(black_photos_do_no_harm),
		cmocka_unit_test(blobs_come_back_as_they_were),
		cmocka_unit_test(hostile_blobs_are_refused),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, make_photos, NULL);
}
