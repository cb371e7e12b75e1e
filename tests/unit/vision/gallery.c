/* Calibration, representatives and the assignment of new faces. */
#include "vision/gallery.h"

#include "base/alloc.h"
#include "base/fault.h"
#include "blobs.h"
#include "test.h"

#include <string.h>

enum { PERSONS = 6, EACH = 5 };

static tt_face_vector faces[PERSONS * EACH];
static float good[64];
static const uint32_t first[PERSONS + 1] = { 0, 5, 10, 15, 20, 25, 30 };
static const struct tt_gallery gallery = { faces, good, PERSONS *EACH, first, PERSONS };
static const struct tt_same same = { .a = 20, .b = -6 };

static int make_faces(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < PERSONS * EACH; i++)
		blob_make(&faces[i], i / EACH, i, .7f);
	for (unsigned i = 0; i < TT_LEN(good); i++)
		good[i] = 1;
	return 0;
}

static void test_calibration(void **state)
{
	struct tt_same s;
	struct tt_err err;
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{ "20 -6", 0 },       { "20 -6 -3 1", 0 },      { "20", TT_EINVALID },   { "", TT_EINVALID },
		{ "x", TT_EINVALID }, { "1 2 3", TT_EINVALID }, { "-1 2", TT_EINVALID }, { "1 2 x", TT_EINVALID }
	};

	(void)state;
	for (unsigned i = 0; i < TT_LEN(rows); i++)
		CHECK_ROW(tt_same_parse(&s, rows[i].text, &err) == rows[i].rc, rows[i].text);
	CHECK(tt_same_parse(&s, NULL, &err) == 0 && s.a == tt_same_usual.a);
	CHECK(fabs(tt_same_probability(&same, .3, 1, 1) - .5) < 1e-9);
	CHECK(fabs(tt_same_probability(&same, tt_same_cosine(&same, .72), 1, 1) - .72) < 1e-9);
}

static void test_fit_finds_the_parameters(void **state)
{
	enum { N = 40000 };
	static struct tt_same_pair pairs[N];
	const struct tt_same truth = { .a = 18, .b = -5, .c = -4, .d = 1 };
	struct tt_same got;
	struct tt_err err;
	uint64_t seed = 3;

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		float cosine = .3f + .15f * blob_dice(&seed), quality = (float)(i % 11) / 10;
		double p = tt_same_probability(&truth, cosine, quality, 1);

		seed = seed * 6364136223846793005u + 1;
		pairs[i] = (struct tt_same_pair){ cosine, quality, (double)(seed >> 40) / (1 << 24) < p };
	}
	CHECK(tt_same_fit(&got, pairs, N, true, &err) == 0);
	CHECK(fabs(got.a - truth.a) < 2 && fabs(got.c - truth.c) < 3);
	for (double c = 0; c < .7; c += .1)
		CHECK(fabs(tt_same_probability(&got, c, .8, 1) - tt_same_probability(&truth, c, .8, 1)) < .06);
	CHECK(tt_same_fit(&got, pairs, N, false, &err) == 0 && got.c == 0 && got.d == 0 && got.a > 10);
	for (unsigned i = 0; i < N; i++)
		pairs[i].same = true;
	CHECK(tt_same_fit(&got, pairs, N, false, &err) == TT_EINVALID);
	pairs[0] = (struct tt_same_pair){ .1f, 1, false }; /* parted without overlap: it stays finite */
	for (unsigned i = 1; i < N; i++)
		pairs[i].cosine = .9f;
	CHECK(tt_same_fit(&got, pairs, N, true, &err) == 0 && isfinite(got.a) && got.a > 0);
}

static void test_representatives(void **state)
{
	struct tt_gallery_face list[12];
	uint32_t chosen[12];
	unsigned n;
	struct tt_err err;
	bool poses[3] = { false };

	(void)state;
	for (uint32_t i = 0; i < 12; i++)
		list[i] = (struct tt_gallery_face){ faces[i < 10 ? i % EACH : 10 + i], .9f, (int8_t)(i % 3) - 1,
						    (int16_t)(2000 + i), false };
	CHECK(tt_gallery_choose(list, 12, 6, chosen, &n, &err) == 0 && n == 6);
	for (unsigned i = 0; i < n; i++) {
		CHECK(chosen[i] < 10); /* the last two are others */
		poses[list[chosen[i]].pose + 1] = true;
		for (unsigned j = 0; j < i; j++)
			CHECK(chosen[i] != chosen[j]);
	}
	CHECK(poses[0] && poses[1] && poses[2]);
	list[11].said = true;
	CHECK(tt_gallery_choose(list, 12, 12, chosen, &n, &err) == 0 && n == 11);
	CHECK(tt_gallery_choose(list, 0, 12, chosen, &n, &err) == 0 && n == 0);
	CHECK(tt_gallery_choose(list, 12, 0, chosen, &n, &err) == TT_EINVALID);
	tt_fault_arm(TT_FAULT_ALLOC, 0);
	CHECK(tt_gallery_choose(list, 12, 6, chosen, &n, &err) == TT_ENOMEM);
	tt_fault_disarm(TT_FAULT_ALLOC);
}

static void test_assignment(void **state)
{
	tt_face_vector photo[4]; /* person 2 twice, person 4, a stranger */
	const uint32_t taken[] = { 4 };
	const struct tt_gallery_pair barred[] = { { 2, 4 } };
	struct tt_gallery_query q = { .vectors = photo, .quality = good, .n = 4, .confidence = .72 };
	struct tt_gallery_found found[4];
	struct tt_err err;

	(void)state;
	blob_make(&photo[0], 2, 100, .5f);
	blob_make(&photo[1], 2, 101, .8f);
	blob_make(&photo[2], 4, 102, .8f);
	blob_make(&photo[3], 77, 103, .8f);
	CHECK(tt_gallery_assign(&gallery, &same, &q, found, &err) == 0);
	CHECK(found[1].person == 2 && found[0].person == TT_SIMILAR_NONE && found[0].best == 2);
	CHECK(found[2].person == 4 && found[2].probability > .9f && found[3].person == TT_SIMILAR_NONE);
	q.taken = taken;
	q.n_taken = 1;
	CHECK(tt_gallery_assign(&gallery, &same, &q, found, &err) == 0);
	CHECK(found[2].person == TT_SIMILAR_NONE && found[2].best == 4);
	q.n_taken = 0;
	q.barred = barred;
	q.n_barred = 1;
	CHECK(tt_gallery_assign(&gallery, &same, &q, found, &err) == 0 && found[2].person == TT_SIMILAR_NONE);
	for (long n = 0; n < 2; n++) {
		tt_fault_arm(TT_FAULT_ALLOC, n);
		CHECK(tt_gallery_assign(&gallery, &same, &q, found, &err) == TT_ENOMEM);
		tt_fault_disarm(TT_FAULT_ALLOC);
	}
}

static void test_recurrence(void **state)
{
	tt_face_vector unknown[5];
	const int64_t photo[] = { 1, 2, 2, 3, 9 };
	float quality[] = { 1, 1, 1, .1f, 1 };
	struct tt_gallery_unknown u = { unknown, quality, photo, 5, .72, .3, 2 };
	uint32_t with[5];
	size_t n;
	struct tt_err err;

	(void)state;
	blob_make(&unknown[0], 50, 200, .8f); /* a stranger */
	for (uint32_t i = 1; i < 5; i++)
		blob_make(&unknown[i], 3, 200 + i, .8f);
	CHECK(tt_gallery_recurs(&u, &same, faces[15], 1, 9, with, 5, &n, &err) == 0);
	CHECK(n == 1 && (with[0] == 1 || with[0] == 2)); /* one a photo, none poor, none of the own photo */
	u.recur = 3;
	CHECK(tt_gallery_recurs(&u, &same, faces[15], 1, 9, with, 5, &n, &err) == 0 && n == 0);
	CHECK(tt_gallery_recurs(&u, &same, faces[15], 1, 10, with, 5, &n, &err) == 0 && n == 2);
	CHECK(tt_gallery_recurs(&u, &same, faces[15], .2f, 10, with, 5, &n, &err) == 0 && n == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calibration),     cmocka_unit_test(test_fit_finds_the_parameters),
		cmocka_unit_test(test_representatives), cmocka_unit_test(test_assignment),
		cmocka_unit_test(test_recurrence),
	};

	return cmocka_run_group_tests(tests, make_faces, NULL);
}
