#include "store/source.h"

#include "store/add.h"
#include "store/internal.h"

#include <string.h>

enum { Q_SOURCE, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_SOURCE] = "SELECT sha256 FROM source WHERE owner = $1 AND path = $2 AND size = $3 AND mtime_ns = $4",
};

int tt_store_source_known(struct tt_store *s, int64_t owner, const char *path, int64_t size, int64_t mtime_ns,
			  struct tt_known_photo *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_SOURCE], &st, err);
	struct tt_str sha256;

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, owner);
	tt_stmt_text(st, 2, path);
	tt_stmt_i64(st, 3, size);
	tt_stmt_i64(st, 4, mtime_ns);
	rc = tt_stmt_step(st, err);
	if (rc < 0)
		return rc;
	sha256 = rc > 0 ? tt_col_blob(st, 0) : (struct tt_str){ NULL, 0 };
	if (sha256.len == 32)
		return tt_known(r.db, owner, (const uint8_t *)sha256.p, out, err);
	*out = (struct tt_known_photo){ .known = TT_KNOWN_NOT };
	return 0;
}
