/* Photos and videos: add, look up, pages of the timeline, trash. Errors: see store.h. */
#ifndef TT_STORE_PHOTOS_H
#define TT_STORE_PHOTOS_H

#include "media/media.h"
#include "store/class.h"
#include "store/store.h"

#define TT_PAGE_MAX 500 /* photos on one page */

/* ---- adding */

enum tt_priority { TT_PRIORITY_RECLASSIFY = 10, TT_PRIORITY_IMPORT = 50, TT_PRIORITY_UPLOAD = 100 };

struct tt_new_photo {
	int64_t owner;
	uint8_t sha256[32];
	const char *name;          /* as it came */
	const char *blob_key;      /* of the original; NULL when it lies in place */
	const char *in_place_path; /* absolute; NULL otherwise */
	const char *mime;
	bool video;
	int64_t bytes;
	int64_t now;
	int64_t mtime; /* of the file: the moment until a better one is known */
	enum tt_priority priority;
	bool restore; /* take it although it was deleted for good */
	/* Remembered so that the next import of the same folder need not read it; source_path NULL: nothing is. */
	const char *source_path;
	int64_t source_size, source_mtime_ns;
	/* Puts the file in its place, called inside the transaction when the photo is new and just before it is
	 * committed; a negative result rolls all back. May be NULL. */
	int (*place)(void *ctx, struct tt_err *err);
	void *place_ctx;
};

enum tt_known {
	TT_KNOWN_NOT,       /* added, or free to be added */
	TT_KNOWN_DUPLICATE, /* has a photo, perhaps in the trash */
	TT_KNOWN_DELETED,   /* was deleted for good: comes back only when `restore` is asked */
};
struct tt_known_photo {
	enum tt_known known;
	int64_t id;   /* of the new photo or of the one that was there; 0 for TT_KNOWN_DELETED */
	bool trashed; /* the one that was there is in the trash */
};
/* Photo row, develop job, source row in one transaction. Facts that the user stated on the same content earlier apply.
 */
int tt_store_photo_add(struct tt_store *s, const struct tt_new_photo *p, struct tt_known_photo *out,
		       struct tt_err *err) TT_CHECKED;
/* What is known of a content before anything is stored. */
int tt_store_photo_known(struct tt_store *s, int64_t owner, const uint8_t sha256[32], struct tt_known_photo *out,
			 struct tt_err *err) TT_CHECKED;

/* ---- one photo */

enum tt_photo_state { TT_PHOTO_DONE, TT_PHOTO_WAITING, TT_PHOTO_ASIDE };
const char *tt_photo_state_name(enum tt_photo_state state); /* "done", "waiting", "aside" */

struct tt_label {
	const char *name;
	double confidence;
};

struct tt_guess {
	const char *model, *version;
	int cls; /* or TT_NO_CLASS */
	double confidence;
	double p[TT_STORE_CLASSES];
};

/* What is in a row: enough for the file routes. */
struct tt_photo {
	int64_t id, owner;
	uint8_t sha256[32];
	const char *name, *blob_key, *in_place_path;
	bool video;
	int64_t bytes, added_at, moment;
	int month;                        /* moment.h */
	int64_t developed_at, trashed_at; /* 0 = not */
	struct tt_facts facts;
	uint64_t phash;
	enum tt_photo_state state;
	int cls;           /* shown */
	double confidence; /* of the guess that is shown; negative when the user said it or there is none */
	const char *blurhash;
};
int tt_store_photo(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena, struct tt_photo *out,
		   struct tt_err *err) TT_CHECKED;

struct tt_named {
	int64_t id;
	const char *name;
};
struct tt_in_class {
	int64_t id;
	const char *name;
	double confidence; /* of the guess; negative: the user said it */
};
/* The row and all around it. */
struct tt_photo_detail {
	struct tt_photo photo;
	bool has_guess;
	struct tt_guess guess;
	struct tt_label *labels; /* falling confidence */
	size_t labels_count;
	int64_t correction; /* newest fact about the class that is not undone; 0 = none */
	int correction_cls;
	int64_t correction_at;
	struct tt_named *albums; /* by name */
	size_t albums_count;
	struct tt_in_class *classes; /* of the owner's own that show it, by name */
	size_t classes_count;
	int64_t newer, older; /* neighbours in the timeline, 0 = none or in the trash */
};
int tt_store_photo_detail(struct tt_store *s, int64_t owner, int64_t id, struct tt_arena *arena,
			  struct tt_photo_detail *out, struct tt_err *err) TT_CHECKED;

/* ---- pages and months, newest first */

struct tt_photo_summary {
	int64_t id, moment;
	bool video;
	uint32_t width, height;       /* 0 until known */
	const char *taken, *blurhash; /* NULL until known */
	int cls;
	double confidence; /* as in struct tt_photo */
	enum tt_photo_state state;
	double duration_s; /* 0 = none */
	uint8_t sha256[32];
	const char *name;
};

/* Where a page begins: behind this photo. Zeroed: at the newest. */
struct tt_cursor {
	int64_t moment, id;
};
struct tt_photo_page {
	struct tt_photo_summary *photos;
	size_t count;
	bool more;
	struct tt_cursor next; /* for the next page when there is more */
};

struct tt_photo_filter {
	int64_t owner;
	bool by_class;
	int cls;           /* with by_class: one of the five or TT_NO_CLASS */
	int64_t album;     /* 0 = any; TT_ENOTFOUND when it is not the owner's */
	int64_t person;    /* 0 = any; the same for a person who must be on the photo; together with trash: nothing */
	int64_t own_class; /* 0 = any; the same for a class of the owner's own; never with an album, a person or trash
			    */
	bool trash;        /* what is in the trash instead; not looked at with an album */
	int month;         /* 0 = any */
};
int tt_store_photo_page(struct tt_store *s, const struct tt_photo_filter *f, struct tt_cursor after, unsigned limit,
			struct tt_arena *arena, struct tt_photo_page *out, struct tt_err *err) TT_CHECKED;

struct tt_month_count {
	int month;
	int64_t count;
};
struct tt_months {
	struct tt_month_count *months;
	size_t count;
	int64_t total;
};
int tt_store_months(struct tt_store *s, const struct tt_photo_filter *f, struct tt_arena *arena, struct tt_months *out,
		    struct tt_err *err) TT_CHECKED; /* f->month is not looked at */

struct tt_counts {
	int64_t photos, videos, trashed, albums, bytes;
};
/* owner 0: of all. */
int tt_store_counts(struct tt_store *s, int64_t owner, struct tt_counts *out, struct tt_err *err) TT_CHECKED;

/* ---- trash. Unknown ids, others' photos and those that are there already do not count. */

int tt_store_trash(struct tt_store *s, int64_t owner, const int64_t *ids, size_t n, int64_t now, int64_t *changed,
		   struct tt_err *err) TT_CHECKED;
int tt_store_restore(struct tt_store *s, int64_t owner, const int64_t *ids, size_t n, int64_t *changed,
		     struct tt_err *err) TT_CHECKED;
/* Deletes for good what is in the trash: these ids, or all of it with ids NULL. Tombstones stay; the files are handed
 * to tt_store_removals_run() (those that lie in place are left alone). */
int tt_store_purge(struct tt_store *s, int64_t owner, const int64_t *ids, size_t n, int64_t now, int64_t *changed,
		   struct tt_err *err) TT_CHECKED;

#endif
