/* The two networks behind vision/faces.h, and their files.
 *
 * Detector (architecture "tt-face-detector"): squeeze-excite residual blocks, a feature pyramid (Lin et al. 2017) and
 * one head for its three maps of strides 8, 16 and 32. Embedder ("tt-face-embedder"): an SE-ResNeXt whose last map is
 * weighed by place, then a vector. Input of both: RGB, (x - 127.5) / 127.5. The PyTorch twins are in tools/reference.
 * Read-only after opening; any thread. */
#ifndef TT_VISION_FACE_NETS_H
#define TT_VISION_FACE_NETS_H

#include "nn/graph.h"
#include "nn/safetensors.h"

#define TT_FACE_LEVELS 3
#define TT_FACE_OUTPUTS 15       /* of a cell: score, offset x y, log width height, five landmarks x y */
#define TT_FACE_ALIGN 32         /* px: sides of a detector's canvas are multiples of it */
#define TT_FACE_CANVAS_MOST 1280 /* px */
#define TT_FACE_SIDE 112         /* px: an aligned face */

static inline uint32_t tt_face_stride(unsigned level)
{
	return 8u << level;
}

/* Outputs: the maps of strides 8, 16, 32, each TT_FACE_OUTPUTS × height / stride × width / stride. */
void tt_face_detector_build(struct tt_graph *g, uint32_t height, uint32_t width);
/* Output: 256 numbers, not yet of unit length. */
void tt_face_embedder_build(struct tt_graph *g);

struct tt_face_model {
	struct tt_safetensors *file;
	char hash[13]; /* first hex digits of its SHA-256 */
	uint32_t side; /* px: the canvas's long side, or the aligned face's */
};

/* kind: "detector" or "embedder". TT_ENOTFOUND: no such file; TT_EINVALID: another kind of file, or numbers in its
 * metadata that this program does not go with. */
int tt_face_model_open(struct tt_face_model *out, const char *kind, const char *path, struct tt_err *err) TT_CHECKED;
void tt_face_model_done(struct tt_face_model *m); /* a zeroed struct is fine */

#endif
