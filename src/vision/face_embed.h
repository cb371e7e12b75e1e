/* The embedder: aligned faces in, vectors out. The vector of a face is the mean of its own and its mirror's, brought to
 * unit length, × 127, rounded. Any thread; working memory is the caller's. */
#ifndef TT_VISION_FACE_EMBED_H
#define TT_VISION_FACE_EMBED_H

#include "nn/dtype.h"
#include "vision/face_detect.h"

#define TT_FACE_BATCH 4 /* faces, each with its mirror */
#define TT_FACE_BYTES (TT_FACE_SIDE * TT_FACE_SIDE * 3)

struct tt_face_embedder;

int tt_face_embedder_open(struct tt_face_embedder **out, const char *path, enum tt_dtype precision, unsigned threads,
			  struct tt_err *err) TT_CHECKED;
void tt_face_embedder_close(struct tt_face_embedder *e); /* NULL is fine */
const char *tt_face_embedder_hash(const struct tt_face_embedder *e);
enum tt_dtype tt_face_embedder_precision(const struct tt_face_embedder *e);
const char *tt_face_embedder_meta(const struct tt_face_embedder *e, const char *key); /* NULL: not there */

/* aligned: n × TT_FACE_BYTES, n ≤ TT_FACE_BATCH; out: n unit vectors, all 0 where there is none. TT_EINVALID: the
 * answer is no number. */
int tt_face_embed(struct tt_face_embedder *e, const uint8_t *aligned, unsigned n, struct tt_face_memory *memory,
		  float (*out)[TT_FACE_DIM], struct tt_err *err) TT_CHECKED;

#endif
