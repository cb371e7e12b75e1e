/* The server's life: from the open port to the signal that ends it. */
#include "app/internal.h"

#include "base/log.h"
#include "http/http.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>

static void wanted(sigset_t *out)
{
	sigemptyset(out);
	sigaddset(out, SIGINT);
	sigaddset(out, SIGTERM);
}

void tt_app_hold_signals(void)
{
	sigset_t set;

	wanted(&set);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* Sleeps until asked to end; a second signal then ends the process at once. */
static void wait_for_signal(void)
{
	sigset_t set;
	int which;

	wanted(&set);
	while (sigwait(&set, &which) != 0)
		;
	tt_log(TT_LOG_INFO, "app", "stopping; what was acknowledged is finished first");
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void wake_streams(void *ctx)
{
	tt_http_progress(ctx);
}

static int start_http(struct tt_app *app, const struct tt_conf *conf, struct tt_http **out, struct tt_err *err)
{
	const struct tt_app_parts *p = &app->parts;
	struct tt_http_deps deps = { .store = p->store,
				     .blobs = p->blobs,
				     .accounts = p->accounts,
				     .library = p->library,
				     .ingest = p->ingest,
				     .jobs = p->jobs,
				     .learn = p->learn,
				     .people = p->people,
				     .version = TT_VERSION,
				     .model = p->model,
				     .model_version = p->version };
	struct tt_http_opts opts;
	char web_root[PATH_MAX];

	tt_http_opts_of(&opts, conf);
	tt_app_web_root(conf, web_root, sizeof web_root);
	opts.web_root = web_root;
	return tt_http_start(out, &deps, &opts, err);
}

int tt_app_serve(struct tt_app *app, const struct tt_conf *conf, bool no_http, struct tt_err *err)
{
	struct tt_http *http = NULL;
	int rc = no_http ? 0 : start_http(app, conf, &http, err);

	if (rc < 0)
		return rc;
	if (http) {
		tt_app_on_progress(app, wake_streams, http);
		(void)fprintf(stderr, "listening on %s\n", tt_http_url(http));
	} else {
		(void)fprintf(stderr, "working without HTTP\n");
	}
	wait_for_signal();
	tt_app_on_progress(app, NULL, NULL);
	tt_http_stop(http);
	return 0;
}
