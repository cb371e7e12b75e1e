#include "app/models.h"

#include "base/fs.h"
#include "vision/classifier.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TRIAL_SIDE 64 /* px */
#define SUFFIX ".safetensors"

static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

static bool is_name(struct tt_str s)
{
	if (s.len == 0 || s.len >= TT_APP_MODEL_NAME || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!memchr(allowed, s.p[i], sizeof allowed - 1))
			return false;
	return true;
}

static void current_path(const char *library, char out[PATH_MAX])
{
	(void)snprintf(out, PATH_MAX, "%s/models/current", library);
}

void tt_app_model_file(const char *library, const char *name, char *out, size_t size)
{
	(void)snprintf(out, size, "%s/models/%s" SUFFIX, library, name);
}

int tt_app_model_current(const char *library, char name[TT_APP_MODEL_NAME], struct tt_err *err)
{
	struct tt_buf text = { .max = TT_APP_MODEL_NAME };
	struct tt_err why = { 0 };
	char path[PATH_MAX];
	struct tt_str said;
	int rc;

	current_path(library, path);
	rc = tt_fs_read_file(path, &text, &why);
	said = tt_str_trim((struct tt_str){ text.p, text.len });
	if (rc == TT_ENOTFOUND)
		name[0] = 0;
	else if (rc < 0 && rc != TT_ETOOBIG)
		(void)tt_err_set(err, rc, "%s", why.msg);
	else if (rc < 0 || !is_name(said))
		rc = tt_err_set(err, TT_EINVALID, "%s names no model; 'tintype model use NAME' writes it anew", path);
	else
		(void)snprintf(name, TT_APP_MODEL_NAME, "%.*s", (int)said.len, said.p);
	tt_buf_free(&text);
	return rc == TT_ENOTFOUND ? 0 : rc;
}

/* Opening checks every tensor; a photo through it checks what comes out. */
static int try_out(const char *path, char version[80], struct tt_err *err)
{
	static const uint8_t grey[TRIAL_SIDE * TRIAL_SIDE * 3];
	struct tt_classifier *c = NULL;
	struct tt_classified out;
	int rc = tt_classifier_open(&c, path, &(struct tt_classifier_opts){ TT_F32, 1 }, err);

	if (rc < 0)
		return rc;
	rc = tt_classifier_run(c, &(struct tt_plane){ TRIAL_SIDE, TRIAL_SIDE, grey }, 1, &out, err);
	if (rc < 0)
		(void)tt_err_ctx(err, "model file '%.120s'", path);
	else
		(void)snprintf(version, 80, "%s", tt_classifier_version(c));
	tt_classifier_close(c);
	return rc;
}

/* The same bytes have the same sum at the end of their version. */
static bool same(const char *a, const char *b)
{
	const char *x = strrchr(a, '-'), *y = strrchr(b, '-');

	return x && y && strcmp(x, y) == 0;
}

/* From the file's name, with what a name may not have turned into '-'. */
static int name_of(const char *file, char name[TT_APP_MODEL_NAME], struct tt_err *err)
{
	const char *slash = strrchr(file, '/'), *stem = slash ? slash + 1 : file;
	size_t n = strlen(stem);

	if (tt_str_ends_nocase(tt_str_of(stem), SUFFIX))
		n -= strlen(SUFFIX);
	(void)snprintf(name, TT_APP_MODEL_NAME, "%.*s", (int)(n < TT_APP_MODEL_NAME ? n : TT_APP_MODEL_NAME - 1), stem);
	for (char *p = name; *p; p++)
		if (!strchr(allowed, *p))
			*p = '-';
	return is_name(tt_str_of(name)) ? 0
					: tt_err_set(err, TT_EINVALID, "the file has no name; give one with --name");
}

static int settle_name(const char *file, const char *wanted, char name[TT_APP_MODEL_NAME], struct tt_err *err)
{
	if (!wanted) {
		int rc = name_of(file, name, err);

		if (rc < 0)
			return rc;
	} else if (!is_name(tt_str_of(wanted))) {
		return tt_err_set(err, TT_EINVALID, "'%.80s' is no name: at most %d letters, digits, '.', '_' and '-'",
				  wanted, TT_APP_MODEL_NAME - 1);
	} else {
		(void)snprintf(name, TT_APP_MODEL_NAME, "%s", wanted);
	}
	if (strcmp(name, TT_APP_SHIPPED) == 0)
		return tt_err_set(err, TT_EINVALID, "'%s' is the name of the model that ships; give another", name);
	return 0;
}

int tt_app_model_add(const char *library, const char *file, const char *wanted, char out[TT_APP_MODEL_NAME],
		     struct tt_err *err)
{
	char version[80], there[80], path[PATH_MAX], name[TT_APP_MODEL_NAME];
	int rc = settle_name(file, wanted, name, err);

	if (rc == 0)
		rc = try_out(file, version, err);
	(void)snprintf(path, sizeof path, "%s/models", library);
	if (rc == 0)
		rc = tt_fs_mkdirs(path, 0750, err);
	if (rc < 0)
		return rc;
	tt_app_model_file(library, name, path, sizeof path);
	if (access(path, F_OK) == 0) {
		if (try_out(path, there, NULL) < 0 || !same(version, there))
			return tt_err_set(err, TT_EEXISTS,
					  "the library has another model named '%s'; give a name with --name", name);
	} else {
		rc = tt_fs_copy_file(file, path, err);
		if (rc == 0)
			rc = try_out(path, there, err);
		if (rc == 0 && !same(version, there))
			rc = tt_err_set(err, TT_EIO, "the file changed while it was copied");
		if (rc < 0) {
			(void)unlink(path);
			return rc;
		}
	}
	(void)snprintf(out, TT_APP_MODEL_NAME, "%s", name);
	return 0;
}

int tt_app_model_use(const char *library, const char *name, struct tt_err *err)
{
	char path[PATH_MAX], line[TT_APP_MODEL_NAME + 1];
	bool shipped = strcmp(name, TT_APP_SHIPPED) == 0;

	if (!shipped && !is_name(tt_str_of(name)))
		return tt_err_set(err, TT_EINVALID, "'%.80s' is no model's name", name);
	tt_app_model_file(library, name, path, sizeof path);
	if (!shipped && access(path, R_OK) < 0)
		return tt_err_set(err, TT_ENOTFOUND,
				  "the library has no model '%s'; 'tintype model list' shows what it has", name);
	current_path(library, path);
	if (shipped) {
		if (access(path, F_OK) < 0)
			return 0;
		if (unlink(path) < 0)
			return tt_err_set(err, TT_EIO, "cannot remove %s", path);
		*strrchr(path, '/') = 0;
		return tt_fs_sync_dir(path, err);
	}
	(void)snprintf(line, sizeof line, "%s\n", name);
	return tt_fs_write_file(path, line, strlen(line), err);
}
