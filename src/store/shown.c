#include "store/shown.h"

#include "store/internal.h"
#include "store/moment.h"

#include <stdio.h>

#define NEWEST_FACT                                                                                                    \
	"(SELECT value FROM fact WHERE sha256 = $1 AND owner = $2 AND kind = 'class' AND undone_at IS NULL "           \
	"ORDER BY id DESC LIMIT 1)"

enum { Q_SHOW, Q_FORGET_WORDS, Q_WORDS, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_SHOW] = "UPDATE photo SET "
		   "shown_class = coalesce(" NEWEST_FACT
		   ", (SELECT class FROM guess WHERE guess.photo = photo.id), 'none'), "
		   "shown_confidence = CASE WHEN " NEWEST_FACT " IS NULL THEN "
		   "(SELECT confidence FROM guess WHERE guess.photo = photo.id AND class <> 'none') END "
		   "WHERE sha256 = $1 AND owner = $2 RETURNING id, month",
	[Q_FORGET_WORDS] = "DELETE FROM photo_text WHERE rowid = $1",
	[Q_WORDS] = "INSERT INTO photo_text (rowid, words) SELECT p.id, $2 || ' ' || p.name || ' ' || "
		    "CASE p.shown_class WHEN 'none' THEN '' ELSE p.shown_class END || ' ' || "
		    "CASE p.kind WHEN 'video' THEN 'video ' ELSE '' END || "
		    "coalesce((SELECT group_concat(l.name, ' ') FROM label l WHERE l.photo = p.id), '') || ' ' || "
		    "coalesce(p.make, '') || ' ' || coalesce(p.model, '') || ' ' || coalesce(p.lens, '') || ' ' || "
		    "coalesce(p.description, '') || ' ' || coalesce(p.keywords, '') FROM photo p WHERE p.id = $1",
};

static int show(struct tt_db *db, int64_t owner, const uint8_t sha256[32], int64_t *id, int *month, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_SHOW], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_blob(st, 1, sha256, 32);
	tt_stmt_i64(st, 2, owner);
	rc = tt_stmt_step(st, err);
	if (rc <= 0)
		return rc;
	*id = tt_col_i64(st, 0);
	*month = (int)tt_col_i64(st, 1);
	return tt_stmt_run(st, err);
}

static int write_words(struct tt_db *db, int64_t id, int month, struct tt_err *err)
{
	static const char *const names[] = { "january", "february", "march",     "april",   "may",      "june",
					     "july",    "august",   "september", "october", "november", "december" };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	char when[32], year_month[8];
	int rc = tt_db_stmt(db, queries[Q_WORDS], &st, err);

	if (rc < 0)
		return rc;
	tt_month_format(month,
			year_month); /* "2019-05" is two words to the index, so that the year alone is found too */
	snprintf(when, sizeof when, "%s %s", year_month, names[month % 12]);
	tt_stmt_i64(st, 1, id);
	tt_stmt_text(st, 2, when);
	return tt_stmt_run(st, err);
}

int tt_shown_update(struct tt_db *db, int64_t owner, const uint8_t sha256[32], struct tt_err *err)
{
	int64_t id = 0;
	int month = 0;
	int rc = show(db, owner, sha256, &id, &month, err);

	if (rc == 0 && id)
		rc = tt_run_id(db, queries[Q_FORGET_WORDS], id, err);
	if (rc == 0 && id)
		rc = write_words(db, id, month, err);
	return rc;
}
