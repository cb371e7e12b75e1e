/* tintype facts: what was said of faces, persons and classes, out of one library and into another. */
#include "cli/command.h"
#include "cli/owner.h"

#include "app/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "people/people.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 30)

struct job {
	struct tt_app *app;
	struct tt_store *store;
	int64_t owner;
	FILE *file;
	const char *name;
};

static int put_line(void *ctx, const char *text, struct tt_err *err)
{
	struct job *j = ctx;

	return fprintf(j->file, "%s\n", text) < 0
		       ? tt_err_set(err, TT_EIO, "cannot write %s: %s", j->name, strerror(errno))
		       : 0;
}

static int put_out(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	int64_t count;
	int rc = tt_cli_open_library(cli, &j->app, &j->owner, err);

	if (rc == 0)
		rc = tt_people_export(tt_app_parts(j->app)->store, j->owner, put_line, j, &count, err);
	if (rc == 0 && fflush(j->file) != 0)
		rc = tt_err_set(err, TT_EIO, "cannot write %s: %s", j->name, strerror(errno));
	if (rc == 0)
		(void)fprintf(stderr, "%lld facts written\n", (long long)count);
	return rc;
}

static int read_file(struct job *j, struct tt_buf *text, struct tt_err *err)
{
	char piece[65536];
	size_t n;
	int rc = 0;

	while (rc == 0 && (n = fread(piece, 1, sizeof piece, j->file)) > 0)
		rc = tt_buf_add(text, piece, n, err);
	if (rc == 0 && ferror(j->file))
		rc = tt_err_set(err, TT_EIO, "cannot read %s: %s", j->name, strerror(errno));
	return rc;
}

/* The library may be a new one: then it is made, and the photos find their facts when they come. */
static int open_to_write(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	int rc = tt_app_open(&j->app, cli->library, cli->conf, TT_APP_LOOK, err);

	return rc < 0 ? rc : tt_cli_owner(cli, tt_app_parts(j->app)->store, true, &j->owner, err);
}

static int take_in(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	struct tt_arena arena = { .max = (size_t)4 << 30 };
	struct tt_buf text = { .max = FILE_MAX };
	int64_t added = 0, known = 0;
	int rc = read_file(j, &text, err);

	if (rc == 0)
		rc = open_to_write(cli, j, err);
	if (rc == 0) {
		struct tt_people_call c = {
			.store = tt_app_parts(j->app)->store, .arena = &arena, .owner = j->owner, .now = tt_now_ms()
		};

		rc = tt_people_import(&c, text.p ? text.p : "", text.len, &added, &known, err);
		tt_app_wake_other(j->app);
	}
	tt_buf_free(&text);
	tt_arena_free(&arena);
	if (rc < 0)
		return rc;
	if (cli->json)
		return tt_cli_print_json(
			json_pack("{s:I,s:I}", "added", (json_int_t)added, "known", (json_int_t)known));
	(void)printf("%lld facts added, %lld were known already\n", (long long)added, (long long)known);
	return 0;
}

static int run(struct tt_cli *cli)
{
	bool out = strcmp(cli->args[0], "export") == 0;
	struct job j = { .file = out ? stdout : stdin, .name = out ? "standard output" : "standard input" };
	struct tt_err err = { 0 };
	int rc;

	if (!out && strcmp(cli->args[0], "import") != 0)
		return tt_cli_fail(cli, TT_EXIT_USAGE, "export or import, not '%s'", cli->args[0]);
	if (cli->args_count > 1) {
		j.name = cli->args[1];
		j.file = fopen(j.name, out ? "we" : "re");
		if (!j.file)
			return tt_cli_fail(cli, TT_EXIT_FAILED, "cannot open %s: %s", j.name, strerror(errno));
	}
	rc = (out ? put_out : take_in)(cli, &j, &err);
	tt_app_close(j.app);
	if (cli->args_count > 1 && fclose(j.file) != 0 && rc == 0)
		rc = tt_err_set(&err, TT_EIO, "cannot write %s: %s", j.name, strerror(errno));
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}

const struct tt_command tt_command_facts = {
	.name = "facts",
	.run = run,
	.arguments = "export|import [FILE]",
	.min_args = 1,
	.max_args = 2,
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON | TT_CMD_USER,
	.summary = "write out what you said of faces, persons and classes, or take it into another library",
	.details =
		"A line of JSON for each fact, known by the photo's content and the face's box: of faces, of persons,\n"
		"and of the class of a photo. Import adds what is not there yet; the photos may come before or after\n"
		"it. A line that is wrong is named, and nothing is added.",
};
