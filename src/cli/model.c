/* tintype model: the networks at hand, what is in one, how fast it is here, which one a library uses. */
#include "cli/bench.h"
#include "cli/command.h"
#include "cli/model_faces.h"

#include "app/app.h"
#include "app/models.h"
#include "base/alloc.h"
#include "base/fs.h"
#include "vision/imagenet.h"
#include "vision/model.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *model, *name;
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
	json_object_set_new(o, "origin", json_string(m->imagenet ? m->form.origin : "tintype"));
	json_object_set_new(o, "outputs", json_integer(m->outputs));
	json_object_set_new(o, "input", json_integer(m->input.crop));
	json_object_set_new(o, "resize", json_integer(m->input.resize));
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

static json_t *describe_file(const char *path, struct tt_err *err)
{
	struct tt_model m;
	json_t *o;

	if (tt_model_open(&m, path, err) < 0)
		return NULL;
	o = describe(&m, path);
	tt_model_done(&m);
	return o;
}

/* Which outputs are summed to which label, for those who want to do it themselves. */
static json_t *tree(void)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < TT_IMAGENET_ROWS; i++) {
		const struct tt_imagenet_row *row = &tt_imagenet_tree[i];
		json_t *ranges = json_array();

		for (unsigned k = 0; k < TT_IMAGENET_RANGES && row->outputs[k].end > row->outputs[k].first; k++)
			json_array_append_new(ranges,
					      json_pack("[i, i]", row->outputs[k].first, row->outputs[k].end - 1));
		json_array_append_new(list,
				      json_pack("{s:s, s:i, s:s?, s:o}", "name", row->name, "depth", (int)row->depth,
						"class", row->counts < TT_CLASSES ? tt_class_names[row->counts] : NULL,
						"outputs", ranges));
	}
	return list;
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

static int show_face(const struct tt_cli *cli, const char *path, const char *kind)
{
	struct tt_err err = { 0 };
	json_t *o = tt_cli_face_describe(path, kind, &err);

	if (!o)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	if (cli->json)
		(void)tt_cli_print_json(o);
	else
		print_plain(o);
	return TT_EXIT_OK;
}

static int show(const struct tt_cli *cli, const char *path)
{
	const char *kind = tt_cli_face_kind(path);
	struct tt_model m;
	struct tt_err err = { 0 };
	json_t *o;

	if (kind)
		return show_face(cli, path, kind);
	if (tt_model_open(&m, path, &err) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	o = describe(&m, path);
	if (cli->json) {
		json_t *list = json_array();

		for (unsigned i = 0; i < m.labels; i++)
			json_array_append_new(list, json_string(m.label[i]));
		json_object_set_new(o, "label_names", list);
		if (m.imagenet)
			json_object_set_new(o, "label_tree", tree());
		(void)tt_cli_print_json(o);
	} else {
		print_plain(o);
	}
	tt_model_done(&m);
	return TT_EXIT_OK;
}

struct listing {
	const struct tt_cli *cli;
	char used[PATH_MAX];
};

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void folder_of(const char *file, char out[PATH_MAX])
{
	char *slash;

	(void)snprintf(out, PATH_MAX, "%s", file);
	slash = strrchr(out, '/');
	if (slash)
		*slash = 0;
	else
		(void)snprintf(out, PATH_MAX, ".");
}

static bool same_folder(const char *a, const char *b)
{
	char x[PATH_MAX], y[PATH_MAX];

	folder_of(a, x);
	folder_of(b, y);
	return same_file(x, y);
}

static int list_one(void *ctx, const char *path, struct tt_err *err)
{
	const struct listing *l = ctx;
	const char *kind;
	json_t *o;
	bool used;

	if (!tt_str_ends_nocase(tt_str_of(path), ".safetensors"))
		return 0;
	kind = tt_cli_face_kind(path);
	used = kind ? tt_cli_face_in_use(l->cli, path, kind) : same_file(path, l->used);
	o = kind ? tt_cli_face_describe(path, kind, err) : describe_file(path, err);
	if (!o) {
		(void)fprintf(stderr, "tintype: %s\n", err->msg);
		return 0;
	}
	json_object_set_new(o, "in_use", json_boolean(used));
	if (l->cli->json)
		return tt_cli_print_json(o);
	(void)printf("%s\t%s\t%s%s\n", json_string_value(json_object_get(o, "name")),
		     json_string_value(json_object_get(o, "architecture")), path, used ? "\tin use" : "");
	json_decref(o);
	return 0;
}

static int list_beside(struct listing *l, const char *file, struct tt_err *err)
{
	char folder[PATH_MAX];

	folder_of(file, folder);
	return access(folder, F_OK) < 0 ? 0 : tt_fs_walk(folder, list_one, l, err);
}

/* Those that ship, the library's own, and what lies beside the one in use if that is elsewhere. */
static int list(struct tt_cli *cli)
{
	struct listing l = { .cli = cli };
	char shipped[PATH_MAX], own[PATH_MAX] = "";
	struct tt_err err = { 0 };
	int rc;

	if (tt_app_model_path(cli->conf, cli->library, l.used, sizeof l.used, &err) < 0)
		(void)fprintf(stderr, "tintype: %s\n", err.msg);
	tt_app_shipped_model(shipped, sizeof shipped);
	if (cli->library)
		tt_app_model_file(cli->library, "", own, sizeof own);
	rc = list_beside(&l, shipped, &err);
	if (rc == 0 && own[0])
		rc = list_beside(&l, own, &err);
	if (rc == 0 && cli->conf->model.path[0] && !same_folder(l.used, shipped) &&
	    !(own[0] && same_folder(l.used, own)))
		rc = list_beside(&l, l.used, &err);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}

static int used_from_now(const struct tt_cli *cli, const char *which)
{
	(void)fprintf(stderr,
		      "the library's model is now '%s'; photos are sorted anew when tintype next starts on it\n",
		      which);
	if (cli->conf->model.path[0])
		(void)fprintf(stderr, "but the setting model.path names %s, which comes first\n",
			      cli->conf->model.path);
	return TT_EXIT_OK;
}

static int add(struct tt_cli *cli, const char *file)
{
	char called[TT_APP_MODEL_NAME], path[PATH_MAX];
	struct tt_err err = { 0 };
	int rc = tt_app_model_add(cli->library, file, name, called, &err);

	if (rc == 0)
		rc = tt_app_model_use(cli->library, called, &err);
	if (rc < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	tt_app_model_file(cli->library, called, path, sizeof path);
	rc = show(cli, path);
	return rc == TT_EXIT_OK ? used_from_now(cli, called) : rc;
}

static int use(struct tt_cli *cli, const char *which)
{
	struct tt_err err = { 0 };

	if (tt_app_model_use(cli->library, which, &err) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	return used_from_now(cli, which);
}

static int bench(struct tt_cli *cli)
{
	const char *kind = model ? tt_cli_face_kind(model) : NULL;

	return kind ? tt_cli_face_bench(cli, model, kind, (unsigned)threads)
		    : tt_cli_bench(cli, model, (unsigned)threads);
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
	if ((strcmp(what, "add") == 0 || strcmp(what, "use") == 0) && cli->args_count == 2) {
		if (!cli->library)
			return tt_cli_fail(cli, TT_EXIT_USAGE, "--library DIR is missing");
		return what[0] == 'a' ? add(cli, cli->args[1]) : use(cli, cli->args[1]);
	}
	return tt_cli_fail(cli, TT_EXIT_USAGE, "wanted: list, show FILE, add FILE, use NAME, or bench");
}

static const struct tt_option options[] = {
	{ .name = "model",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE",
	  .help = "bench: a model file, also one for faces (else the setting model.path)",
	  .target = &model },
	{ .name = "name",
	  .kind = TT_OPT_TEXT,
	  .value = "NAME",
	  .help = "add: its name (else the file's)",
	  .target = &name },
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
	.arguments = "list | show FILE | add FILE | use NAME | bench",
	.min_args = 1,
	.max_args = 2,
	.flags = TT_CMD_JSON | TT_CMD_MAY_LIBRARY,
	.summary = "the networks at hand: list, look into, choose, measure",
	.details =
		"add checks a model file, copies it into the library (--library DIR) and makes it the library's "
		"model; 'use NAME' takes another of them, 'use shipped' the one that ships. When tintype next starts "
		"on "
		"the library, photos are sorted anew in the background; what you said about a photo stays. list marks "
		"the one in use.\n"
		"Beside models of tintype's own (train), public ImageNet weights of the SE-ResNeXt 32x4d family are "
		"taken as they are: timm's seresnext and legacy_seresnext, 26 to 152 layers, as safetensors. Their "
		"1,000 classes are summed to readable labels and to the five classes. ImageNet knows hardly any "
		"people (clothes have to stand for them): expect that album to be poor.\n"
		"bench measures milliseconds a photo in each arithmetic that the processor has, for 1, 4 and 8 "
		"photos at once; of a network for faces, milliseconds a look at photos of several sizes, or a face.",
	.options = options,
	.options_count = TT_LEN(options),
};
