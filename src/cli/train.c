/* tintype train: weights from photos in folders. */
#include "cli/command.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "train/trainer.h"
#include "worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct {
	const char *data, *arch, *out, *init, *teacher, *cache, *json_log, *plot, *precision, *rate;
	bool resume;
	int64_t epochs, seed, threads, batch, side;
} asked = { .epochs = 30, .seed = 1, .batch = 64, .side = 112 };

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
	(void)number;
	stopping = 1;
}

/* Once: the step in progress is finished and the state saved; a second signal ends at once. */
static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
}

struct screen {
	bool terminal;
	unsigned rejected;
};

static bool should_stop(void *ctx)
{
	(void)ctx;
	return stopping != 0;
}

static void on_decoded(void *ctx, size_t done, size_t all)
{
	const struct screen *s = ctx;

	if (s->terminal)
		fprintf(stderr, "\rdecoding %zu of %zu photos%s", done, all, done == all ? "\n" : "");
}

static void on_rejected(void *ctx, const char *path, const char *why)
{
	struct screen *s = ctx;

	s->rejected++;
	fprintf(stderr, "%sleft out: %s: %s\n", s->terminal ? "\r" : "", path, why);
}

static void format_time(double seconds, char *out, size_t size)
{
	long s = lround(seconds);

	(void)snprintf(out, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

static void on_step(void *ctx, const struct tt_train_progress *p)
{
	const struct screen *s = ctx;
	char eta[40];

	if (!s->terminal || p->step == 0)
		return;
	format_time(p->eta_s, eta, sizeof eta);
	fprintf(stderr, "\r%5u  %llu of %llu steps, loss %.3f, %.1f photos/s, %s left   ", p->epoch,
		(unsigned long long)p->step, (unsigned long long)p->steps, p->loss, p->photos_per_second, eta);
}

static void on_epoch(void *ctx, const struct tt_epoch *e, double eta_s)
{
	const struct screen *s = ctx;
	char eta[40];

	format_time(eta_s, eta, sizeof eta);
	fprintf(stderr, "%s%5u  %7.4f  %6.2f %%  %7.4f  %6.2f %%  %8.5f  %7.1f  %8.0f  %s\n",
		s->terminal ? "\r\033[K" : "", e->epoch, e->loss, 100 * e->train_top1, e->val_loss, 100 * e->val_top1,
		e->rate, e->photos_per_second, e->seconds, eta);
}

static int decode(void *ctx, const char *path, struct tt_developed *out, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return tt_err_set(err, TT_EIO, "cannot be opened: %s", strerror(errno));
	return tt_workers_develop(ctx, fd, path, TT_DEVELOP_PLANE, out, err);
}

static int fill(struct tt_train_opts *o, struct tt_err *err)
{
	*o = tt_train_defaults;
	o->data = asked.data;
	o->arch = asked.arch;
	o->out = asked.out;
	o->init = asked.init;
	o->teacher = asked.teacher;
	o->cache = asked.cache;
	o->json_log = asked.json_log;
	o->plot = asked.plot;
	o->resume = asked.resume;
	o->epochs = (unsigned)asked.epochs;
	o->seed = (uint64_t)asked.seed;
	o->batch = (unsigned)asked.batch;
	o->side = (unsigned)asked.side;
	o->threads = (unsigned)asked.threads;
	if (o->threads == 0) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);

		o->threads = cores < 1 ? 1 : cores > 64 ? 64 : (unsigned)cores;
		while (o->threads > 1 && o->batch < 8 * o->threads)
			o->threads--; /* batch-norm wants more than a few photos in each thread */
	}
	if (asked.precision && strcmp(asked.precision, "bf16") == 0)
		o->type = TT_TRAIN_BF16;
	else if (asked.precision && strcmp(asked.precision, "f32") != 0)
		return tt_err_set(err, TT_EINVALID, "--precision is f32 or bf16, not '%s'", asked.precision);
	if (asked.rate && (!tt_str_double(tt_str_of(asked.rate), &o->rate) || o->rate <= 0 || o->rate > 10))
		return tt_err_set(err, TT_EINVALID, "--rate must be above 0 and at most 10, not '%s'", asked.rate);
	return 0;
}

static void tell_result(const struct tt_train_opts *o, const struct tt_train_result *r)
{
	fprintf(stderr, "wrote %s: %.2f %% of %zu photos of val", o->out, 100 * r->val_top1, r->val_photos);
	if (r->test_photos)
		fprintf(stderr, ", %.2f %% of %zu of test", 100 * r->test_top1, r->test_photos);
	fprintf(stderr, " right (temperature %.3f)\n", r->temperature);
}

static int train_run(struct tt_cli *cli)
{
	struct tt_train_opts o;
	struct tt_workers *workers = NULL;
	struct screen screen = { .terminal = isatty(STDERR_FILENO) };
	struct tt_workers_opts wo = {
		.timeout_ms = (unsigned)cli->conf->worker.timeout_ms,
		.max_memory = (uint64_t)cli->conf->worker.max_memory,
		.limits = { .max_pixels = (uint64_t)cli->conf->media.max_pixels,
			    .max_side = (uint32_t)cli->conf->media.max_side },
	};
	struct tt_train_watch watch = {
		.decoding = { on_decoded, on_rejected, should_stop, &screen },
		.step = on_step,
		.epoch = on_epoch,
		.stop = should_stop,
		.ctx = &screen,
	};
	struct tt_train_result result;
	struct tt_err err = { 0 };
	int rc;

	if (!asked.data || !asked.arch || !asked.out)
		return tt_cli_fail(cli, TT_EXIT_USAGE, "--data DIR, --arch NAME and --out FILE must be given");
	rc = fill(&o, &err);
	if (rc < 0)
		return tt_cli_fail(cli, TT_EXIT_USAGE, "%s", err.msg);
	wo.count = o.threads;
	rc = tt_workers_start(&workers, &wo, &err);
	if (rc < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	catch_signals();
	fprintf(stderr, "epoch     loss     train  val loss       val      rate  photos/s   seconds  left\n");
	rc = tt_train_run(&o, &(struct tt_decoder){ decode, tt_workers_developed_done, workers, o.threads }, &watch,
			  &result, &err);
	tt_workers_stop(workers);
	if (rc < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	tell_result(&o, &result);
	return TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "data",
	  .kind = TT_OPT_TEXT,
	  .value = "DIR",
	  .target = &asked.data,
	  .help = "photos in DIR/{train,val,test}/CLASS/, or in DIR/CLASS/: then split 6:2:2 by the seed" },
	{ .name = "arch",
	  .kind = TT_OPT_TEXT,
	  .value = "NAME",
	  .target = &asked.arch,
	  .help = "network: se-resnext-26, -50, -101 or -152" },
	{ .name = "out",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE",
	  .target = &asked.out,
	  .help = "weight file to write (safetensors); FILE.state and FILE.cache stand beside it meanwhile" },
	{ .name = "epochs",
	  .kind = TT_OPT_NUMBER,
	  .value = "N",
	  .target = &asked.epochs,
	  .min = 1,
	  .max = 100000,
	  .help = "times that all photos are seen (30)" },
	{ .name = "seed",
	  .kind = TT_OPT_NUMBER,
	  .value = "S",
	  .target = &asked.seed,
	  .min = 0,
	  .max = INT64_C(1) << 53,
	  .help = "what all chance follows from (1): the same seed and threads give the same weights" },
	{ .name = "init",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE",
	  .target = &asked.init,
	  .help = "weights to begin with; layers of another shape begin at random" },
	{ .name = "teacher",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE",
	  .target = &asked.teacher,
	  .help = "a trained network of the same classes to learn from beside the labels" },
	{ .name = "resume",
	  .kind = TT_OPT_FLAG,
	  .target = &asked.resume,
	  .help = "go on where a training of the same FILE stopped" },
	{ .name = "json-log",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE",
	  .target = &asked.json_log,
	  .help = "a JSON line for each epoch, and one for the result" },
	{ .name = "plot",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE.svg",
	  .target = &asked.plot,
	  .help = "curves of loss and accuracy" },
	{ .name = "threads",
	  .kind = TT_OPT_NUMBER,
	  .value = "N",
	  .target = &asked.threads,
	  .min = 0,
	  .max = 64,
	  .help = "cores to use (0: all)" },
	{ .name = "batch",
	  .kind = TT_OPT_NUMBER,
	  .value = "N",
	  .target = &asked.batch,
	  .min = 2,
	  .max = 4096,
	  .help = "photos of a step, shared by the threads (64)" },
	{ .name = "side",
	  .kind = TT_OPT_NUMBER,
	  .value = "PX",
	  .target = &asked.side,
	  .min = 32,
	  .max = 512,
	  .help = "size of the pictures, a multiple of 16 (112)" },
	{ .name = "rate",
	  .kind = TT_OPT_TEXT,
	  .value = "X",
	  .target = &asked.rate,
	  .help = "highest learning rate for 256 photos a step (0.3; a tenth of it suits --init)" },
	{ .name = "precision",
	  .kind = TT_OPT_TEXT,
	  .value = "f32|bf16",
	  .target = &asked.precision,
	  .help = "bf16 is faster where the processor has it" },
	{ .name = "cache",
	  .kind = TT_OPT_TEXT,
	  .value = "FILE",
	  .target = &asked.cache,
	  .help = "where decoded photos are kept; given, it stays for the next training" },
};

const struct tt_command tt_command_train = {
	.name = "train",
	.run = train_run,
	.arguments = "",
	.min_args = 0,
	.max_args = 0,
	.summary = "train a network on photos in folders",
	.details = "Ctrl-C finishes the step and saves; the same command with --resume goes on, with the same result "
		   "as in "
		   "one go. The album takes weights for its five classes: animals, buildings, landscape, people, "
		   "vehicles. "
		   "The averaged weights of the last epoch are written, with the temperature that calibrates them.",
	.options = options,
	.options_count = TT_LEN(options),
};
