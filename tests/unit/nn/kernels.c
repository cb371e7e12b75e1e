#include "nn/kernels.h"

#include "base/err.h"
#include "reference.h"
#include "test.h"

#include <math.h>
#include <string.h>

#define MOST 4096 /* numbers in one value */

static const struct {
	const char *name;
	struct tt_view view;
} views[] = {
	{ "planes", { 5, 12, 1 } },         { "blocks of 8", { 24, 9, 8 } },         { "blocks of 16", { 48, 7, 16 } },
	{ "channels last", { 40, 6, 40 } }, { "channels last, odd", { 37, 5, 37 } }, { "one pixel", { 64, 1, 16 } },
};

static const enum tt_dtype types[] = { TT_DT_F32, TT_DT_BF16 };

static size_t place(const struct tt_view *v, size_t c, size_t p)
{
	return c / v->block * v->block * v->pixels + p * v->block + c % v->block;
}

static float get(const void *p, size_t i, enum tt_dtype t)
{
	switch (t) {
	case TT_DT_BF16:
		return tt_bf16_to_f32(((const uint16_t *)p)[i]);
	case TT_DT_I8:
		return ((const int8_t *)p)[i];
	case TT_DT_U8:
		return ((const uint8_t *)p)[i];
	default:
		return ((const float *)p)[i];
	}
}

static void fill(void *p, size_t n, enum tt_dtype t, uint32_t seed)
{
	for (size_t i = 0; i < n; i++) {
		float f = reference_random(&seed) * 3;

		if (t == TT_DT_BF16)
			((uint16_t *)p)[i] = tt_f32_to_bf16(f);
		else if (t == TT_DT_I8)
			((int8_t *)p)[i] = (int8_t)(f * 42);
		else if (t == TT_DT_U8)
			((uint8_t *)p)[i] = (uint8_t)((f + 3) * 42);
		else
			((float *)p)[i] = f;
	}
}

static bool close_to(float got, double want, enum tt_dtype t)
{
	double room = t == TT_DT_BF16 ? 0x1p-7 : t == TT_DT_F32 ? 1e-5 : 0;

	if (t == TT_DT_U8)
		return fabs(got - want) <= .51;
	return fabs(got - want) <= room * fmax(1, fabs(want));
}

static _Alignas(64) uint8_t x[4 * MOST], y[4 * MOST], r[4 * MOST];
static float scale[MOST], shift[MOST], out[MOST];

typedef void check_fn(const struct tt_kernels *k, const struct tt_view *v, const char *name);

static void check_mean(const struct tt_kernels *k, const struct tt_view *v, const char *name)
{
	static const enum tt_dtype all[] = { TT_DT_F32, TT_DT_BF16, TT_DT_I8, TT_DT_U8 };

	for (size_t t = 0; t < TT_LEN(all); t++) {
		fill(x, (size_t)v->c * v->pixels, all[t], 3);
		k->mean(out, x, (struct tt_number){ all[t], .25f }, v);
		for (size_t c = 0; c < v->c; c++) {
			double sum = 0;

			for (size_t p = 0; p < v->pixels; p++)
				sum += get(x, place(v, c, p), all[t]) * .25;
			CHECK_ROW(fabs(out[c] - sum / v->pixels) <= 1e-4, name);
		}
	}
}

static void check_weighted(const struct tt_kernels *k, const struct tt_view *v, const char *name)
{
	static const enum tt_dtype all[] = { TT_DT_F32, TT_DT_BF16, TT_DT_I8, TT_DT_U8 };
	size_t n = (size_t)v->c * v->pixels;

	for (size_t t = 0; t < TT_LEN(all); t++) {
		fill(x, n, all[t], 4);
		fill(shift, n, TT_DT_F32, 5);
		k->weighted(out, x, (struct tt_number){ all[t], .25f }, shift, v);
		for (size_t c = 0; c < v->c; c++) {
			double sum = 0;

			for (size_t p = 0; p < v->pixels; p++)
				sum += (double)get(x, place(v, c, p), all[t]) * .25 * shift[place(v, c, p)];
			CHECK_ROW(fabs(out[c] - sum) <= 1e-2, name);
		}
	}
}

static void check_scale_add(const struct tt_kernels *k, const struct tt_view *v, const char *name)
{
	static const struct {
		enum tt_dtype x, r, d;
	} sets[] = {
		{ TT_DT_F32, TT_DT_F32, TT_DT_F32 },
		{ TT_DT_BF16, TT_DT_BF16, TT_DT_BF16 },
		{ TT_DT_I8, TT_DT_U8, TT_DT_U8 },
		{ TT_DT_I8, TT_DT_I8, TT_DT_U8 },
	};
	size_t n = (size_t)v->c * v->pixels;

	for (size_t s = 0; s < TT_LEN(sets); s++)
		for (int with = 0; with < 4; with++) {
			bool relu = with & 1 || sets[s].d == TT_DT_U8, steps = sets[s].d == TT_DT_U8;
			struct tt_se_args a = { .dst = y,
						.x = x,
						.residual = with & 2 ? r : NULL,
						.scale = scale,
						.dst_number = { sets[s].d, steps ? .03f : 1 },
						.x_number = { sets[s].x, steps ? .02f : 1 },
						.residual_number = { sets[s].r, steps ? .05f : 1 },
						.relu = relu };

			fill(x, n, sets[s].x, 5);
			fill(r, n, sets[s].r, 6);
			fill(scale, v->c, TT_DT_F32, 7);
			k->scale_add(&a, v);
			for (size_t i = 0; i < n; i++) {
				size_t at = place(v, i / v->pixels, i % v->pixels);
				double want = (double)get(x, at, sets[s].x) * a.x_number.step * scale[i / v->pixels];

				want += with & 2 ? (double)get(r, at, sets[s].r) * a.residual_number.step : 0;
				want = relu && want < 0 ? 0 : want;
				want /= a.dst_number.step;
				CHECK_ROW(close_to(get(y, at, sets[s].d), steps && want > 255 ? 255 : want, sets[s].d),
					  name);
			}
		}
}

static void check_affine(const struct tt_kernels *k, const struct tt_view *v, const char *name)
{
	size_t n = (size_t)v->c * v->pixels;

	for (size_t t = 0; t < TT_LEN(types); t++)
		for (int relu = 0; relu < 2; relu++) {
			fill(x, n, types[t], 8);
			fill(scale, v->c, TT_DT_F32, 9);
			fill(shift, v->c, TT_DT_F32, 10);
			k->affine(y, x, types[t], scale, shift, relu, v);
			for (size_t i = 0; i < n; i++) {
				size_t c = i / v->pixels, at = place(v, c, i % v->pixels);
				double want = (double)get(x, at, types[t]) * scale[c] + shift[c];

				want = relu && want < 0 ? 0 : want;
				CHECK_ROW(fabs(get(y, at, types[t]) - want) <= (types[t] == TT_DT_BF16 ? .04 : 1e-5),
					  name);
			}
		}
}

static void check_add(const struct tt_kernels *k, const struct tt_view *v, const char *name)
{
	size_t n = (size_t)v->c * v->pixels;

	for (size_t t = 0; t < TT_LEN(types); t++)
		for (int with = 0; with < 4; with++) {
			fill(x, n, types[t], 11);
			fill(r, n, types[t], 12);
			k->add(y, x, with & 2 ? r : NULL, types[t], n, with & 1);
			for (size_t i = 0; i < n; i++) {
				double want = (double)get(x, i, types[t]) + (with & 2 ? get(r, i, types[t]) : 0);

				want = with & 1 && want < 0 ? 0 : want;
				CHECK_ROW(close_to(get(y, i, types[t]), want, types[t]), name);
			}
		}
}

static void check_vectors(const struct tt_kernels *k, const struct tt_view *v, const char *name)
{
	static float w[64 * 64], by_column[64 * 64];
	size_t rows = v->c, columns = v->pixels + 17;

	fill(w, rows * columns, TT_DT_F32, 13);
	fill(scale, columns, TT_DT_F32, 14);
	fill(shift, rows, TT_DT_F32, 15);
	for (size_t o = 0; o < rows; o++)
		for (size_t i = 0; i < columns; i++)
			by_column[i * rows + o] = w[o * columns + i];
	k->vecmat((float *)y, by_column, scale, shift, rows, columns);
	for (int relu = 0; relu < 2; relu++) {
		k->matvec(out, w, scale, relu ? NULL : shift, rows, columns, relu);
		for (size_t o = 0; o < rows; o++) {
			double want = 0;

			for (size_t i = 0; i < columns; i++)
				want += (double)w[o * columns + i] * scale[i];
			CHECK_ROW(fabs(((float *)y)[o] - want - shift[o]) <= 1e-4, name);
			want += relu ? 0 : shift[o];
			CHECK_ROW(fabs(out[o] - (relu && want < 0 ? 0 : want)) <= 1e-4, name);
		}
	}
}

static void check_all(check_fn *check)
{
	const struct tt_kernels *const sets[] = { tt_kernels_plain(), tt_kernels_avx2(), tt_kernels_avx512(),
						  tt_kernels_best(8), tt_kernels_best(16) };

	for (size_t k = 0; k < TT_LEN(sets); k++)
		for (size_t i = 0; sets[k] && i < TT_LEN(views); i++)
			check(sets[k], &views[i].view, views[i].name);
}

static void means(void **state)
{
	(void)state;
	check_all(check_mean);
}

static void weighted_sums(void **state)
{
	(void)state;
	check_all(check_weighted);
}

static void scales_and_sums(void **state)
{
	(void)state;
	check_all(check_scale_add);
}

static void affines(void **state)
{
	(void)state;
	check_all(check_affine);
}

static void sums(void **state)
{
	(void)state;
	check_all(check_add);
}

static void vectors(void **state)
{
	(void)state;
	check_all(check_vectors);
}

static void layouts_come_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < TT_LEN(views); i++)
		for (size_t t = 0; t < TT_LEN(types); t++) {
			const struct tt_view *v = &views[i].view;
			size_t n = (size_t)v->c * v->pixels;

			fill(x, n, TT_DT_F32, 16);
			tt_from_plain(y, (float *)x, (struct tt_number){ types[t], 1 }, v);
			tt_to_plain(out, y, (struct tt_number){ types[t], 1 }, v);
			for (size_t k = 0; k < n; k++) {
				CHECK_ROW(close_to(out[k], ((float *)x)[k], types[t]), views[i].name);
				CHECK_ROW(get(y, place(v, k / v->pixels, k % v->pixels), types[t]) == out[k],
					  views[i].name);
			}
		}
}

static void steps_saturate(void **state)
{
	static const float in[] = { 0, .1f, .26f, -.26f, 31.75f, 40, -40, -31.75f };
	static const int8_t want[] = { 0, 0, 1, -1, 127, 127, -127, -127 };
	int8_t got[8];

	(void)state;
	tt_from_plain(got, in, (struct tt_number){ TT_DT_I8, .25f }, &(struct tt_view){ 1, 8, 1 });
	CHECK(memcmp(got, want, sizeof got) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means),
		cmocka_unit_test(weighted_sums),
		cmocka_unit_test(scales_and_sums),
		cmocka_unit_test(affines),
		cmocka_unit_test(sums),
		cmocka_unit_test(vectors),
		cmocka_unit_test(layouts_come_back),
		cmocka_unit_test(steps_saturate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
