/* Inside people/: facts that are put together, appended in one transaction and followed by the rows. */
#ifndef TT_PEOPLE_SAYING_H
#define TT_PEOPLE_SAYING_H

#include "people/people.h"
#include "people/replay.h"
#include "store/people.h"

struct tt_saying {
	const struct tt_people_call *c;
	struct tt_face_fact *facts;
	size_t count, room;
	bool settles; /* it answers a question about two persons: the others stay as they are */
};

/* A face as facts know it, and its row. */
struct tt_said_face {
	struct tt_face_row row;
	uint8_t sha256[32];
};

int tt_saying_start(struct tt_saying *s, const struct tt_people_call *c, size_t room, struct tt_err *err) TT_CHECKED;
/* TT_EINVALID for no faces, TT_ETOOBIG for more than may be spoken of at once. */
int tt_saying_check(const struct tt_people_call *c, size_t faces, struct tt_err *err) TT_CHECKED;
int tt_saying_face(const struct tt_people_call *c, int64_t id, struct tt_said_face *out, struct tt_err *err) TT_CHECKED;
/* Each adds one fact; there must be room. Texts must last until the end. */
void tt_saying_add(struct tt_saying *s, enum tt_said_kind kind, const char *person, const char *value);
void tt_saying_add_face(struct tt_saying *s, enum tt_said_kind kind, const struct tt_said_face *face,
			const char *person);
void tt_saying_add_pair(struct tt_saying *s, enum tt_said_kind kind, const struct tt_said_face *a,
			const struct tt_said_face *b, const char *value);
/* What is said of a person none of whose faces was spoken of would mean nobody once all is sorted anew: then the face
 * that the user saw, the cover, is said to be this person. Room for one. */
int tt_saying_anchor(struct tt_saying *s, const struct tt_person *person, struct tt_err *err) TT_CHECKED;
/* Commits, and lets the rows follow. */
int tt_saying_end(struct tt_saying *s, struct tt_people_said *out, struct tt_err *err) TT_CHECKED;
/* The rows follow what was said or undone (about NULL: anything), and the thread looks after the rest. */
int tt_saying_follow(const struct tt_people_call *c, const struct tt_face_fact *about, size_t n,
		     struct tt_err *err) TT_CHECKED;

#endif
