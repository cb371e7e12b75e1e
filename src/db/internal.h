/* What the files of db share: sqlite3.h stays in this folder. */
#ifndef TT_DB_INTERNAL_H
#define TT_DB_INTERNAL_H

#include "db/db.h"

#include <sqlite3.h>

struct tt_db {
	sqlite3 *handle;
	struct tt_stmt *statements; /* all of them; each is prepared once */
};

/* Turns a result code of SQLite into ours, with what to do about it. */
int tt_db_fail(struct tt_db *db, int rc, struct tt_err *err);

#endif
