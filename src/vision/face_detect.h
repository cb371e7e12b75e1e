/* The detector: a part of a plane in, spots in pixels of the plane out. Networks are compiled for each size of canvas
 * when it is first met; the few last used are kept. Any thread; working memory is the caller's. */
#ifndef TT_VISION_FACE_DETECT_H
#define TT_VISION_FACE_DETECT_H

#include "nn/dtype.h"
#include "vision/face_decode.h"
#include "vision/fit.h"

#define TT_FACE_UPRIGHT 1u  /* for `turns`: bit k is the picture turned by k quarters to the right */
#define TT_FACE_TURNED 14u  /* all but upright */
#define TT_FACE_OVERLAP .4f /* of two boxes (intersection over union) that are one face */

struct tt_face_detector;

struct tt_face_memory { /* grows to what is needed and is kept; zeroed to start with */
	float *p;
	size_t floats;
};

int tt_face_detector_open(struct tt_face_detector **out, const char *path, enum tt_dtype precision, unsigned threads,
			  struct tt_err *err) TT_CHECKED;
void tt_face_detector_close(struct tt_face_detector *d); /* NULL is fine */
const char *tt_face_detector_hash(const struct tt_face_detector *d);
enum tt_dtype tt_face_detector_precision(const struct tt_face_detector *d); /* what it really computes in */
uint32_t tt_face_detector_side(const struct tt_face_detector *d);           /* px that it was trained for */

/* Spots of at least `least` in a part whose longer side is brought to `side` px (at most TT_FACE_CANVAS_MOST), looked
 * at once for each bit of `turns`; those that overlap are one. TT_EINVALID: the answer is no number. */
int tt_face_detect(struct tt_face_detector *d, const struct tt_plane *plane, const struct tt_part *part, uint32_t side,
		   unsigned turns, float least, struct tt_face_memory *memory, struct tt_face_spots *out,
		   struct tt_err *err) TT_CHECKED;
/* The maps themselves, for a canvas of 3 × height × width floats. */
int tt_face_detector_maps(struct tt_face_detector *d, const float *canvas, uint32_t height, uint32_t width,
			  float *const maps[TT_FACE_LEVELS], struct tt_err *err) TT_CHECKED;
/* Room for at least so many floats. */
int tt_face_memory_grow(struct tt_face_memory *m, size_t floats, struct tt_err *err) TT_CHECKED;
/* Gives back what only the largest canvases need. */
void tt_face_memory_trim(struct tt_face_memory *m);

#endif
