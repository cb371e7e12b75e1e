/* tintype doctor: is the library sound, and what to do where it is not. */
#include "cli/command.h"

#include "app/app.h"
#include "base/arena.h"
#include "base/json.h"
#include "library/library.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bool hash, repair;

enum { LOW_SPACE_MIB = 1024 };

struct report {
	struct tt_findings found;
	struct tt_finding more[4]; /* of the machine */
	size_t more_count;
	int64_t free_mib;
	char failed[sizeof((struct tt_err *)0)->msg]; /* why the library could not be looked at */
	char model[PATH_MAX];
};

static void check_machine(const struct tt_cli *cli, struct report *r)
{
	struct statvfs fs;
	struct tt_err err = { 0 };

	if (access(cli->library, W_OK) < 0)
		r->more[r->more_count++] = (struct tt_finding){ true, "the library's folder cannot be written",
								"give it to the user that runs tintype (chown -R)" };
	if (statvfs(cli->library, &fs) == 0)
		r->free_mib = (int64_t)(fs.f_bavail * (uint64_t)fs.f_frsize >> 20);
	if (r->free_mib < LOW_SPACE_MIB)
		r->more[r->more_count++] = (struct tt_finding){ true, "less than 1 GiB of disk is free", "make room" };
	if (tt_app_model_path(cli->conf, cli->library, r->model, sizeof r->model, &err) < 0)
		r->more[r->more_count++] = (struct tt_finding){
			false, "the network's weights are missing: photos stay unsorted",
			"set model.path, install the models folder, or 'tintype model use shipped'"
		};
}

static json_t *finding_json(const struct tt_finding *f)
{
	return json_pack("{s:b,s:s,s:s}", "serious", f->serious, "what", f->what, "todo", f->todo);
}

static int print_json(const struct report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->more_count; i++)
		json_array_append_new(list, finding_json(&r->more[i]));
	for (size_t i = 0; i < r->found.count; i++)
		json_array_append_new(list, finding_json(&r->found.rows[i]));
	return tt_cli_print_json(json_pack("{s:b,s:I,s:I,s:I,s:s,s:s,s:o}", "sound", json_array_size(list) == 0,
					   "originals", (json_int_t)r->found.originals, "derived",
					   (json_int_t)r->found.derived, "free_mib", (json_int_t)r->free_mib, "model",
					   r->model, "version", TT_VERSION, "findings", list));
}

static void print_finding(const struct tt_finding *f)
{
	(void)printf("%s: %s\n    %s\n", f->serious ? "SERIOUS" : "note", f->what, f->todo);
}

static void print_text(const struct report *r)
{
	(void)printf("tintype %s, model %s\n%lld originals and %lld derived files looked at, %lld MiB of disk free\n",
		     TT_VERSION, r->model, (long long)r->found.originals, (long long)r->found.derived,
		     (long long)r->free_mib);
	for (size_t i = 0; i < r->more_count; i++)
		print_finding(&r->more[i]);
	for (size_t i = 0; i < r->found.count; i++)
		print_finding(&r->found.rows[i]);
	if (r->more_count + r->found.count == 0)
		(void)puts("nothing is wrong");
}

static int examine(struct tt_cli *cli, struct report *r, struct tt_arena *arena, struct tt_err *err)
{
	unsigned flags = (hash ? TT_CHECK_HASH : 0U) | (repair ? TT_CHECK_REPAIR : 0U);
	struct tt_app *app = NULL;
	char path[PATH_MAX];
	int rc;

	(void)snprintf(path, sizeof path, "%s/tintype.db", cli->library);
	if (access(path, F_OK) < 0)
		return tt_err_set(err, TT_ENOTFOUND, "there is no library in %s", cli->library);
	check_machine(cli, r);
	/* From here on a failure is a finding, too: what the machine says may be its cause. */
	rc = tt_app_open(&app, cli->library, cli->conf, TT_APP_LOOK, err);
	if (rc == 0)
		rc = tt_library_check(tt_app_parts(app)->store, tt_app_parts(app)->blobs, flags, arena, &r->found, err);
	tt_app_close(app);
	if (rc < 0) {
		tt_utf8_copy(r->failed, sizeof r->failed, err->msg, strlen(err->msg));
		r->more[r->more_count++] = (struct tt_finding){
			true, r->failed, "mend what is named here or above; else restore the last backup"
		};
	}
	return 0;
}

static int run(struct tt_cli *cli)
{
	struct tt_arena arena = { .max = 64 << 20 };
	struct report r = { .free_mib = 0 };
	struct tt_err err = { 0 };
	int rc = examine(cli, &r, &arena, &err), status = TT_EXIT_OK;

	if (rc < 0)
		status = tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	else if (cli->json)
		rc = print_json(&r);
	else
		print_text(&r);
	if (status == TT_EXIT_OK && r.more_count + r.found.count > 0)
		status = TT_EXIT_FAILED;
	tt_arena_free(&arena);
	return status;
}

static const struct tt_option options[] = {
	{ .name = "hash",
	  .kind = TT_OPT_FLAG,
	  .help = "read every original and compare its content, too",
	  .target = &hash },
	{ .name = "repair",
	  .kind = TT_OPT_FLAG,
	  .help = "have thumbnails and previews that are missing made anew",
	  .target = &repair },
};

const struct tt_command tt_command_doctor = {
	.name = "doctor",
	.run = run,
	.arguments = "",
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON,
	.summary = "check database, originals, disk and model, and say what to do",
	.options = options,
	.options_count = TT_LEN(options),
};
