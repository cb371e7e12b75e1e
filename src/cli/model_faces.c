#include "cli/model_faces.h"

#include "app/app.h"
#include "base/alloc.h"
#include "base/fs.h"
#include "cli/bench.h"
#include "vision/face_detect.h"
#include "vision/face_embed.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LANDSCAPE(side) ((side)*3 / 4) /* px: the shorter side of most photos */

const char *tt_cli_face_kind(const char *path)
{
	struct tt_safetensors *file = NULL;
	const char *architecture, *kind = NULL;

	if (tt_safetensors_open(&file, path, NULL) < 0)
		return NULL;
	architecture = tt_safetensors_meta(file, "architecture");
	if (architecture && strcmp(architecture, "tt-face-detector") == 0)
		kind = "detector";
	else if (architecture && strcmp(architecture, "tt-face-embedder") == 0)
		kind = "embedder";
	tt_safetensors_close(file);
	return kind;
}

static void build(struct tt_graph *g, bool detector, uint32_t width, uint32_t height)
{
	tt_graph_init(g);
	if (detector)
		tt_face_detector_build(g, height, width);
	else
		tt_face_embedder_build(g);
}

json_t *tt_cli_face_describe(const char *path, const char *kind, struct tt_err *err)
{
	const char *slash, *stem;
	bool detector = kind[0] == 'd';
	struct tt_face_model m;
	char file[4096];
	struct tt_graph g;
	json_t *o;

	tt_utf8_copy(file, sizeof file, path, strlen(path));
	slash = strrchr(file, '/');
	stem = slash ? slash + 1 : file;
	if (tt_face_model_open(&m, kind, path, err) < 0)
		return NULL;
	build(&g, detector, m.side, LANDSCAPE(m.side));
	o = json_pack("{s:o, s:s, s:s, s:s, s:s, s:i, s:i}", "name", json_stringn(stem, strcspn(stem, ".")), "file",
		      path, "version", m.hash, "architecture", tt_safetensors_meta(m.file, "architecture"), "origin",
		      "tintype", "outputs", detector ? TT_FACE_OUTPUTS : TT_FACE_DIM, "input", (int)m.side);
	if (tt_graph_check(&g, NULL) == 0) {
		json_object_set_new(o, "parameters", json_integer((json_int_t)tt_graph_params(&g)));
		json_object_set_new(o, "macs", json_integer((json_int_t)tt_graph_macs(&g)));
	}
	tt_graph_done(&g);
	tt_face_model_done(&m);
	return o;
}

bool tt_cli_face_in_use(const struct tt_cli *cli, const char *path, const char *kind)
{
	struct tt_app_face_file detector, embedder;
	struct stat a, b;

	tt_app_face_files(cli->conf, &detector, &embedder);
	return stat(path, &a) == 0 && stat(kind[0] == 'd' ? detector.path : embedder.path, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* ---- bench */

struct bench {
	const struct tt_cli *cli;
	const char *precision;
	enum tt_dtype type;
	unsigned threads;
	uint32_t width, height; /* px */
	unsigned faces;         /* at once */
	struct tt_face_detector *detector;
	struct tt_face_embedder *embedder;
	float *canvas, *maps[TT_FACE_LEVELS];
	uint8_t *aligned;
	struct tt_face_memory memory;
};

static int detect(void *ctx, struct tt_err *err)
{
	struct bench *b = ctx;

	return tt_face_detector_maps(b->detector, b->canvas, b->height, b->width, b->maps, err);
}

static int embed(void *ctx, struct tt_err *err)
{
	float vector[TT_FACE_BATCH][TT_FACE_DIM];
	struct bench *b = ctx;

	return tt_face_embed(b->embedder, b->aligned, b->faces, &b->memory, vector, err);
}

static int measure(struct bench *b, struct tt_err *err)
{
	unsigned each = b->detector ? 1 : b->faces;
	double median = 0, best = 0, macs;
	struct tt_graph g;
	int rc = tt_cli_measure(b->detector ? detect : embed, b, &median, &best, err);

	if (rc < 0)
		return rc;
	median /= each;
	best /= each;
	build(&g, b->detector != NULL, b->width, b->height);
	rc = tt_graph_check(&g, err);
	macs = rc == 0 ? (double)tt_graph_macs(&g) * (b->detector ? 1 : 2) : 0; /* a face and its mirror */
	tt_graph_done(&g);
	if (rc < 0)
		return rc;
	if (b->cli->json)
		return tt_cli_print_json(json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:f, s:f, s:f, s:f}", "architecture",
						   b->detector ? "tt-face-detector" : "tt-face-embedder", "precision",
						   b->precision, "threads", (int)b->threads, "width", (int)b->width,
						   "height", (int)b->height, "batch", (int)each, "macs", macs, "ms",
						   median, "best_ms", best, "gmacs_per_s", macs / best / 1e6));
	(void)printf("%-10s %5u × %-5u %7u %7u %9.2f %9.2f %10.0f\n", b->precision, b->width, b->height, b->threads,
		     each, median, best, macs / best / 1e6);
	return 0;
}

/* The looks of vision/README.md at a photo of 4:3, and one that is turned. */
static int bench_detector(struct bench *b, struct tt_err *err)
{
	static const uint32_t sides[] = { 256, 640, TT_FACE_CANVAS_MOST };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < TT_LEN(sides); i++) {
		b->width = sides[i];
		b->height = LANDSCAPE(sides[i]);
		rc = measure(b, err);
	}
	return rc;
}

static int bench_embedder(struct bench *b, struct tt_err *err)
{
	int rc = 0;

	b->width = b->height = TT_FACE_SIDE;
	for (b->faces = 1; rc == 0 && b->faces <= TT_FACE_BATCH; b->faces *= 2)
		rc = measure(b, err);
	return rc;
}

static int bench_one(struct bench *b, const char *path, bool detector, struct tt_err *err)
{
	enum tt_dtype real = b->type;
	int rc = detector ? tt_face_detector_open(&b->detector, path, b->type, b->threads, err)
			  : tt_face_embedder_open(&b->embedder, path, b->type, b->threads, err);

	if (rc == 0)
		real = detector ? tt_face_detector_precision(b->detector) : tt_face_embedder_precision(b->embedder);
	if (real != b->type)
		(void)fprintf(stderr, "tintype: %s: not on this processor\n", b->precision);
	else if (rc == 0)
		rc = detector ? bench_detector(b, err) : bench_embedder(b, err);
	tt_face_detector_close(b->detector);
	tt_face_embedder_close(b->embedder);
	b->detector = NULL;
	b->embedder = NULL;
	return rc;
}

/* Noise for the largest canvas and batch. */
static int fill(struct bench *b, struct tt_err *err)
{
	size_t pixels = (size_t)TT_FACE_CANVAS_MOST * LANDSCAPE(TT_FACE_CANVAS_MOST),
	       faces = TT_FACE_BATCH * TT_FACE_BYTES;
	uint32_t seed = 1;

	b->canvas = tt_alloc(3 * pixels * sizeof *b->canvas);
	b->aligned = tt_alloc(faces);
	for (unsigned l = 0; l < TT_FACE_LEVELS; l++)
		b->maps[l] = tt_alloc(TT_FACE_OUTPUTS * sizeof(float) * pixels / tt_face_stride(l) / tt_face_stride(l));
	if (!b->canvas || !b->aligned || !b->maps[0] || !b->maps[1] || !b->maps[2])
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < 3 * pixels; i++)
		b->canvas[i] = (float)((seed = seed * 1664525u + 1013904223u) >> 24) / 127.5f - 1;
	for (size_t i = 0; i < faces; i++)
		b->aligned[i] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
	return 0;
}

int tt_cli_face_bench(struct tt_cli *cli, const char *path, const char *kind, unsigned threads)
{
	static const struct {
		const char *name;
		enum tt_dtype type;
	} ways[] = { { "f32", TT_DT_F32 }, { "bf16", TT_DT_BF16 } };
	struct bench b = { .cli = cli, .threads = threads };
	struct tt_err err = { 0 };
	int rc = fill(&b, &err);

	if (!cli->json)
		(void)printf("%-10s %13s %7s %7s %9s %9s %10s\n", "precision", "pixels", "threads", "batch",
			     kind[0] == 'd' ? "ms/look" : "ms/face", "best", "GMAC/s");
	for (size_t i = 0; rc == 0 && i < TT_LEN(ways); i++) {
		b.precision = ways[i].name;
		b.type = ways[i].type;
		rc = bench_one(&b, path, kind[0] == 'd', &err);
	}
	free(b.canvas);
	free(b.aligned);
	free(b.memory.p);
	for (unsigned l = 0; l < TT_FACE_LEVELS; l++)
		free(b.maps[l]);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}
