/* People: who is on the photos. Guesses of the machine overruled by what the user said.
 *
 * Facts (store/people.h) are appended and never changed but for being undone; each is keyed by content hash and box, so
 * that it outlives rows, models and libraries. After each of them the facts that hold are replayed over all faces on
 * which it bears (replay.h), and the rows say at once what is shown. A thread assigns new faces to persons, and
 * clusters all of them anew when enough is new; it sleeps otherwise. Vectors are in memory only while it does so.
 *
 * Any thread, unless said otherwise. Operations return when their facts are on disk and the rows follow them. Persons
 * and faces are named by their rows' ids; another owner's are TT_ENOTFOUND. */
#ifndef TT_PEOPLE_PEOPLE_H
#define TT_PEOPLE_PEOPLE_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tt_people;
struct tt_same;
struct tt_store;

struct tt_people_opts {
	double confidence;          /* conf people.confidence: a face joins a person from here on */
	double min_quality;         /* conf people.min_quality: poorer faces are found no person */
	unsigned recur;             /* conf people.recur: so many faces make a person */
	unsigned neighbours;        /* conf people.neighbours: of each face, looked at when clustering */
	unsigned max_gallery;       /* conf people.max_gallery: faces that stand for a person */
	unsigned max_facts;         /* conf people.max_facts: of one owner */
	unsigned max_at_once;       /* conf people.max_at_once: faces spoken of at once */
	unsigned max_merge;         /* conf people.max_merge: persons merged into another at once */
	unsigned max_questions;     /* conf people.max_questions */
	unsigned threads;           /* conf faces.threads; 0: all cores */
	const struct tt_same *same; /* calibration of the embedder; NULL: the usual one */
};

struct tt_people_deps {
	struct tt_store *store;     /* borrowed, as all of this */
	void (*drawn)(void *ctx);   /* a `faces` job was made for a face drawn by hand; as changed */
	void (*changed)(void *ctx); /* rows changed in the background; any thread, must not block; may be NULL */
	void (*failed)(void *ctx, int64_t owner, const struct tt_err *err); /* for the log; may be NULL */
	void *ctx;
};

/* ---- the service: one for each process that works on a library */

/* Starts the thread, which first finishes what the last process began. */
int tt_people_start(struct tt_people **out, const struct tt_people_deps *deps, const struct tt_people_opts *opts,
		    struct tt_err *err) TT_CHECKED;
void tt_people_stop(struct tt_people *p); /* NULL is fine */
/* New faces were stored for this owner (after a `faces` job). */
void tt_people_wake(struct tt_people *p, int64_t owner);
/* Photos went to the trash, came back or were deleted: questions about their faces are made anew. */
void tt_people_photos_changed(struct tt_people *p, int64_t owner);
/* Cluster everything again now, however little is new. */
void tt_people_recluster(struct tt_people *p, int64_t owner);
/* Another process may have stored faces or facts. */
void tt_people_reload(struct tt_people *p);
bool tt_people_busy(struct tt_people *p, int64_t owner);                /* at work for this owner, or about to be */
int tt_people_wait(struct tt_people *p, struct tt_err *err) TT_CHECKED; /* until it is busy for nobody */

/* ---- the same at once, in the caller's thread, without a service (command line, tests) */

int tt_people_refresh(struct tt_store *s, int64_t owner, const struct tt_people_opts *opts, bool recluster,
		      struct tt_err *err) TT_CHECKED;

/* ---- what the user says. people may be NULL (command line), else its thread sees to the consequences and its options
 * bound how much is said at once: TT_ETOOBIG. */

struct tt_people_said {
	int64_t *facts; /* ids, in the caller's arena; 0 of them when it was so already */
	size_t count;
	int64_t person; /* the person it is about, 0 for none (made by the call, or merged into) */
	int64_t face;   /* the face it is about or that was drawn, 0 for none */
};

struct tt_people_call {
	struct tt_store *store;
	struct tt_people *people; /* may be NULL */
	struct tt_arena *arena;
	int64_t owner, now; /* now: ms since 1970 UTC */
};

#define TT_PERSON_NAME_MAX 200 /* bytes of UTF-8 */

int tt_people_name(const struct tt_people_call *c, int64_t person, const char *name, struct tt_people_said *out,
		   struct tt_err *err) TT_CHECKED; /* "" takes the name away */
int tt_people_born(const struct tt_people_call *c, int64_t person, const char *born, struct tt_people_said *out,
		   struct tt_err *err) TT_CHECKED; /* YYYY-MM-DD, "" for unknown */
int tt_people_hide(const struct tt_people_call *c, int64_t person, bool hidden, struct tt_people_said *out,
		   struct tt_err *err) TT_CHECKED;
int tt_people_cover(const struct tt_people_call *c, int64_t person, int64_t face, struct tt_people_said *out,
		    struct tt_err *err) TT_CHECKED;
int tt_people_merge(const struct tt_people_call *c, int64_t into, const int64_t *from, size_t n,
		    struct tt_people_said *out, struct tt_err *err) TT_CHECKED;
/* A new person of these faces, out of whatever they are in; name may be NULL. Also for POST people. */
int tt_people_create(const struct tt_people_call *c, const char *name, const int64_t *faces, size_t n,
		     struct tt_people_said *out, struct tt_err *err) TT_CHECKED;
/* As above; every face must be of this person, and one must stay. */
int tt_people_split(const struct tt_people_call *c, int64_t person, const char *name, const int64_t *faces, size_t n,
		    struct tt_people_said *out, struct tt_err *err) TT_CHECKED;
/* Of n faces (at least one) the same is said, in one transaction. */
int tt_people_is(const struct tt_people_call *c, const int64_t *faces, size_t n, int64_t person,
		 struct tt_people_said *out, struct tt_err *err) TT_CHECKED;
/* The person of this name (made when there is none). */
int tt_people_is_named(const struct tt_people_call *c, const int64_t *faces, size_t n, const char *name,
		       struct tt_people_said *out, struct tt_err *err) TT_CHECKED;
int tt_people_is_not(const struct tt_people_call *c, const int64_t *faces, size_t n, int64_t person,
		     struct tt_people_said *out, struct tt_err *err) TT_CHECKED;
int tt_people_not_a_face(const struct tt_people_call *c, const int64_t *faces, size_t n, struct tt_people_said *out,
			 struct tt_err *err) TT_CHECKED;
/* Box in fractions of the upright photo. person 0 and name NULL: nobody yet. The vector follows by a `faces` job. */
int tt_people_draw(const struct tt_people_call *c, int64_t photo, const float box[4], int64_t person, const char *name,
		   struct tt_people_said *out, struct tt_err *err) TT_CHECKED;
/* All of these facts or, when one of them is not there, none. Those that were undone already do not count. */
int tt_people_undo(const struct tt_people_call *c, const int64_t *facts, size_t n, struct tt_err *err) TT_CHECKED;

/* ---- "are these the same?" */

enum tt_people_answer { TT_PEOPLE_YES, TT_PEOPLE_NO, TT_PEOPLE_UNSURE };

struct tt_people_question {
	int64_t a, b;       /* faces, each standing for its person */
	double probability; /* that they are the same, as the machine believes */
	int64_t settles;    /* faces that an answer decides about */
};
/* The most useful ones first; never one that was answered. With a service they are kept until faces or facts change, so
 * that asking again costs what is handed out. limit: at most opts->max_questions. */
int tt_people_questions(const struct tt_people_call *c, const struct tt_people_opts *opts, unsigned limit,
			struct tt_people_question **out, size_t *count, struct tt_err *err) TT_CHECKED;
/* "Yes" makes one person of their two. What the machine believed is kept with the answer. */
int tt_people_answer(const struct tt_people_call *c, int64_t a, int64_t b, enum tt_people_answer answer,
		     struct tt_people_said *out, struct tt_err *err) TT_CHECKED;
const struct tt_people_opts *tt_people_options(const struct tt_people *p);

/* The machine measured by the user's own answers: it says "same" from probability 0.5 on. */
struct tt_people_measured {
	int64_t answers;
	double precision, recall; /* 0…1; -1 while nothing can be said */
};
int tt_people_measure(const struct tt_people_call *c, struct tt_people_measured *out, struct tt_err *err) TT_CHECKED;

/* ---- taking everything that was said, of photos' classes too, to another library (or keeping it safe): JSON lines,
 * one fact each (lines.h) */

/* Facts that hold, those of faces and persons first, each in the order in which they were said, handed to `line`
 * without its end. */
int tt_people_export(struct tt_store *s, int64_t owner, int (*line)(void *ctx, const char *text, struct tt_err *err),
		     void *ctx, int64_t *count, struct tt_err *err) TT_CHECKED;
/* Text of such lines; photos may come before or after. Facts that are there already, undone ones too, are not added
 * again. When a line is wrong, nothing is added: TT_EINVALID names it. After a failure of the disk the same
 * text can be imported again. */
int tt_people_import(const struct tt_people_call *c, const char *text, size_t size, int64_t *added, int64_t *known,
		     struct tt_err *err) TT_CHECKED;

#endif
