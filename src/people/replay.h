/* Who is shown: what the machine guesses, overruled by everything that the user said. A pure function.
 *
 * Facts are replayed in the order in which they were said; a later one overrules an earlier one about the same thing.
 * A fact finds its face by the photo's SHA-256 and the box (the best one with an IoU of at least 0.5), so the same
 * facts hold for the faces of another model or of another library. Rules:
 *   is, is_not       of one face and one person the last word counts; the last `is` that holds is who it is
 *   same, different  of one pair the last word counts; faces that are the same share what was said of one of them;
 *                    of two different ones in one person the less sure one leaves
 *   not_a_face       the face is hidden until it is said who it is or drawn again
 *   drawn, is        a face that nobody found is asked for (missing)
 *   merge            one person's faces, name and facts become the other's
 *   name, born, cover, hide, show   the person's last word counts, else that of those merged into it
 *   unsure           only for the questions
 * Two faces of one photo are two persons, and nobody is on photos from before the birth, unless a fact says so.
 *
 * Everything lies in the caller's arena. Errors: TT_ENOMEM. Any thread. */
#ifndef TT_PEOPLE_REPLAY_H
#define TT_PEOPLE_REPLAY_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tt_said_kind {
	TT_SAID_IS,
	TT_SAID_IS_NOT,
	TT_SAID_SAME,
	TT_SAID_DIFFERENT,
	TT_SAID_NOT_A_FACE,
	TT_SAID_DRAWN,
	TT_SAID_NAME,
	TT_SAID_MERGE,
	TT_SAID_HIDE,
	TT_SAID_SHOW,
	TT_SAID_COVER,
	TT_SAID_BORN,
	TT_SAID_UNSURE,
	TT_SAID_KINDS
};
/* "is", "is_not" …; and back, TT_SAID_KINDS for none of them. */
const char *tt_said_name(enum tt_said_kind kind);
enum tt_said_kind tt_said_kind_of(const char *name);

struct tt_said_box {
	uint8_t sha256[32];
	float x, y, w, h; /* fractions of the upright photo */
};
float tt_box_iou(const struct tt_said_box *a, const struct tt_said_box *b); /* 0 for two photos */

/* One fact that holds; unused members are zero. */
struct tt_said {
	enum tt_said_kind kind;
	struct tt_said_box a, b; /* b: the other face of a pair */
	const char *person, *other;
	const char *value;
};

struct tt_replay_face {
	struct tt_said_box at;
	int64_t photo;
	int64_t taken; /* ms since 1970, INT64_MIN: unknown */
	int guess;     /* index into the persons given, -1: none */
	float guess_confidence;
	bool drawn; /* its row was made for a fact: without one it is hidden */
};

struct tt_shown_face {
	int person; /* index into the persons that come out, -1: unknown */
	int word;   /* where it was said: the person before any merge, else -1 */
	float confidence;
	bool said, hidden;
};

struct tt_shown_person {
	const char *uid, *name, *born; /* name, born: NULL for none */
	int cover;                     /* index of a face, -1: none was chosen */
	int merged_into;               /* -1: it stands for itself */
	bool hidden;
	bool spoken_of; /* a fact names it */
};

struct tt_face_pair {
	int a, b; /* indices of faces, a < b */
};

struct tt_replayed {
	struct tt_shown_face *faces;     /* as many as were given, in their order */
	struct tt_shown_person *persons; /* the given ones first, then those that only facts know */
	size_t persons_count;
	struct tt_said_box *missing; /* faces that facts need and nobody found */
	size_t missing_count;
	struct tt_face_pair *same, *different, *unsure; /* that hold */
	size_t same_count, different_count, unsure_count;
	struct tt_not {
		int face, person;
	} * nots; /* faces that are not these persons */
	size_t nots_count;
	size_t unmet; /* facts whose face is not there (yet) */
};

int tt_replay(const struct tt_said *facts, size_t facts_count, const struct tt_replay_face *faces, size_t faces_count,
	      const char *const *uids, size_t uids_count, struct tt_arena *arena, struct tt_replayed *out,
	      struct tt_err *err) TT_CHECKED;

/* Ms since 1970 of the day's first moment in UTC; false for what is not YYYY-MM-DD. */
bool tt_day_ms(const char *day, int64_t *ms);

#endif
