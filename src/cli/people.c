/* tintype people: who is on the photos, with the faces of each person. */
#include "cli/command.h"
#include "cli/owner.h"

#include "app/app.h"
#include "base/arena.h"
#include "base/json.h"
#include "store/people.h"

#include <stdio.h>

enum { FACES = 500, PERSONS = 500 }; /* at a time */

struct listing {
	struct tt_store *store;
	int64_t owner;
	json_t *faces;
};

static json_t *face_json(const struct tt_face_row *f, const struct tt_photo *p, const uint8_t sha256[32])
{
	char hex[65];
	json_t *o;

	tt_hex(hex, sha256, 32);
	o = json_pack("{s:s,s:s,s:f,s:f,s:f,s:f}", "sha256", hex, "file", p->name, "x", (double)f->box.x, "y",
		      (double)f->box.y, "w", (double)f->box.w, "h", (double)f->box.h);
	if (o)
		json_object_set_new(o, "confidence", json_real(f->said ? 1 : f->person_confidence));
	if (o && f->said)
		json_object_set_new(o, "said", json_true());
	return o;
}

static int add_faces(struct listing *l, const struct tt_face_page *page, struct tt_arena *arena, struct tt_err *err)
{
	for (size_t i = 0; i < page->count; i++) {
		struct tt_photo p;
		int rc = tt_store_photo(l->store, l->owner, page->faces[i].photo, arena, &p, err);

		if (rc < 0)
			return rc;
		json_array_append_new(l->faces, face_json(&page->faces[i], &p, p.sha256));
	}
	return 0;
}

static int print_person(struct listing *l, const struct tt_person *person, struct tt_err *err)
{
	struct tt_face_cursor after = { 0 };
	bool more = true;

	l->faces = json_array();
	while (more) {
		TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = 64 << 20 };
		struct tt_face_page page;
		int rc = tt_store_faces_of_person(l->store, l->owner, person->id, after, FACES, &arena, &page, err);

		if (rc == 0)
			rc = add_faces(l, &page, &arena, err);
		if (rc < 0) {
			json_decref(l->faces);
			return rc;
		}
		more = page.more;
		after = page.next;
	}
	return tt_cli_print_json(json_pack("{s:I,s:s,s:s,s:b,s:o}", "person", (json_int_t)person->id, "name",
					   person->name, "uid", person->uid, "hidden", person->hidden, "faces",
					   l->faces));
}

static void print_text(const struct tt_person_page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		const struct tt_person *p = &page->people[i];

		(void)printf("%6lld  %-30s %6lld photos %6lld faces%s\n", (long long)p->id,
			     *p->name ? p->name : "(no name yet)", (long long)p->photos, (long long)p->faces,
			     p->hidden ? "  hidden" : "");
	}
}

static int list(struct tt_cli *cli, struct listing *l, struct tt_err *err)
{
	struct tt_person_cursor after = { 0 };
	struct tt_people_counts counts;
	bool more = true;
	int rc = 0;

	while (rc == 0 && more) {
		TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = 16 << 20 };
		struct tt_person_page page;

		rc = tt_store_people(l->store, l->owner, TT_PEOPLE_BOTH, NULL, after, PERSONS, &arena, &page, err);
		if (rc < 0)
			return rc;
		if (!cli->json)
			print_text(&page);
		for (size_t i = 0; rc == 0 && cli->json && i < page.count; i++)
			rc = print_person(l, &page.people[i], err);
		more = page.more;
		after = page.next;
	}
	if (rc == 0)
		rc = tt_store_people_counts(l->store, l->owner, &counts, err);
	if (rc == 0 && !cli->json)
		(void)printf("%lld faces, %lld of them of nobody known\n", (long long)counts.faces,
			     (long long)counts.unknown);
	return rc;
}

static int run(struct tt_cli *cli)
{
	struct tt_app *app = NULL;
	struct tt_err err = { 0 };
	struct listing l = { 0 };
	int rc = tt_cli_open_library(cli, &app, &l.owner, &err);

	if (rc == 0) {
		l.store = tt_app_parts(app)->store;
		rc = list(cli, &l, &err);
	}
	tt_app_close(app);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}

const struct tt_command tt_command_people = {
	.name = "people",
	.run = run,
	.arguments = "",
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON | TT_CMD_USER,
	.summary = "list the persons on the photos, with their faces",
	.details =
		"With --json a line for each person: person (its id), name, uid, hidden and faces, each with sha256,\n"
		"file, x, y, w, h (fractions of the upright photo) and confidence.",
};
