/* Sizes, turning, shrinking and the fingerprints. */
#include "media/format.h"
#include "media/hashes.h"
#include "media/resample.h"

#include "base/alloc.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static struct tt_pixels picture(uint32_t width, uint32_t height)
{
	struct tt_pixels px = { .rgb = NULL };
	struct tt_err err = { 0 };

	CHECK(tt_pixels_new(&px, width, height, &err) == 0);
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++) {
			uint8_t *p = px.rgb + ((size_t)y * width + x) * 3;

			p[0] = (uint8_t)(x * 255 / width);
			p[1] = (uint8_t)(y * 255 / height);
			p[2] = (uint8_t)((x * y) & 255);
		}
	}
	return px;
}

static void base_sizes(void **state)
{
	static const struct {
		uint32_t width, height, want_width, want_height;
	} rows[] = {
		{ 6000, 4000, 1440, 960 },
		{ 4000, 6000, 960, 1440 },
		{ 1440, 100, 1440, 100 },
		{ 100, 100, 100, 100 },
		{ 1, 1, 1, 1 },
		{ 12000, 1000, 3072, 256 },
		{ 5000, 200, 5000, 200 },
		{ 1441, 1441, 1440, 1440 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		uint32_t width, height;
		char name[32];

		snprintf(name, sizeof name, "%u x %u", rows[i].width, rows[i].height);
		tt_base_size(rows[i].width, rows[i].height, &width, &height);
		CHECK_ROW(width == rows[i].want_width && height == rows[i].want_height, name);
	}
}

static void limits(void **state)
{
	const struct tt_media_limits l = { .max_pixels = 1000000, .max_side = 5000 };
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_check_size(&l, 1000, 1000, &err) == 0);
	CHECK(tt_check_size(&l, 1001, 1000, &err) == TT_ETOOBIG && strstr(err.msg, "media.max_pixels"));
	CHECK(tt_check_size(&l, 5001, 1, &err) == TT_ETOOBIG && strstr(err.msg, "media.max_side"));
	CHECK(tt_check_size(&l, 0, 1, &err) == TT_EINVALID);
	CHECK(tt_check_size(&l, UINT64_MAX, UINT64_MAX, &err) == TT_ETOOBIG);
}

/* A 3×2 picture of six different pixels, turned: what stands where, by the drawing in the EXIF standard. */
static void turns(void **state)
{
	static const struct {
		unsigned orientation;
		uint32_t width;
		const char *want;
	} rows[] = {
		{ 0, 3, "abcdef" }, { 1, 3, "abcdef" }, { 2, 3, "cbafed" }, { 3, 3, "fedcba" }, { 4, 3, "defabc" },
		{ 5, 2, "adbecf" }, { 6, 2, "daebfc" }, { 7, 2, "fcebda" }, { 8, 2, "cfbead" }, { 9, 3, "abcdef" },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_pixels px = { .rgb = NULL };
		struct tt_err err = { 0 };
		char name[16], got[7] = "";

		snprintf(name, sizeof name, "%u", rows[i].orientation);
		CHECK(tt_pixels_new(&px, 3, 2, &err) == 0);
		for (int k = 0; k < 6; k++)
			memset(px.rgb + 3 * k, 'a' + k, 3);
		CHECK_ROW(tt_pixels_turn(&px, rows[i].orientation, &err) == 0, name);
		for (int k = 0; k < 6; k++)
			got[k] = (char)px.rgb[3 * k + 1];
		CHECK_ROW(px.width == rows[i].width && !strcmp(got, rows[i].want), name);
		tt_pixels_done(&px);
	}
}

static void resample_keeps_the_same_size(void **state)
{
	struct tt_pixels px = picture(37, 21);
	uint8_t *out = tt_alloc(37 * 21 * 3);
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_resample(&px, 37, 21, out, &err) == 0);
	CHECK(!memcmp(out, px.rgb, 37 * 21 * 3));
	CHECK(tt_resample(&px, 38, 21, out, &err) == TT_EINTERNAL);
	free(out);
	tt_pixels_done(&px);
}

static void resample_keeps_flat_colour_and_ramps(void **state)
{
	static const uint32_t sides[] = { 1, 2, 3, 7, 50, 99, 100 };
	struct tt_pixels flat = picture(100, 100), ramp = picture(100, 100);
	uint8_t *out = tt_alloc(100 * 100 * 3);
	struct tt_err err = { 0 };

	(void)state;
	memset(flat.rgb, 201, 100 * 100 * 3);
	for (size_t i = 0; i < TT_LEN(sides); i++) {
		uint32_t n = sides[i];

		CHECK(tt_resample(&flat, n, n, out, &err) == 0);
		for (size_t k = 0; k < (size_t)n * n * 3; k++)
			CHECK(out[k] == 201);
		CHECK(tt_resample(&ramp, n, n, out, &err) == 0);
		for (uint32_t x = 0; x < n; x++) { /* the middle of each output pixel, but where the edge bends it */
			int want = (int)((x + 0.5) * 255 / n - 0.5 * 255 / 100), got = out[3 * x];

			CHECK(n == 1 || x == 0 || x == n - 1 || (got - want <= 3 && want - got <= 3));
		}
	}
	free(out);
	tt_pixels_done(&flat);
	tt_pixels_done(&ramp);
}

static void alpha_lies_on_white(void **state)
{
	uint8_t px[] = { 10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 128 };

	(void)state;
	tt_pixels_flatten_row(px, px, 3);
	CHECK(px[0] == 10 && px[1] == 20 && px[2] == 30);
	CHECK(px[3] == 255 && px[4] == 255 && px[5] == 255);
	CHECK(px[6] == 127 && px[8] == 127);
}

static unsigned distance(uint64_t a, uint64_t b)
{
	return (unsigned)__builtin_popcountll(a ^ b);
}

static void phash_is_near_for_near_pictures(void **state)
{
	struct tt_pixels px = picture(300, 200), small = { .rgb = NULL }, other = picture(300, 200);
	uint64_t a = 0, b = 0, c = 0;
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_pixels_new(&small, 120, 80, &err) == 0);
	CHECK(tt_resample(&px, 120, 80, small.rgb, &err) == 0);
	CHECK(tt_pixels_turn(&other, 3, &err) == 0);
	CHECK(tt_phash(&px, &a, &err) == 0 && tt_phash(&small, &b, &err) == 0 && tt_phash(&other, &c, &err) == 0);
	CHECK(distance(a, b) <= 8);
	CHECK(distance(a, c) >= 16);
	tt_pixels_done(&px);
	tt_pixels_done(&small);
	tt_pixels_done(&other);
}

static void phash_of_one_pixel(void **state)
{
	struct tt_pixels px = picture(1, 1);
	uint64_t a = 0;
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_phash(&px, &a, &err) == 0);
	tt_pixels_done(&px);
}

/* One colour: size flag L (4×3), no contrast, the colour in base 83, and the middle digit pair for each component. */
static void blurhash_of_flat_colour(void **state)
{
	uint8_t rgb[8 * 8 * 3];
	char out[TT_BLURHASH_SIZE];

	(void)state;
	memset(rgb, 255, sizeof rgb);
	tt_blurhash(rgb, 8, 8, out);
	CHECK(strlen(out) == 28 && out[0] == 'L');
	CHECK(!memcmp(out + 2, "TSUA", 4));
	memset(rgb, 0, sizeof rgb);
	tt_blurhash(rgb, 8, 8, out);
	assert_string_equal(out, "L00000fQfQfQfQfQfQfQfQfQfQfQ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base_sizes),
		cmocka_unit_test(limits),
		cmocka_unit_test(turns),
		cmocka_unit_test(resample_keeps_the_same_size),
		cmocka_unit_test(resample_keeps_flat_colour_and_ramps),
		cmocka_unit_test(alpha_lies_on_white),
		cmocka_unit_test(phash_is_near_for_near_pictures),
		cmocka_unit_test(phash_of_one_pixel),
		cmocka_unit_test(blurhash_of_flat_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
