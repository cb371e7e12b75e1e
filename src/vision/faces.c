#include "vision/faces.h"

#include "base/alloc.h"
#include "vision/align.h"
#include "vision/face_embed.h"
#include "vision/face_look.h"
#include "vision/quality.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define DRAWN_SIDE 256 /* px of canvas for the surroundings of a face drawn by hand */
#define DRAWN_LEAST .2f

struct scratch {
	struct scratch *next;
	struct tt_face_memory memory;
	struct tt_face_spots found, part;
	uint8_t aligned[TT_FACE_BATCH * TT_FACE_BYTES];
	float vector[TT_FACE_BATCH][TT_FACE_DIM];
};

struct tt_faces {
	struct tt_faces_opts opts;
	struct tt_face_detector *detector;
	struct tt_face_embedder *embedder;
	char version[TT_FACES_VERSION_SIZE];
	pthread_mutex_t lock;
	pthread_cond_t given; /* busy went down */
	struct scratch *idle;
	unsigned busy;
};

static int open_models(struct tt_faces *f, const struct tt_faces_opts *opts, struct tt_err *err)
{
	enum tt_dtype type = opts->precision == TT_F32 ? TT_DT_F32 : TT_DT_BF16; /* no ranges for int8 */
	int rc;

	if (!opts->detector_path)
		return tt_err_set(err, TT_EINVALID, "faces need the file of a detector");
	rc = tt_face_detector_open(&f->detector, opts->detector_path, type, f->opts.threads, err);
	if (rc == 0 && opts->embedder_path)
		rc = tt_face_embedder_open(&f->embedder, opts->embedder_path, type, f->opts.threads, err);
	if (rc == 0)
		snprintf(f->version, sizeof f->version, "%s+%s", tt_face_detector_hash(f->detector),
			 f->embedder ? tt_face_embedder_hash(f->embedder) : "none");
	return rc;
}

int tt_faces_open(struct tt_faces **out, const struct tt_faces_opts *opts, struct tt_err *err)
{
	struct tt_faces *f = tt_calloc(1, sizeof *f);
	int rc;

	if (!f)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->given, NULL);
	f->opts = *opts;
	f->opts.threads = opts->threads ? opts->threads : 1;
	f->opts.min_confidence = opts->min_confidence > 0 ? opts->min_confidence : .6f;
	f->opts.max_faces = opts->max_faces ? opts->max_faces : 300;
	f->opts.min_px = opts->min_px ? opts->min_px : 20;
	rc = open_models(f, opts, err);
	if (rc < 0) {
		tt_faces_close(f);
		return rc;
	}
	*out = f;
	return 0;
}

static void scratch_free(struct scratch *s)
{
	free(s->memory.p);
	free(s);
}

void tt_faces_close(struct tt_faces *f)
{
	if (!f)
		return;
	while (f->idle) {
		struct scratch *s = f->idle;

		f->idle = s->next;
		scratch_free(s);
	}
	tt_face_detector_close(f->detector);
	tt_face_embedder_close(f->embedder);
	pthread_cond_destroy(&f->given);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

const char *tt_faces_version(const struct tt_faces *f)
{
	return f->version;
}

const char *tt_faces_same(const struct tt_faces *f)
{
	return f->embedder ? tt_face_embedder_meta(f->embedder, "same") : NULL;
}

/* s NULL: there was no memory for it. */
static void scratch_give(struct tt_faces *f, struct scratch *s)
{
	if (s)
		tt_face_memory_trim(&s->memory);
	pthread_mutex_lock(&f->lock);
	if (s) {
		s->next = f->idle;
		f->idle = s;
	}
	f->busy--;
	pthread_cond_signal(&f->given);
	pthread_mutex_unlock(&f->lock);
}

static int scratch_take(struct scratch **out, struct tt_faces *f, const struct tt_plane *plane, struct tt_err *err)
{
	struct scratch *s;

	if (plane->width == 0 || plane->height == 0 || plane->width > UINT16_MAX || plane->height > UINT16_MAX)
		return tt_err_set(err, TT_EINVALID, "a picture of %u x %u", plane->width, plane->height);
	pthread_mutex_lock(&f->lock);
	while (f->opts.at_once > 0 && f->busy >= f->opts.at_once)
		pthread_cond_wait(&f->given, &f->lock);
	f->busy++;
	s = f->idle;
	if (s)
		f->idle = s->next;
	pthread_mutex_unlock(&f->lock);
	if (!s)
		s = tt_calloc(1, sizeof *s);
	if (!s) {
		scratch_give(f, NULL);
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	*out = s;
	return 0;
}

static unsigned drop(struct tt_face_spots *s, float least, float narrowest)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->n; i++)
		if (s->spot[i].confidence >= least && tt_face_across(&s->spot[i]) >= narrowest)
			s->spot[kept++] = s->spot[i];
	return s->n = kept;
}

static void to_face(struct tt_face *out, const struct tt_face_spot *s, const struct tt_plane *plane)
{
	float w = (float)plane->width, h = (float)plane->height;

	*out = (struct tt_face){
		.x = s->x / w,
		.y = s->y / h,
		.w = s->w / w,
		.h = s->h / h,
		.confidence = s->confidence,
		.px = (uint16_t)fminf(tt_face_across(s) + .5f, UINT16_MAX),
		.yaw = tt_face_yaw(s->landmark),
	};
	for (int k = 0; k < TT_FACE_LANDMARKS; k++) {
		out->landmark[k][0] = s->landmark[k][0] / w;
		out->landmark[k][1] = s->landmark[k][1] / h;
	}
}

static int embed(struct tt_faces *f, struct scratch *s, struct tt_face *out, unsigned n, struct tt_err *err)
{
	int rc = tt_face_embed(f->embedder, s->aligned, n, &s->memory, s->vector, err);

	for (unsigned i = 0; rc == 0 && i < n; i++) {
		float most = 0;

		for (int k = 0; k < TT_FACE_DIM; k++) {
			out[i].vector[k] = out[i].has_vector ? (int8_t)lrintf(s->vector[i][k] * 127) : 0;
			most = fmaxf(most, fabsf(s->vector[i][k]));
		}
		out[i].has_vector = out[i].has_vector && most > 0;
	}
	return rc;
}

/* At most a batch of faces: cut, judged and, where there is a network for it, embedded. */
static int know(struct tt_faces *f, struct scratch *s, const struct tt_plane *plane, const struct tt_face_spot *spot,
		struct tt_face *out, unsigned n, struct tt_err *err)
{
	for (unsigned i = 0; i < n; i++) {
		uint8_t *aligned = s->aligned + (size_t)i * TT_FACE_BYTES;
		struct tt_similarity t;

		to_face(&out[i], &spot[i], plane);
		out[i].has_vector = tt_align_fit(&t, spot[i].landmark);
		if (!out[i].has_vector) {
			memset(aligned, 0, TT_FACE_BYTES);
			continue;
		}
		tt_align_cut(aligned, plane, &t);
		out[i].quality = tt_face_quality(tt_face_across(&spot[i]), tt_face_sharpness(aligned), out[i].yaw,
						 out[i].confidence);
	}
	if (f->embedder)
		return embed(f, s, out, n, err);
	for (unsigned i = 0; i < n; i++)
		out[i].has_vector = false;
	return 0;
}

static int know_all(struct tt_faces *f, struct scratch *s, const struct tt_plane *plane, struct tt_face *out,
		    unsigned count, struct tt_err *err)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < count; i += TT_FACE_BATCH)
		rc = know(f, s, plane, &s->found.spot[i], out + i,
			  count - i < TT_FACE_BATCH ? count - i : TT_FACE_BATCH, err);
	return rc;
}

int tt_faces_find(struct tt_faces *f, const struct tt_plane *plane, struct tt_face *out, unsigned room, unsigned *n,
		  struct tt_err *err)
{
	const struct tt_face_looks how = { f->detector, f->opts.min_confidence, f->opts.no_close_look, f->opts.turns };
	struct scratch *s = NULL;
	unsigned count;
	int rc = scratch_take(&s, f, plane, err);

	if (rc < 0)
		return rc;
	rc = tt_face_look(&how, plane, &s->memory, &s->part, &s->found, err);
	count = drop(&s->found, f->opts.min_confidence, (float)f->opts.min_px);
	count = count < room ? count : room;
	count = count < f->opts.max_faces ? count : f->opts.max_faces;
	if (rc == 0)
		rc = know_all(f, s, plane, out, count, err);
	if (rc == 0)
		*n = count;
	scratch_give(f, s);
	return rc;
}

/* The box and half as much around it, inside of the plane. */
static struct tt_part around(const struct tt_plane *plane, float x, float y, float w, float h)
{
	float x0 = fmaxf(x - w / 2, 0), y0 = fmaxf(y - h / 2, 0);
	float x1 = fminf(x + w * 1.5f, (float)plane->width), y1 = fminf(y + h * 1.5f, (float)plane->height);
	struct tt_part p = { (uint32_t)x0, (uint32_t)y0, (uint32_t)ceilf(x1 - x0), (uint32_t)ceilf(y1 - y0) };

	p.x = p.x < plane->width ? p.x : plane->width - 1;
	p.y = p.y < plane->height ? p.y : plane->height - 1;
	p.w = p.w < 1 ? 1 : p.w > plane->width - p.x ? plane->width - p.x : p.w;
	p.h = p.h < 1 ? 1 : p.h > plane->height - p.y ? plane->height - p.y : p.h;
	return p;
}

/* The surest find whose middle lies in the box and that is no less than a third and no more than three times as wide.
 */
static const struct tt_face_spot *inside(const struct tt_face_spots *s, const struct tt_face_spot *box)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct tt_face_spot *p = &s->spot[i];
		float dx = p->x + p->w / 2 - box->x, dy = p->y + p->h / 2 - box->y;

		if (dx >= 0 && dy >= 0 && dx <= box->w && dy <= box->h && p->w * 3 >= box->w && p->w <= box->w * 3)
			return p;
	}
	return NULL;
}

int tt_faces_embed_box(struct tt_faces *f, const struct tt_plane *plane, float x, float y, float w, float h,
		       struct tt_face *out, struct tt_err *err)
{
	float pw = (float)plane->width, ph = (float)plane->height;
	struct tt_face_spot box = { .x = x * pw, .y = y * ph, .w = w * pw, .h = h * ph, .confidence = 1 };
	const struct tt_face_spot *found;
	unsigned turns = TT_FACE_UPRIGHT;
	struct scratch *s = NULL;
	struct tt_part part;
	int rc;

	if (!(w > 0 && h > 0 && w <= 2 && h <= 2 && x + w > 0 && y + h > 0 && x < 1 && y < 1))
		return tt_err_set(err, TT_EINVALID, "the box of the face lies outside of the photo");
	rc = scratch_take(&s, f, plane, err);
	if (rc < 0)
		return rc;
	part = around(plane, box.x, box.y, box.w, box.h);
	if (f->opts.turns != TT_FACES_TURNS_NEVER)
		turns |= TT_FACE_TURNED;
	rc = tt_face_detect(f->detector, plane, &part, DRAWN_SIDE, turns, DRAWN_LEAST, &s->memory, &s->part, err);
	found = rc == 0 ? inside(&s->part, &box) : NULL;
	if (found) {
		memcpy(box.landmark, found->landmark, sizeof box.landmark);
		box.turn = found->turn;
	} else {
		tt_align_guess(box.landmark, box.x, box.y, box.w, box.h);
	}
	if (rc == 0)
		rc = know(f, s, plane, &box, out, 1, err);
	scratch_give(f, s);
	return rc;
}
