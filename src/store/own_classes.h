/* Classes of an owner's own: names, what the owner said of photos, and what was learnt of it. Facts are appended and
 * never changed but for undone_at; they belong to the content (SHA-256). Whether a photo is shown in a class is the
 * newest fact that holds, else the guess, kept in the same transaction. Photos in the trash do not count. A class that
 * was removed is nowhere to be seen, keeps all that was said, and can be brought back. Errors: see store.h; a class
 * that is not the owner's is TT_ENOTFOUND. */
#ifndef TT_STORE_OWN_CLASSES_H
#define TT_STORE_OWN_CLASSES_H

#include "store/learn.h"
#include "store/photos.h"

#define TT_OWN_CLASS_NAME_MAX 100 /* bytes */

/* What was learnt, and how that did on examples that were left out while it was judged. */
struct tt_class_learnt {
	int64_t version;           /* counts tries; 0: none yet */
	const char *model_version; /* whose features it looks at */
	bool used;                 /* it guesses; else the class shows only what the owner put into it */
	int64_t made_at;
	int64_t yes, yes_taken;       /* photos that the owner put in, and how many of them the class takes */
	int64_t no, no_taken;         /* that the owner kept out */
	int64_t others, others_taken; /* of which the owner said nothing */
};

struct tt_own_class {
	int64_t id;
	const char *name;
	int64_t created_at;
	bool removed;
	int64_t count;                /* photos shown */
	int64_t guessed;              /* of these, put there by a guess */
	int64_t cover;                /* the newest; 0 = none */
	int64_t yes, no;              /* contents that facts which hold put in and keep out */
	int64_t judged, judged_right; /* guesses that the owner said yes or no to, and those of them that were right */
	bool fresh;                   /* something was said that is not learnt yet */
	struct tt_class_learnt learnt;
};
/* By name; those that are removed, or the others. */
int tt_store_own_classes(struct tt_store *s, int64_t owner, bool removed, struct tt_arena *arena,
			 struct tt_own_class **out, size_t *count, struct tt_err *err) TT_CHECKED;
int tt_store_own_class(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_own_class *out,
		       struct tt_err *err) TT_CHECKED;
/* The class with this name (letters' case apart), removed or not; TT_ENOTFOUND. */
int tt_store_own_class_named(struct tt_store *s, int64_t owner, const char *name, int64_t *id,
			     struct tt_err *err) TT_CHECKED;
/* TT_EEXISTS: there is one of this name. TT_ETOOBIG: there are `most` already. */
int tt_store_own_class_add(struct tt_store *s, int64_t owner, const char *name, unsigned most, int64_t now, int64_t *id,
			   struct tt_err *err) TT_CHECKED;
int tt_store_own_class_rename(struct tt_store *s, int64_t owner, int64_t id, const char *name,
			      struct tt_err *err) TT_CHECKED;
/* now 0: bring it back (TT_EEXISTS as above). */
int tt_store_own_class_remove(struct tt_store *s, int64_t owner, int64_t id, int64_t now,
			      struct tt_err *err) TT_CHECKED;

/* ---- facts (class_facts.c) */

struct tt_class_fact {
	int64_t id, own_class;
	int64_t photo; /* 0 when it was deleted for good */
	bool says;     /* it belongs to the class */
	int64_t at, undone_at;
};
/* One fact for each of these photos; their ids in facts (room for n). Unknown ids do not count. */
int tt_store_class_say(struct tt_store *s, int64_t owner, int64_t id, const int64_t *photos, size_t n, bool says,
		       int64_t now, int64_t *facts, size_t *count, struct tt_err *err) TT_CHECKED;
/* Unknown facts, and those that are undone already, do not count. */
int tt_store_class_undo(struct tt_store *s, int64_t owner, const int64_t *facts, size_t n, int64_t now,
			int64_t *changed, struct tt_err *err) TT_CHECKED;
/* Newest first, of one class or (0) of all; paged as tt_store_facts(). */
int tt_store_class_facts(struct tt_store *s, int64_t owner, int64_t id, int64_t before, unsigned limit,
			 struct tt_arena *arena, struct tt_class_fact **out, size_t *count, bool *more,
			 struct tt_err *err) TT_CHECKED;
/* Photos of which nothing is said and the guess is the least sure: those that teach most. */
int tt_store_class_unsure(struct tt_store *s, int64_t owner, int64_t id, unsigned limit, struct tt_arena *arena,
			  struct tt_photo_page *out, struct tt_err *err) TT_CHECKED;

/* ---- learning (class_learn.c) */

/* Classes of which something was said since they were last learnt, of another model, or with many more photos to tell
 * them from (up to `others`). Goes back to tt_store_class_learnt(). */
struct tt_class_due {
	int64_t id, said;
	int64_t yes; /* examples with features */
	bool fresh;  /* something was said since */
};
int tt_store_classes_due(struct tt_store *s, int64_t owner, const char *model_version, unsigned others,
			 struct tt_arena *arena, struct tt_class_due **out, size_t *count,
			 struct tt_err *err) TT_CHECKED;
/* Photos that the owner put in (cls 1) and kept out (cls 0), newest facts first; and a sample of the others. */
int tt_store_class_said(struct tt_store *s, int64_t owner, int64_t id, const char *model_version, unsigned limit,
			struct tt_arena *arena, struct tt_learn_photo **out, size_t *count,
			struct tt_err *err) TT_CHECKED;
int tt_store_class_others(struct tt_store *s, int64_t owner, int64_t id, const char *model_version, unsigned limit,
			  struct tt_arena *arena, struct tt_learn_photo **out, size_t *count,
			  struct tt_err *err) TT_CHECKED;
/* Writes down what was learnt; l->version is not looked at. Without weights (len 0) the class guesses nothing, and all
 * its guesses go at once; with weights all photos are to be looked at again. others: as above. */
int tt_store_class_learnt(struct tt_store *s, int64_t owner, const struct tt_class_due *due, unsigned others,
			  const struct tt_class_learnt *l, struct tt_str weights, struct tt_err *err) TT_CHECKED;

struct tt_class_weights {
	int64_t id;
	struct tt_str blob; /* vision/own_class.h */
};
/* Heads that guess, and the look that they are part of. */
int tt_store_class_heads(struct tt_store *s, int64_t owner, const char *model_version, struct tt_arena *arena,
			 struct tt_class_weights **out, size_t *count, int64_t *look, struct tt_err *err) TT_CHECKED;
/* Photos of an older look; features are empty where they are of another model. */
int tt_store_class_unlooked(struct tt_store *s, int64_t owner, const char *model_version, int64_t look, unsigned limit,
			    struct tt_arena *arena, struct tt_learn_photo **out, size_t *count,
			    struct tt_err *err) TT_CHECKED;
/* In one transaction: p of each photo for each class (photo by photo; below 0.25, or not a number: none), and that they
 * were looked at. */
int tt_store_class_looked(struct tt_store *s, int64_t owner, int64_t look, const struct tt_learn_photo *photos,
			  size_t n, const struct tt_class_weights *classes, size_t classes_n, const float *p,
			  struct tt_err *err) TT_CHECKED;

#endif
