#include "vision/preprocess.h"

#include "base/fault.h"
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Hashes (FNV-1a, 64 bits) of what Pillow 9.4 makes of the same pattern: resize with BICUBIC, then the middle. */
static const struct {
	uint32_t width, height, resize, crop;
	uint64_t hash;
} rows[] = {
	{ 128, 128, 128, 112, 0xaa8aa81b311b36f6u },  { 200, 128, 128, 112, 0xbdede87e2bc83a8eu },
	{ 128, 171, 128, 128, 0x7b3391a78460810eu },  { 341, 256, 128, 112, 0x27947a23e86b066fu },
	{ 256, 1024, 128, 112, 0x9e92b88678ea0b34u }, { 97, 64, 128, 112, 0xc0c2863278103c48u },
	{ 40, 300, 128, 112, 0x4419479fd72a983cu },   { 500, 333, 224, 224, 0x47bb5cc4464bfdf4u },
	{ 1, 1, 64, 32, 0x8abc5cef39547325u },        { 3, 257, 64, 64, 0xba2a1cfab1089775u },
	{ 129, 128, 128, 112, 0xaa8aa81b311b36f6u },  { 256, 256, 128, 112, 0xb4436a00b7a3aff0u },
};

static uint8_t *pattern(uint32_t width, uint32_t height)
{
	uint8_t *rgb = malloc((size_t)width * height * 3), *p = rgb;

	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			for (uint32_t c = 0; c < 3; c++)
				*p++ = (uint8_t)(x * 7 + y * 13 + c * 50 + x * y / 5 + x * x / 3);
	return rgb;
}

static uint64_t hash(const uint8_t *p, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h;
}

static void resizes_as_pillow_does(void **state)
{
	struct tt_resize_scratch scratch = { 0 };
	static uint8_t out[224 * 224 * 3];

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_input_spec spec = { .resize = rows[i].resize, .crop = rows[i].crop };
		uint8_t *rgb = pattern(rows[i].width, rows[i].height);
		struct tt_plane plane = { rows[i].width, rows[i].height, rgb };

		CHECK(tt_resize_crop(&plane, &spec, &scratch, out, NULL) == 0);
		if (hash(out, (size_t)spec.crop * spec.crop * 3) != rows[i].hash)
			fail_msg("%u x %u to %u, %u", plane.width, plane.height, spec.resize, spec.crop);
		free(rgb);
	}
	tt_resize_scratch_done(&scratch);
}

static void impossible_sizes_are_refused(void **state)
{
	static const struct {
		const char *name;
		uint32_t width, height, resize, crop;
	} bad[] = {
		{ "no width", 0, 4, 64, 32 },     { "no height", 4, 0, 64, 32 },
		{ "too wide", 65536, 4, 64, 32 }, { "crop over resize", 4, 4, 32, 33 },
		{ "no crop", 4, 4, 32, 0 },       { "resize over the limit", 4, 4, TT_INPUT_MAX + 1, 32 },
	};
	struct tt_resize_scratch scratch = { 0 };
	uint8_t rgb[64], out[8];

	(void)state;
	for (size_t i = 0; i < TT_LEN(bad); i++) {
		struct tt_input_spec spec = { .resize = bad[i].resize, .crop = bad[i].crop };
		struct tt_plane plane = { bad[i].width, bad[i].height, rgb };
		struct tt_err err = { 0 };

		CHECK_ROW(tt_resize_crop(&plane, &spec, &scratch, out, &err) == TT_EINVALID && err.msg[0], bad[i].name);
	}
	tt_resize_scratch_done(&scratch);
}

static void lack_of_memory_is_told(void **state)
{
	struct tt_input_spec spec = { .resize = 64, .crop = 32 };
	struct tt_resize_scratch scratch = { 0 };
	uint8_t *rgb = pattern(100, 90), out[32 * 32 * 3];
	struct tt_err err = { 0 };

	(void)state;
	tt_fault_arm(TT_FAULT_ALLOC, 0);
	CHECK(tt_resize_crop(&(struct tt_plane){ 100, 90, rgb }, &spec, &scratch, out, &err) == TT_ENOMEM &&
	      err.msg[0]);
	CHECK(tt_fault_disarm(TT_FAULT_ALLOC));
	CHECK(tt_resize_crop(&(struct tt_plane){ 100, 90, rgb }, &spec, &scratch, out, &err) == 0);
	tt_resize_scratch_done(&scratch);
	free(rgb);
}

static void normalises_by_channel(void **state)
{
	static const uint8_t rgb[] = { 0, 128, 255, 255, 0, 51, 1, 2, 3, 10, 20, 30 };
	struct tt_input_spec spec = { .crop = 2, .mean = { .485f, .456f, .406f }, .std = { .229f, .224f, .225f } };
	float out[12];

	(void)state;
	tt_normalise(rgb, &spec, out);
	for (int c = 0; c < 3; c++)
		for (int i = 0; i < 4; i++)
			CHECK(fabsf(out[c * 4 + i] - (rgb[i * 3 + c] / 255.f - spec.mean[c]) / spec.std[c]) < 1e-6f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resizes_as_pillow_does),
		cmocka_unit_test(impossible_sizes_are_refused),
		cmocka_unit_test(lack_of_memory_is_told),
		cmocka_unit_test(normalises_by_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
