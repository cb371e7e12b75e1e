/* Inside people/: what the parts of a replay share. */
#ifndef TT_PEOPLE_INTERNAL_H
#define TT_PEOPLE_INTERNAL_H

#include "people/replay.h"

struct tt_replay {
	const struct tt_said *facts;
	size_t facts_count;
	const struct tt_replay_face *faces;
	size_t faces_count;
	const char *const *uids;
	size_t uids_count;
	struct tt_arena *arena;
	struct tt_replayed *out;
	/* match.c, for each fact; -1: none */
	int *face_a, *face_b, *person, *other;
	/* merges: who a person was merged into, itself if into nobody */
	int *parent;
	/* words.c, for each face */
	int *said_person; /* by an `is` of its own, -1: none */
	int *said_at;     /* index of that fact */
	int *same_as;     /* union of the faces that are the same */
};

/* All of it from the arena, zeroed; NULL sets TT_ENOMEM. */
void *tt_replay_alloc(struct tt_replay *r, size_t count, size_t size, struct tt_err *err);
int tt_replay_root(int *parent, int i);
/* match.c: which face and which person each fact means, and what is missing. */
int tt_replay_match(struct tt_replay *r, struct tt_err *err) TT_CHECKED;
/* words.c: merges, names and the like of persons; what was said of each face; pairs. */
int tt_replay_persons(struct tt_replay *r, struct tt_err *err) TT_CHECKED;
int tt_replay_words(struct tt_replay *r, struct tt_err *err) TT_CHECKED;
int tt_replay_pairs(struct tt_replay *r, struct tt_err *err) TT_CHECKED;

#endif
