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

enum { LOW_SPACE_MIB = 1024, TEXT = 400 };

struct report {
	struct tt_findings found;
	struct tt_finding more[6]; /* of the machine */
	size_t more_count;
	int64_t free_mib;
	char failed[sizeof((struct tt_err *)0)->msg]; /* why the library could not be looked at */
	char model[PATH_MAX];
	bool faces; /* are looked for */
	struct tt_app_face_file detector, embedder;
	char no_detector[TEXT], no_embedder[TEXT]; /* what is wrong with them */
};

static void add_face_finding(struct report *r, char text[TEXT], const char *network, const struct tt_app_face_file *f,
			     const char *todo)
{
	char why[sizeof f->why.msg];

	tt_utf8_copy(why, sizeof why, f->why.msg, strlen(f->why.msg));
	(void)snprintf(text, TEXT, "the network that %s %s, so no faces are looked for: %s", network,
		       f->state == TT_APP_FILE_MISSING ? "is missing" : "cannot be used", why);
	r->more[r->more_count++] = (struct tt_finding){ false, text, todo };
}

/* That there is no network that tells faces apart is a finding only where the settings name one. */
static void check_face_files(const struct tt_cli *cli, struct report *r)
{
	tt_app_face_files(cli->conf, &r->detector, &r->embedder);
	r->faces = cli->conf->faces.enabled != 0;
	if (r->faces && r->detector.state != TT_APP_FILE_THERE)
		add_face_finding(r, r->no_detector, "finds faces", &r->detector,
				 "correct faces.detector_path or install the models folder; faces.enabled=0 does "
				 "without faces");
	if (r->faces && (r->embedder.state == TT_APP_FILE_UNREADABLE ||
			 (r->embedder.state == TT_APP_FILE_MISSING && cli->conf->faces.embedder_path[0])))
		add_face_finding(r, r->no_embedder, "tells faces apart", &r->embedder,
				 "correct faces.embedder_path or leave it empty: faces are then found, but not told "
				 "apart");
}

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
	check_face_files(cli, r);
}

static json_t *finding_json(const struct tt_finding *f)
{
	return json_pack("{s:b,s:s,s:s}", "serious", f->serious, "what", f->what, "todo", f->todo);
}

static json_t *face_file_json(const struct tt_app_face_file *f)
{
	static const char *const states[] = { [TT_APP_FILE_THERE] = "there",
					      [TT_APP_FILE_MISSING] = "missing",
					      [TT_APP_FILE_UNREADABLE] = "unreadable" };
	char path[sizeof f->path], why[sizeof f->why.msg];

	tt_utf8_copy(path, sizeof path, f->path, strlen(f->path));
	tt_utf8_copy(why, sizeof why, f->why.msg, strlen(f->why.msg));
	return json_pack("{s:s,s:s,s:s?,s:s?}", "file", path, "state", states[f->state], "hash",
			 f->hash[0] ? f->hash : NULL, "why", why[0] ? why : NULL);
}

static int print_json(const struct report *r)
{
	json_t *list = json_array(),
	       *faces = json_pack("{s:b,s:o,s:o}", "enabled", r->faces, "detector", face_file_json(&r->detector),
				  "embedder", face_file_json(&r->embedder));

	for (size_t i = 0; i < r->more_count; i++)
		json_array_append_new(list, finding_json(&r->more[i]));
	for (size_t i = 0; i < r->found.count; i++)
		json_array_append_new(list, finding_json(&r->found.rows[i]));
	return tt_cli_print_json(json_pack("{s:b,s:I,s:I,s:I,s:s,s:o,s:s,s:o}", "sound", json_array_size(list) == 0,
					   "originals", (json_int_t)r->found.originals, "derived",
					   (json_int_t)r->found.derived, "free_mib", (json_int_t)r->free_mib, "model",
					   r->model, "faces", faces, "version", TT_VERSION, "findings", list));
}

static void print_finding(const struct tt_finding *f)
{
	(void)printf("%s: %s\n    %s\n", f->serious ? "SERIOUS" : "note", f->what, f->todo);
}

static void print_faces(const struct report *r)
{
	bool finds = r->detector.state == TT_APP_FILE_THERE, knows = r->embedder.state == TT_APP_FILE_THERE;

	if (!r->faces)
		(void)puts("faces are not looked for: faces.enabled is 0");
	else if (finds && knows)
		(void)printf("faces found with %s, told apart with %s\n", r->detector.path, r->embedder.path);
	else if (finds && r->no_embedder[0] == 0)
		(void)printf("faces found with %s, but not told apart: there is no network for it.\n    Name them by "
			     "hand; faces.embedder_path says where a network is\n",
			     r->detector.path);
}

static void print_text(const struct report *r)
{
	(void)printf("tintype %s, model %s\n", TT_VERSION, r->model);
	print_faces(r);
	(void)printf("%lld originals and %lld derived files looked at, %lld MiB of disk free\n",
		     (long long)r->found.originals, (long long)r->found.derived, (long long)r->free_mib);
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
	.summary = "check database, originals, disk, model and networks for faces, and say what to do",
	.options = options,
	.options_count = TT_LEN(options),
};
