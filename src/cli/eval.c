/* tintype eval --model FILE --data DIR [--json]: how often a model is right on sorted photos. */
#include "cli/command.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "cli/many.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BINS 15 /* of the calibration error */
#define TOP 5
#define MAX_PHOTOS 4000000u

static const char *model, *data;
static int64_t every = 1;

struct photos {
	char **path;
	uint8_t *truth;
	size_t count, room, seen;
	int now; /* class of the folder that is walked */
};

struct tally {
	const struct photos *photos;
	size_t next, failed, right, near;
	uint32_t matrix[TT_CLASSES][TT_CLASSES]; /* truth, guess */
	double bin_sure[BINS], bin_right[BINS];
	size_t bin_count[BINS];
	double ms;
};

static void photos_done(struct photos *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->path[i]);
	free(p->path);
	free(p->truth);
}

static int add_photo(void *ctx, const char *path, struct tt_err *err)
{
	struct photos *p = ctx;

	if (p->seen++ % (size_t)every)
		return 0;
	if (p->count == p->room) {
		size_t room = p->room ? 2 * p->room : 1024;
		char **paths = room > MAX_PHOTOS ? NULL : tt_realloc(p->path, room * sizeof *paths);
		uint8_t *truth;

		if (!paths)
			return tt_err_set(err, TT_ENOMEM, "too many photos, or out of memory");
		p->path = paths;
		truth = tt_realloc(p->truth, room);
		if (!truth)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		p->truth = truth;
		p->room = room;
	}
	p->path[p->count] = tt_strdup(path);
	if (!p->path[p->count])
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	p->truth[p->count++] = (uint8_t)p->now;
	return 0;
}

/* DIR/test/<class>/ if there is such a folder, else DIR/<class>/. */
static int find_photos(struct photos *p, struct tt_err *err)
{
	char path[PATH_MAX];
	struct stat st;
	const char *split;

	(void)snprintf(path, sizeof path, "%s/test", data);
	split = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? "/test" : "";
	for (p->now = 0; p->now < TT_CLASSES; p->now++) {
		int rc;

		if ((size_t)snprintf(path, sizeof path, "%s%s/%s", data, split, tt_class_names[p->now]) >= sizeof path)
			return tt_err_set(err, TT_EINVALID, "the path is too long");
		if (stat(path, &st) < 0)
			continue;
		rc = tt_fs_walk(path, add_photo, p, err);
		if (rc < 0)
			return rc;
	}
	if (!p->count)
		return tt_err_set(err, TT_ENOTFOUND,
				  "'%s' has no folder people, animals, landscape, vehicles or buildings with "
				  "photos, nor has its folder test",
				  data);
	return 0;
}

static int answer(void *ctx, const struct tt_many_answer *a, struct tt_err *err)
{
	struct tally *t = ctx;
	const float *p = a->result.p;
	int truth = t->photos->truth[t->next++], better = 0, bin;

	(void)err;
	if (a->rc < 0) {
		t->failed++;
		(void)fprintf(stderr, "tintype: %s: %s\n", a->path, a->err.msg);
		return 0;
	}
	for (int k = 0; k < TT_CLASSES; k++)
		better += p[k] > p[truth];
	t->right += better == 0;
	t->near += better < TOP;
	t->matrix[truth][a->result.top]++;
	bin = (int)(p[a->result.top] * BINS);
	bin = bin < BINS ? bin : BINS - 1;
	t->bin_sure[bin] += p[a->result.top];
	t->bin_right[bin] += truth == (int)a->result.top;
	t->bin_count[bin]++;
	t->ms += a->ms;
	return 0;
}

/* Expected calibration error: |confidence - accuracy| of each bin, weighed by its photos (Guo et al. 2017). */
static double calibration_error(const struct tally *t, size_t photos)
{
	double sum = 0;

	for (int b = 0; b < BINS; b++) {
		double d = t->bin_sure[b] - t->bin_right[b];

		sum += d < 0 ? -d : d;
	}
	return photos ? sum / (double)photos : 0;
}

static size_t row_sum(const struct tally *t, int k)
{
	size_t n = 0;

	for (int j = 0; j < TT_CLASSES; j++)
		n += t->matrix[k][j];
	return n;
}

static double share(size_t part, size_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static int print_report(const struct tally *t, size_t photos, double seconds)
{
	json_t *o = json_object(), *recall = json_object(), *matrix = json_object();

	for (int k = 0; k < TT_CLASSES; k++) {
		json_t *row = json_object();

		if (row_sum(t, k))
			json_object_set_new(recall, tt_class_names[k],
					    json_real(share(t->matrix[k][k], row_sum(t, k))));
		for (int j = 0; j < TT_CLASSES; j++)
			json_object_set_new(row, tt_class_names[j], json_integer(t->matrix[k][j]));
		json_object_set_new(matrix, tt_class_names[k], row);
	}
	json_object_set_new(o, "photos", json_integer((json_int_t)photos));
	json_object_set_new(o, "failed", json_integer((json_int_t)t->failed));
	json_object_set_new(o, "top1", json_real(share(t->right, photos)));
	json_object_set_new(o, "top5", json_real(share(t->near, photos)));
	json_object_set_new(o, "ece", json_real(calibration_error(t, photos)));
	json_object_set_new(o, "recall", recall);
	json_object_set_new(o, "confusion", matrix);
	json_object_set_new(o, "seconds", json_real(seconds));
	return tt_cli_print_json(o);
}

static void print_table(const struct tally *t, size_t photos, double seconds)
{
	(void)printf("%zu photos in %.1f s: top-1 %.2f %%, top-5 %.2f %%, expected calibration error %.2f %%\n\n",
		     photos, seconds, 100 * share(t->right, photos), 100 * share(t->near, photos),
		     100 * calibration_error(t, photos));
	(void)printf("%-10s %8s", "is", "recall");
	for (int k = 0; k < TT_CLASSES; k++)
		(void)printf(" %9s", tt_class_names[k]);
	(void)printf("   <- taken for\n");
	for (int k = 0; k < TT_CLASSES; k++) {
		(void)printf("%-10s %6.2f %%", tt_class_names[k], 100 * share(t->matrix[k][k], row_sum(t, k)));
		for (int j = 0; j < TT_CLASSES; j++)
			(void)printf(" %9u", t->matrix[k][j]);
		(void)putchar('\n');
	}
}

static int run(struct tt_cli *cli)
{
	TT_SCOPED(photos_done) struct photos photos = { 0 };
	struct tally t = { .photos = &photos };
	struct tt_many many = { .model = model, .answer = answer, .ctx = &t };
	int64_t start = tt_mono_ns();
	struct tt_err err = { 0 };
	double seconds;
	size_t seen;

	if (!data)
		return tt_cli_fail(cli, TT_EXIT_USAGE, "--data DIR is missing");
	if (find_photos(&photos, &err) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	many.paths = (const char *const *)photos.path;
	many.count = photos.count;
	if (tt_cli_many(cli, &many, &err) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	seconds = (double)(tt_mono_ns() - start) / 1e9;
	seen = photos.count - t.failed;
	if (!cli->json)
		print_table(&t, seen, seconds);
	else if (print_report(&t, seen, seconds) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "cannot write to standard output");
	return t.failed ? TT_EXIT_FAILED : TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "model",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE",
	  .help = "a model file (else the setting model.path)",
	  .target = &model },
	{ .name = "data",
	  .kind = TT_OPT_TEXT,
	  .value = "DIR",
	  .help = "photos sorted into DIR/CLASS or DIR/test/CLASS",
	  .target = &data },
	{ .name = "every",
	  .kind = TT_OPT_NUMBER,
	  .value = "N",
	  .help = "take only every N-th photo",
	  .target = &every,
	  .min = 1,
	  .max = 100000 },
};

const struct tt_command tt_command_eval = {
	.name = "eval",
	.run = run,
	.arguments = "",
	.flags = TT_CMD_JSON,
	.summary = "measure how often a model is right on sorted photos",
	.details = "Top-1, top-5, recall by class, confusion matrix and expected calibration error.",
	.options = options,
	.options_count = TT_LEN(options),
};
