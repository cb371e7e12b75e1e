#include "vision/face_detect.h"

#include "base/alloc.h"
#include "nn/net.h"
#include "vision/face_turn.h"

#include <pthread.h>

#define KEPT_PIXELS (640 * 640) /* the memory of larger canvases, tens of MiB, is given back after each look */
#define NETS_KEPT 6 /* canvases: two looks at photos of two shapes, upright and lying, and room for strangers */

#define KEPT_FLOATS (6 * KEPT_PIXELS)

struct sized {
	struct sized *next;
	uint32_t height, width;
	unsigned users;
	struct tt_net *net;
};

struct tt_face_detector {
	struct tt_face_model model;
	enum tt_dtype wish, precision;
	unsigned threads;
	pthread_mutex_t lock;
	struct sized *recent; /* the last used first */
};

void tt_face_memory_trim(struct tt_face_memory *m)
{
	if (m->floats <= KEPT_FLOATS)
		return;
	free(m->p);
	*m = (struct tt_face_memory){ .p = NULL };
}

int tt_face_memory_grow(struct tt_face_memory *m, size_t floats, struct tt_err *err)
{
	float *p;

	if (floats <= m->floats)
		return 0;
	p = tt_alloc_aligned(64, floats * sizeof *p);
	if (!p)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	free(m->p);
	*m = (struct tt_face_memory){ p, floats };
	return 0;
}

static void sized_free(struct sized *s)
{
	tt_net_close(s->net);
	free(s);
}

static int sized_new(struct sized **out, struct tt_face_detector *d, uint32_t height, uint32_t width,
		     struct tt_err *err)
{
	struct tt_net_opts opts = { d->wish, d->threads, (size_t)height * width > KEPT_PIXELS };
	struct sized *s = tt_calloc(1, sizeof *s);
	struct tt_graph g;
	int rc;

	if (!s)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	*s = (struct sized){ .height = height, .width = width };
	tt_graph_init(&g);
	tt_face_detector_build(&g, height, width);
	rc = tt_net_open(&s->net, &g, d->model.file, &opts, err);
	tt_graph_done(&g);
	if (rc < 0) {
		free(s);
		return rc;
	}
	*out = s;
	return 0;
}

/* Those beyond the limit that nobody uses, the longest unused first; with the lock held. */
static void forget(struct tt_face_detector *d)
{
	struct sized **oldest;
	unsigned n;

	do {
		oldest = NULL;
		n = 0;
		for (struct sized **s = &d->recent; *s; s = &(*s)->next, n++)
			if ((*s)->users == 0)
				oldest = s;
		if (n > NETS_KEPT && oldest) {
			struct sized *gone = *oldest;

			*oldest = gone->next;
			sized_free(gone);
		}
	} while (n > NETS_KEPT + 1 && oldest);
}

static int take(struct sized **out, struct tt_face_detector *d, uint32_t height, uint32_t width, struct tt_err *err)
{
	struct sized **at = &d->recent, *s;
	int rc = 0;

	pthread_mutex_lock(&d->lock);
	while (*at && ((*at)->height != height || (*at)->width != width))
		at = &(*at)->next;
	s = *at;
	if (s)
		*at = s->next;
	else
		rc = sized_new(&s, d, height, width, err);
	if (rc == 0) {
		s->next = d->recent;
		d->recent = s;
		s->users++;
		*out = s;
	}
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static void give(struct tt_face_detector *d, struct sized *s)
{
	pthread_mutex_lock(&d->lock);
	s->users--;
	forget(d);
	pthread_mutex_unlock(&d->lock);
}

int tt_face_detector_open(struct tt_face_detector **out, const char *path, enum tt_dtype precision, unsigned threads,
			  struct tt_err *err)
{
	struct tt_face_detector *d = tt_calloc(1, sizeof *d);
	struct sized *first = NULL;
	int rc;

	if (!d)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	pthread_mutex_init(&d->lock, NULL);
	d->wish = precision;
	d->threads = threads;
	rc = tt_face_model_open(&d->model, "detector", path, err);
	if (rc == 0) { /* so that weights that do not fit are known now */
		rc = take(&first, d, TT_FACE_ALIGN, TT_FACE_ALIGN, err);
		if (rc < 0)
			(void)tt_err_ctx(err, "face detector '%.120s'", path);
	}
	if (rc < 0) {
		tt_face_detector_close(d);
		return rc;
	}
	d->precision = tt_net_precision(first->net);
	give(d, first);
	*out = d;
	return 0;
}

void tt_face_detector_close(struct tt_face_detector *d)
{
	if (!d)
		return;
	while (d->recent) {
		struct sized *s = d->recent;

		d->recent = s->next;
		sized_free(s);
	}
	tt_face_model_done(&d->model);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

const char *tt_face_detector_hash(const struct tt_face_detector *d)
{
	return d->model.hash;
}

enum tt_dtype tt_face_detector_precision(const struct tt_face_detector *d)
{
	return d->precision;
}

uint32_t tt_face_detector_side(const struct tt_face_detector *d)
{
	return d->model.side;
}

int tt_face_detector_maps(struct tt_face_detector *d, const float *canvas, uint32_t height, uint32_t width,
			  float *const maps[TT_FACE_LEVELS], struct tt_err *err)
{
	struct sized *s = NULL;
	int rc = take(&s, d, height, width, err);

	if (rc < 0)
		return rc;
	rc = tt_net_run(s->net, canvas, 1, maps, err);
	give(d, s);
	return rc;
}

static void to_plane(struct tt_face_spots *s, const struct tt_part *part, float scale)
{
	float x = (float)part->x, y = (float)part->y;

	for (unsigned i = 0; i < s->n; i++) {
		struct tt_face_spot *p = &s->spot[i];

		p->x = p->x / scale + x;
		p->y = p->y / scale + y;
		p->w /= scale;
		p->h /= scale;
		for (unsigned k = 0; k < TT_FACE_LANDMARKS; k++) {
			p->landmark[k][0] = p->landmark[k][0] / scale + x;
			p->landmark[k][1] = p->landmark[k][1] / scale + y;
		}
	}
}

/* One look at the canvas turned by so many quarters; its spots join in, in pixels of the canvas as it was. */
static int look(struct tt_face_detector *d, const float *canvas, uint32_t height, uint32_t width, unsigned turn,
		float *const maps[TT_FACE_LEVELS], float least, struct tt_face_spots *out, struct tt_err *err)
{
	uint32_t h = turn % 2 ? width : height, w = turn % 2 ? height : width;
	int rc = tt_face_detector_maps(d, canvas, h, w, maps, err);

	out->turn = turn;
	for (unsigned l = 0; rc == 0 && l < TT_FACE_LEVELS; l++)
		tt_face_decode(out, maps[l], h / tt_face_stride(l), w / tt_face_stride(l), tt_face_stride(l), least);
	for (unsigned i = 0; rc == 0 && i < out->n; i++)
		if (out->spot[i].turn == turn)
			tt_face_turn_back(&out->spot[i], (float)height, (float)width, turn);
	return rc;
}

int tt_face_detect(struct tt_face_detector *d, const struct tt_plane *plane, const struct tt_part *part, uint32_t side,
		   unsigned turns, float least, struct tt_face_memory *memory, struct tt_face_spots *out,
		   struct tt_err *err)
{
	struct tt_canvas c = tt_fit_canvas(part->w, part->h, side, TT_FACE_ALIGN);
	size_t pixels = (size_t)c.width * c.height, at = 3 * pixels,
	       scratch = tt_fit_scratch(&c, part) / sizeof(float) + 1;
	float *maps[TT_FACE_LEVELS], *turned;
	int rc;

	for (unsigned l = 0; l < TT_FACE_LEVELS; l++)
		at += TT_FACE_OUTPUTS * (pixels / tt_face_stride(l) / tt_face_stride(l));
	if ((turns & TT_FACE_TURNED) && scratch < 3 * pixels)
		scratch = 3 * pixels; /* no longer needed when the canvas is turned into the same place */
	rc = tt_face_memory_grow(memory, at + scratch, err);
	if (rc < 0)
		return rc;
	turned = memory->p + at;
	for (unsigned l = TT_FACE_LEVELS; l-- > 0; maps[l] = memory->p + at)
		at -= TT_FACE_OUTPUTS * (pixels / tt_face_stride(l) / tt_face_stride(l));
	tt_fit(memory->p, &c, plane, part, turned);
	out->n = 0;
	out->damaged = false;
	for (unsigned turn = 0; rc == 0 && turn < 4; turn++) {
		if (!(turns >> turn & 1))
			continue;
		if (turn > 0)
			tt_face_turn_canvas(turned, memory->p, c.height, c.width, turn);
		rc = look(d, turn ? turned : memory->p, c.height, c.width, turn, maps, least, out, err);
	}
	if (rc < 0)
		return rc;
	if (out->damaged)
		return tt_err_set(err, TT_EINVALID,
				  "the face detector answers with what is no number: its weights are damaged");
	tt_face_suppress(out, TT_FACE_OVERLAP);
	to_plane(out, part, c.scale);
	return 0;
}
