/* Builds the objects of a library in their order, wires who wakes whom, and takes them down again.
 *
 * tt_app_open() must be called before the process makes a thread: it forks the workers' zygote. One process at a time
 * works a library's jobs off (flock on LIBRARY/tintype.lock); another one can still open it as a guest, add photos and
 * wake the one that works (LIBRARY/tmp/wake.sock). */
#ifndef TT_APP_APP_H
#define TT_APP_APP_H

#include "base/err.h"
#include "conf/conf.h"

#include <stdbool.h>

struct tt_accounts;
struct tt_app;
struct tt_blobs;
struct tt_classifier;
struct tt_faces;
struct tt_people;
struct tt_ingest;
struct tt_jobs;
struct tt_learn;
struct tt_library;
struct tt_store;
struct tt_workers;

#define TT_VERSION "0.1.0"

enum tt_app_mode {
	TT_APP_LOOK,  /* store and blobs only: albums, user, search, doctor */
	TT_APP_WORK,  /* jobs run here; TT_EBUSY when another process does that already */
	TT_APP_GUEST, /* jobs run here if they can, otherwise in the process that has the lock */
};

struct tt_app_parts {
	struct tt_store *store;
	struct tt_blobs *blobs;
	struct tt_library *library; /* NULL in TT_APP_LOOK */
	struct tt_ingest *ingest;   /* NULL in TT_APP_LOOK */
	struct tt_accounts *accounts;
	struct tt_jobs *jobs;        /* NULL for a guest of another process */
	struct tt_learn *learn;      /* as jobs */
	struct tt_people *people;    /* as jobs */
	const char *model, *version; /* NULL: no model */
};

int tt_app_open(struct tt_app **out, const char *library, const struct tt_conf *conf, enum tt_app_mode mode,
		struct tt_err *err) TT_CHECKED;
const struct tt_app_parts *tt_app_parts(const struct tt_app *app);
/* Called by jobs when there are new numbers (any thread); set before photos are added. */
void tt_app_on_progress(struct tt_app *app, void (*fn)(void *ctx), void *ctx);
/* Waits until nothing is due any more, here or in the process that works. */
int tt_app_wait(struct tt_app *app, struct tt_err *err) TT_CHECKED;
/* Something in the rows changed that the process that works keeps in memory: wakes it. */
void tt_app_wake_other(struct tt_app *app);
void tt_app_close(struct tt_app *app); /* NULL is fine */

/* For `serve`, before tt_app_open(): SIGINT and SIGTERM are held for tt_app_serve(), SIGPIPE is ignored. */
void tt_app_hold_signals(void);
/* Runs the HTTP server (unless no_http) until SIGINT or SIGTERM; says where it listens on standard error. */
int tt_app_serve(struct tt_app *app, const struct tt_conf *conf, bool no_http, struct tt_err *err) TT_CHECKED;

/* Where files that ship are: next to the installed binary, or in the source tree it was built from. The model is the
 * setting model.path, else the library's own (models.h), else the one that ships; library may be NULL. */
int tt_app_model_path(const struct tt_conf *conf, const char *library, char *out, size_t size,
		      struct tt_err *err) TT_CHECKED;
void tt_app_shipped_model(char *out, size_t size);
void tt_app_web_root(const struct tt_conf *conf, char *out, size_t size);
unsigned tt_app_cores(void);

struct tt_learn_opts;
void tt_app_learn_opts(const struct tt_conf *conf, struct tt_learn_opts *out);
struct tt_people_opts;
void tt_app_people_opts(const struct tt_conf *conf, struct tt_people_opts *out);

/* For commands that need no library: decoding and the network alone. threads: of one call. model NULL: the default;
 * library may be NULL. */
struct tt_workers_opts;
void tt_app_workers_opts(const struct tt_conf *conf, struct tt_workers_opts *out);
int tt_app_open_classifier(struct tt_classifier **out, const struct tt_conf *conf, const char *library,
			   const char *model, unsigned threads, struct tt_err *err) TT_CHECKED;
/* With the files that the settings faces.detector_path and faces.embedder_path name, or those that ship. TT_ENOTFOUND:
 * there are none. */
int tt_app_open_faces(struct tt_faces **out, const struct tt_conf *conf, unsigned threads,
		      struct tt_err *err) TT_CHECKED;
/* Whether these files are there and can be used; each is opened and closed again. */
enum tt_app_file_state { TT_APP_FILE_THERE, TT_APP_FILE_MISSING, TT_APP_FILE_UNREADABLE };
struct tt_app_face_file {
	enum tt_app_file_state state;
	char path[4096];
	char hash[13];     /* first digits of its SHA-256, "" unless it is there */
	struct tt_err why; /* unless it is there */
};
void tt_app_face_files(const struct tt_conf *conf, struct tt_app_face_file *detector,
		       struct tt_app_face_file *embedder);

#endif
