/* Faces on photos: where they are, what they look like, and whose they are. A row lives as long as its photo; what the
 * user said of it lives in facts (people.h), which know it by content and box. Photos in the trash keep their faces,
 * but these are on no page and in no count. Errors: see store.h. */
#ifndef TT_STORE_FACES_H
#define TT_STORE_FACES_H

#include "store/photos.h"

#define TT_FACE_VECTOR 256 /* bytes: int8, a unit vector times 127 */

/* Fractions of the upright photo; a box may stick out a little. */
struct tt_box {
	float x, y, w, h;
};
float tt_box_overlap(const struct tt_box *a, const struct tt_box *b); /* intersection over union, 0…1; pure */

/* A face as the networks found it. */
struct tt_found_face {
	struct tt_box box;
	float confidence, quality, yaw; /* quality 0…1 */
	unsigned px;                    /* width in pixels of the picture looked at */
	float landmarks[5][2];
	bool has_vector;
	int8_t vector[TT_FACE_VECTOR];
};

/* What a job found on a photo, for tt_job_result.faces (jobs.h). A row whose box overlaps a new one by half stays under
 * its id with its person; rows without any go, unless they were drawn by hand or the user said who it is. */
struct tt_found_faces {
	const char *model; /* version of both networks */
	const struct tt_found_face *faces;
	size_t count;
	/* Faces of tt_store_faces_kept() that were looked at again where they are: vector, landmarks, quality and px
	 * are written, the box is not. */
	const int64_t *kept;
	const struct tt_found_face *kept_faces;
	size_t kept_count;
};

struct tt_face_row {
	int64_t id, photo;
	struct tt_box box;
	float confidence, quality, yaw;
	unsigned px;
	int64_t person;           /* 0: unknown */
	double person_confidence; /* negative: the user said it, or it is unknown */
	bool said;                /* the user said who it is */
	bool hidden;              /* the user said that it is no face */
	bool drawn;               /* by hand */
	const char *person_name;  /* "" for none */
};

/* ---- for people who look at photos */

int tt_store_face(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_face_row *out,
		  uint8_t sha256[32], struct tt_err *err) TT_CHECKED; /* sha256: of its photo */
/* Of one photo, from left to right, without hidden ones. */
int tt_store_faces_of_photo(struct tt_store *s, int64_t owner, int64_t photo, struct tt_arena *arena,
			    struct tt_face_row **out, size_t *count, struct tt_err *err) TT_CHECKED;

struct tt_face_page {
	struct tt_face_row *faces;
	size_t count;
	bool more;
	struct tt_face_cursor {
		int64_t moment, photo, id; /* zeroed: at the newest */
	} next;
};
/* Shown faces of a person (0: of nobody, the unknown), newest photo first. TT_ENOTFOUND: no such person. */
int tt_store_faces_of_person(struct tt_store *s, int64_t owner, int64_t person, struct tt_face_cursor after,
			     unsigned limit, struct tt_arena *arena, struct tt_face_page *out,
			     struct tt_err *err) TT_CHECKED;

/* ---- for src/people: everything, in order of id */

struct tt_face_known {
	int64_t id, photo, person;
	uint8_t sha256[32]; /* of the photo */
	int64_t moment;     /* of the photo, ms; see moment.h */
	bool dated;         /* moment is when it was taken, not only the file's time */
	struct tt_box box;
	float confidence, quality, yaw;
	unsigned px;
	double person_confidence; /* as in struct tt_face_row */
	int64_t guess; /* person by the machine alone, 0: none; kept so that undoing a fact leads back to it */
	double guess_confidence;
	bool said, hidden, drawn, trashed, has_vector;
	int8_t vector[TT_FACE_VECTOR];
};
/* All faces of the owner behind `after`, at most limit (not bounded by TT_PAGE_MAX). */
int tt_store_faces_known(struct tt_store *s, int64_t owner, int64_t after, unsigned limit, struct tt_arena *arena,
			 struct tt_face_known **out, size_t *count, struct tt_err *err) TT_CHECKED;
/* The same of the owner's photo with this content; none when there is no such photo. */
int tt_store_faces_known_of(struct tt_store *s, int64_t owner, const uint8_t sha256[32], struct tt_arena *arena,
			    struct tt_face_known **out, size_t *count, struct tt_err *err) TT_CHECKED;
/* Contents of at most limit photos with faces whose person or guess is this one, hidden ones too. */
int tt_store_faces_contents(struct tt_store *s, int64_t owner, int64_t person, unsigned limit, struct tt_arena *arena,
			    uint8_t (**out)[32], size_t *count, struct tt_err *err) TT_CHECKED;
/* How many such faces there are. */
int tt_store_faces_count(struct tt_store *s, int64_t owner, int64_t person, int64_t *out,
			 struct tt_err *err) TT_CHECKED;
/* Every owner who has faces or facts about them, for the start. */
int tt_store_face_owners(struct tt_store *s, struct tt_arena *arena, int64_t **out, size_t *count,
			 struct tt_err *err) TT_CHECKED;

/* ---- for jobs */

struct tt_kept_face {
	int64_t id;
	struct tt_box box;
};
/* Faces of a photo that stay whatever the networks find: drawn by hand, or the user said who it is. */
int tt_store_faces_kept(struct tt_store *s, int64_t photo, struct tt_arena *arena, struct tt_kept_face **out,
			size_t *count, struct tt_err *err) TT_CHECKED;
/* A faces job for every developed photo that another version (or none) has looked at, or has a face that none did. */
int tt_store_jobs_refind(struct tt_store *s, const char *model, int64_t now, int64_t *count,
			 struct tt_err *err) TT_CHECKED;
/* A faces job for one photo of the owner's, before those of tt_store_jobs_refind(). */
int tt_store_job_faces(struct tt_store *s, int64_t owner, int64_t photo, int64_t now, struct tt_err *err) TT_CHECKED;

#endif
