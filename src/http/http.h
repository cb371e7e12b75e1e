/* The HTTP server: API under /api/v1 (api/openapi.yaml) and the web app's files.
 *
 * tt_http_start() returns when the port is open; requests then run on threads of its own until tt_http_stop(), which
 * takes no new connections, finishes what runs (an upload that is in progress is finished or given up after
 * http.shutdown_s), ends the event streams and joins the threads. Everything in deps is borrowed and must outlive the
 * server. */
#ifndef TT_HTTP_HTTP_H
#define TT_HTTP_HTTP_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct tt_accounts;
struct tt_blobs;
struct tt_conf;
struct tt_http;
struct tt_ingest;
struct tt_jobs;
struct tt_learn;
struct tt_library;
struct tt_people;
struct tt_store;

/* Conf component "http". */
struct tt_http_opts {
	const char *listen;        /* HOST:PORT; port 0 lets the kernel choose */
	const char *web_root;      /* folder of the web app; NULL or empty: none */
	const char *trusted_proxy; /* addresses, joined by ',', whose X-Forwarded-For/-Proto are believed; NULL: none */
	unsigned threads;          /* event loops */
	unsigned max_connections;
	unsigned max_header_bytes; /* request line and headers of one request */
	unsigned idle_timeout_s;   /* a connection on which nothing moves is closed */
	unsigned shutdown_s;       /* how long tt_http_stop() waits for what runs */
	uint64_t max_json_bytes;   /* one JSON body */
	uint64_t max_upload_bytes; /* one upload request, all files */
	unsigned max_upload_parts; /* parts of one upload request */
	unsigned max_streams;      /* event streams at once; the oldest gives way */
	unsigned max_slow;         /* requests that hash a password may wait at once; more are answered 503 */
	bool access_log;
};

/* From the settings, which must outlive the result. */
void tt_http_opts_of(struct tt_http_opts *out, const struct tt_conf *conf);

struct tt_http_deps {
	struct tt_store *store;
	struct tt_blobs *blobs;
	struct tt_accounts *accounts;
	struct tt_library *library;
	struct tt_ingest *ingest;
	struct tt_jobs *jobs;
	struct tt_learn *learn;
	struct tt_people *people;
	const char *version;               /* of the program */
	const char *model, *model_version; /* NULL: there is none */
};

int tt_http_start(struct tt_http **out, const struct tt_http_deps *deps, const struct tt_http_opts *opts,
		  struct tt_err *err) TT_CHECKED;
const char *tt_http_url(const struct tt_http *h); /* "http://127.0.0.1:2342" */
/* From the callback of jobs, any thread, must not block: new numbers are there. Wakes the event streams. */
void tt_http_progress(struct tt_http *h);
void tt_http_stop(struct tt_http *h); /* NULL is fine */

#endif
