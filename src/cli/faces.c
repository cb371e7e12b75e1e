/* tintype faces [--json] [--embeddings] FILE...: the faces on photos. */
#include "cli/command.h"

#include "app/app.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "vision/faces.h"
#include "worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define THREADS_MOST 64u
#define WINDOW 4u /* files of each thread between two rounds of answers */

static bool embeddings;

struct answer {
	int rc;
	struct tt_err err;
	uint32_t width, height; /* of the upright original */
	unsigned n;
	struct tt_face *face; /* room for all */
	double ms;
};

struct shared {
	struct tt_workers *workers;
	struct tt_faces *faces;
	char **paths;
	unsigned room, count, next; /* files of this window */
	struct answer *answers;
	pthread_mutex_t lock;
};

static int develop(const struct shared *s, const char *path, struct tt_developed *d, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold us up */
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return tt_err_set(err, TT_EIO, "cannot be opened: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return tt_err_set(err, TT_EINVALID, "is no file");
	return tt_workers_develop(s->workers, fd, path, TT_DEVELOP_FACTS | TT_DEVELOP_FACES_PLANE, d, err);
}

static void find(const struct shared *s, const char *path, struct answer *a)
{
	struct tt_developed d = { .memory = NULL };
	int64_t start = tt_mono_ns();

	a->n = 0;
	a->err = (struct tt_err){ 0 };
	a->rc = develop(s, path, &d, &a->err);
	if (a->rc == 0) {
		a->width = d.facts.width;
		a->height = d.facts.height;
		a->rc = tt_faces_find(s->faces, &d.faces_plane, a->face, s->room, &a->n, &a->err);
		tt_workers_developed_done(&d);
	}
	a->ms = (double)(tt_mono_ns() - start) / 1e6;
}

static void *work(void *arg)
{
	struct shared *s = arg;

	for (;;) {
		unsigned i;

		pthread_mutex_lock(&s->lock);
		i = s->next++;
		pthread_mutex_unlock(&s->lock);
		if (i >= s->count)
			return NULL;
		find(s, s->paths[i], &s->answers[i]);
	}
}

static json_t *face_json(const struct tt_face *f, double w, double h)
{
	json_t *marks = json_array(),
	       *o = json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:o}", "x", f->x * w, "y", f->y * h, "w", f->w * w, "h",
			      f->h * h, "confidence", (double)f->confidence, "quality", (double)f->quality, "landmarks",
			      marks);

	for (int k = 0; k < TT_FACE_LANDMARKS; k++)
		json_array_append_new(marks, json_pack("[f,f]", f->landmark[k][0] * w, f->landmark[k][1] * h));
	if (embeddings) {
		json_t *vector = json_array();

		for (int k = 0; f->has_vector && k < TT_FACE_DIM; k++)
			json_array_append_new(vector, json_real(f->vector[k] / 127.0));
		json_object_set_new(o, "embedding", vector);
	}
	return o;
}

static json_t *answer_json(const char *path, const struct answer *a)
{
	char name[4096];
	json_t *faces, *o;

	tt_utf8_copy(name, sizeof name, path, strlen(path));
	if (a->rc < 0)
		return json_pack("{s:s, s:s}", "file", name, "error", a->err.msg);
	faces = json_array();
	for (unsigned i = 0; i < a->n; i++)
		json_array_append_new(faces, face_json(&a->face[i], a->width, a->height));
	o = json_pack("{s:s, s:I, s:I, s:o, s:f}", "file", name, "width", (json_int_t)a->width, "height",
		      (json_int_t)a->height, "faces", faces, "ms", a->ms);
	return o;
}

static void print_answer(const char *path, const struct answer *a)
{
	if (a->rc < 0) {
		(void)fprintf(stderr, "tintype: %s: %s\n", path, a->err.msg);
		return;
	}
	(void)printf("%s: %u %s\n", path, a->n, a->n == 1 ? "face" : "faces");
	for (unsigned i = 0; i < a->n; i++) {
		const struct tt_face *f = &a->face[i];

		(void)printf("  %.0f × %.0f at %.0f, %.0f: %.0f %%, quality %.0f %%\n", f->w * (double)a->width,
			     f->h * (double)a->height, f->x * (double)a->width, f->y * (double)a->height,
			     100 * (double)f->confidence, 100 * (double)f->quality);
	}
}

/* One window of files on all threads, then its answers in their order; the files that failed, or negative. */
static int run_window(struct shared *s, unsigned threads, bool json)
{
	pthread_t t[THREADS_MOST];
	unsigned running = 0;
	int failed = 0;

	s->next = 0;
	while (running + 1 < threads && pthread_create(&t[running], NULL, work, s) == 0)
		running++;
	(void)work(s);
	for (unsigned i = 0; i < running; i++)
		pthread_join(t[i], NULL);
	for (unsigned i = 0; i < s->count; i++) {
		failed += s->answers[i].rc < 0;
		if (!json)
			print_answer(s->paths[i], &s->answers[i]);
		else if (tt_cli_print_json(answer_json(s->paths[i], &s->answers[i])) < 0)
			return -1;
	}
	return failed;
}

static int run_all(struct tt_cli *cli, struct shared *s, unsigned threads, int *failed, struct tt_err *err)
{
	unsigned window = threads * WINDOW;
	TT_SCOPED(tt_freep) struct answer *answers = tt_calloc(window, sizeof *answers);
	TT_SCOPED(tt_freep) struct tt_face *faces = tt_calloc((size_t)window * s->room, sizeof *faces);

	if (!answers || !faces)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (unsigned i = 0; i < window; i++)
		answers[i].face = faces + (size_t)i * s->room;
	s->answers = answers;
	for (int at = 0; at < cli->args_count; at += (int)s->count) {
		unsigned left = (unsigned)(cli->args_count - at);
		int n;

		s->paths = cli->args + at;
		s->count = left < window ? left : window;
		n = run_window(s, threads, cli->json);
		if (n < 0)
			return tt_err_set(err, TT_EIO, "cannot write to standard output");
		*failed += n;
	}
	return 0;
}

static int run(struct tt_cli *cli)
{
	struct shared s = { .lock = PTHREAD_MUTEX_INITIALIZER, .room = (unsigned)cli->conf->faces.max_per_photo };
	struct tt_workers_opts opts;
	struct tt_err err = { 0 };
	int rc, failed = 0;

	tt_app_workers_opts(cli->conf, &opts);
	opts.count = opts.count < THREADS_MOST ? opts.count : THREADS_MOST;
	if (opts.count > (unsigned)cli->args_count)
		opts.count = (unsigned)cli->args_count;
	rc = tt_workers_start(&s.workers, &opts, &err);
	if (rc == 0)
		rc = tt_app_open_faces(&s.faces, cli->conf, 1, &err);
	if (rc == 0)
		rc = run_all(cli, &s, opts.count, &failed, &err);
	tt_faces_close(s.faces);
	tt_workers_stop(s.workers);
	if (rc < 0)
		return tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg);
	return failed ? TT_EXIT_FAILED : TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "embeddings",
	  .kind = TT_OPT_FLAG,
	  .help = "with --json: the vector that tells a face from others, too",
	  .target = &embeddings },
};

const struct tt_command tt_command_faces = {
	.name = "faces",
	.run = run,
	.arguments = "FILE...",
	.min_args = 1,
	.max_args = -1,
	.flags = TT_CMD_JSON,
	.summary = "find the faces on photos",
	.details =
		"Boxes and landmarks (eyes, nose, corners of the mouth) in pixels of the upright photo, the surest "
		"first.\n"
		"A file that cannot be read is told; the others are still answered. The settings faces.min_confidence\n"
		"and faces.min_px say which finds count.",
	.options = options,
	.options_count = TT_LEN(options),
};
