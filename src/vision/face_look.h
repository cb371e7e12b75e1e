/* How a photo is looked at until its faces are found: from afar, closer, and lying on its side (vision/README.md). Any
 * thread; working memory is the caller's. */
#ifndef TT_VISION_FACE_LOOK_H
#define TT_VISION_FACE_LOOK_H

#include "vision/face_detect.h"

struct tt_face_looks {
	struct tt_face_detector *detector;
	float min_confidence;
	bool no_close_look;
	enum tt_faces_turns turns;
};

/* out: spots of at least min_confidence, and less sure ones, surest first, in pixels of the plane. part: scratch. */
int tt_face_look(const struct tt_face_looks *how, const struct tt_plane *plane, struct tt_face_memory *memory,
		 struct tt_face_spots *part, struct tt_face_spots *out, struct tt_err *err) TT_CHECKED;

#endif
