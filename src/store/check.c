/* Whether the rows are sound. Interface: store.h. */
#include "store/internal.h"

#include <string.h>

#define COUNTED                                                                                                        \
	"SELECT owner, CASE WHEN trashed_at IS NULL THEN 0 ELSE 1 END, shown_class, month, count(*), "                 \
	"sum(CASE kind WHEN 'video' THEN 1 ELSE 0 END), sum(bytes), count(shown_confidence) FROM photo "               \
	"GROUP BY owner, CASE WHEN trashed_at IS NULL THEN 0 ELSE 1 END, shown_class, month"
#define TALLIED "SELECT owner, trashed, class, month, photos, videos, bytes, guessed FROM tally WHERE photos <> 0"

/* Each counts what ought not to be there. */
static const struct {
	const char *sql, *complaint;
} rules[] = {
	{ "SELECT count(*) FROM (" COUNTED " EXCEPT " TALLIED ")",
	  "counters of months and smart albums that are wrong" },
	{ "SELECT count(*) FROM (" TALLIED " EXCEPT " COUNTED ")", "counters that stand for no photo" },
	{ "SELECT count(*) FROM photo p WHERE shown_class <> coalesce((SELECT value FROM fact f WHERE f.sha256 = "
	  "p.sha256 "
	  "AND f.owner = p.owner AND f.kind = 'class' AND f.undone_at IS NULL ORDER BY f.id DESC LIMIT 1), "
	  "(SELECT class FROM guess g WHERE g.photo = p.id), 'none')",
	  "photos that show another class than corrections and guesses say" },
	{ "SELECT count(*) FROM photo WHERE id NOT IN (SELECT rowid FROM photo_text)",
	  "photos that the search does not know" },
	{ "SELECT count(*) FROM photo_text WHERE rowid NOT IN (SELECT id FROM photo)",
	  "search words of photos that are gone" },
	{ "SELECT count(*) FROM tombstone t JOIN photo p ON p.sha256 = t.sha256 AND p.owner = t.owner",
	  "photos that are there although they were deleted for good" },
	{ "SELECT count(*) FROM removal r JOIN photo p ON r.kind = 'original' AND p.blob_key = r.key",
	  "originals that are to be removed although a photo needs them" },
	{ "SELECT count(*) FROM person n WHERE (n.faces, n.photos, n.guessed) <> (SELECT count(*), "
	  "count(DISTINCT f.photo), count(f.person_confidence) FROM face f WHERE f.owner = n.owner AND f.person = n.id "
	  "AND f.hidden = 0 AND f.trashed = 0)",
	  "persons whose faces or photos are counted wrong" },
	{ "SELECT count(*) FROM face f JOIN photo p ON p.id = f.photo WHERE f.owner <> p.owner OR f.moment <> p.moment "
	  "OR f.month <> p.month OR f.trashed <> (p.trashed_at IS NOT NULL)",
	  "faces that disagree with their photo" },
	{ "SELECT count(*) FROM face f JOIN person n ON n.id = f.person WHERE f.owner <> n.owner",
	  "faces in a person of somebody else" },
	{ "SELECT count(*) FROM class_photo x JOIN photo p ON p.id = x.photo JOIN own_class c ON c.id = x.class "
	  "WHERE c.owner <> p.owner OR x.said IS NOT (SELECT f.says FROM class_fact f WHERE f.sha256 = p.sha256 "
	  "AND f.owner = p.owner AND f.class = x.class AND f.undone_at IS NULL ORDER BY f.id DESC LIMIT 1)",
	  "photos in classes of somebody's own that disagree with what was said of them" },
	{ "SELECT count(*) FROM class_fact f JOIN photo p ON p.sha256 = f.sha256 AND p.owner = f.owner "
	  "WHERE f.undone_at IS NULL AND NOT EXISTS (SELECT 1 FROM class_photo x WHERE x.class = f.class "
	  "AND x.photo = p.id AND x.said IS NOT NULL)",
	  "photos of which something was said that no class knows" },
	{ "SELECT count(*) FROM face_fact WHERE (kind IN ('is', 'is_not', 'same', 'different', 'not_a_face', 'drawn', "
	  "'unsure') AND (sha256 IS NULL OR x IS NULL OR y IS NULL OR w IS NULL OR h IS NULL)) OR (kind IN ('is', "
	  "'is_not', 'name', 'merge', 'hide', 'show', 'cover', 'born') AND person_uid IS NULL) OR (kind = 'merge' AND "
	  "other_uid IS NULL)",
	  "corrections of faces that do not say which" },
};

struct complaints {
	struct tt_arena *arena;
	struct tt_complaints list;
	size_t room;
};

static int complain(void *ctx, const char *text, struct tt_err *err)
{
	struct complaints *c = ctx;

	if (c->list.count == c->room) {
		size_t room = c->room ? 2 * c->room : 16;
		const char **lines = tt_arena_alloc(c->arena, room * sizeof *lines);

		if (!lines)
			return tt_err_set(err, TT_ENOMEM, "check: out of memory");
		if (c->room)
			memcpy(lines, c->list.lines, c->room * sizeof *lines);
		c->list.lines = lines;
		c->room = room;
	}
	c->list.lines[c->list.count] = tt_arena_strndup(c->arena, text, strlen(text));
	return c->list.lines[c->list.count++] ? 0 : tt_err_set(err, TT_ENOMEM, "check: out of memory");
}

static int apply(struct tt_db *db, size_t rule, struct complaints *c, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t n = 0;
	char *text;
	int rc = tt_db_stmt(db, rules[rule].sql, &st, err);

	if (rc == 0)
		rc = tt_rows_number(st, &n, err);
	if (rc < 0 || n == 0)
		return rc;
	text = tt_arena_printf(c->arena, "%lld %s", (long long)n, rules[rule].complaint);
	return complain(c, text ? text : rules[rule].complaint, err);
}

int tt_store_check(struct tt_store *s, struct tt_arena *arena, struct tt_complaints *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	struct complaints c = { .arena = arena };
	int rc = tt_read_begin(&r, s, err);

	if (rc == 0)
		rc = tt_db_check(r.db, complain, &c, err);
	for (size_t i = 0; rc == 0 && c.list.count == 0 && i < TT_LEN(rules); i++)
		rc = apply(r.db, i, &c, err);
	if (rc == 0)
		*out = c.list;
	return rc;
}
