/* tintype classify [--json] [--model FILE] FILE...: what is on a photo. */
#include "cli/command.h"

#include "cli/many.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *model;
static bool logits;

struct output {
	bool json;
	int failed;
};

static json_t *by_class(const float *v)
{
	json_t *o = json_object();

	for (int k = 0; k < TT_CLASSES; k++)
		json_object_set_new(o, tt_class_names[k], json_real(v[k]));
	return o;
}

static json_t *labels_json(const struct tt_classified *r)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->labels; i++)
		json_array_append_new(list, json_pack("{s:s, s:f}", "name", r->label[i].name, "confidence",
						      (double)r->label[i].confidence));
	return list;
}

static json_t *answer_json(const struct tt_many_answer *a)
{
	const struct tt_classified *r = &a->result;
	char name[4096];
	json_t *o;

	tt_utf8_copy(name, sizeof name, a->path, strlen(a->path));
	if (a->rc < 0)
		return json_pack("{s:s, s:s}", "file", name, "error", a->err.msg);
	o = json_pack("{s:s, s:s, s:f, s:o, s:o}", "file", name, "class", tt_class_names[r->top], "confidence",
		      (double)r->p[r->top], "classes", by_class(r->p), "labels", labels_json(r));
	if (logits)
		json_object_set_new(o, "logits", by_class(a->logits));
	json_object_set_new(o, "ms", json_real(a->ms));
	return o;
}

static void print_answer(const struct tt_many_answer *a)
{
	const struct tt_classified *r = &a->result;

	if (a->rc < 0) {
		(void)fprintf(stderr, "tintype: %s: %s\n", a->path, a->err.msg);
		return;
	}
	(void)printf("%s: %s %.0f %%", a->path, tt_class_names[r->top], 100 * (double)r->p[r->top]);
	for (unsigned i = 0; i < r->labels; i++)
		(void)printf("%s%s %.0f %%", i ? ", " : "; ", r->label[i].name, 100 * (double)r->label[i].confidence);
	(void)putchar('\n');
}

static int answer(void *ctx, const struct tt_many_answer *a, struct tt_err *err)
{
	struct output *out = ctx;

	(void)err;
	out->failed += a->rc < 0;
	if (!out->json)
		print_answer(a);
	else if (tt_cli_print_json(answer_json(a)) < 0)
		return tt_err_set(err, TT_EIO, "cannot write to standard output");
	return 0;
}

static int run(struct tt_cli *cli)
{
	struct output out = { .json = cli->json };
	struct tt_many many = { .model = model,
				.paths = (const char *const *)cli->args,
				.count = (size_t)cli->args_count,
				.logits = logits,
				.answer = answer,
				.ctx = &out };
	struct tt_err err = { 0 };

	if (tt_cli_many(cli, &many, &err) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	return out.failed ? TT_EXIT_FAILED : TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "model",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE",
	  .help = "a model file (else the setting model.path)",
	  .target = &model },
	{ .name = "logits",
	  .kind = TT_OPT_FLAG,
	  .help = "with --json: the network's raw outputs, too",
	  .target = &logits },
};

const struct tt_command tt_command_classify = {
	.name = "classify",
	.run = run,
	.arguments = "FILE...",
	.min_args = 1,
	.max_args = -1,
	.flags = TT_CMD_JSON,
	.summary = "say what is on photos",
	.details = "People, animals, landscape, vehicles or buildings, with calibrated confidences, and finer labels.\n"
		   "A file that cannot be read is told; the others are still answered.",
	.options = options,
	.options_count = TT_LEN(options),
};
