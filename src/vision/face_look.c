#include "vision/face_look.h"

#include <math.h>

#define DOUBTFUL .3f  /* so sure a find calls for a closer look */
#define SMALL 48      /* px of the canvas: narrower finds do, too: there may be more of them */
#define FAR_SIDE 256  /* px of canvas of the first look, which finds what fills the photo */
#define FAR_LEAST 128 /* px: smaller photos are enlarged to it */
#define CLOSER 1.25f  /* × the side of the look before: a plane not larger than that has nothing more to show */
#define WIDEST 128.f  /* px of the canvas: wider finds of closer looks are left to those before */
#define SURE .9f      /* so sure a find is upright */
#define HINT .2f      /* a face lying on its side is at least so sure, taken for an upright one */
#define LIES .6f      /* so sure a face that lies is at least, however doubtful ones are asked for */
#define MARGIN .05f   /* surer than needed, and than all upright ones, is a face that lies */

struct view {
	const struct tt_face_looks *how;
	const struct tt_plane *plane;
	struct tt_face_memory *memory;
	struct tt_face_spots *part, *found;
	uint32_t longer, far; /* px */
};

static int detect(const struct view *v, uint32_t side, unsigned turns, float least, struct tt_err *err)
{
	const struct tt_part all = { 0, 0, v->plane->width, v->plane->height };

	return tt_face_detect(v->how->detector, v->plane, &all, side, turns, least, v->memory, v->part, err);
}

/* One more look, with the photo's longer side brought to `side` px; finds join those of the looks before. */
static int look(const struct view *v, uint32_t side, unsigned turn, float widest, struct tt_err *err)
{
	float scale = (float)side / (float)v->longer, least = fminf(HINT, v->how->min_confidence);
	int rc = detect(v, side, 1u << turn, least, err);

	for (unsigned i = 0; rc == 0 && i < v->part->n && v->found->n < TT_FACE_SPOTS; i++)
		if (tt_face_across(&v->part->spot[i]) * scale <= widest)
			v->found->spot[v->found->n++] = v->part->spot[i];
	if (rc == 0)
		tt_face_suppress(v->found, TT_FACE_OVERLAP);
	return rc;
}

/* The closest look helps where something small or doubtful is. */
static bool look_closer(const struct view *v, float scale)
{
	float doubtful = fminf(DOUBTFUL, v->how->min_confidence);

	for (unsigned i = 0; i < v->found->n; i++) {
		const struct tt_face_spot *s = &v->found->spot[i];

		if (s->confidence >= doubtful &&
		    (s->confidence < v->how->min_confidence || tt_face_across(s) * scale < SMALL))
			return true;
	}
	return false;
}

static int look_all(const struct view *v, unsigned turn, struct tt_err *err)
{
	uint32_t side = tt_face_detector_side(v->how->detector), middle = v->longer < side ? v->longer : side;
	uint32_t close = v->longer < TT_FACE_CANVAS_MOST ? v->longer : TT_FACE_CANVAS_MOST;
	int rc = look(v, v->far, turn, INFINITY, err);

	if (rc == 0 && (float)middle > CLOSER * (float)v->far)
		rc = look(v, middle, turn, WIDEST, err);
	if (rc == 0 && !v->how->no_close_look && (float)close > CLOSER * (float)side &&
	    look_closer(v, (float)side / (float)v->longer))
		rc = look(v, close, turn, WIDEST, err);
	return rc;
}

/* An upright face is rarely unsure, and one that lies is never sure. */
static bool may_lie(const struct view *v)
{
	if (v->how->turns != TT_FACES_TURNS_UNSURE)
		return v->how->turns == TT_FACES_TURNS_ALWAYS;
	return v->found->n > 0 && v->found->spot[0].confidence >= HINT && v->found->spot[0].confidence < SURE;
}

/* A look from afar at each other side; *turn is that of the surest face there, 0 if an upright one is about as sure. */
static int find_turn(const struct view *v, unsigned *turn, struct tt_err *err)
{
	float least = fmaxf(LIES, v->how->min_confidence) + MARGIN;
	int rc;

	*turn = 0;
	if (v->found->n > 0)
		least = fmaxf(least, v->found->spot[0].confidence);
	rc = detect(v, v->far, TT_FACE_TURNED, least, err);
	if (rc == 0 && v->part->n > 0)
		*turn = v->part->spot[0].turn;
	return rc;
}

int tt_face_look(const struct tt_face_looks *how, const struct tt_plane *plane, struct tt_face_memory *memory,
		 struct tt_face_spots *part, struct tt_face_spots *out, struct tt_err *err)
{
	uint32_t longer = plane->width > plane->height ? plane->width : plane->height;
	uint32_t far = longer < FAR_LEAST ? FAR_LEAST : longer < FAR_SIDE ? longer : FAR_SIDE;
	const struct view v = { how, plane, memory, part, out, longer, far };
	unsigned turn = 0;
	int rc;

	out->n = 0;
	rc = look_all(&v, 0, err);
	if (rc == 0 && may_lie(&v))
		rc = find_turn(&v, &turn, err);
	return rc < 0 || turn == 0 ? rc : look_all(&v, turn, err);
}
