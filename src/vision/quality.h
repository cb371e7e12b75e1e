/* How much a face's vector can be trusted, 0…1: the weighted geometric mean of
 *  - size: its width in pixels of the plane, 0 at 16 px, 1 from 112 px on (what the embedder sees), by the logarithm;
 *  - sharpness: v / (v + 60), v the variance of the Laplacian of the aligned grey face (Pech-Pacheco et al. 2000);
 *  - pose: cosine of the yaw, which comes from the nose's distance from the middle between eyes and mouth in units of
 * the distance of the eyes: yaw = atan(distance / 0.55);
 *  - the detector's confidence.
 * Pure functions: any thread. */
#ifndef TT_VISION_QUALITY_H
#define TT_VISION_QUALITY_H

#include "vision/faces.h"

/* Landmarks in pixels. Degrees, > 0 to the right of the picture; ±90 where the eyes lie in one place. */
float tt_face_yaw(const float landmark[TT_FACE_LANDMARKS][2]);
/* aligned: TT_FACE_SIDE rows of as many pixels RGB. */
float tt_face_sharpness(const uint8_t *aligned);
float tt_face_quality(float px, float sharpness, float yaw, float confidence);

#endif
