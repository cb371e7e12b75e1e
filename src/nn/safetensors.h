/* Weights on disk: the safetensors format (github.com/huggingface/safetensors, README "Format"): eight bytes of header
 * length, a JSON header, then the tensors end to end.
 *
 * The reader trusts nothing: the header has a maximum, every offset lies inside the file, tensors neither overlap nor
 * leave gaps, the size follows from shape and type, names are short well-formed UTF-8. The file is mapped read-only;
 * tensors and strings point into the object and live as long as it. Reading is safe from any thread. */
#ifndef TT_NN_SAFETENSORS_H
#define TT_NN_SAFETENSORS_H

#include "base/err.h"
#include "nn/dtype.h"

#define TT_ST_MAX_HEADER (4u << 20) /* bytes */
#define TT_ST_MAX_TENSORS 16384
#define TT_ST_MAX_RANK 8
#define TT_ST_MAX_NAME 255 /* bytes without NUL */

struct tt_st_tensor {
	const char *name;
	enum tt_dtype dtype;
	unsigned rank;
	uint64_t shape[TT_ST_MAX_RANK];
	const void *data; /* aligned to its element, little-endian */
	size_t bytes;
};

struct tt_safetensors;

/* TT_EINVALID: not such a file, with the reason; TT_ETOOBIG: over a limit above; TT_EIO, TT_ENOTFOUND: cannot be read.
 */
int tt_safetensors_open(struct tt_safetensors **out, const char *path, struct tt_err *err) TT_CHECKED;
void tt_safetensors_close(struct tt_safetensors *s); /* NULL is fine */
static inline void tt_safetensors_closep(struct tt_safetensors **s)
{
	tt_safetensors_close(*s);
}

size_t tt_safetensors_count(const struct tt_safetensors *s);
const struct tt_st_tensor *tt_safetensors_at(const struct tt_safetensors *s, size_t i); /* in the order of names */
const struct tt_st_tensor *tt_safetensors_find(const struct tt_safetensors *s, const char *name); /* NULL: none */
const char *tt_safetensors_meta(const struct tt_safetensors *s, const char *key); /* from __metadata__; NULL: none */
/* Other programs name the same tensors otherwise: fn shortens each name in place. Before other threads look at it.
 * TT_EINVALID: two get the same name. */
typedef void tt_st_shorten_fn(char *name);
int tt_safetensors_shorten(struct tt_safetensors *s, tt_st_shorten_fn *fn, struct tt_err *err) TT_CHECKED;
uint64_t tt_safetensors_elements(const struct tt_st_tensor *t);
/* Lets the kernel drop the pages read so far; they come back from the file when touched again. */
void tt_safetensors_forget(const struct tt_safetensors *s);

/* All elements as single precision. Types: F32, F16, BF16; else TT_EINVALID. */
int tt_st_tensor_f32(const struct tt_st_tensor *t, float *out, struct tt_err *err) TT_CHECKED;

struct tt_st_meta {
	const char *key, *value;
};

/* Writes the file whole or not at all (temporary, fsync, rename). Tensors are sorted by width of their type and name;
 * `bytes` is computed from shape and type. */
int tt_safetensors_write(const char *path, const struct tt_st_meta *meta, size_t metas,
			 const struct tt_st_tensor *tensors, size_t count, struct tt_err *err) TT_CHECKED;

#endif
