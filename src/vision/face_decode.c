#include "vision/face_decode.h"

#include <math.h>
#include <stdlib.h>

#define INSIDE .75f /* of a box: it lies in the other */
#define SIZE_MOST 8 /* of log width and height: beyond any canvas */

/* A place for one more: behind the last, or that of the least sure, if this is surer. */
static struct tt_face_spot *room_for(struct tt_face_spots *s, float confidence)
{
	unsigned weakest = 0;

	if (s->n < TT_FACE_SPOTS)
		return &s->spot[s->n++];
	for (unsigned i = 1; i < s->n; i++)
		if (s->spot[i].confidence < s->spot[weakest].confidence)
			weakest = i;
	return s->spot[weakest].confidence < confidence ? &s->spot[weakest] : NULL;
}

static float at_most(float x, float most)
{
	return x < most ? x : most;
}

static bool read_cell(struct tt_face_spot *out, const float *cell, size_t plane, float column, float row, float stride)
{
	float w = expf(at_most(cell[3 * plane], SIZE_MOST)) * stride,
	      h = expf(at_most(cell[4 * plane], SIZE_MOST)) * stride;
	float sum = w + h;

	*out = (struct tt_face_spot){
		.x = (column + cell[plane]) * stride - w / 2,
		.y = (row + cell[2 * plane]) * stride - h / 2,
		.w = w,
		.h = h,
		.confidence = 1 / (1 + expf(-cell[0])),
	};
	sum += out->x + out->y;
	for (unsigned k = 0; k < TT_FACE_LANDMARKS; k++) {
		out->landmark[k][0] = (column + cell[(5 + 2 * k) * plane]) * stride;
		out->landmark[k][1] = (row + cell[(6 + 2 * k) * plane]) * stride;
		sum += out->landmark[k][0] + out->landmark[k][1];
	}
	return isfinite(sum);
}

void tt_face_decode(struct tt_face_spots *out, const float *map, uint32_t height, uint32_t width, uint32_t stride,
		    float least)
{
	size_t plane = (size_t)height * width;
	float logit = logf(least / (1 - least));

	for (uint32_t i = 0; i < height; i++)
		for (uint32_t j = 0; j < width; j++) {
			const float *cell = map + (size_t)i * width + j;
			struct tt_face_spot spot, *to;

			if (cell[0] < logit)
				continue;
			if (isnan(cell[0]) ||
			    !read_cell(&spot, cell, plane, (float)j + .5f, (float)i + .5f, (float)stride)) {
				out->damaged = true;
				continue;
			}
			spot.turn = out->turn;
			to = room_for(out, spot.confidence);
			if (to)
				*to = spot;
		}
}

/* A box in another is a part of it: faces hold no faces. */
float tt_face_overlap(const struct tt_face_spot *a, const struct tt_face_spot *b)
{
	float w = fminf(a->x + a->w, b->x + b->w) - fmaxf(a->x, b->x);
	float h = fminf(a->y + a->h, b->y + b->h) - fmaxf(a->y, b->y);

	if (w <= 0 || h <= 0)
		return 0;
	if (w * h > INSIDE * b->w * b->h)
		return 1;
	return w * h / (a->w * a->h + b->w * b->h - w * h);
}

/* Surest first; equal ones by place, so that the order is always the same. */
static int surer(const void *pa, const void *pb)
{
	const struct tt_face_spot *a = pa, *b = pb;

	if (a->confidence != b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	if (a->y != b->y)
		return a->y < b->y ? -1 : 1;
	return a->x < b->x ? -1 : a->x > b->x;
}

void tt_face_suppress(struct tt_face_spots *s, float overlap)
{
	unsigned kept = 0;

	qsort(s->spot, s->n, sizeof *s->spot, surer);
	for (unsigned i = 0; i < s->n; i++) {
		bool free = true;

		for (unsigned k = 0; free && k < kept; k++)
			free = tt_face_overlap(&s->spot[k], &s->spot[i]) <= overlap;
		if (free)
			s->spot[kept++] = s->spot[i];
	}
	s->n = kept;
}
