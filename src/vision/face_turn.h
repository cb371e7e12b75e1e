/* Pictures turned by quarters for the detector, which knows upright faces only, and what it found there turned back.
 * Turns are counted in quarters to the right, 0 to 3. Pure functions: any thread. */
#ifndef TT_VISION_FACE_TURN_H
#define TT_VISION_FACE_TURN_H

#include "vision/face_decode.h"

/* in: 3 × height × width floats; out: as many, of a picture of width × height where the turn is odd. */
void tt_face_turn_canvas(float *out, const float *in, uint32_t height, uint32_t width, unsigned turn);
/* A spot of the turned picture in the one before, of height × width px. Landmarks stay the face's own: its left eye
 * first, as seen by who turns the picture until the face is upright. */
void tt_face_turn_back(struct tt_face_spot *s, float height, float width, unsigned turn);

#endif
