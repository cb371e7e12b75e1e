/* Persons, and what the user said of faces and persons. Persons' rows are what is shown; they follow from the facts and
 * the machine's guesses (src/people), facts follow from nothing. Errors: see store.h. */
#ifndef TT_STORE_PEOPLE_H
#define TT_STORE_PEOPLE_H

#include "store/faces.h"

#define TT_PERSON_UID 33    /* 32 hex digits and NUL */
#define TT_TOGETHER_MAX 8   /* persons asked for on one photo */
#define TT_PEOPLE_QUERY 200 /* bytes of a name searched for */

/* ---- persons */

struct tt_person {
	int64_t id;
	const char *uid, *name; /* name "": none yet */
	const char *born;       /* YYYY-MM-DD or NULL */
	bool hidden;
	int64_t created_at;
	int64_t faces, photos; /* shown ones */
	int64_t chosen_cover;  /* face that the user chose, 0: none */
	int64_t cover;         /* chosen while it is shown, else the best shown face, 0: none */
	double confidence;     /* mean over the faces that a guess put here; negative: none did */
};

enum tt_people_hidden { TT_PEOPLE_SHOWN, TT_PEOPLE_HIDDEN, TT_PEOPLE_BOTH };
/* Where a page ended. Numbers change while somebody turns pages: then one may be seen twice, or only on the next look.
 */
struct tt_person_cursor {
	bool unnamed;
	int64_t photos, id; /* zeroed: at the first */
};
struct tt_person_page {
	struct tt_person *people;
	size_t count;
	bool more;
	struct tt_person_cursor next;
};
/* Named ones before others, most photos first; only those with shown faces, or a name. query: part of a name (case of
 * ASCII letters does not count), NULL: any. */
int tt_store_people(struct tt_store *s, int64_t owner, enum tt_people_hidden hidden, const char *query,
		    struct tt_person_cursor after, unsigned limit, struct tt_arena *arena, struct tt_person_page *out,
		    struct tt_err *err) TT_CHECKED;
/* Every row, in order of id, without covers and counts. */
int tt_store_persons_all(struct tt_store *s, int64_t owner, struct tt_arena *arena, struct tt_person **out,
			 size_t *count, struct tt_err *err) TT_CHECKED;
int tt_store_person(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_person *out,
		    struct tt_err *err) TT_CHECKED;
/* Its row, without cover; TT_ENOTFOUND. */
int tt_store_person_of_uid(struct tt_store *s, int64_t owner, const char *uid, struct tt_arena *arena,
			   struct tt_person *out, struct tt_err *err) TT_CHECKED;
/* By its name, case of ASCII letters does not count; the one with most photos of several. TT_ENOTFOUND. */
int tt_store_person_named(struct tt_store *s, int64_t owner, const char *name, struct tt_arena *arena,
			  struct tt_person *out, struct tt_err *err) TT_CHECKED;

struct tt_year_count {
	int year;
	int64_t photos;
};
int tt_store_person_years(struct tt_store *s, int64_t owner, int64_t person, struct tt_arena *arena,
			  struct tt_year_count **out, size_t *count, struct tt_err *err) TT_CHECKED; /* newest first */
/* Photos on which all of these are (n of 1…TT_TOGETHER_MAX), newest first; year 0: any. TT_ENOTFOUND: no such person.
 */
int tt_store_photos_together(struct tt_store *s, int64_t owner, const int64_t *persons, size_t n, int year,
			     struct tt_cursor after, unsigned limit, struct tt_arena *arena, struct tt_photo_page *out,
			     struct tt_err *err) TT_CHECKED;

struct tt_people_counts {
	int64_t persons; /* that are shown and have shown faces */
	int64_t faces;   /* shown */
	int64_t unknown; /* of these, nobody's */
	int64_t waiting; /* photos whose faces are still to be looked for */
};
int tt_store_people_counts(struct tt_store *s, int64_t owner, struct tt_people_counts *out,
			   struct tt_err *err) TT_CHECKED;

/* ---- rows that follow from facts and guesses: one transaction for all of it */

struct tt_person_put {
	char uid[TT_PERSON_UID];
	const char *name, *born; /* name NULL is ""; born NULL for none */
	int64_t cover_face;      /* 0: none was chosen */
	bool hidden;
	int64_t id; /* out */
};
struct tt_face_put {
	int64_t id;
	int person;               /* index into persons, -1: nobody */
	double person_confidence; /* negative: none */
	int guess;                /* by the machine alone, as person */
	double guess_confidence;
	bool said, hidden;
};
struct tt_face_draw { /* a face that a fact knows and nobody found */
	uint8_t sha256[32];
	struct tt_box box;
	int person; /* as above */
	bool said;
	int64_t id; /* out: 0 when the owner has no such photo */
};
struct tt_people_rows {
	struct tt_person_put *persons; /* made, or changed when the owner has the uid; created_at is now for new ones */
	size_t persons_count;
	struct tt_face_draw *draws; /* each asks for a faces job, which fills its vector in */
	size_t draws_count;
	const struct tt_face_put *faces; /* ids that are gone or another's do not count */
	size_t faces_count;
	const int64_t *gone; /* persons to be removed; their faces become unknown first */
	size_t gone_count;
	int64_t now;
};
int tt_store_people_put(struct tt_store *s, int64_t owner, struct tt_people_rows *rows, struct tt_err *err) TT_CHECKED;

/* ---- facts: face_facts.c */

struct tt_face_fact {
	int64_t id;
	const char *kind; /* "is", "is_not", "same", "different", "not_a_face", "drawn", "name", "merge", "hide",
			     "show", "cover", "born", "unsure" */
	bool has_face, has_other;
	uint8_t sha256[32], other_sha256[32];
	struct tt_box box, other;
	const char *person_uid, *other_uid, *value; /* NULL: absent */
	int64_t at, undone_at;                      /* undone_at 0: it holds */
	int64_t photo; /* out of tt_store_face_facts_list(): the owner's photo of sha256, 0 for none */
};
/* Appends all n in one transaction; ids[i] is the row of facts[i]. Its id, undone_at and photo are not looked at. */
int tt_store_face_facts_add(struct tt_store *s, int64_t owner, const struct tt_face_fact *facts, size_t n, int64_t *ids,
			    struct tt_err *err) TT_CHECKED;
/* All n or none: TT_ENOTFOUND. *changed: how many were not undone already. */
int tt_store_face_facts_undo(struct tt_store *s, int64_t owner, const int64_t *facts, size_t n, int64_t now,
			     int64_t *changed, struct tt_err *err) TT_CHECKED;
/* Newest first, also those that were undone; before: as in tt_store_facts(). */
int tt_store_face_facts_list(struct tt_store *s, int64_t owner, int64_t before, unsigned limit, struct tt_arena *arena,
			     struct tt_face_fact **out, size_t *count, bool *more, struct tt_err *err) TT_CHECKED;
/* Those that hold behind `after`, in the order in which they were said; limit is not bounded by TT_PAGE_MAX. */
int tt_store_face_facts_hold(struct tt_store *s, int64_t owner, int64_t after, unsigned limit, struct tt_arena *arena,
			     struct tt_face_fact **out, size_t *count, struct tt_err *err) TT_CHECKED;
/* The same of every fact, undone ones too: for an export. */
int tt_store_face_facts_all(struct tt_store *s, int64_t owner, int64_t after, unsigned limit, struct tt_arena *arena,
			    struct tt_face_fact **out, size_t *count, struct tt_err *err) TT_CHECKED;
/* Number of facts that hold, and how many of them answer a question ("same", "different", "unsure"). */
struct tt_face_fact_counts {
	int64_t hold, same, different, unsure;
};
int tt_store_face_fact_counts(struct tt_store *s, int64_t owner, struct tt_face_fact_counts *out,
			      struct tt_err *err) TT_CHECKED;

#endif
