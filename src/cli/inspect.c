/* tintype inspect [--json] FILE...: what a file is and says of itself. */
#include "cli/command.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/str.h"
#include "worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { REAL_DIGITS = 10 };

static void set_text(json_t *o, const char *key, const char *s)
{
	if (s[0])
		json_object_set_new(o, key, json_string(s));
}

static void set_count(json_t *o, const char *key, uint64_t v)
{
	if (v > 0)
		json_object_set_new(o, key, json_integer((json_int_t)v));
}

static void set_positive(json_t *o, const char *key, double v)
{
	if (v > 0)
		json_object_set_new(o, key, json_real(v));
}

static void set_position(json_t *o, const struct tt_facts *f)
{
	if (!f->has_position)
		return;
	json_object_set_new(o, "lat", json_real(f->lat));
	json_object_set_new(o, "lon", json_real(f->lon));
	if (f->has_altitude)
		json_object_set_new(o, "alt", json_real(f->alt));
}

static void set_keywords(json_t *o, const char *keywords)
{
	struct tt_str rest = tt_str_of(keywords), word;
	json_t *list;

	if (rest.len == 0)
		return;
	list = json_array();
	while (tt_str_split(&rest, '\n', &word))
		json_array_append_new(list, json_stringn(word.p, word.len));
	json_object_set_new(o, "keywords", list);
}

/* In the order of the manual; absent facts are left out. */
static json_t *facts_json(const char *path, const struct tt_facts *f)
{
	json_t *o = json_object();
	char name[4096];

	tt_utf8_copy(name, sizeof name, path, strlen(path));
	set_text(o, "file", name);
	set_text(o, "type", f->mime);
	set_count(o, "width", f->width);
	set_count(o, "height", f->height);
	set_count(o, "orientation", f->orientation);
	set_text(o, "taken", f->taken);
	set_text(o, "subsec", f->subsec);
	set_text(o, "offset", f->offset);
	set_position(o, f);
	set_text(o, "make", f->make);
	set_text(o, "model", f->model);
	set_text(o, "lens", f->lens);
	set_count(o, "iso", f->iso);
	set_positive(o, "f_number", f->f_number);
	set_positive(o, "exposure_s", f->exposure_s);
	set_positive(o, "focal_mm", f->focal_mm);
	if (f->has_rating)
		json_object_set_new(o, "rating", json_integer(f->rating));
	set_text(o, "description", f->description);
	set_keywords(o, f->keywords);
	set_positive(o, "duration_s", f->duration_s);
	set_count(o, "frames", f->frames);
	return o;
}

static void print_text(const char *path, json_t *o)
{
	const char *key;
	json_t *value;

	printf("%s\n", path);
	json_object_foreach(o, key, value)
	{
		char *s;

		if (!strcmp(key, "file"))
			continue;
		s = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS));
		printf("  %-12s %s\n", key, json_is_string(value) ? json_string_value(value) : s ? s : "");
		free(s);
	}
}

static void print_error(const char *path, bool json, const char *why)
{
	char name[4096];
	json_t *o;

	if (!json) {
		fprintf(stderr, "tintype: %s: %s\n", path, why);
		return;
	}
	tt_utf8_copy(name, sizeof name, path, strlen(path));
	o = json_pack("{s:s, s:s}", "file", name, "error", why);
	json_dumpf(o, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(o);
}

static int inspect_file(struct tt_workers *workers, const char *path, bool json, struct tt_err *err)
{
	TT_SCOPED(tt_closep)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is refused, not waited for */
	struct tt_developed d = { .memory = NULL };
	json_t *o;
	int rc;

	if (fd < 0)
		return tt_err_set(err, TT_EIO, "cannot be opened: %s", strerror(errno));
	rc = tt_workers_develop(workers, fd, path, TT_DEVELOP_FACTS, &d, err);
	if (rc < 0)
		return rc;
	o = facts_json(path, &d.facts);
	if (json) {
		json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));
		putchar('\n');
	} else {
		print_text(path, o);
	}
	json_decref(o);
	tt_workers_developed_done(&d);
	return 0;
}

static int inspect_run(struct tt_cli *cli)
{
	struct tt_workers_opts opts = {
		.count = 1,
		.timeout_ms = (unsigned)cli->conf->worker.timeout_ms,
		.max_memory = (uint64_t)cli->conf->worker.max_memory,
		.limits = { .max_pixels = (uint64_t)cli->conf->media.max_pixels,
			    .max_side = (uint32_t)cli->conf->media.max_side },
	};
	struct tt_workers *workers;
	struct tt_err err = { 0 };
	int status = TT_EXIT_OK;

	if (tt_workers_start(&workers, &opts, &err) < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	for (int i = 0; i < cli->args_count; i++) {
		if (inspect_file(workers, cli->args[i], cli->json, &err) < 0) {
			print_error(cli->args[i], cli->json, err.msg);
			status = TT_EXIT_FAILED;
		}
	}
	tt_workers_stop(workers);
	return status;
}

const struct tt_command tt_command_inspect = {
	.name = "inspect",
	.run = inspect_run,
	.arguments = "FILE...",
	.min_args = 1,
	.max_args = -1,
	.flags = TT_CMD_JSON,
	.summary = "say what a file is and what it says of itself",
	.details =
		"Type, upright size, date, position, camera and texts, from the file alone. Absent facts are left out.",
};
