#include "nn/dtype.h"

#include "base/err.h"
#include "test.h"

#include <math.h>
#include <string.h>

static void every_half_comes_back(void **state)
{
	(void)state;
	for (uint32_t h = 0; h < 65536; h++) {
		float f = tt_f16_to_f32((uint16_t)h), b = tt_bf16_to_f32((uint16_t)h);

		if (isnan(f))
			CHECK(isnan(tt_f16_to_f32(tt_f32_to_f16(f))));
		else
			CHECK(tt_f32_to_f16(f) == h);
		if (isnan(b))
			CHECK(isnan(tt_bf16_to_f32(tt_f32_to_bf16(b))));
		else
			CHECK(tt_f32_to_bf16(b) == h);
	}
}

static void halves_round_to_even(void **state)
{
	static const struct {
		const char *name;
		float f;
		uint16_t half, brain;
	} rows[] = {
		{ "one", 1, 0x3c00, 0x3f80 },
		{ "minus two", -2, 0xc000, 0xc000 },
		{ "largest half", 65504, 0x7bff, 0x4780 },
		{ "rounds to the largest", 65519.996f, 0x7bff, 0x4780 },
		{ "too large for a half", 65520, 0x7c00, 0x4780 },
		{ "infinity", INFINITY, 0x7c00, 0x7f80 },
		{ "tie down to even", 1 + 0x1p-11f, 0x3c00, 0x3f80 },
		{ "tie up to even", 1 + 3 * 0x1p-11f, 0x3c02, 0x3f80 },
		{ "brain tie up to even", 1 + 3 * 0x1p-8f, 0x3c0c, 0x3f82 },
		{ "smallest half", 0x1p-24f, 0x0001, 0x3380 },
		{ "half of the smallest", 0x1p-25f, 0x0000, 0x3300 },
		{ "a little more", 0x1.8p-25f, 0x0001, 0x3340 },
		{ "smallest normal half", 0x1p-14f, 0x0400, 0x3880 },
		{ "minus zero", -0.f, 0x8000, 0x8000 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		CHECK_ROW(tt_f32_to_f16(rows[i].f) == rows[i].half, rows[i].name);
		CHECK_ROW(tt_f32_to_bf16(rows[i].f) == rows[i].brain, rows[i].name);
	}
}

static void names_come_back(void **state)
{
	(void)state;
	for (int t = 0; t < TT_DTYPES; t++)
		CHECK(tt_dtype_of(tt_dtype_name((enum tt_dtype)t)) == t && tt_dtype_size((enum tt_dtype)t) > 0);
	CHECK(tt_dtype_of("F8") == -1 && tt_dtype_of("") == -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_half_comes_back),
		cmocka_unit_test(halves_round_to_even),
		cmocka_unit_test(names_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
