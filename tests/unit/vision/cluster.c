/* Clustering of faces with known truth; what was said holds; persons stay who they are. */
#include "vision/cluster.h"

#include "base/alloc.h"
#include "base/fault.h"
#include "blobs.h"
#include "test.h"

#include <string.h>

enum { PERSONS = 30, EACH = 12, N = PERSONS * EACH };

static tt_face_vector vectors[N];
static float quality[N];
static int64_t photo[N], said[N], previous[N];
static struct tt_cluster_opts usual = { .confidence = .72,
					.min_quality = .3,
					.neighbours = 16,
					.recur = 2,
					.threads = 1,
					.calibration = { .a = 20, .b = -5 } };

static uint32_t truth(uint32_t face)
{
	return face % PERSONS;
}

static int make_faces(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		blob_make(&vectors[i], truth(i), i, .55f);
		quality[i] = 1;
		photo[i] = i / 3; /* three different persons each */
		said[i] = previous[i] = 0;
	}
	return 0;
}

static struct tt_cluster_input all_faces(void)
{
	return (struct tt_cluster_input){
		.vectors = vectors, .quality = quality, .photo = photo, .said = said, .previous = previous, .n = N
	};
}

static struct tt_cluster_output cluster(const struct tt_cluster_input *in, const struct tt_cluster_opts *opts)
{
	struct tt_cluster_output out;
	struct tt_err err = { 0 };

	if (tt_cluster(in, opts, &out, &err) < 0)
		fail_msg("%s", err.msg);
	return out;
}

static void test_finds_persons(void **state)
{
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_output out = cluster(&in, &usual);

	(void)state;
	CHECK(out.groups == PERSONS);
	for (uint32_t i = 0; i < N; i++) {
		CHECK(out.group[i] == truth(i)); /* numbered by the first face */
		CHECK(out.sure[i] > .5f && out.person[truth(i)] == 0);
	}
	tt_cluster_done(&out);
}

static void test_order_and_threads(void **state)
{
	static tt_face_vector turned[N];
	static int64_t turned_photo[N];
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_opts opts = usual;
	struct tt_cluster_output a, b, c;

	(void)state;
	for (uint32_t i = 0; i < N; i++) { /* harder: some stay apart */
		blob_make(&vectors[i], truth(i), i, .40f);
		memcpy(turned[N - 1 - i], vectors[i], sizeof turned[0]);
		turned_photo[N - 1 - i] = photo[i];
	}
	a = cluster(&in, &opts);
	opts.threads = 4;
	b = cluster(&in, &opts);
	CHECK(a.groups == b.groups && memcmp(a.group, b.group, sizeof a.group[0] * N) == 0);
	CHECK(memcmp(a.sure, b.sure, sizeof a.sure[0] * N) == 0);
	in.vectors = turned;
	in.photo = turned_photo;
	c = cluster(&in, &opts);
	CHECK(a.groups == c.groups && a.groups > 1);
	for (uint32_t i = 0; i < N; i++) {
		uint32_t mirror = N - 1 - i;

		for (uint32_t j = 0; j < i; j++)
			CHECK((a.group[i] == a.group[j]) == (c.group[mirror] == c.group[N - 1 - j]));
	}
	tt_cluster_done(&a);
	tt_cluster_done(&b);
	tt_cluster_done(&c);
}

static void test_same_photo(void **state)
{
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_output out;

	(void)state;
	photo[PERSONS] = photo[0]; /* both are person 0 */
	out = cluster(&in, &usual);
	CHECK(out.group[0] != out.group[PERSONS] || out.group[0] == TT_SIMILAR_NONE);
	tt_cluster_done(&out);
	said[0] = said[PERSONS] = 5; /* unless the user says so: a collage */
	out = cluster(&in, &usual);
	CHECK(out.group[0] == out.group[PERSONS] && out.person[out.group[0]] == 5);
	tt_cluster_done(&out);
}

static void test_pairs(void **state)
{
	const struct tt_cluster_pair join[] = { { 0, 1 }, { 2, 3 }, { 4, 5 } };
	const struct tt_cluster_pair part[] = { { 6, 6 + PERSONS }, { 4, 5 } };
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_output out;

	(void)state;
	photo[1] = 1000;
	photo[3] = 1001;
	said[2] = 8;
	said[3] = 9;
	in.same = join;
	in.n_same = 3;
	in.different = part;
	in.n_different = 2;
	out = cluster(&in, &usual);
	CHECK(out.group[0] == out.group[1]);
	CHECK(out.group[2] != out.group[3] && out.person[out.group[2]] == 8 && out.person[out.group[3]] == 9);
	CHECK(out.group[4] != out.group[5]);
	CHECK(out.group[6] != out.group[6 + PERSONS]);
	CHECK(out.refused == 2);
	tt_cluster_done(&out);
}

static void test_not_this_person(void **state)
{
	const struct tt_cluster_not nots[] = { { PERSONS, 7 }, { 1, 20 } };
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_output out;

	(void)state;
	said[0] = 7; /* person 0, but the face PERSONS of the same is not */
	for (uint32_t i = 1; i < N; i += PERSONS)
		previous[i] = 20;
	in.nots = nots;
	in.n_nots = 2;
	out = cluster(&in, &usual);
	CHECK(out.person[out.group[0]] == 7 && out.group[PERSONS] != out.group[0]);
	CHECK(out.person[out.group[1]] != 20);
	tt_cluster_done(&out);
}

static void test_poor_faces(void **state)
{
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_output out;

	(void)state;
	quality[0] = .1f; /* joins its person */
	for (uint32_t i = 1; i < N; i += PERSONS)
		quality[i] = .1f; /* a person of poor faces only is none */
	out = cluster(&in, &usual);
	CHECK(out.groups == PERSONS - 1);
	CHECK(out.group[0] != TT_SIMILAR_NONE && out.group[0] == out.group[PERSONS]);
	CHECK(out.group[1] == TT_SIMILAR_NONE && out.group[1 + PERSONS] == TT_SIMILAR_NONE);
	tt_cluster_done(&out);
}

static void test_recurring(void **state)
{
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_opts opts = usual;
	struct tt_cluster_output out;

	(void)state;
	said[2] = 3;
	in.n = PERSONS; /* one face each */
	out = cluster(&in, &opts);
	CHECK(out.groups == 1 && out.group[2] == 0 && out.person[0] == 3 && out.group[0] == TT_SIMILAR_NONE);
	tt_cluster_done(&out);
	in.n = 0;
	out = cluster(&in, &opts);
	CHECK(out.groups == 0);
	tt_cluster_done(&out);
}

static void test_persons_stay(void **state)
{
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_output out;

	(void)state;
	for (uint32_t i = 0; i < N; i++)
		previous[i] = 100 + truth(i);
	for (uint32_t i = 0; i < N; i += 2 * PERSONS) /* six faces of person 0, and one of person 1, were 300 */
		previous[i] = 300;
	previous[1] = 300;
	previous[2] = 101; /* a stray face does not take the name along */
	said[3] = 104;     /* what was said wins over 104's own faces */
	out = cluster(&in, &usual);
	CHECK(out.person[0] == 100 || out.person[0] == 300);
	CHECK(out.person[1] == 101 && out.person[2] == 102 && out.person[3] == 104 && out.person[4] == 0);
	for (uint32_t p = 5; p < PERSONS; p++)
		CHECK(out.person[p] == 100 + p);
	tt_cluster_done(&out);
}

static int stop(void *ctx, double done)
{
	(void)ctx;
	return done > .1;
}

static void test_stops_and_refuses(void **state)
{
	const struct tt_cluster_pair outside[] = { { 0, N } };
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_opts opts = usual;
	struct tt_cluster_output out;
	struct tt_err err;

	(void)state;
	opts.progress = stop;
	CHECK(tt_cluster(&in, &opts, &out, &err) == TT_EBUSY);
	opts = usual;
	opts.confidence = 1;
	CHECK(tt_cluster(&in, &opts, &out, &err) == TT_EINVALID);
	in.different = outside;
	in.n_different = 1;
	CHECK(tt_cluster(&in, &usual, &out, &err) == TT_EINVALID);
}

static void test_without_memory(void **state)
{
	struct tt_cluster_input in = all_faces();
	struct tt_cluster_output out;
	struct tt_err err;
	long n = 0;

	(void)state;
	in.n = 90;
	said[0] = said[30] = previous[4] = 1;
	for (;; n++) {
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_cluster(&in, &usual, &out, &err);
		if (!tt_fault_disarm(TT_FAULT_ALLOC))
			break;
		CHECK(rc == TT_ENOMEM);
	}
	CHECK(n > 30 && out.groups == PERSONS);
	tt_cluster_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_finds_persons, make_faces),
		cmocka_unit_test_setup(test_order_and_threads, make_faces),
		cmocka_unit_test_setup(test_same_photo, make_faces),
		cmocka_unit_test_setup(test_pairs, make_faces),
		cmocka_unit_test_setup(test_not_this_person, make_faces),
		cmocka_unit_test_setup(test_poor_faces, make_faces),
		cmocka_unit_test_setup(test_recurring, make_faces),
		cmocka_unit_test_setup(test_persons_stay, make_faces),
		cmocka_unit_test_setup(test_stops_and_refuses, make_faces),
		cmocka_unit_test_setup(test_without_memory, make_faces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
