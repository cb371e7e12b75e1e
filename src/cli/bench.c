#include "cli/bench.h"

#include "app/app.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "vision/classifier.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define SIDE 128   /* px */
#define MOST 8     /* photos at once */
#define SECONDS .7 /* for each row */
#define RUNS 200

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int tt_cli_measure(tt_cli_once *once, void *ctx, double *median, double *best, struct tt_err *err)
{
	double ms[RUNS], spent = 0;
	unsigned n = 0;
	int rc = once(ctx, err);

	while (rc == 0 && n < RUNS && (n < 5 || spent < SECONDS * 1e3)) {
		int64_t start = tt_mono_ns();

		rc = once(ctx, err);
		ms[n] = (double)(tt_mono_ns() - start) / 1e6;
		spent += ms[n++];
	}
	if (rc < 0)
		return rc;
	qsort(ms, n, sizeof *ms, by_size);
	*median = ms[n / 2];
	*best = ms[0];
	return 0;
}

struct batch {
	struct tt_classifier *classifier;
	const struct tt_plane *planes;
	unsigned n;
};

static int classify(void *ctx, struct tt_err *err)
{
	const struct batch *b = ctx;
	struct tt_classified out[MOST];

	return tt_classifier_run(b->classifier, b->planes, b->n, out, err);
}

static void print_row(const struct tt_cli *cli, const struct tt_classifier_info *info, const char *precision,
		      unsigned cores, unsigned batch, double median, double best)
{
	if (cli->json)
		(void)tt_cli_print_json(json_pack(
			"{s:s, s:s, s:s, s:I, s:I, s:i, s:i, s:f, s:f, s:f}", "architecture", info->architecture,
			"precision", precision, "layout", info->layout, "parameters", (json_int_t)info->parameters,
			"macs", (json_int_t)info->macs, "threads", (int)cores, "batch", (int)batch, "ms", median,
			"best_ms", best, "gmacs_per_s", (double)info->macs / best / 1e6));
	else
		(void)printf("%-10s %-10s %7u %7u %9.2f %9.2f %10.0f\n", precision, info->layout, cores, batch, median,
			     best, (double)info->macs / best / 1e6);
}

static int bench_one(struct tt_cli *cli, const char *file, enum tt_precision precision, unsigned cores,
		     const struct tt_plane *planes, struct tt_err *err)
{
	static const char *const names[] = { [TT_F32] = "f32", [TT_BF16] = "bf16", [TT_INT8] = "int8" };
	static const unsigned batches[] = { 1, 4, 8 };
	struct tt_classifier *c = NULL;
	struct tt_classifier_info info;
	char path[PATH_MAX];
	int rc = 0;

	if (file)
		(void)snprintf(path, sizeof path, "%s", file);
	else
		rc = tt_app_model_path(cli->conf, cli->library, path, sizeof path, err);
	if (rc == 0)
		rc = tt_classifier_open(&c, path, &(struct tt_classifier_opts){ precision, cores }, err);
	if (rc < 0)
		return rc;
	tt_classifier_describe(c, &info);
	if (info.precision != precision) {
		(void)fprintf(stderr, "tintype: %s: not on this processor, or not with this model\n", names[precision]);
	} else {
		for (size_t i = 0; rc == 0 && i < TT_LEN(batches); i++) {
			struct batch b = { c, planes, batches[i] };
			double median = 0, best = 0;

			rc = tt_cli_measure(classify, &b, &median, &best, err);
			if (rc == 0)
				print_row(cli, &info, names[precision], cores, b.n, median / b.n, best / b.n);
		}
	}
	tt_classifier_close(c);
	return rc;
}

int tt_cli_bench(struct tt_cli *cli, const char *path, unsigned threads)
{
	static uint8_t noise[MOST][SIDE * SIDE * 3];
	struct tt_plane planes[MOST];
	struct tt_err err = { 0 };
	uint32_t seed = 1;

	for (unsigned i = 0; i < MOST; i++) {
		planes[i] = (struct tt_plane){ SIDE, SIDE, noise[i] };
		for (size_t k = 0; k < sizeof noise[i]; k++)
			noise[i][k] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
	}
	if (!cli->json)
		(void)printf("%-10s %-10s %7s %7s %9s %9s %10s\n", "precision", "layout", "threads", "batch",
			     "ms/photo", "best", "GMAC/s");
	for (int p = TT_F32; p <= TT_INT8; p++)
		if (bench_one(cli, path, (enum tt_precision)p, threads, planes, &err) < 0)
			return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	return TT_EXIT_OK;
}
