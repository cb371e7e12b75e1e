/* Whole trainings of a small network: it learns, it is repeatable, and it goes on exactly where it stopped. */
#include "test.h"

#include "base/fault.h"
#include "train/photos.h"
#include "train/small.h"
#include "train/trainer.h"

#include <math.h>

struct run {
	char dir[64], out[96], state[112], log[112], plot[112];
	struct tt_train_opts o;
	unsigned steps, stop_at, epochs;
	double last;
};

static void on_step(void *ctx, const struct tt_train_progress *p)
{
	struct run *r = ctx;

	CHECK(p->epoch <= p->epochs && p->step <= p->steps && p->eta_s >= 0);
	r->steps++;
}

static void on_epoch(void *ctx, const struct tt_epoch *e, double eta_s)
{
	struct run *r = ctx;

	CHECK(eta_s >= 0 && e->epoch == r->epochs + 1);
	r->epochs++;
	r->last = e->loss;
}

static bool on_stop(void *ctx)
{
	struct run *r = ctx;

	return r->stop_at && r->steps >= r->stop_at;
}

static void start(struct run *r, unsigned epochs)
{
	memset(r, 0, sizeof *r);
	photos_folder(r->dir);
	photos_make(r->dir, 40);
	(void)snprintf(r->out, sizeof r->out, "%s.weights", r->dir);
	(void)snprintf(r->state, sizeof r->state, "%s.state", r->out);
	(void)snprintf(r->log, sizeof r->log, "%s.log", r->out);
	(void)snprintf(r->plot, sizeof r->plot, "%s.svg", r->out);
	r->o = tt_train_defaults;
	r->o.data = r->dir;
	r->o.arch = "se-resnext-26";
	r->o.out = r->out;
	r->o.build = small_graph;
	r->o.epochs = epochs;
	r->o.threads = 2;
	r->o.batch = 12;
	r->o.side = 32;
	r->o.rate = 2;
	r->o.json_log = r->log;
	r->o.plot = r->plot;
}

static int go(struct run *r, struct tt_train_result *result, struct tt_err *err)
{
	const struct tt_decoder decoder = PHOTOS_DECODER;
	const struct tt_train_watch watch = { .step = on_step, .epoch = on_epoch, .stop = on_stop, .ctx = r };

	*err = (struct tt_err){ 0 };
	return tt_train_run(&r->o, &decoder, &watch, result, err);
}

static void stop(struct run *r)
{
	(void)unlink(r->out);
	(void)unlink(r->state);
	(void)unlink(r->log);
	(void)unlink(r->plot);
	(void)snprintf(r->log, sizeof r->log, "%s.cache", r->out);
	(void)unlink(r->log);
	photos_remove(r->dir);
}

static struct tt_buf bytes_of(const char *path)
{
	struct tt_buf b = { .max = 64u << 20 };
	struct tt_err err = { 0 };

	CHECK(tt_fs_read_file(path, &b, &err) == 0);
	return b;
}

static void learns_light_from_dark(void **state)
{
	struct run r;
	struct tt_train_result got;
	struct tt_err err;
	struct tt_buf log, plot;

	(void)state;
	start(&r, 8);
	CHECK(go(&r, &got, &err) == 0);
	CHECK(r.epochs == 8 && got.val_top1 > 0.8 && got.test_top1 > 0.8 && got.temperature > 0);
	CHECK(access(r.state, F_OK) != 0 && access(r.out, F_OK) == 0);
	log = bytes_of(r.log);
	plot = bytes_of(r.plot);
	CHECK(strstr(log.p, "\"epoch\":8") && strstr(log.p, "\"confusion\":[[") && strstr(plot.p, "</svg>"));
	tt_buf_free(&log);
	tt_buf_free(&plot);
	stop(&r);
}

/* Stopped in the middle of an epoch, resumed, stopped again: the same bytes come out as in one go. */
static void resumes_exactly(void **state)
{
	static const unsigned stops[] = { 2, 6, 9 };
	struct run whole, parts;
	struct tt_train_result got;
	struct tt_err err;
	struct tt_buf a, b;

	(void)state;
	start(&whole, 3);
	CHECK(go(&whole, &got, &err) == 0);
	parts = whole;
	parts.epochs = parts.steps = 0;
	a = bytes_of(whole.out);
	(void)unlink(whole.out);
	for (size_t i = 0; i < TT_LEN(stops); i++) {
		parts.stop_at = stops[i];
		CHECK(go(&parts, &got, &err) == TT_EBUSY && err.msg[0]);
		CHECK(access(parts.out, F_OK) != 0 && access(parts.state, F_OK) == 0);
		parts.o.resume = true;
	}
	parts.stop_at = 0;
	CHECK(go(&parts, &got, &err) == 0 && parts.epochs == 3 && parts.steps == whole.steps);
	b = bytes_of(parts.out);
	CHECK(a.len == b.len && memcmp(a.p, b.p, a.len) == 0);
	tt_buf_free(&a);
	tt_buf_free(&b);
	stop(&parts);
}

static void a_state_is_guarded(void **state)
{
	struct run r;
	struct tt_train_result got;
	struct tt_err err;

	(void)state;
	start(&r, 2);
	r.stop_at = 1;
	CHECK(go(&r, &got, &err) == TT_EBUSY);
	CHECK(go(&r, &got, &err) == TT_EEXISTS && strstr(err.msg, "--resume"));
	r.o.resume = true;
	r.o.seed = 99;
	CHECK(go(&r, &got, &err) == TT_EINVALID && strstr(err.msg, "other photos or settings"));
	r.o.seed = tt_train_defaults.seed;
	CHECK(truncate(r.state, 5000) == 0);
	CHECK(go(&r, &got, &err) == TT_EINVALID && strstr(err.msg, "damaged"));
	stop(&r);
}

static void a_failed_save_keeps_the_last_state(void **state)
{
	struct run r;
	struct tt_train_result got;
	struct tt_err err;

	(void)state;
	start(&r, 2);
	r.stop_at = 2;
	CHECK(go(&r, &got, &err) == TT_EBUSY);
	r.o.resume = true;
	r.stop_at = 3;
	tt_fault_arm(TT_FAULT_WRITE, 3);
	CHECK(go(&r, &got, &err) == TT_EIO);
	CHECK(tt_fault_disarm(TT_FAULT_WRITE));
	r.stop_at = 0;
	r.epochs = 0;
	CHECK(go(&r, &got, &err) == 0);
	stop(&r);
}

static void begins_with_given_weights(void **state)
{
	struct run r;
	struct tt_train_result got;
	struct tt_err err;
	char init[112];

	(void)state;
	start(&r, 6);
	CHECK(go(&r, &got, &err) == 0);
	(void)snprintf(init, sizeof init, "%s.init", r.out);
	CHECK(rename(r.out, init) == 0);
	r.o.init = init;
	r.o.epochs = 1;
	r.o.rate = 1e-6;
	r.epochs = 0;
	CHECK(go(&r, &got, &err) == 0 && got.val_top1 > 0.8);
	r.o.init = "/nonexistent";
	r.epochs = 0;
	CHECK(go(&r, &got, &err) < 0 && strstr(err.msg, "/nonexistent"));
	(void)unlink(init);
	stop(&r);
}

static void settings_are_checked(void **state)
{
	static const struct {
		const char *name;
		unsigned epochs, threads, batch, side;
		const char *arch;
	} rows[] = {
		{ "no epochs", 0, 1, 8, 32, "se-resnext-26" },     { "no threads", 1, 0, 8, 32, "se-resnext-26" },
		{ "small batch", 1, 8, 8, 32, "se-resnext-26" },   { "odd side", 1, 1, 8, 33, "se-resnext-26" },
		{ "unknown net", 1, 1, 8, 32, "no-such-network" }, { "no net", 1, 1, 8, 32, NULL },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct run r;
		struct tt_train_result got;
		struct tt_err err;

		start(&r, rows[i].epochs);
		r.o.threads = rows[i].threads;
		r.o.batch = rows[i].batch;
		r.o.side = rows[i].side;
		r.o.arch = rows[i].arch;
		CHECK_ROW(go(&r, &got, &err) == TT_EINVALID && err.msg[0], rows[i].name);
		stop(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learns_light_from_dark),    cmocka_unit_test(resumes_exactly),
		cmocka_unit_test(a_state_is_guarded),        cmocka_unit_test(a_failed_save_keeps_the_last_state),
		cmocka_unit_test(begins_with_given_weights), cmocka_unit_test(settings_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
