/* Inside people/: all faces, persons and facts of one owner in memory, and the rows that follow from them. One thread
 * at a time. Everything lies in the state's own arena but the vectors. */
#ifndef TT_PEOPLE_STATE_H
#define TT_PEOPLE_STATE_H

#include "people/replay.h"
#include "store/people.h"
#include "vision/similar.h"

#define TT_STATE_BYTES ((size_t)4 << 30)
#define TT_CONFIDENCE_STEP 1e-4 /* smaller changes are not written, and so not acted upon either */

struct tt_state_face {
	int64_t id;
	float quality, yaw;
	int person; /* what the row shows: index of a person, -1 for nobody */
	double person_confidence;
	bool said, hidden, trashed, has_vector;
	int guess; /* what the row says */
	float guess_confidence;
};

struct tt_people_state {
	struct tt_store *store;
	int64_t owner;
	struct tt_arena arena;
	struct tt_state_face *faces;  /* in order of id */
	struct tt_replay_face *known; /* the same for the replay; its guesses may be changed before settling */
	size_t faces_count;
	tt_face_vector *vectors; /* for each face, NULL when not asked for */
	struct tt_person *persons;
	size_t persons_count;
	const char **uids; /* of persons, and of new ones that were made (room for as many as there can be) */
	size_t uids_count;
	struct tt_face_fact *facts;
	struct tt_said *said; /* the same for the replay */
	size_t facts_count;
	struct tt_replayed shown; /* what tt_people_state_replay() made of it */
	/* Only a part of it is here (part.c): of persons that nothing was said of now the rows stay as they are. */
	bool partial;
	bool *asked; /* for each person: something was */
	const struct tt_face_fact *all;
	size_t all_count;
};

int tt_people_state_load(struct tt_people_state *st, struct tt_store *s, int64_t owner, bool vectors,
			 struct tt_err *err) TT_CHECKED;
void tt_people_state_done(struct tt_people_state *st);
int tt_people_state_replay(struct tt_people_state *st, struct tt_err *err) TT_CHECKED;
/* A new person for guesses; TT_ENOMEM. */
int tt_people_state_new_person(struct tt_people_state *st, int *index, struct tt_err *err) TT_CHECKED;
/* Writes the rows that differ from what is shown. *drawn: faces were made that nobody found: load and settle again. */
int tt_people_state_store(struct tt_people_state *st, int64_t now, size_t *changed, bool *drawn,
			  struct tt_err *err) TT_CHECKED;
/* Only the photos and persons on which these facts, said or undone, bear: their faces and facts, with everything that
 * is tied to them by pairs and merges, so that a replay of it shows the same of them as one of all. *whole: that is too
 * much, load all. The rows follow facts before. */
int tt_people_state_load_part(struct tt_people_state *st, struct tt_store *s, int64_t owner,
			      const struct tt_face_fact *about, size_t n, bool *whole, struct tt_err *err) TT_CHECKED;
/* For both ways of loading: room for faces, one of them, all facts that hold. */
int tt_people_state_room(struct tt_people_state *st, size_t *room, size_t more, bool vectors,
			 struct tt_err *err) TT_CHECKED;
void tt_people_state_take(struct tt_people_state *st, const struct tt_face_known *f);
int tt_people_state_facts(struct tt_people_state *st, struct tt_err *err) TT_CHECKED;
/* Load, replay, store until nothing is missing: the rows follow the facts. about: those said or undone now, NULL: all
 * of them. */
int tt_people_settle(struct tt_store *s, int64_t owner, const struct tt_face_fact *about, size_t n, int64_t now,
		     bool *drawn, struct tt_err *err) TT_CHECKED;
int tt_people_state_person_at(const struct tt_people_state *st, int64_t id); /* index, -1: none */
int tt_people_state_face_at(const struct tt_people_state *st, int64_t id);
/* Takes over what was sorted in another state of the same owner, which may be older: by id and uid. */
int tt_people_state_take_guesses(struct tt_people_state *st, const struct tt_people_state *from,
				 struct tt_err *err) TT_CHECKED;
int tt_new_uid(char out[TT_PERSON_UID], struct tt_err *err) TT_CHECKED;

#endif
