#include "http/http.h"

#include "base/alloc.h"
#include "base/log.h"
#include "conf/conf.h"
#include "http/context.h"
#include "http/events.h"
#include "http/jobs.h"
#include "http/listen.h"
#include "http/server.h"
#include "http/static.h"

#define URL_SIZE 128

struct tt_http {
	struct tt_context cx;
	struct tt_server *server;
	char url[URL_SIZE];
};

void tt_http_opts_of(struct tt_http_opts *out, const struct tt_conf *conf)
{
	*out = (struct tt_http_opts){
		.listen = conf->listen,
		.web_root = conf->http.web_root,
		.trusted_proxy = conf->http.trusted_proxy,
		.threads = (unsigned)conf->http.threads,
		.max_connections = (unsigned)conf->http.max_connections,
		.max_header_bytes = (unsigned)conf->http.max_header_bytes,
		.idle_timeout_s = (unsigned)conf->http.idle_timeout_s,
		.shutdown_s = (unsigned)conf->http.shutdown_s,
		.max_json_bytes = (uint64_t)conf->http.max_json_bytes,
		.max_upload_bytes = (uint64_t)conf->http.max_upload_bytes,
		.max_upload_parts = (unsigned)conf->http.max_upload_parts,
		.max_streams = (unsigned)conf->http.max_streams,
		.max_slow = (unsigned)conf->http.max_slow,
		.access_log = conf->http.access_log != 0,
	};
}

/* Without the web app's files the API is still of use, so their absence is only told. */
static void open_files(struct tt_http *h)
{
	const char *root = h->cx.opts.web_root;
	struct tt_err err = { 0 };

	if (root && root[0] && tt_static_open(&h->cx.files, root, &err) < 0)
		tt_log(TT_LOG_WARN, "http", "no web app: %s", err.msg);
}

int tt_http_start(struct tt_http **out, const struct tt_http_deps *deps, const struct tt_http_opts *opts,
		  struct tt_err *err)
{
	struct tt_http *h = tt_calloc(1, sizeof *h);
	int fd = -1, rc;

	if (!h)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	h->cx.deps = *deps;
	h->cx.opts = *opts;
	open_files(h);
	rc = tt_events_new(&h->cx.events, opts->max_streams, tt_progress_render, &h->cx, err);
	if (rc == 0)
		rc = tt_listen_open(opts->listen, &fd, err);
	if (rc == 0) {
		tt_listen_url(fd, h->url, sizeof h->url);
		rc = tt_server_start(&h->server, &h->cx, fd, err);
	}
	if (rc < 0) {
		tt_http_stop(h);
		return rc;
	}
	*out = h;
	return 0;
}

const char *tt_http_url(const struct tt_http *h)
{
	return h->url;
}

void tt_http_progress(struct tt_http *h)
{
	tt_people_changed(&h->cx); /* new faces come with the photos they are on */
}

void tt_http_stop(struct tt_http *h)
{
	if (!h)
		return;
	if (h->cx.events)
		tt_events_close(h->cx.events);
	tt_server_stop(h->server);
	tt_events_free(h->cx.events);
	tt_static_close(h->cx.files);
	free(h);
}
