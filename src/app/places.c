/* Where the files that ship are. */
#include "app/app.h"
#include "app/models.h"
#include "base/log.h"
#include "vision/face_detect.h"
#include "vision/face_embed.h"
#include "vision/faces.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* PREFIX/share/tintype/NAME of an installed PREFIX/bin/tintype; false when there is no such file. */
static bool installed(const char *name, char *out, size_t size)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *slash;

	if (n <= 0)
		return false;
	exe[n] = 0;
	slash = strrchr(exe, '/');
	if (!slash)
		return false;
	*slash = 0;
	return (size_t)snprintf(out, size, "%s/../share/tintype/%s", exe, name) < size && access(out, R_OK) == 0;
}

void tt_app_shipped_model(char *out, size_t size)
{
	if (!installed("models/" TT_DEFAULT_MODEL, out, size))
		(void)snprintf(out, size, "%s/models/%s", TT_SOURCE_DIR, TT_DEFAULT_MODEL);
}

int tt_app_model_path(const struct tt_conf *conf, const char *library, char *out, size_t size, struct tt_err *err)
{
	char name[TT_APP_MODEL_NAME] = "";
	int rc = 0;

	if (conf->model.path[0])
		(void)snprintf(out, size, "%s", conf->model.path);
	else if (library)
		rc = tt_app_model_current(library, name, err);
	if (rc < 0)
		return rc;
	if (name[0])
		tt_app_model_file(library, name, out, size);
	else if (!conf->model.path[0])
		tt_app_shipped_model(out, size);
	if (access(out, R_OK) == 0)
		return 0;
	return name[0] ? tt_err_set(err, TT_ENOTFOUND,
				    "no model at %s; 'tintype model use shipped' goes back to the one that ships", out)
		       : tt_err_set(err, TT_ENOTFOUND, "no model at %s; the setting model.path says where one is", out);
}

/* What the setting says, else the one that ships. */
static int face_file(char *out, size_t size, const char *set, const char *shipped, const char *setting,
		     struct tt_err *err)
{
	char name[128];

	(void)snprintf(name, sizeof name, "models/%s", shipped);
	if (set[0])
		(void)snprintf(out, size, "%s", set);
	else if (!installed(name, out, size))
		(void)snprintf(out, size, "%s/%s", TT_SOURCE_DIR, name);
	if (access(out, R_OK) == 0)
		return 0;
	return tt_err_set(err, TT_ENOTFOUND,
			  "no file for faces at %s that can be read; the setting %s says where one is", out, setting);
}

int tt_app_open_faces(struct tt_faces **out, const struct tt_conf *conf, unsigned threads, struct tt_err *err)
{
	char detector[PATH_MAX], embedder[PATH_MAX];
	struct tt_faces_opts opts = {
		.detector_path = detector,
		.embedder_path = embedder,
		.precision = strcmp(conf->model.precision, "f32") == 0 ? TT_F32 : TT_BF16,
		.threads = threads,
		.at_once = (unsigned)conf->faces.threads,
		.min_confidence = (float)conf->faces.min_confidence,
		.max_faces = (unsigned)conf->faces.max_per_photo,
		.min_px = (unsigned)conf->faces.min_px,
		.turns = (enum tt_faces_turns)conf->faces.turns,
	};
	int rc = face_file(detector, sizeof detector, conf->faces.detector_path, TT_DEFAULT_DETECTOR,
			   "faces.detector_path", err);

	if (rc < 0)
		return rc;
	rc = face_file(embedder, sizeof embedder, conf->faces.embedder_path, TT_DEFAULT_EMBEDDER, "faces.embedder_path",
		       err);
	if (rc < 0 && conf->faces.embedder_path[0])
		return rc;
	if (rc < 0) { /* none ships: faces are found, and people name them */
		tt_log(TT_LOG_WARN, "faces", "persons are not told apart: %s", err->msg);
		opts.embedder_path = NULL;
	}
	return tt_faces_open(out, &opts, err);
}

static void look_at_detector(const struct tt_conf *conf, struct tt_app_face_file *f)
{
	struct tt_face_detector *d = NULL;
	int rc = face_file(f->path, sizeof f->path, conf->faces.detector_path, TT_DEFAULT_DETECTOR,
			   "faces.detector_path", &f->why);

	f->state = access(f->path, F_OK) < 0 ? TT_APP_FILE_MISSING : TT_APP_FILE_UNREADABLE;
	if (rc < 0 || tt_face_detector_open(&d, f->path, TT_DT_F32, 1, &f->why) < 0)
		return;
	f->state = TT_APP_FILE_THERE;
	(void)snprintf(f->hash, sizeof f->hash, "%s", tt_face_detector_hash(d));
	tt_face_detector_close(d);
}

static void look_at_embedder(const struct tt_conf *conf, struct tt_app_face_file *f)
{
	struct tt_face_embedder *e = NULL;
	int rc = face_file(f->path, sizeof f->path, conf->faces.embedder_path, TT_DEFAULT_EMBEDDER,
			   "faces.embedder_path", &f->why);

	f->state = access(f->path, F_OK) < 0 ? TT_APP_FILE_MISSING : TT_APP_FILE_UNREADABLE;
	if (rc < 0 || tt_face_embedder_open(&e, f->path, TT_DT_F32, 1, &f->why) < 0)
		return;
	f->state = TT_APP_FILE_THERE;
	(void)snprintf(f->hash, sizeof f->hash, "%s", tt_face_embedder_hash(e));
	tt_face_embedder_close(e);
}

void tt_app_face_files(const struct tt_conf *conf, struct tt_app_face_file *detector, struct tt_app_face_file *embedder)
{
	*detector = (struct tt_app_face_file){ .path = "" };
	*embedder = (struct tt_app_face_file){ .path = "" };
	look_at_detector(conf, detector);
	look_at_embedder(conf, embedder);
}

void tt_app_web_root(const struct tt_conf *conf, char *out, size_t size)
{
	if (conf->http.web_root[0])
		(void)snprintf(out, size, "%s", conf->http.web_root);
	else if (!installed("web/app", out, size))
		(void)snprintf(out, size, "%s/web/app", TT_BUILD_DIR);
}

unsigned tt_app_cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (unsigned)n : 1;
}
