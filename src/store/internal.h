/* What the files of store share: connections from the pool, and rows into arrays. */
#ifndef TT_STORE_INTERNAL_H
#define TT_STORE_INTERNAL_H

#include "db/db.h"
#include "store/photos.h"

/* A connection for reading, given back at the end of the scope. A thread takes one at a time. */
struct tt_reading {
	struct tt_store *store;
	struct tt_db *db;
};
int tt_read_begin(struct tt_reading *r, struct tt_store *s, struct tt_err *err) TT_CHECKED;
void tt_read_endp(struct tt_reading *r);
/* The same with the statement that it is for. */
int tt_read_stmt(struct tt_reading *r, struct tt_store *s, const char *sql, struct tt_stmt **out,
		 struct tt_err *err) TT_CHECKED;

/* The one writing connection with a transaction; the end of the scope rolls back what was not committed. */
struct tt_writing {
	struct tt_store *store;
	struct tt_tx tx;
	struct tt_db *db;
};
int tt_write_begin(struct tt_writing *w, struct tt_store *s, struct tt_err *err) TT_CHECKED;
int tt_write_commit(struct tt_writing *w, struct tt_err *err) TT_CHECKED;
void tt_write_endp(struct tt_writing *w);
/* A transaction of one statement: begun and prepared, then run and committed. */
int tt_write_stmt(struct tt_writing *w, struct tt_store *s, const char *sql, struct tt_stmt **out,
		  struct tt_err *err) TT_CHECKED;
int tt_write_run(struct tt_writing *w, struct tt_stmt *st, struct tt_err *err) TT_CHECKED;
/* The same, and how many rows it changed. */
int tt_write_counted(struct tt_writing *w, struct tt_stmt *st, int64_t *changed, struct tt_err *err) TT_CHECKED;
/* Run once for each id, bound as $1 (the rest is bound already), then committed; how many rows were changed. */
int tt_write_each(struct tt_writing *w, struct tt_stmt *st, const int64_t *ids, size_t n, int64_t *changed,
		  struct tt_err *err) TT_CHECKED;

/* A row on its way into an arena. `full` is set when the arena is, and told once at the end. */
struct tt_row {
	struct tt_stmt *st;
	struct tt_arena *arena;
	bool full;
};
const char *tt_row_text(struct tt_row *row, int col); /* NULL for null */
int tt_row_class(struct tt_row *row, int col);
double tt_row_confidence(struct tt_row *row, int col); /* negative for null */
void tt_row_sha256(struct tt_row *row, int col, uint8_t out[32]);

typedef void tt_row_fn(struct tt_row *row, void *item);
/* All rows of a bound statement, each filled by fn into a zeroed item of this size. */
int tt_rows_all(struct tt_stmt *st, struct tt_arena *arena, size_t size, tt_row_fn *fn, void **out, size_t *count,
		struct tt_err *err) TT_CHECKED;
/* One row, or TT_ENOTFOUND with this text. */
int tt_rows_one(struct tt_stmt *st, struct tt_arena *arena, tt_row_fn *fn, void *out, const char *missing,
		struct tt_err *err) TT_CHECKED;
/* A number out of a bound statement's first row; 0 without one. Ready to be bound again. */
int tt_rows_number(struct tt_stmt *st, int64_t *out, struct tt_err *err) TT_CHECKED;

/* Pages of photos: the columns that tt_page_of() reads, of `photo p`. */
#define TT_STATE_OF_P                                                                                                  \
	"coalesce((SELECT CASE j.state WHEN 'aside' THEN 2 ELSE 1 END FROM job j WHERE j.photo = p.id "                \
	"ORDER BY j.kind = 'develop' DESC LIMIT 1), 0)"
#define TT_SUMMARY_OF_P                                                                                                \
	"p.id, p.moment, p.kind, p.width, p.height, p.taken, p.blurhash, p.shown_class, "                              \
	"p.shown_confidence, " TT_STATE_OF_P ", p.duration_s, p.sha256, p.name"
unsigned tt_page_limit(unsigned limit); /* within 1…TT_PAGE_MAX */
/* A bound statement with one row more than fits on the page. */
int tt_page_of(struct tt_stmt *st, unsigned limit, struct tt_arena *arena, struct tt_photo_page *out,
	       struct tt_err *err) TT_CHECKED;
/* TT_ENOTFOUND unless the album is the owner's. */
int tt_album_owned(struct tt_db *db, int64_t owner, int64_t album, struct tt_err *err) TT_CHECKED;

/* Into a struct tt_learn_photo: id, sha256, features, shipped, fact, class. */
void tt_learn_photo_row(struct tt_row *row, void *item);
/* Of a row f of class_fact: nothing newer was said of its content and class. */
#define TT_CLASS_FACT_HOLDS                                                                                            \
	"f.undone_at IS NULL AND NOT EXISTS (SELECT 1 FROM class_fact n WHERE n.sha256 = f.sha256 "                    \
	"AND n.owner = f.owner AND n.class = f.class AND n.undone_at IS NULL AND n.id > f.id)"
/* All photos are looked at once more for the owner's classes. */
int tt_classes_look_again(struct tt_db *db, int64_t owner, struct tt_err *err) TT_CHECKED;
/* TT_ENOTFOUND unless the photo is the owner's. */
int tt_photo_content(struct tt_db *db, int64_t owner, int64_t photo, uint8_t sha256[32], struct tt_err *err) TT_CHECKED;
/* TT_ENOTFOUND unless the class is the owner's. */
int tt_own_class_owned(struct tt_db *db, int64_t owner, int64_t id, struct tt_err *err) TT_CHECKED;

/* TT_ENOTFOUND with this text unless the statement counts something with owner and id. */
int tt_owned(struct tt_db *db, const char *sql, int64_t owner, int64_t id, const char *missing,
	     struct tt_err *err) TT_CHECKED;
/* A statement of one number, in a transaction that is open. */
int tt_run_id(struct tt_db *db, const char *sql, int64_t id, struct tt_err *err) TT_CHECKED;

#endif
