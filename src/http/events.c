#include "http/events.h"

#include "base/alloc.h"

#include <pthread.h>
#include <string.h>

struct tt_event_stream {
	struct tt_events *hub;
	struct tt_event_stream *prev, *next; /* oldest first */
	int64_t user;
	bool dirty, ended, asleep; /* under the lock */
	void (*sleep)(void *conn);
	void (*wake)(void *conn);
	void *conn;
	struct tt_buf text; /* the event being sent; the reader's only */
	size_t sent;
};

struct tt_events {
	pthread_mutex_t lock;
	struct tt_event_stream *first, *last;
	unsigned live, max;
	bool closed;
	tt_event_render *render;
	void *ctx;
};

int tt_events_new(struct tt_events **out, unsigned max, tt_event_render *render, void *ctx, struct tt_err *err)
{
	struct tt_events *h = tt_calloc(1, sizeof *h);

	if (!h)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	h->max = max;
	h->render = render;
	h->ctx = ctx;
	pthread_mutex_init(&h->lock, NULL);
	*out = h;
	return 0;
}

void tt_events_free(struct tt_events *h)
{
	if (!h)
		return;
	pthread_mutex_destroy(&h->lock);
	free(h);
}

static void wake(struct tt_event_stream *s)
{
	if (!s->asleep)
		return;
	s->asleep = false;
	s->wake(s->conn);
}

static void end(struct tt_events *h, struct tt_event_stream *s)
{
	if (s->ended)
		return;
	s->ended = true;
	h->live--;
	wake(s);
}

void tt_events_wake(struct tt_events *h)
{
	pthread_mutex_lock(&h->lock);
	for (struct tt_event_stream *s = h->first; s; s = s->next) {
		s->dirty = true;
		wake(s);
	}
	pthread_mutex_unlock(&h->lock);
}

void tt_events_close(struct tt_events *h)
{
	pthread_mutex_lock(&h->lock);
	h->closed = true;
	for (struct tt_event_stream *s = h->first; s; s = s->next)
		end(h, s);
	pthread_mutex_unlock(&h->lock);
}

int tt_event_stream_new(struct tt_event_stream **out, struct tt_events *h, int64_t user, struct tt_err *err)
{
	struct tt_event_stream *s = tt_calloc(1, sizeof *s), *oldest;

	if (!s)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	s->hub = h;
	s->user = user;
	s->dirty = true;
	s->text.max = 4096;
	pthread_mutex_lock(&h->lock);
	s->ended = h->closed;
	s->prev = h->last;
	*(h->last ? &h->last->next : &h->first) = s;
	h->last = s;
	if (!s->ended && ++h->live > h->max) {
		for (oldest = h->first; oldest->ended;)
			oldest = oldest->next;
		end(h, oldest);
	}
	pthread_mutex_unlock(&h->lock);
	*out = s;
	return 0;
}

void tt_event_stream_free(struct tt_event_stream *s)
{
	struct tt_events *h;

	if (!s)
		return;
	h = s->hub;
	pthread_mutex_lock(&h->lock);
	*(s->prev ? &s->prev->next : &h->first) = s->next;
	*(s->next ? &s->next->prev : &h->last) = s->prev;
	if (!s->ended)
		h->live--;
	pthread_mutex_unlock(&h->lock);
	tt_buf_free(&s->text);
	free(s);
}

void tt_event_stream_attach(struct tt_event_stream *s, void (*sleep)(void *conn), void (*wake_fn)(void *conn),
			    void *conn)
{
	s->sleep = sleep;
	s->wake = wake_fn;
	s->conn = conn;
}

static int render(struct tt_event_stream *s, struct tt_err *err)
{
	int rc;

	s->text.len = 0;
	s->sent = 0;
	rc = tt_buf_adds(&s->text, "event: progress\ndata: ", err);
	if (rc >= 0)
		rc = s->hub->render(s->hub->ctx, s->user, &s->text, err);
	if (rc >= 0)
		rc = tt_buf_adds(&s->text, "\n\n", err);
	return rc;
}

ssize_t tt_event_stream_read(struct tt_event_stream *s, char *buf, size_t max)
{
	struct tt_events *h = s->hub;
	struct tt_err err;
	size_t n;

	if (s->sent == s->text.len) {
		bool news, over;

		pthread_mutex_lock(&h->lock);
		news = s->dirty;
		over = s->ended;
		s->dirty = false;
		if (!over && !news) {
			s->asleep = true;
			s->sleep(s->conn);
		}
		pthread_mutex_unlock(&h->lock);
		if (over || (news && render(s, &err) < 0))
			return -1;
		if (!news)
			return 0;
	}
	n = s->text.len - s->sent < max ? s->text.len - s->sent : max;
	memcpy(buf, s->text.p + s->sent, n);
	s->sent += n;
	return (ssize_t)n;
}
