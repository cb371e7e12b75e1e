/* Faces on a photo: found (box, five landmarks, confidence), judged (quality) and told apart (a unit vector). Pure:
 * pixels in, numbers out; no database, no files but the two models, which are mapped once and shared by all threads.
 * Any thread may call tt_faces_find() and tt_faces_embed_box() at any time; each call takes its working memory from a
 * pool, in which what only the largest photos need is not kept.
 *
 * Detector: one point per cell of three maps with the strides 8, 16 and 32, after FCOS (Tian et al. 2019) and SCRFD
 * (Guo et al. 2021). Vectors: after ArcFace (Deng et al. 2019), on faces brought to its 112×112 template. */
#ifndef TT_VISION_FACES_H
#define TT_VISION_FACES_H

#include "media/media.h"
#include "vision/classifier.h"

#define TT_FACE_DIM 256
#define TT_FACE_LANDMARKS 5
#define TT_FACES_VERSION_SIZE 48

struct tt_face {
	float x, y, w, h;                     /* fractions of the upright plane; may stick out a little */
	float confidence;                     /* of the detector, 0…1 */
	float landmark[TT_FACE_LANDMARKS][2]; /* fractions: the eyes, the nose, the corners of the mouth, each left
						 first as seen when the face is upright */
	float quality;                        /* 0…1, see vision/quality.h */
	uint16_t px;                          /* from ear to ear, in pixels of the plane */
	float yaw;                            /* degrees, about; > 0: looks to the right of the picture */
	int8_t vector[TT_FACE_DIM];           /* unit vector × 127 */
	bool has_vector;
};

/* Where faces are looked for that lie on their side or upside down, as on photos that do not say how they were held. */
enum tt_faces_turns { TT_FACES_TURNS_NEVER, TT_FACES_TURNS_UNSURE, TT_FACES_TURNS_ALWAYS };

struct tt_faces_opts { /* 0 or NULL: the value in brackets */
	const char *detector_path;
	const char *embedder_path;   /* NULL: faces are found, but have no vectors */
	enum tt_precision precision; /* what the CPU lacks falls back to float32 */
	unsigned threads;            /* for one call (1) */
	unsigned at_once;     /* calls that look at the same time, each with up to 40 MiB; others wait (any number) */
	float min_confidence; /* (0.6) */
	unsigned max_faces;   /* of one photo, the surest stay (300) */
	unsigned min_px;      /* narrower faces of the plane are left out (20) */
	bool no_close_look;   /* never look at more than the detector's usual side */
	enum tt_faces_turns turns; /* UNSURE: where there is a hint of faces and none is surely upright */
};

struct tt_faces;

int tt_faces_open(struct tt_faces **out, const struct tt_faces_opts *opts, struct tt_err *err) TT_CHECKED;
void tt_faces_close(struct tt_faces *f); /* NULL is fine */
/* What faces are stored with: the first 12 hex digits of both files' SHA-256, "DETECTOR+EMBEDDER" or "DETECTOR+none".
 */
const char *tt_faces_version(const struct tt_faces *f);
/* What the embedder's file says of likeness (tt_same_parse() in vision/same.h); NULL: nothing. */
const char *tt_faces_same(const struct tt_faces *f);

/* The faces of an upright plane, falling confidence; at most `room`, with vectors if there is an embedder. TT_EINVALID:
 * the model answers with what is no number. */
int tt_faces_find(struct tt_faces *f, const struct tt_plane *plane, struct tt_face *out, unsigned room, unsigned *n,
		  struct tt_err *err) TT_CHECKED;

/* A face drawn by hand (fractions). The landmarks are looked for inside the box; where none are found, they are taken
 * from the box. The box stays as drawn; confidence is then 1. */
int tt_faces_embed_box(struct tt_faces *f, const struct tt_plane *plane, float x, float y, float w, float h,
		       struct tt_face *out, struct tt_err *err) TT_CHECKED;

#endif
