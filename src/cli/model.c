/* tintype model list | show FILE | bench: the networks at hand, what is in one, how fast it is here. */
#include "cli/command.h"

#include "app/app.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "vision/model.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BENCH_SIDE 128
#define BENCH_MAX 8
#define BENCH_SECONDS .7 /* for each row */
#define BENCH_RUNS 200

static const char *model;
static int64_t threads = 1;

static json_t *describe(const struct tt_model *m, const char *path)
{
	struct tt_graph g;
	json_t *o = json_object();

	tt_graph_init(&g);
	json_object_set_new(o, "name", json_string(m->name));
	json_object_set_new(o, "file", json_string(path));
	json_object_set_new(o, "version", json_string(m->version));
	json_object_set_new(o, "architecture", json_string(m->network->name));
	json_object_set_new(o, "input", json_integer(m->input.crop));
	if (tt_model_graph(m, &g, NULL) == 0) {
		json_object_set_new(o, "parameters", json_integer((json_int_t)tt_graph_params(&g)));
		json_object_set_new(o, "macs", json_integer((json_int_t)tt_graph_macs(&g)));
	}
	json_object_set_new(o, "labels", json_integer(m->labels));
	json_object_set_new(o, "temperature", json_real(m->temperature));
	json_object_set_new(o, "calibrated_int8", json_boolean(tt_safetensors_meta(m->file, "calibration") != NULL));
	tt_graph_done(&g);
	return o;
}

static void print_plain(json_t *o)
{
	const char *key;
	json_t *value;

	json_object_foreach(o, key, value)
	{
		char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));

		(void)printf("%-16s %s\n", key, text ? text : json_string_value(value));
		free(text);
	}
	json_decref(o);
}

static int show(const struct tt_cli *cli, const char *path)
{
	struct tt_model m;
	struct tt_err err = { 0 };
	json_t *o;

	if (tt_model_open(&m, path, &err) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	o = describe(&m, path);
	if (cli->json) {
		json_t *list = json_array();

		for (unsigned i = 0; i < m.labels; i++)
			json_array_append_new(list, json_string(m.label[i]));
		json_object_set_new(o, "label_names", list);
		(void)tt_cli_print_json(o);
	} else {
		print_plain(o);
	}
	tt_model_done(&m);
	return TT_EXIT_OK;
}

static int list_one(void *ctx, const char *path, struct tt_err *err)
{
	const struct tt_cli *cli = ctx;
	struct tt_model m;
	json_t *o;

	if (!tt_str_ends_nocase(tt_str_of(path), ".safetensors"))
		return 0;
	if (tt_model_open(&m, path, err) < 0) {
		(void)fprintf(stderr, "tintype: %s\n", err->msg);
		return 0;
	}
	o = describe(&m, path);
	tt_model_done(&m);
	if (cli->json)
		return tt_cli_print_json(o);
	(void)printf("%s\t%s\t%s\n", json_string_value(json_object_get(o, "name")),
		     json_string_value(json_object_get(o, "architecture")), path);
	json_decref(o);
	return 0;
}

/* Those beside the one that is in use. */
static int list(struct tt_cli *cli)
{
	char path[PATH_MAX], *slash;
	struct tt_err err = { 0 };

	if (tt_app_model_path(cli->conf, path, sizeof path, &err) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	slash = strrchr(path, '/');
	if (slash)
		*slash = 0;
	if (tt_fs_walk(slash ? path : ".", list_one, cli, &err) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	return TT_EXIT_OK;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int measure(struct tt_classifier *c, const struct tt_plane *planes, unsigned batch, double *median, double *best,
		   struct tt_err *err)
{
	struct tt_classified out[BENCH_MAX];
	double ms[BENCH_RUNS], spent = 0;
	unsigned n = 0;
	int rc = tt_classifier_run(c, planes, batch, out, err); /* compiles */

	while (rc == 0 && n < BENCH_RUNS && (n < 5 || spent < BENCH_SECONDS * 1e3)) {
		int64_t start = tt_mono_ns();

		rc = tt_classifier_run(c, planes, batch, out, err);
		ms[n] = (double)(tt_mono_ns() - start) / 1e6;
		spent += ms[n++];
	}
	if (rc < 0)
		return rc;
	qsort(ms, n, sizeof *ms, by_size);
	*median = ms[n / 2] / batch;
	*best = ms[0] / batch;
	return 0;
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

static int bench_one(struct tt_cli *cli, enum tt_precision precision, unsigned cores, const struct tt_plane *planes,
		     struct tt_err *err)
{
	static const char *const names[] = { [TT_F32] = "f32", [TT_BF16] = "bf16", [TT_INT8] = "int8" };
	static const unsigned batches[] = { 1, 4, 8 };
	struct tt_classifier *c = NULL;
	struct tt_classifier_info info;
	char path[PATH_MAX];
	int rc = 0;

	if (model)
		(void)snprintf(path, sizeof path, "%s", model);
	else
		rc = tt_app_model_path(cli->conf, path, sizeof path, err);
	if (rc == 0)
		rc = tt_classifier_open(&c, path, &(struct tt_classifier_opts){ precision, cores }, err);
	if (rc < 0)
		return rc;
	tt_classifier_describe(c, &info);
	if (info.precision != precision) {
		(void)fprintf(stderr, "tintype: %s: not on this processor, or not with this model\n", names[precision]);
	} else {
		for (size_t i = 0; rc == 0 && i < TT_LEN(batches); i++) {
			double median = 0, best = 0;

			rc = measure(c, planes, batches[i], &median, &best, err);
			if (rc == 0)
				print_row(cli, &info, names[precision], cores, batches[i], median, best);
		}
	}
	tt_classifier_close(c);
	return rc;
}

static int bench(struct tt_cli *cli)
{
	static uint8_t noise[BENCH_MAX][BENCH_SIDE * BENCH_SIDE * 3];
	struct tt_plane planes[BENCH_MAX];
	struct tt_err err = { 0 };
	uint32_t seed = 1;

	for (unsigned i = 0; i < BENCH_MAX; i++) {
		planes[i] = (struct tt_plane){ BENCH_SIDE, BENCH_SIDE, noise[i] };
		for (size_t k = 0; k < sizeof noise[i]; k++)
			noise[i][k] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
	}
	if (!cli->json)
		(void)printf("%-10s %-10s %7s %7s %9s %9s %10s\n", "precision", "layout", "threads", "batch",
			     "ms/photo", "best", "GMAC/s");
	for (int p = TT_F32; p <= TT_INT8; p++)
		if (bench_one(cli, (enum tt_precision)p, (unsigned)threads, planes, &err) < 0)
			return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	return TT_EXIT_OK;
}

static int run(struct tt_cli *cli)
{
	const char *what = cli->args[0];

	if (strcmp(what, "list") == 0 && cli->args_count == 1)
		return list(cli);
	if (strcmp(what, "show") == 0 && cli->args_count == 2)
		return show(cli, cli->args[1]);
	if (strcmp(what, "bench") == 0 && cli->args_count == 1)
		return bench(cli);
	return tt_cli_fail(cli, TT_EXIT_USAGE, "wanted: list, show FILE, or bench");
}

static const struct tt_option options[] = {
	{ .name = "model",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE",
	  .help = "bench: a model file (else the setting model.path)",
	  .target = &model },
	{ .name = "threads",
	  .kind = TT_OPT_NUMBER,
	  .value = "N",
	  .help = "bench: cores that work on the same photos (1)",
	  .target = &threads,
	  .min = 1,
	  .max = 64 },
};

const struct tt_command tt_command_model = {
	.name = "model",
	.run = run,
	.arguments = "list | show FILE | bench",
	.min_args = 1,
	.max_args = 2,
	.flags = TT_CMD_JSON,
	.summary = "the networks at hand: list, look into, measure",
	.details = "bench measures milliseconds a photo in each arithmetic that the processor has, for 1, 4 and 8 "
		   "photos at once.",
	.options = options,
	.options_count = TT_LEN(options),
};
