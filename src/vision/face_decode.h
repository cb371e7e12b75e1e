/* From the detector's maps to faces: a point for each cell, its box and landmarks, and of those that overlap the
 * surest. Boxes as in FCOS (Tian et al. 2019). Pure functions: any thread. */
#ifndef TT_VISION_FACE_DECODE_H
#define TT_VISION_FACE_DECODE_H

#include "vision/face_nets.h"
#include "vision/faces.h"

struct tt_face_spot { /* in pixels of the canvas, later of the plane */
	float x, y, w, h, confidence, landmark[TT_FACE_LANDMARKS][2];
	unsigned turn; /* quarters to the right by which the picture was turned when this was seen */
};

#define TT_FACE_SPOTS 2048 /* at most so many are looked at: of more the surest */

struct tt_face_spots {
	unsigned n;
	bool damaged;  /* a score was no number */
	unsigned turn; /* of the spots to be added */
	struct tt_face_spot spot[TT_FACE_SPOTS];
};

/* Adds what is at least `least` sure in one map of height × width cells. */
void tt_face_decode(struct tt_face_spots *out, const float *map, uint32_t height, uint32_t width, uint32_t stride,
		    float least);
/* Intersection over union of the boxes; 1 where b lies in a. */
float tt_face_overlap(const struct tt_face_spot *a, const struct tt_face_spot *b);
/* From ear to ear. */
static inline float tt_face_across(const struct tt_face_spot *s)
{
	return s->turn % 2 ? s->h : s->w;
}
/* Keeps the surer of two whose boxes overlap by more than `overlap` (intersection over union), or of which the less
 * sure lies in the other; falling confidence. */
void tt_face_suppress(struct tt_face_spots *s, float overlap);

#endif
