#include "http/events.h"

#include "test.h"

#include <string.h>

struct conn {
	int slept, woken;
};

static void on_sleep(void *conn)
{
	((struct conn *)conn)->slept++;
}

static void on_wake(void *conn)
{
	((struct conn *)conn)->woken++;
}

static int render(void *ctx, int64_t user, struct tt_buf *out, struct tt_err *err)
{
	return tt_buf_addf(out, err, "{\"n\":%d,\"user\":%d}", *(int *)ctx, (int)user);
}

static struct tt_event_stream *open_stream(struct tt_events *h, struct conn *c, int64_t user)
{
	struct tt_event_stream *s;
	struct tt_err err = { 0 };

	assert_int_equal(tt_event_stream_new(&s, h, user, &err), 0);
	tt_event_stream_attach(s, on_sleep, on_wake, c);
	return s;
}

static void expect(struct tt_event_stream *s, const char *want)
{
	char buf[200] = "";

	assert_int_equal(tt_event_stream_read(s, buf, sizeof buf - 1), strlen(want));
	assert_string_equal(buf, want);
}

static void test_news(void **state)
{
	struct conn c = { 0 };
	struct tt_event_stream *s;
	struct tt_err err = { 0 };
	struct tt_events *h;
	char buf[8];
	int n = 1;

	(void)state;
	assert_int_equal(tt_events_new(&h, 2, render, &n, &err), 0);
	s = open_stream(h, &c, 7);
	expect(s, "event: progress\ndata: {\"n\":1,\"user\":7}\n\n");
	assert_int_equal(tt_event_stream_read(s, buf, sizeof buf), 0);
	assert_int_equal(c.slept, 1);
	n = 2;
	tt_events_wake(h);
	tt_events_wake(h);
	assert_int_equal(c.woken, 1);
	assert_int_equal(tt_event_stream_read(s, buf, 6), 6);
	assert_memory_equal(buf, "event:", 6);
	n = 3; /* what is being sent stays as it was, and is followed by what came meanwhile */
	tt_events_wake(h);
	expect(s, " progress\ndata: {\"n\":2,\"user\":7}\n\n");
	expect(s, "event: progress\ndata: {\"n\":3,\"user\":7}\n\n");
	assert_int_equal(tt_event_stream_read(s, buf, sizeof buf), 0);
	tt_event_stream_free(s);
	tt_events_free(h);
}

static void test_oldest_gives_way(void **state)
{
	struct conn c[3] = { 0 };
	struct tt_event_stream *s[3];
	struct tt_err err = { 0 };
	struct tt_events *h;
	char buf[100];
	int n = 1;

	(void)state;
	assert_int_equal(tt_events_new(&h, 2, render, &n, &err), 0);
	for (int i = 0; i < 3; i++) {
		s[i] = open_stream(h, &c[i], 1);
		assert_true(tt_event_stream_read(s[i], buf, sizeof buf) > 0);
		assert_int_equal(tt_event_stream_read(s[i], buf, sizeof buf), 0);
	}
	assert_int_equal(c[0].woken, 1);
	assert_int_equal(c[1].woken, 0);
	assert_int_equal(tt_event_stream_read(s[0], buf, sizeof buf), -1);
	tt_event_stream_free(s[0]);
	tt_events_close(h);
	assert_int_equal(c[1].woken, 1);
	assert_int_equal(c[2].woken, 1);
	assert_int_equal(tt_event_stream_read(s[1], buf, sizeof buf), -1);
	tt_event_stream_free(s[2]);
	tt_event_stream_free(s[1]);
	s[0] = open_stream(h, &c[0], 1);
	assert_int_equal(tt_event_stream_read(s[0], buf, sizeof buf), -1);
	tt_event_stream_free(s[0]);
	tt_events_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_news),
		cmocka_unit_test(test_oldest_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
