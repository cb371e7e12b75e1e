#include "nn/dtype.h"

#include <string.h>

static const struct {
	const char *name;
	size_t size;
} types[TT_DTYPES] = {
	[TT_DT_F32] = { "F32", 4 },   [TT_DT_F16] = { "F16", 2 }, [TT_DT_BF16] = { "BF16", 2 },
	[TT_DT_I8] = { "I8", 1 },     [TT_DT_U8] = { "U8", 1 },   [TT_DT_I16] = { "I16", 2 },
	[TT_DT_U16] = { "U16", 2 },   [TT_DT_I32] = { "I32", 4 }, [TT_DT_U32] = { "U32", 4 },
	[TT_DT_I64] = { "I64", 8 },   [TT_DT_U64] = { "U64", 8 }, [TT_DT_F64] = { "F64", 8 },
	[TT_DT_BOOL] = { "BOOL", 1 },
};

size_t tt_dtype_size(enum tt_dtype t)
{
	return types[t].size;
}

const char *tt_dtype_name(enum tt_dtype t)
{
	return types[t].name;
}

int tt_dtype_of(const char *name)
{
	for (int i = 0; i < TT_DTYPES; i++)
		if (strcmp(types[i].name, name) == 0)
			return i;
	return -1;
}

static float from_bits(uint32_t u)
{
	float f;

	memcpy(&f, &u, sizeof f);
	return f;
}

static uint32_t to_bits(float f)
{
	uint32_t u;

	memcpy(&u, &f, sizeof u);
	return u;
}

float tt_f16_to_f32(uint16_t h)
{
	uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 1023;

	if (exponent == 0) { /* zero or subnormal: fraction * 2^-24 */
		float f = (float)fraction * 0x1p-24f;

		return sign ? -f : f;
	}
	if (exponent == 31)
		return from_bits(sign | 0x7f800000 | fraction << 13);
	return from_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t tt_f32_to_f16(float f)
{
	uint32_t u = to_bits(f), sign = u >> 16 & 0x8000, magnitude = u & 0x7fffffff, shift, half;

	if (magnitude > 0x7f800000)
		return (uint16_t)(sign | 0x7e00);
	if (magnitude >= 0x477ff000) /* rounds to 65536 or more */
		return (uint16_t)(sign | 0x7c00);
	if (magnitude >= 0x38800000) { /* normal: round the 13 bits that go to nearest even */
		magnitude -= 112u << 23;
		return (uint16_t)(sign | (magnitude + 0xfff + (magnitude >> 13 & 1)) >> 13);
	}
	if (magnitude < 0x33000000)
		return (uint16_t)sign;
	shift = 126 - (magnitude >> 23); /* subnormal */
	magnitude = (magnitude & 0x7fffff) | 0x800000;
	half = magnitude >> shift;
	magnitude &= (1u << shift) - 1;
	if (magnitude > 1u << (shift - 1) || (magnitude == 1u << (shift - 1) && (half & 1)))
		half++;
	return (uint16_t)(sign | half);
}

float tt_bf16_to_f32(uint16_t h)
{
	return from_bits((uint32_t)h << 16);
}

uint16_t tt_f32_to_bf16(float f)
{
	uint32_t u = to_bits(f);

	if ((u & 0x7fffffff) > 0x7f800000)
		return (uint16_t)(u >> 16 | 0x40);
	return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}
