#include "vision/faces.h"

#include "base/err.h"
#include "base/fault.h"
#include "nn/net.h"
#include "nn/reference.h"
#include "test.h"
#include "vision/face_detect.h"
#include "vision/face_nets.h"
#include "vision/face_turn.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[64], plain[96], detector[96], embedder[96], other[96];

static void detector_32x64(struct tt_graph *g)
{
	tt_face_detector_build(g, 32, 64);
}

/* The same tensors under other metadata. */
static void rewrite(const char *from, const char *to, const struct tt_st_meta *meta, size_t metas, const char *without)
{
	struct tt_safetensors *s = NULL;
	struct tt_st_tensor *list;
	size_t n = 0;

	CHECK(tt_safetensors_open(&s, from, NULL) == 0);
	list = calloc(tt_safetensors_count(s), sizeof *list);
	for (size_t i = 0; i < tt_safetensors_count(s); i++) {
		const struct tt_st_tensor *t = tt_safetensors_at(s, i);

		if (!without || strcmp(t->name, without) != 0)
			list[n++] = *t;
	}
	CHECK(tt_safetensors_write(to, meta, metas, list, n, NULL) == 0);
	free(list);
	tt_safetensors_close(s);
}

static void write_model(void (*build)(struct tt_graph *g), const char *to, const char *architecture, uint32_t seed)
{
	const struct tt_st_meta meta[] = { { "architecture", architecture }, { "version", "1" } };
	struct tt_graph g;

	tt_graph_init(&g);
	build(&g);
	CHECK(reference_weights(&g, plain, NULL, seed));
	rewrite(plain, to, meta, TT_LEN(meta), NULL);
	tt_graph_done(&g);
}

static void sizes_are_as_designed(void **state)
{
	struct tt_graph g;
	struct tt_err err = { 0 };

	(void)state;
	tt_graph_init(&g);
	tt_face_detector_build(&g, 480, 640);
	if (tt_graph_check(&g, &err) < 0)
		fail_msg("%s", err.msg);
	CHECK(g.outputs == TT_FACE_LEVELS);
	for (unsigned l = 0; l < TT_FACE_LEVELS; l++) {
		const struct tt_node *n = &g.node[g.output[l]];

		CHECK(n->c == TT_FACE_OUTPUTS && n->h == 480 / tt_face_stride(l) && n->w == 640 / tt_face_stride(l));
	}
	CHECK(tt_graph_params(&g) > 400000 && tt_graph_params(&g) < 600000);
	tt_graph_done(&g);
	tt_graph_init(&g);
	tt_face_embedder_build(&g);
	CHECK(tt_graph_check(&g, NULL) == 0 && g.node[g.output[0]].c == TT_FACE_DIM);
	CHECK(tt_graph_params(&g) > 2000000 && tt_graph_params(&g) < 2500000);
	tt_graph_done(&g);
}

/* As computed the slow way. */
static void maps_agree(void **state)
{
	float input[3 * 32 * 64], *want[TT_FACE_LEVELS], *got[TT_FACE_LEVELS];
	struct tt_safetensors *w = NULL;
	struct tt_net *net = NULL;
	struct tt_graph g;
	uint32_t seed = 5;

	(void)state;
	tt_graph_init(&g);
	detector_32x64(&g);
	CHECK(tt_safetensors_open(&w, detector, NULL) == 0);
	for (size_t i = 0; i < TT_LEN(input); i++)
		input[i] = reference_random(&seed);
	for (unsigned l = 0; l < TT_FACE_LEVELS; l++) {
		want[l] = malloc(TT_FACE_OUTPUTS * 4 * 8 * sizeof(float));
		got[l] = malloc(TT_FACE_OUTPUTS * 4 * 8 * sizeof(float));
	}
	reference_run(&g, w, input, 1, want);
	CHECK(tt_net_open(&net, &g, w, &(struct tt_net_opts){ TT_DT_F32, 1 }, NULL) == 0);
	CHECK(tt_net_run(net, input, 1, got, NULL) == 0);
	for (unsigned l = 0; l < TT_FACE_LEVELS; l++) {
		size_t n = TT_FACE_OUTPUTS * (32 / tt_face_stride(l)) * (64 / tt_face_stride(l));
		float largest = 0;

		for (size_t i = 0; i < n; i++)
			largest = fmaxf(largest, fabsf(want[l][i]));
		for (size_t i = 0; i < n; i++)
			CHECK(fabsf(want[l][i] - got[l][i]) <= 1e-4f * largest);
		free(want[l]);
		free(got[l]);
	}
	tt_net_close(net);
	tt_safetensors_close(w);
	tt_graph_done(&g);
}

static struct tt_plane picture(uint32_t width, uint32_t height)
{
	uint8_t *rgb = malloc((size_t)width * height * 3);

	for (size_t i = 0; i < (size_t)width * height; i++)
		for (int c = 0; c < 3; c++)
			rgb[3 * i + c] = (uint8_t)(128 + 100 * sin((double)(i % width) / 7 + c) *
								 cos((double)(i / width) / 11));
	return (struct tt_plane){ width, height, rgb };
}

static void picture_done(struct tt_plane *p)
{
	free((void *)(uintptr_t)p->rgb);
}

static const struct tt_faces_opts usual = {
	.detector_path = detector, .embedder_path = embedder, .min_confidence = .45f, .max_faces = 9, .min_px = 1
};

static struct tt_faces *open_faces(const struct tt_faces_opts *opts)
{
	struct tt_faces *f = NULL;
	struct tt_err err = { 0 };

	if (tt_faces_open(&f, opts, &err) < 0)
		fail_msg("%s", err.msg);
	return f;
}

static double length_of(const struct tt_face *f)
{
	double sum = 0;

	for (int k = 0; k < TT_FACE_DIM; k++)
		sum += (double)f->vector[k] * f->vector[k];
	return sqrt(sum) / 127;
}

static void planes_of_any_size_are_answered(void **state)
{
	static const struct {
		uint32_t w, h;
	} rows[] = { { 1, 1 }, { 200, 3 }, { 64, 64 }, { 300, 200 }, { 900, 400 } };
	struct tt_faces *f = open_faces(&usual);
	struct tt_face face[9], again[9];

	(void)state;
	CHECK(strlen(tt_faces_version(f)) == 25 && tt_faces_version(f)[12] == '+' && !tt_faces_same(f));
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_plane p = picture(rows[i].w, rows[i].h);
		unsigned n = 99, m = 99;

		CHECK(tt_faces_find(f, &p, face, 9, &n, NULL) == 0 && n <= 9);
		CHECK(tt_faces_find(f, &p, again, 2, &m, NULL) == 0 && m == (n < 2 ? n : 2));
		for (unsigned k = 0; k < n; k++) {
			CHECK(face[k].confidence >= .45f && face[k].confidence <= 1);
			CHECK(k == 0 || face[k].confidence <= face[k - 1].confidence);
			CHECK(face[k].quality >= 0 && face[k].quality <= 1);
			CHECK(!face[k].has_vector || fabs(length_of(&face[k]) - 1) < .05);
			CHECK(k >= m || memcmp(&face[k].x, &again[k].x, sizeof face[k].x) == 0);
		}
		picture_done(&p);
	}
	CHECK(tt_faces_find(f, &(struct tt_plane){ 0 }, face, 9, &(unsigned){ 0 }, NULL) == TT_EINVALID);
	tt_faces_close(f);
	tt_faces_close(NULL);
}

static struct tt_plane turn_right(const struct tt_plane *p)
{
	uint8_t *rgb = malloc((size_t)p->width * p->height * 3);

	for (size_t y = 0; y < p->height; y++)
		for (size_t x = 0; x < p->width; x++)
			memcpy(rgb + 3 * (x * p->height + p->height - 1 - y), p->rgb + 3 * (y * p->width + x), 3);
	return (struct tt_plane){ p->height, p->width, rgb };
}

/* A look at the side is the look at the picture turned beforehand, and in every photo it may be taken. */
static void looks_at_the_side_agree(void **state)
{
	static struct tt_face_spots side, before;
	struct tt_faces_opts opts = usual;
	struct tt_plane p = picture(96, 64), q = turn_right(&p);
	const struct tt_part all = { 0, 0, 96, 64 }, turned = { 0, 0, 64, 96 };
	struct tt_face_detector *d = NULL;
	struct tt_face_memory memory = { 0 };
	struct tt_face face[9];
	unsigned n = 99;
	struct tt_faces *f;

	(void)state;
	CHECK(tt_face_detector_open(&d, detector, TT_DT_F32, 1, NULL) == 0);
	CHECK(tt_face_detect(d, &p, &all, 96, 1u << 1, .45f, &memory, &side, NULL) == 0);
	CHECK(tt_face_detect(d, &q, &turned, 96, TT_FACE_UPRIGHT, .45f, &memory, &before, NULL) == 0);
	CHECK(side.n > 0 && side.n == before.n);
	for (unsigned i = 0; i < side.n; i++) {
		tt_face_turn_back(&before.spot[i], 64, 96, 1);
		CHECK(side.spot[i].turn == 1 && fabsf(side.spot[i].confidence - before.spot[i].confidence) < 1e-5f);
		CHECK(fabsf(side.spot[i].x - before.spot[i].x) < .01f &&
		      fabsf(side.spot[i].h - before.spot[i].h) < .01f);
	}
	CHECK(tt_face_detect(d, &p, &all, 96, TT_FACE_UPRIGHT | TT_FACE_TURNED, .45f, &memory, &side, NULL) == 0);
	opts.turns = TT_FACES_TURNS_ALWAYS;
	f = open_faces(&opts);
	CHECK(tt_faces_find(f, &p, face, 9, &n, NULL) == 0 && n > 0 && n <= 9);
	CHECK(tt_faces_embed_box(f, &p, .25f, .25f, .5f, .5f, face, NULL) == 0);
	tt_faces_close(f);
	tt_face_detector_close(d);
	free(memory.p);
	picture_done(&p);
	picture_done(&q);
}

static void drawn_faces_get_vectors(void **state)
{
	struct tt_faces *f = open_faces(&usual);
	struct tt_plane p = picture(160, 120);
	struct tt_face face;
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_faces_embed_box(f, &p, .25f, .25f, .5f, .5f, &face, NULL) == 0);
	CHECK(fabsf(face.x - .25f) < 1e-6f && fabsf(face.h - .5f) < 1e-6f && face.confidence == 1 && face.px == 80);
	CHECK(face.has_vector && fabs(length_of(&face) - 1) < .05);
	CHECK(tt_faces_embed_box(f, &p, -.2f, .9f, .4f, .4f, &face, NULL) == 0);
	CHECK(tt_faces_embed_box(f, &p, .5f, .5f, 0, .5f, &face, &err) == TT_EINVALID && strstr(err.msg, "box"));
	CHECK(tt_faces_embed_box(f, &p, 1.5f, .5f, .1f, .5f, &face, NULL) == TT_EINVALID);
	CHECK(tt_faces_embed_box(f, &p, NAN, .5f, .1f, .5f, &face, NULL) == TT_EINVALID);
	picture_done(&p);
	tt_faces_close(f);
}

static void boxes_come_without_an_embedder(void **state)
{
	struct tt_faces_opts opts = usual;
	struct tt_face with[9], without[9];
	struct tt_plane p = picture(300, 200);
	struct tt_faces *f = open_faces(&usual);
	unsigned n = 0, m = 0;

	(void)state;
	CHECK(tt_faces_find(f, &p, with, 9, &n, NULL) == 0 && n > 0);
	tt_faces_close(f);
	opts.embedder_path = NULL;
	f = open_faces(&opts);
	CHECK(strcmp(tt_faces_version(f) + 12, "+none") == 0 && !tt_faces_same(f));
	CHECK(tt_faces_find(f, &p, without, 9, &m, NULL) == 0 && m == n);
	for (unsigned i = 0; i < m; i++)
		CHECK(!without[i].has_vector && without[i].x == with[i].x && without[i].quality == with[i].quality);
	CHECK(tt_faces_embed_box(f, &p, .25f, .25f, .5f, .5f, without, NULL) == 0 && !without[0].has_vector);
	tt_faces_close(f);
	picture_done(&p);
}

struct finder {
	struct tt_faces *f;
	bool right;
};

static void *find_many(void *arg)
{
	struct finder *r = arg;

	r->right = true;
	for (uint32_t i = 0; i < 8; i++) { /* more canvases than are kept */
		struct tt_plane p = picture(64, 8 + 8 * i);
		struct tt_face face[9];
		unsigned n;

		r->right &= tt_faces_find(r->f, &p, face, 9, &n, NULL) == 0;
		picture_done(&p);
	}
	return NULL;
}

static void small_canvas(const char *to)
{
	const struct tt_st_meta meta[] = { { "architecture", "tt-face-detector" }, { "input", "64" } };

	rewrite(detector, to, meta, TT_LEN(meta), NULL);
}

static void threads_share_the_networks(void **state)
{
	struct tt_faces_opts opts = usual;
	struct finder r[3];
	pthread_t t[3];

	(void)state;
	small_canvas(other);
	opts.detector_path = other;
	opts.at_once = 2; /* the third waits */
	for (int i = 0; i < 3; i++)
		r[i].f = i ? r[0].f : open_faces(&opts);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_create(&t[i], NULL, find_many, &r[i]) == 0);
	for (int i = 0; i < 3; i++) {
		pthread_join(t[i], NULL);
		CHECK(r[i].right);
	}
	tt_faces_close(r[0].f);
}

static void wrong_files_are_refused(void **state)
{
	static const struct {
		const char *name, *key, *value, *without, *says;
	} rows[] = {
		{ "architecture", "architecture", "resnet-50", NULL, "resnet-50" },
		{ "the other network", "architecture", "tt-face-embedder", NULL, "give the right file" },
		{ "no architecture", "name", "x", NULL, "does not say" },
		{ "mean", "mean", "0.5", NULL, "'mean'" },
		{ "input of no cells", "input", "100", NULL, "'input'" },
		{ "huge input", "input", "100000", NULL, "'input'" },
		{ "a tensor is missing", "name", "y", "head.out.bias", "head.out.bias" },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_st_meta meta[] = { { rows[i].key, rows[i].value }, { "architecture", "tt-face-detector" } };
		struct tt_faces_opts opts = usual;
		struct tt_faces *f = NULL;
		struct tt_err err = { 0 };
		bool one = strcmp(rows[i].key, "architecture") == 0 || strcmp(rows[i].value, "x") == 0;

		rewrite(detector, other, meta, one ? 1 : 2, rows[i].without);
		opts.detector_path = other;
		CHECK_ROW(tt_faces_open(&f, &opts, &err) == TT_EINVALID && !f, rows[i].name);
		if (!strstr(err.msg, rows[i].says) || !strstr(err.msg, other))
			fail_msg("%s: %s", rows[i].name, err.msg);
	}
	CHECK(tt_faces_open(&(struct tt_faces *){ NULL }, &(struct tt_faces_opts){ 0 }, NULL) == TT_EINVALID);
	CHECK(tt_faces_open(&(struct tt_faces *){ NULL },
			    &(struct tt_faces_opts){ .detector_path = "/none/at/all", .embedder_path = embedder },
			    NULL) < 0);
}

static void survives_every_lack_of_memory(void **state)
{
	struct tt_faces_opts opts = usual;
	struct tt_plane p = picture(64, 32);
	bool hit = true;

	(void)state;
	small_canvas(other);
	opts.detector_path = other;
	opts.max_faces = 1;
	for (long n = 0; hit; n += 1 + n / 15) {
		struct tt_faces *f = NULL;
		struct tt_face face[1];
		struct tt_err err = { 0 };
		unsigned found;
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_faces_open(&f, &opts, &err);
		if (rc == 0)
			rc = tt_faces_find(f, &p, face, 1, &found, &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		if (rc != (hit ? TT_ENOMEM : 0) || (rc < 0) != (err.msg[0] != 0))
			fail_msg("allocation %ld: %d %s", n, rc, err.msg);
		tt_faces_close(f);
	}
	picture_done(&p);
}

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "%s/tt-faces-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(plain, sizeof plain, "%s/plain.safetensors", dir);
	snprintf(detector, sizeof detector, "%s/detector.safetensors", dir);
	snprintf(embedder, sizeof embedder, "%s/embedder.safetensors", dir);
	snprintf(other, sizeof other, "%s/other.safetensors", dir);
	write_model(detector_32x64, detector, "tt-face-detector", 3);
	write_model(tt_face_embedder_build, embedder, "tt-face-embedder", 4);
	return 0;
}

static int drop_dir(void **state)
{
	(void)state;
	unlink(plain);
	unlink(detector);
	unlink(embedder);
	unlink(other);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_as_designed),           cmocka_unit_test(maps_agree),
		cmocka_unit_test(planes_of_any_size_are_answered), cmocka_unit_test(looks_at_the_side_agree),
		cmocka_unit_test(drawn_faces_get_vectors),         cmocka_unit_test(boxes_come_without_an_embedder),
		cmocka_unit_test(threads_share_the_networks),      cmocka_unit_test(wrong_files_are_refused),
		cmocka_unit_test(survives_every_lack_of_memory),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
