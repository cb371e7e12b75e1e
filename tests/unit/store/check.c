#include "fixture.h"

#include "db/db.h"

#include <string.h>

/* Writes behind the store's back. */
static void tamper(struct fixture *fx, const char *sql)
{
	struct tt_db *db = NULL;

	OK(fx, tt_db_open(&db, fx->path, &(struct tt_db_opts){ .busy_ms = 1000 }, &fx->err));
	OK(fx, tt_db_exec(db, sql, &fx->err));
	tt_db_close(db);
}

static void complains_of_what_does_not_fit(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		const char *sql, *undo, *want;
	} cases[] = {
		{ "UPDATE tally SET photos = photos + 1 WHERE class = 'animals'",
		  "UPDATE tally SET photos = photos - 1 WHERE class = 'animals'", "counters" },
		{ "UPDATE photo SET shown_class = 'vehicles' WHERE id = 1",
		  "UPDATE photo SET shown_class = 'animals' WHERE id = 1", "another class" },
		{ "DELETE FROM photo_text WHERE rowid = 1", "INSERT INTO photo_text (rowid, words) VALUES (1, 'x')",
		  "search" },
		{ "INSERT INTO photo_text (rowid, words) VALUES (77, 'x')", "DELETE FROM photo_text WHERE rowid = 77",
		  "gone" },
		{ "INSERT INTO tombstone SELECT owner, sha256, 1 FROM photo WHERE id = 1", "DELETE FROM tombstone",
		  "for good" },
		{ "INSERT INTO removal SELECT 'original', blob_key FROM photo WHERE id = 1", "DELETE FROM removal",
		  "needs them" },
		{ "PRAGMA foreign_keys = OFF; INSERT INTO label VALUES (99, 'x', 1)", "DELETE FROM label", "label" },
	};

	(void)add_done(fx, 1, "2020-01-01T00:00:00", 1, 0.5);
	(void)add_done(fx, 2, "2020-02-01T00:00:00", 2, 0.5);
	check_sound(fx);
	for (size_t i = 0; i < TT_LEN(cases); i++) {
		struct tt_complaints c = { 0 };

		tamper(fx, cases[i].sql);
		OK(fx, tt_store_check(fx->store, &fx->arena, &c, &fx->err));
		CHECK_ROW(c.count > 0 && strstr(c.lines[0], cases[i].want), cases[i].sql);
		tamper(fx, cases[i].undo);
		check_sound(fx);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(complains_of_what_does_not_fit, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
