#include "vision/face_embed.h"

#include "base/alloc.h"
#include "nn/net.h"

#include <math.h>

#define PIXELS ((size_t)TT_FACE_SIDE * TT_FACE_SIDE)
#define MIDDLE 127.5f

struct tt_face_embedder {
	struct tt_face_model model;
	struct tt_net *net;
};

int tt_face_embedder_open(struct tt_face_embedder **out, const char *path, enum tt_dtype precision, unsigned threads,
			  struct tt_err *err)
{
	struct tt_face_embedder *e = tt_calloc(1, sizeof *e);
	struct tt_graph g;
	int rc;

	if (!e)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	tt_graph_init(&g);
	tt_face_embedder_build(&g);
	rc = tt_face_model_open(&e->model, "embedder", path, err);
	if (rc == 0) {
		rc = tt_net_open(&e->net, &g, e->model.file, &(struct tt_net_opts){ precision, threads }, err);
		if (rc < 0)
			(void)tt_err_ctx(err, "face embedder '%.120s'", path);
	}
	tt_graph_done(&g);
	if (rc < 0) {
		tt_face_embedder_close(e);
		return rc;
	}
	*out = e;
	return 0;
}

void tt_face_embedder_close(struct tt_face_embedder *e)
{
	if (!e)
		return;
	tt_net_close(e->net);
	tt_face_model_done(&e->model);
	free(e);
}

const char *tt_face_embedder_hash(const struct tt_face_embedder *e)
{
	return e->model.hash;
}

enum tt_dtype tt_face_embedder_precision(const struct tt_face_embedder *e)
{
	return tt_net_precision(e->net);
}

const char *tt_face_embedder_meta(const struct tt_face_embedder *e, const char *key)
{
	return tt_safetensors_meta(e->model.file, key);
}

/* The face and behind it its mirror. */
static void put(float *to, const uint8_t *rgb)
{
	for (size_t i = 0; i < PIXELS; i++) {
		size_t mirrored = i / TT_FACE_SIDE * TT_FACE_SIDE + TT_FACE_SIDE - 1 - i % TT_FACE_SIDE;

		for (size_t c = 0; c < 3; c++) {
			float v = ((float)rgb[3 * i + c] - MIDDLE) / MIDDLE;

			to[c * PIXELS + i] = v;
			to[(3 + c) * PIXELS + mirrored] = v;
		}
	}
}

static int unite(float *out, const float *a, const float *b, struct tt_err *err)
{
	double length = 0;

	for (int i = 0; i < TT_FACE_DIM; i++) {
		out[i] = a[i] + b[i];
		length += (double)out[i] * out[i];
	}
	if (!isfinite(length))
		return tt_err_set(err, TT_EINVALID,
				  "the face embedder answers with what is no number: its weights are damaged");
	length = length > 0 ? 1 / sqrt(length) : 0;
	for (int i = 0; i < TT_FACE_DIM; i++)
		out[i] = (float)(out[i] * length);
	return 0;
}

int tt_face_embed(struct tt_face_embedder *e, const uint8_t *aligned, unsigned n, struct tt_face_memory *memory,
		  float (*out)[TT_FACE_DIM], struct tt_err *err)
{
	size_t input = (size_t)n * 2 * 3 * PIXELS;
	int rc = tt_face_memory_grow(memory, input + (size_t)n * 2 * TT_FACE_DIM, err);
	float *vectors;

	if (rc < 0)
		return rc;
	vectors = memory->p + input;
	for (unsigned i = 0; i < n; i++)
		put(memory->p + (size_t)i * 6 * PIXELS, aligned + (size_t)i * TT_FACE_BYTES);
	rc = tt_net_run(e->net, memory->p, 2 * n, &vectors, err);
	for (unsigned i = 0; rc == 0 && i < n; i++)
		rc = unite(out[i], vectors + (size_t)2 * i * TT_FACE_DIM, vectors + (size_t)(2 * i + 1) * TT_FACE_DIM,
			   err);
	return rc;
}
