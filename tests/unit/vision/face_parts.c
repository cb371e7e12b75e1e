/* What surrounds the networks for faces: canvas, decoding, alignment, quality. */
#include "base/err.h"
#include "test.h"
#include "vision/align.h"
#include "vision/face_decode.h"
#include "vision/face_detect.h"
#include "vision/face_turn.h"
#include "vision/fit.h"
#include "vision/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void canvases_have_whole_cells(void **state)
{
	static const struct {
		uint32_t w, h, side, width, height, used_w, used_h;
	} rows[] = {
		{ 1280, 960, 640, 640, 480, 640, 480 }, { 1000, 1000, 640, 640, 640, 640, 640 },
		{ 640, 427, 640, 640, 448, 640, 427 },  { 427, 640, 640, 448, 640, 427, 640 },
		{ 3, 3000, 640, 32, 640, 1, 640 },      { 10, 5, 64, 64, 32, 64, 32 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_canvas c = tt_fit_canvas(rows[i].w, rows[i].h, rows[i].side, 32);

		CHECK(c.width == rows[i].width && c.height == rows[i].height);
		CHECK(c.used_w == rows[i].used_w && c.used_h == rows[i].used_h);
	}
}

static void pictures_fill_their_part(void **state)
{
	enum { W = 150, H = 90 };
	const struct tt_part parts[] = { { 0, 0, W, H }, { 30, 20, 100, 60 }, { W - 1, H - 1, 1, 1 } };
	uint8_t *rgb = malloc(W * H * 3);
	const struct tt_plane plane = { W, H, rgb };

	(void)state;
	for (int i = 0; i < W * H; i++) {
		rgb[3 * i] = (uint8_t)(i % W);
		rgb[3 * i + 1] = (uint8_t)(i / W);
		rgb[3 * i + 2] = 200;
	}
	for (size_t p = 0; p < TT_LEN(parts); p++)
		for (uint32_t side = 32; side <= 256; side *= 2) {
			struct tt_canvas c = tt_fit_canvas(parts[p].w, parts[p].h, side, 32);
			size_t pixels = (size_t)c.width * c.height;
			float *out = malloc(3 * pixels * sizeof *out);
			void *scratch = malloc(tt_fit_scratch(&c, &parts[p]));

			tt_fit(out, &c, &plane, &parts[p], scratch);
			for (uint32_t y = 0; y < c.height; y++)
				for (uint32_t x = 0; x < c.width; x++) {
					const float *at = out + (size_t)y * c.width + x;
					bool in = x < c.used_w && y < c.used_h;
					/* in the middle, where no edge is near, a ramp stays a ramp */
					bool middle = x > c.used_w / 4 && x < c.used_w * 3 / 4 && y > c.used_h / 4 &&
						      y < c.used_h * 3 / 4;
					double rx = parts[p].x + (x + .5) * parts[p].w / c.used_w - .5;
					double ry = parts[p].y + (y + .5) * parts[p].h / c.used_h - .5;

					CHECK(in || (at[0] == 0 && at[pixels] == 0 && at[2 * pixels] == 0));
					CHECK(!in || fabs(at[2 * pixels] * 127.5 + 127.5 - 200) < 1e-2);
					CHECK(!middle || fabs(at[0] * 127.5 + 127.5 - rx) < .51);
					CHECK(!middle || fabs(at[pixels] * 127.5 + 127.5 - ry) < .51);
				}
			free(scratch);
			free(out);
		}
	free(rgb);
}

#define CELLS 12 /* 3 rows of 4 */

static void set_cell(float *map, int cell, const float v[TT_FACE_OUTPUTS])
{
	for (int k = 0; k < TT_FACE_OUTPUTS; k++)
		map[k * CELLS + cell] = v[k];
}

static void cells_become_boxes(void **state)
{
	static struct tt_face_spots s;
	float map[TT_FACE_OUTPUTS * CELLS] = { 0 };

	(void)state;
	for (int i = 0; i < CELLS; i++)
		map[i] = -9;
	set_cell(map, 6, (float[]){ 0, .25f, -.5f, logf(4), logf(2), -1, -1, 1, -1, 0, 0, -1, 1, 1, 1 });
	memset(&s, 0, sizeof s);
	tt_face_decode(&s, map, 3, 4, 16, .4f);
	CHECK(s.n == 1 && !s.damaged);
	CHECK(fabsf(s.spot[0].confidence - .5f) < 1e-6f);
	CHECK(fabsf(s.spot[0].w - 64) < 1e-3f && fabsf(s.spot[0].h - 32) < 1e-3f);
	CHECK(fabsf(s.spot[0].x - (2.75f * 16 - 32)) < 1e-3f && fabsf(s.spot[0].y - (16 - 16)) < 1e-3f);
	CHECK(fabsf(s.spot[0].landmark[0][0] - 24) < 1e-3f && fabsf(s.spot[0].landmark[4][1] - 40) < 1e-3f);
	s.n = 0;
	tt_face_decode(&s, map, 3, 4, 16, .6f);
	CHECK(s.n == 0);
	map[6] = NAN;
	tt_face_decode(&s, map, 3, 4, 16, .4f);
	CHECK(s.n == 0 && s.damaged);
	s.damaged = false;
	map[6] = 3;
	map[7 * CELLS + 6] = INFINITY;
	tt_face_decode(&s, map, 3, 4, 16, .4f);
	CHECK(s.n == 0 && s.damaged);
}

static void the_surest_stay(void **state)
{
	static struct tt_face_spots s;
	enum { SIDE = 64 };
	float *map = calloc((size_t)TT_FACE_OUTPUTS * SIDE * SIDE, sizeof *map);

	(void)state;
	for (int i = 0; i < SIDE * SIDE; i++) /* more than fit, all apart, the last the surest */
		map[i] = 1 + (float)i / 1000;
	for (int i = 0; i < 2 * SIDE * SIDE; i++)
		map[3 * SIDE * SIDE + i] = -1;
	memset(&s, 0, sizeof s);
	tt_face_decode(&s, map, SIDE, SIDE, 8, .5f);
	CHECK(s.n == TT_FACE_SPOTS);
	tt_face_suppress(&s, .4f);
	CHECK(s.n == TT_FACE_SPOTS);
	CHECK(fabsf(s.spot[0].confidence - 1 / (1 + expf(-(1 + 4.095f)))) < 1e-4f);
	for (unsigned i = 1; i < s.n; i++)
		CHECK(s.spot[i].confidence <= s.spot[i - 1].confidence);
	CHECK(s.spot[s.n - 1].confidence > 1 / (1 + expf(-(1 + 2.04f))));
	free(map);
}

static void overlapping_boxes_are_one(void **state)
{
	static struct tt_face_spots s;

	(void)state;
	memset(&s, 0, sizeof s);
	s.n = 5;
	s.spot[4] = (struct tt_face_spot){
		.x = 43, .y = 3, .w = 4, .h = 4, .confidence = .05f
	}; /* in the one before */
	s.spot[0] = (struct tt_face_spot){ .x = 0, .y = 0, .w = 10, .h = 10, .confidence = .7f };
	s.spot[1] = (struct tt_face_spot){ .x = 1, .y = 0, .w = 10, .h = 10, .confidence = .9f };
	s.spot[2] = (struct tt_face_spot){ .x = 6, .y = 0, .w = 10, .h = 10, .confidence = .8f };
	s.spot[3] = (struct tt_face_spot){ .x = 40, .y = 0, .w = 10, .h = 10, .confidence = .1f };
	tt_face_suppress(&s, .4f);
	CHECK(s.n == 3 && s.spot[0].x == 1 && s.spot[1].x == 6 && s.spot[2].x == 40);
}

static void memory_of_large_canvases_is_given_back(void **state)
{
	struct tt_face_memory m = { 0 };

	(void)state;
	CHECK(tt_face_memory_grow(&m, 3 * 640 * 480, NULL) == 0 && m.p && m.floats == 3 * 640 * 480);
	tt_face_memory_trim(&m);
	CHECK(m.p && m.floats == 3 * 640 * 480);
	CHECK(tt_face_memory_grow(&m, 3 * 1280 * 960, NULL) == 0);
	tt_face_memory_trim(&m);
	CHECK(!m.p && m.floats == 0);
	tt_face_memory_trim(&m);
	CHECK(tt_face_memory_grow(&m, 1, NULL) == 0 && m.floats == 1);
	free(m.p);
}

static void turned_pictures_turn_back(void **state)
{
	enum { W = 5, H = 3, N = W * H };
	float in[3 * N], out[3 * N];

	(void)state;
	for (int i = 0; i < 3 * N; i++)
		in[i] = (float)i;
	for (unsigned turn = 0; turn < 4; turn++) {
		uint32_t w = turn % 2 ? H : W, h = turn % 2 ? W : H;

		tt_face_turn_canvas(out, in, H, W, turn);
		for (uint32_t y = 0; y < h; y++)
			for (uint32_t x = 0; x < w; x++) { /* a spot of one pixel lies where the pixel came from */
				struct tt_face_spot s = { .x = (float)x, .y = (float)y, .w = 1, .h = 1 };
				float was = out[(size_t)N + y * w + x] - N;

				s.landmark[4][0] = (float)x + .5f;
				s.landmark[4][1] = (float)y + .25f;
				tt_face_turn_back(&s, H, W, turn);
				CHECK(s.w == 1 && s.h == 1 && s.y * W + s.x == was);
				CHECK(fabsf(s.landmark[4][0] - s.x - .5f) <= .25f);
				CHECK(fabsf(s.landmark[4][1] - s.y - .5f) <= .25f);
			}
	}
	for (unsigned turn = 0; turn < 4; turn++) { /* from the ear at the left of an upright face to its right */
		struct tt_face_spot s = { .x = 10, .y = 20, .w = 4, .h = 6, .turn = turn };

		tt_face_turn_back(&s, 90, 60, turn);
		CHECK(tt_face_across(&s) == 4 && s.w == (turn % 2 ? 6 : 4) && s.h == (turn % 2 ? 4 : 6));
	}
}

static void faces_come_to_the_template(void **state)
{
	static const struct tt_similarity rows[] = {
		{ 1, 0, 0, 0 }, { 2, 0, 30, -5 }, { 0, 1.5f, 200, 10 }, { -.3f, .4f, 100, 90 }, { -3, 0, 500, 400 }
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		const struct tt_similarity *t = &rows[i];
		struct tt_similarity got;
		float marks[TT_FACE_LANDMARKS][2];

		for (int k = 0; k < TT_FACE_LANDMARKS; k++) {
			const float *p = tt_face_template[k];

			marks[k][0] = t->a * p[0] - t->b * p[1] + t->tx;
			marks[k][1] = t->b * p[0] + t->a * p[1] + t->ty;
		}
		CHECK(tt_align_fit(&got, marks));
		CHECK(fabsf(got.a - t->a) < 1e-3f && fabsf(got.b - t->b) < 1e-3f);
		CHECK(fabsf(got.tx - t->tx) < .05f && fabsf(got.ty - t->ty) < .05f);
		CHECK(fabsf(tt_face_yaw(marks)) < 5);
	}
	CHECK(!tt_align_fit(&(struct tt_similarity){ 0 }, (float[TT_FACE_LANDMARKS][2]){ { 0 } }));
}

static void cuts_average_areas(void **state)
{
	enum { SIDE = 448 };
	static uint8_t rgb[SIDE * SIDE * 3], out[TT_FACE_SIDE * TT_FACE_SIDE * 3];
	const struct tt_plane plane = { SIDE, SIDE, rgb };

	(void)state;
	for (int i = 0; i < SIDE * SIDE; i++) /* a checkerboard: picked pixels would be black or white */
		memset(rgb + 3L * i, (i % SIDE + i / SIDE) % 2 ? 255 : 0, 3);
	tt_align_cut(out, &plane, &(struct tt_similarity){ 4, 0, 1.5f, 1.5f });
	for (int i = 0; i < TT_FACE_SIDE * TT_FACE_SIDE * 3; i++)
		CHECK(abs(out[i] - 127) <= 2);
	tt_align_cut(out, &plane, &(struct tt_similarity){ 1, 0, 10, 20 });
	CHECK(out[0] == rgb[3 * (20 * SIDE + 10)] && out[3 * 113 + 1] == rgb[3 * (21 * SIDE + 11)]);
	tt_align_cut(out, &plane, &(struct tt_similarity){ 1, 0, 1e9f, NAN }); /* far outside */
	for (int i = 0; i < TT_FACE_SIDE * TT_FACE_SIDE * 3; i++)
		CHECK(out[i] == 0);
}

static void better_faces_score_higher(void **state)
{
	static uint8_t flat[TT_FACE_SIDE * TT_FACE_SIDE * 3], rough[TT_FACE_SIDE * TT_FACE_SIDE * 3];
	float turned[TT_FACE_LANDMARKS][2];

	(void)state;
	for (size_t i = 0; i < sizeof rough; i++)
		rough[i] = (uint8_t)(i / 3 * 97 % 251);
	CHECK(tt_face_sharpness(flat) == 0 && tt_face_sharpness(rough) > 1000);
	CHECK(tt_face_quality(112, 500, 0, .99f) > .9f && tt_face_quality(112, 500, 0, .99f) <= 1);
	CHECK(tt_face_quality(20, 500, 0, .99f) < tt_face_quality(60, 500, 0, .99f));
	CHECK(tt_face_quality(60, 5, 0, .99f) < tt_face_quality(60, 500, 0, .99f));
	CHECK(tt_face_quality(60, 500, 70, .99f) < tt_face_quality(60, 500, -10, .99f));
	CHECK(tt_face_quality(60, 500, 0, .5f) < tt_face_quality(60, 500, 0, .9f));
	CHECK(tt_face_quality(0, 0, 180, 0) >= 0);
	memcpy(turned, tt_face_template, sizeof turned);
	turned[2][0] += 20;
	CHECK(tt_face_yaw(turned) > 30 && tt_face_yaw(turned) < 60);
	turned[2][0] -= 40;
	CHECK(tt_face_yaw(turned) < -30);
	memset(turned, 0, sizeof turned);
	CHECK(fabsf(tt_face_yaw(turned)) == 90);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canvases_have_whole_cells), cmocka_unit_test(pictures_fill_their_part),
		cmocka_unit_test(cells_become_boxes),        cmocka_unit_test(the_surest_stay),
		cmocka_unit_test(overlapping_boxes_are_one), cmocka_unit_test(faces_come_to_the_template),
		cmocka_unit_test(turned_pictures_turn_back), cmocka_unit_test(cuts_average_areas),
		cmocka_unit_test(better_faces_score_higher), cmocka_unit_test(memory_of_large_canvases_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
