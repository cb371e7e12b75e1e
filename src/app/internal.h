/* The insides of struct tt_app, for the files of this folder. */
#ifndef TT_APP_INTERNAL_H
#define TT_APP_INTERNAL_H

#include "app/app.h"

#include <pthread.h>

struct tt_wake;

struct tt_app {
	char *path; /* of the library */
	int lock;
	struct tt_app_parts parts;
	struct tt_workers *workers;
	struct tt_classifier *classifier;
	struct tt_wake *wake;
	pthread_mutex_t progress_lock;
	void (*progress)(void *ctx);
	void *progress_ctx;
};

#endif
