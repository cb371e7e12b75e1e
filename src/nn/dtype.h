/* Number formats of tensors, and conversion to and from single precision. Any thread.
 * bfloat16: the upper half of a float32, rounded to nearest even. float16: IEEE 754 binary16. */
#ifndef TT_NN_DTYPE_H
#define TT_NN_DTYPE_H

#include <stddef.h>
#include <stdint.h>

enum tt_dtype {
	TT_DT_F32,
	TT_DT_F16,
	TT_DT_BF16,
	TT_DT_I8,
	TT_DT_U8,
	TT_DT_I16,
	TT_DT_U16,
	TT_DT_I32,
	TT_DT_U32,
	TT_DT_I64,
	TT_DT_U64,
	TT_DT_F64,
	TT_DT_BOOL,
	TT_DTYPES
};

size_t tt_dtype_size(enum tt_dtype t);      /* bytes of one element */
const char *tt_dtype_name(enum tt_dtype t); /* as safetensors writes it: "F32", "BF16" … */
int tt_dtype_of(const char *name);          /* -1: no such type */

float tt_f16_to_f32(uint16_t h);
uint16_t tt_f32_to_f16(float f);
float tt_bf16_to_f32(uint16_t h);
uint16_t tt_f32_to_bf16(float f);

#endif
