/* face-probe MODEL IN.safetensors OUT.safetensors f32|bf16: the networks for faces as tests/accuracy/test_face_twin.py
 * asks for, to be compared with PyTorch; or with OUT "-" only their time. IN holds either "canvas" (3, height, width):
 * OUT gets "map0", "map1", "map2"; or "aligned" (n, 112, 112, 3) with numbers 0…255: OUT gets "vectors" (n, 256). */
#include "base/alloc.h"
#include "base/clock.h"
#include "vision/face_detect.h"
#include "vision/face_embed.h"

#include <stdio.h>
#include <string.h>

#define ROUNDS 20

struct probe {
	const char *model, *out;
	enum tt_dtype type;
	unsigned rounds;
};

static int say(const struct probe *p, int64_t since, unsigned n, enum tt_dtype type)
{
	fprintf(stderr, "%.2f ms in %s\n", (double)(tt_mono_ns() - since) / 1e6 / p->rounds / n, tt_dtype_name(type));
	return 0;
}

static int detect(const struct probe *p, const struct tt_st_tensor *t, struct tt_err *err)
{
	uint32_t h = (uint32_t)t->shape[1], w = (uint32_t)t->shape[2];
	TT_SCOPED(tt_freep) float *canvas = tt_alloc(3ull * h * w * sizeof *canvas);
	struct tt_st_tensor list[TT_FACE_LEVELS] = { { 0 } };
	struct tt_face_detector *d = NULL;
	float *maps[TT_FACE_LEVELS] = { NULL };
	static const char *const names[] = { "map0", "map1", "map2" };
	int rc = canvas ? tt_st_tensor_f32(t, canvas, err) : tt_err_set(err, TT_ENOMEM, "out of memory");
	int64_t start;

	rc = rc ? rc : tt_face_detector_open(&d, p->model, p->type, 1, err);
	for (unsigned l = 0; rc == 0 && l < TT_FACE_LEVELS; l++) {
		uint64_t y = h / tt_face_stride(l), x = w / tt_face_stride(l);

		maps[l] = tt_alloc(TT_FACE_OUTPUTS * y * x * sizeof(float));
		rc = maps[l] ? 0 : tt_err_set(err, TT_ENOMEM, "out of memory");
		list[l] = (struct tt_st_tensor){ .name = names[l],
						 .dtype = TT_DT_F32,
						 .rank = 3,
						 .shape = { TT_FACE_OUTPUTS, y, x },
						 .data = maps[l] };
	}
	rc = rc ? rc : tt_face_detector_maps(d, canvas, h, w, maps, err);
	start = tt_mono_ns();
	for (unsigned i = 0; rc == 0 && i < p->rounds; i++)
		rc = tt_face_detector_maps(d, canvas, h, w, maps, err);
	if (rc == 0)
		rc = p->rounds ? say(p, start, 1, tt_face_detector_precision(d))
			       : tt_safetensors_write(p->out, NULL, 0, list, TT_FACE_LEVELS, err);
	for (unsigned l = 0; l < TT_FACE_LEVELS; l++)
		free(maps[l]);
	tt_face_detector_close(d);
	return rc;
}

static int embed(const struct probe *p, const struct tt_st_tensor *t, struct tt_err *err)
{
	unsigned n = (unsigned)t->shape[0], most = p->rounds ? p->rounds : 1;
	size_t numbers = (size_t)n * TT_FACE_BYTES;
	TT_SCOPED(tt_freep) float *aligned = tt_alloc(numbers * sizeof *aligned);
	TT_SCOPED(tt_freep) uint8_t *bytes = tt_alloc(numbers);
	TT_SCOPED(tt_freep) float *out = tt_alloc((size_t)n * TT_FACE_DIM * sizeof *out);
	struct tt_face_memory memory = { 0 };
	struct tt_face_embedder *e = NULL;
	int rc = aligned && bytes && out ? tt_st_tensor_f32(t, aligned, err)
					 : tt_err_set(err, TT_ENOMEM, "out of memory");
	int64_t start = tt_mono_ns();

	for (size_t i = 0; rc == 0 && i < numbers; i++)
		bytes[i] = (uint8_t)aligned[i];
	rc = rc ? rc : tt_face_embedder_open(&e, p->model, p->type, 1, err);
	for (unsigned round = 0; rc == 0 && round < most; round++)
		for (unsigned i = 0; rc == 0 && i < n; i += TT_FACE_BATCH) {
			if (round == 0 && i == TT_FACE_BATCH) /* the first batch compiles */
				start = tt_mono_ns();
			rc = tt_face_embed(e, bytes + (size_t)i * TT_FACE_BYTES,
					   n - i < TT_FACE_BATCH ? n - i : TT_FACE_BATCH, &memory,
					   (float(*)[TT_FACE_DIM])(out + (size_t)i * TT_FACE_DIM), err);
		}
	if (rc == 0 && p->rounds)
		rc = say(p, start, n, tt_face_embedder_precision(e));
	else if (rc == 0)
		rc = tt_safetensors_write(p->out, NULL, 0,
					  &(struct tt_st_tensor){ .name = "vectors",
								  .dtype = TT_DT_F32,
								  .rank = 2,
								  .shape = { n, TT_FACE_DIM },
								  .data = out },
					  1, err);
	free(memory.p);
	tt_face_embedder_close(e);
	return rc;
}

int main(int argc, char **argv)
{
	TT_SCOPED(tt_safetensors_closep) struct tt_safetensors *in = NULL;
	const struct tt_st_tensor *canvas, *aligned;
	struct tt_err err = { 0 };
	struct probe p;
	int rc;

	if (argc != 5) {
		fprintf(stderr, "usage: face-probe MODEL IN.safetensors OUT.safetensors|- f32|bf16\n");
		return 2;
	}
	p = (struct probe){ argv[1], argv[3], strcmp(argv[4], "bf16") == 0 ? TT_DT_BF16 : TT_DT_F32,
			    strcmp(argv[3], "-") == 0 ? ROUNDS : 0 };
	rc = tt_safetensors_open(&in, argv[2], &err);
	canvas = rc == 0 ? tt_safetensors_find(in, "canvas") : NULL;
	aligned = rc == 0 ? tt_safetensors_find(in, "aligned") : NULL;
	if (canvas && canvas->rank == 3)
		rc = detect(&p, canvas, &err);
	else if (aligned && aligned->rank == 4)
		rc = embed(&p, aligned, &err);
	else if (rc == 0)
		rc = tt_err_set(&err, TT_EINVALID, "no tensor 'canvas' or 'aligned'");
	if (rc < 0)
		fprintf(stderr, "face-probe: %s\n", err.msg);
	return rc < 0;
}
