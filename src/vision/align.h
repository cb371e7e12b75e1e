/* A face brought to the place that the embedder was trained with: the similarity transform (rotation, one scale, shift)
 * that puts its five landmarks nearest to the ArcFace template of 112 × 112 px in the sense of least squares (Umeyama
 * 1991). Faces that are larger are averaged over the area of each pixel, not picked from. Pure functions: any thread.
 */
#ifndef TT_VISION_ALIGN_H
#define TT_VISION_ALIGN_H

#include "vision/face_nets.h"
#include "vision/faces.h"

extern const float tt_face_template[TT_FACE_LANDMARKS][2]; /* px of the aligned face */

struct tt_similarity { /* from the aligned face to the plane: x' = a x - b y + tx, y' = b x + a y + ty */
	float a, b, tx, ty;
};

/* Landmarks in pixels of the plane. False: they lie in one place. */
bool tt_align_fit(struct tt_similarity *out, const float landmark[TT_FACE_LANDMARKS][2]);
/* Where landmarks of a face lie that fills a box like the detector's. */
void tt_align_guess(float landmark[TT_FACE_LANDMARKS][2], float x, float y, float w, float h);
/* out: TT_FACE_SIDE rows of as many pixels RGB; what lies outside the plane is black. */
void tt_align_cut(uint8_t *out, const struct tt_plane *plane, const struct tt_similarity *t);

#endif
