/* The insides of struct tt_app, for the files of this folder. */
#ifndef TT_APP_INTERNAL_H
#define TT_APP_INTERNAL_H

#include "app/app.h"
#include "vision/same.h"

#include <pthread.h>

struct tt_wake;

struct tt_app {
	char *path; /* of the library */
	int lock;
	struct tt_app_parts parts;
	struct tt_workers *workers;
	struct tt_classifier *classifier;
	struct tt_same same;    /* how alike faces of one person are, to these networks */
	struct tt_faces *faces; /* NULL: none are looked for */
	struct tt_wake *wake;
	pthread_mutex_t progress_lock;
	void (*progress)(void *ctx);
	void *progress_ctx;
};

struct tt_conf;
struct tt_jobs_deps;
/* There are new numbers: whoever watches hears of it. */
void tt_app_progressed(struct tt_app *app);
/* faces.c: makes jobs look for faces, where the settings and the files allow it. */
void tt_app_wire_faces(struct tt_app *app, const struct tt_conf *conf, struct tt_jobs_deps *deps);
/* people.c */
int tt_app_start_people(struct tt_app *app, const struct tt_conf *conf, struct tt_err *err) TT_CHECKED;

#endif
