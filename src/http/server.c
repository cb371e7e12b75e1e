#include "http/server.h"

#include "accounts/password.h"
#include "base/alloc.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/pool.h"
#include "http/dispatch.h"
#include "http/events.h"
#include "http/guard.h"
#include "http/listen.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define WRITER_THREADS 4 /* wait for the disk, mostly together */

struct tt_server {
	struct tt_context *cx;
	struct MHD_Daemon *daemon;
	struct tt_pool *writers, *hashers;
	atomic_uint hashes_waiting;
	atomic_bool stopping;
	pthread_mutex_t lock;
	pthread_cond_t idle;
	bool last_rites;  /* no connection may be put to sleep any more */
	unsigned running; /* requests between their first line and their last byte */
};

enum phase {
	PHASE_HEADERS, /* nothing seen but the request line */
	PHASE_BODY,
	PHASE_REFUSED, /* the reply is ready, the rest of the body is thrown away */
	PHASE_AWAY,    /* in the hands of a pool, the connection sleeps */
	PHASE_READY,   /* the reply is ready */
};

struct call {
	struct tt_server *server;
	struct MHD_Connection *conn;
	enum phase phase; /* handed over with the connection: only who may wake it looks at it */
	char *data;       /* copy of the piece of the body that a writer takes: MHD may move its own */
	size_t size, taken;
	struct tt_req rq;
	struct tt_res rs;
};

/* ---- one request */

static void *on_line(void *cls, const char *target, struct MHD_Connection *conn)
{
	struct tt_server *s = cls;
	struct call *c = tt_calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->server = s;
	c->conn = conn;
	tt_req_init(&c->rq, s->cx, target);
	tt_res_init(&c->rs);
	pthread_mutex_lock(&s->lock);
	s->running++;
	pthread_mutex_unlock(&s->lock);
	return c;
}

static void on_done(void *cls, struct MHD_Connection *conn, void **slot, enum MHD_RequestTerminationCode why)
{
	struct tt_server *s = cls;
	struct call *c = *slot;

	(void)conn;
	if (!c)
		return;
	*slot = NULL;
	tt_dispatch_done(&c->rq, &c->rs, why != MHD_REQUEST_TERMINATED_COMPLETED_OK);
	free(c);
	pthread_mutex_lock(&s->lock);
	if (--s->running == 0)
		pthread_cond_broadcast(&s->idle);
	pthread_mutex_unlock(&s->lock);
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_size,
				   const char *value, size_t value_size)
{
	struct tt_req *rq = cls;

	(void)kind;
	if (rq->headers == TT_HEADERS_MAX)
		return MHD_NO;
	rq->header[rq->headers].name = (struct tt_str){ key, key_size };
	rq->header[rq->headers++].value = (struct tt_str){ value ? value : "", value ? value_size : 0 };
	return MHD_YES;
}

static ssize_t read_events(void *cls, uint64_t pos, char *buf, size_t max)
{
	ssize_t n = tt_event_stream_read(cls, buf, max);

	(void)pos;
	return n < 0 ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void free_events(void *cls)
{
	tt_event_stream_free(cls);
}

static void sleep_conn(void *conn)
{
	MHD_suspend_connection(conn);
}

static void wake_conn(void *conn)
{
	MHD_resume_connection(conn);
}

static struct MHD_Response *make_response(struct call *c)
{
	struct tt_res *rs = &c->rs;
	struct MHD_Response *r = NULL;

	switch (rs->kind) {
	case TT_RES_EMPTY:
		return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	case TT_RES_BYTES:
		/* Lives until on_done(), as the reply does. */
		return MHD_create_response_from_buffer(rs->body.len, rs->body.p, MHD_RESPMEM_PERSISTENT);
	case TT_RES_FILE:
		r = MHD_create_response_from_fd_at_offset64(rs->length, rs->fd, rs->offset);
		if (r)
			rs->fd = -1;
		return r;
	case TT_RES_EVENTS:
		tt_event_stream_attach(rs->stream, sleep_conn, wake_conn, c->conn);
		r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_events, rs->stream, free_events);
		if (r)
			rs->stream = NULL;
		return r;
	}
	return NULL;
}

static enum MHD_Result send_reply(struct call *c)
{
	struct MHD_Response *r = make_response(c);
	enum MHD_Result ok = MHD_YES;

	if (!r)
		return MHD_NO;
	for (unsigned i = 0; ok == MHD_YES && i < c->rs.headers; i++)
		ok = MHD_add_response_header(r, c->rs.header[i].name, c->rs.header[i].value);
	if (ok == MHD_YES && (c->rs.last || atomic_load(&c->server->stopping)))
		ok = MHD_add_response_header(r, "Connection", "close");
	if (ok == MHD_YES)
		ok = MHD_queue_response(c->conn, (unsigned)c->rs.status, r);
	MHD_destroy_response(r);
	return ok;
}

static enum MHD_Result on_headers(struct call *c, const char *method)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c->conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char peer[TT_ADDRESS_SIZE];
	int count;

	c->rq.method = tt_str_of(method);
	count = MHD_get_connection_values_n(c->conn, MHD_HEADER_KIND, take_header, &c->rq);
	tt_listen_peer(info ? info->client_addr : NULL, peer, sizeof peer);
	tt_guard_client(&c->rq, peer, c->server->cx->opts.trusted_proxy);
	if (count > TT_HEADERS_MAX || c->rq.target.len == 0)
		return MHD_NO;
	if (tt_dispatch_begin(&c->rq, &c->rs)) {
		c->phase = PHASE_BODY;
		return MHD_YES;
	}
	c->phase = PHASE_REFUSED;
	/* A small body is read to its end, so that the client, which sends first and reads later, gets the reply. */
	if (tt_req_header(&c->rq, "Expect").len == 0 && tt_dispatch_body_is_small(&c->rq))
		return MHD_YES;
	return send_reply(c);
}

/* Puts the connection to sleep and the call into a pool; false when it is too late for that. */
static bool send_away(struct call *c, struct tt_pool *pool, tt_pool_fn *fn)
{
	struct tt_server *s = c->server;
	struct tt_err err;
	bool away = false;

	pthread_mutex_lock(&s->lock);
	if (!s->last_rites) {
		MHD_suspend_connection(c->conn);
		/* The queue has room for every connection there can be, so this does not block. */
		away = tt_pool_put(pool, fn, c, &err) == 0;
		if (!away)
			MHD_resume_connection(c->conn);
	}
	pthread_mutex_unlock(&s->lock);
	return away;
}

static void run_away(void *item)
{
	struct call *c = item;

	tt_dispatch_run(&c->rq, &c->rs);
	if (tt_dispatch_place(&c->rq) == TT_PLACE_HASHER)
		atomic_fetch_sub(&c->server->hashes_waiting, 1);
	c->phase = PHASE_READY;
	MHD_resume_connection(c->conn);
}

static void feed_away(void *item)
{
	struct call *c = item;

	c->phase = tt_dispatch_data(&c->rq, &c->rs, c->data, c->size) ? PHASE_BODY : PHASE_REFUSED;
	c->taken = c->size;
	free(c->data);
	c->data = NULL;
	MHD_resume_connection(c->conn);
}

/* The whole body is there. */
static enum MHD_Result on_end(struct call *c)
{
	struct tt_server *s = c->server;

	if (c->phase == PHASE_BODY) {
		enum tt_place place = tt_dispatch_place(&c->rq);
		bool full = place == TT_PLACE_HASHER && atomic_fetch_add(&s->hashes_waiting, 1) >= s->cx->opts.max_slow;

		c->phase = PHASE_AWAY;
		if (!full && place != TT_PLACE_LOOP &&
		    send_away(c, place == TT_PLACE_HASHER ? s->hashers : s->writers, run_away))
			return MHD_YES;
		if (place == TT_PLACE_HASHER)
			atomic_fetch_sub(&s->hashes_waiting, 1);
		if (full)
			tt_dispatch_busy(&c->rq, &c->rs);
		else
			tt_dispatch_run(&c->rq, &c->rs);
	}
	c->phase = PHASE_READY;
	return send_reply(c);
}

/* The piece stays unread in MHD's eyes until the writer is done with it: otherwise MHD could go on with the next one.
 */
static bool feed_writer(struct call *c, const char *data, size_t size)
{
	c->data = tt_alloc(size);
	if (!c->data)
		return false;
	memcpy(c->data, data, size);
	c->size = size;
	c->phase = PHASE_AWAY;
	if (send_away(c, c->server->writers, feed_away))
		return true;
	c->phase = PHASE_BODY;
	free(c->data);
	c->data = NULL;
	return false;
}

static enum MHD_Result on_data(struct call *c, const char *data, size_t *size)
{
	if (c->taken) {
		/* MHD shows the piece again that a writer took while the connection slept, perhaps with more behind it.
		 */
		*size -= c->taken;
		c->taken = 0;
		return MHD_YES;
	}
	if (c->phase == PHASE_BODY && tt_dispatch_data_waits(&c->rq, data, *size) && feed_writer(c, data, *size))
		return MHD_YES;
	if (c->phase == PHASE_BODY && !tt_dispatch_data(&c->rq, &c->rs, data, *size))
		c->phase = PHASE_REFUSED;
	*size = 0;
	return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *conn, const char *url, const char *method,
				  const char *version, const char *data, size_t *size, void **slot)
{
	struct call *c = *slot;

	(void)cls, (void)conn, (void)url, (void)version;
	if (!c)
		return MHD_NO;
	if (c->phase == PHASE_HEADERS)
		return on_headers(c, method);
	return *size ? on_data(c, data, size) : on_end(c);
}

/* ---- the server */

/* Addresses are decoded by http/uri.c, from the raw target. */
static size_t leave_escaped(void *cls, struct MHD_Connection *conn, char *s)
{
	(void)cls, (void)conn;
	return strlen(s);
}

static void on_log(void *cls, const char *fmt, va_list args)
{
	char text[300];

	(void)cls;
	vsnprintf(text, sizeof text, fmt, args);
	text[strcspn(text, "\r\n")] = '\0';
	tt_log(TT_LOG_DEBUG, "http", "%s", text);
}

static struct MHD_Daemon *start_daemon(struct tt_server *s, int fd)
{
	const struct tt_http_opts *o = &s->cx->opts;

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
				NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET,
				fd, MHD_OPTION_THREAD_POOL_SIZE, o->threads, MHD_OPTION_CONNECTION_LIMIT,
				o->max_connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)o->max_header_bytes,
				MHD_OPTION_CONNECTION_TIMEOUT, o->idle_timeout_s, MHD_OPTION_STRICT_FOR_CLIENT, 1,
				MHD_OPTION_URI_LOG_CALLBACK, on_line, s, MHD_OPTION_NOTIFY_COMPLETED, on_done, s,
				MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_END);
}

int tt_server_start(struct tt_server **out, struct tt_context *cx, int listen_fd, struct tt_err *err)
{
	struct tt_server *s = tt_calloc(1, sizeof *s);
	int rc;

	if (!s) {
		tt_closep(&listen_fd);
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	s->cx = cx;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->idle, NULL);
	rc = tt_pool_new(&s->hashers, TT_PASSWORD_PARALLEL, cx->opts.max_connections, "http-hash", err);
	if (rc == 0)
		rc = tt_pool_new(&s->writers, WRITER_THREADS, cx->opts.max_connections, "http-write", err);
	if (rc == 0) {
		s->daemon = start_daemon(s, listen_fd);
		if (!s->daemon)
			rc = tt_err_set(err, TT_EIO, "the web server does not start");
	}
	if (rc < 0) {
		tt_closep(&listen_fd);
		tt_server_stop(s);
		return rc;
	}
	*out = s;
	return 0;
}

/* Until no request runs or patience ends; then no connection may sleep, for the daemon could not end it. */
static void wait_until_idle(struct tt_server *s)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += s->cx->opts.shutdown_s;
	pthread_mutex_lock(&s->lock);
	while (s->running > 0 && pthread_cond_timedwait(&s->idle, &s->lock, &until) == 0)
		;
	s->last_rites = true;
	pthread_mutex_unlock(&s->lock);
	tt_pool_drain(s->writers);
	tt_pool_drain(s->hashers);
}

void tt_server_stop(struct tt_server *s)
{
	if (!s)
		return;
	if (s->daemon) {
		int fd;

		atomic_store(&s->stopping, true);
		fd = MHD_quiesce_daemon(s->daemon);
		wait_until_idle(s);
		MHD_stop_daemon(s->daemon);
		tt_closep(&fd);
	}
	tt_pool_free(s->writers);
	tt_pool_free(s->hashers);
	pthread_cond_destroy(&s->idle);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
