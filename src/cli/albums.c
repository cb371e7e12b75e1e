/* tintype albums: the user's own albums and the smart ones. */
#include "cli/command.h"
#include "cli/owner.h"

#include "app/app.h"
#include "base/arena.h"
#include "base/json.h"
#include "store/albums.h"

#include <stdio.h>

struct answer {
	struct tt_smart_album smart[TT_SMART_ALBUMS];
	struct tt_album *own;
	size_t own_count;
};

static const char *smart_name(int cls)
{
	return cls == TT_NO_CLASS ? "unclassified" : tt_store_class_name(cls);
}

static int print_json(const struct answer *a)
{
	json_t *smart = json_array(), *own = json_array();

	for (size_t i = 0; i < TT_SMART_ALBUMS; i++) {
		json_t *o = json_pack("{s:s,s:I}", "name", smart_name(a->smart[i].cls), "count",
				      (json_int_t)a->smart[i].count);

		if (o && a->smart[i].confidence >= 0)
			json_object_set_new(o, "confidence", json_real(a->smart[i].confidence));
		json_array_append_new(smart, o);
	}
	for (size_t i = 0; i < a->own_count; i++)
		json_array_append_new(own, json_pack("{s:I,s:s,s:I}", "id", (json_int_t)a->own[i].id, "name",
						     a->own[i].name, "count", (json_int_t)a->own[i].count));
	return tt_cli_print_json(json_pack("{s:o,s:o}", "smart", smart, "albums", own));
}

static void print_text(const struct answer *a)
{
	for (size_t i = 0; i < TT_SMART_ALBUMS; i++)
		(void)printf("%-14s %8lld\n", smart_name(a->smart[i].cls), (long long)a->smart[i].count);
	for (size_t i = 0; i < a->own_count; i++)
		(void)printf("%-14s %8lld\n", a->own[i].name, (long long)a->own[i].count);
}

static int run(struct tt_cli *cli)
{
	struct tt_arena arena = { .max = 16 << 20 };
	struct tt_app *app = NULL;
	struct tt_err err = { 0 };
	struct answer a = { 0 };
	int64_t owner = 0;
	int rc = tt_cli_open_library(cli, &app, &owner, &err);

	if (rc == 0)
		rc = tt_store_smart_albums(tt_app_parts(app)->store, owner, a.smart, &err);
	if (rc == 0)
		rc = tt_store_albums(tt_app_parts(app)->store, owner, &arena, &a.own, &a.own_count, &err);
	if (rc == 0 && cli->json)
		rc = print_json(&a);
	else if (rc == 0)
		print_text(&a);
	tt_app_close(app);
	tt_arena_free(&arena);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}

const struct tt_command tt_command_albums = {
	.name = "albums",
	.run = run,
	.arguments = "",
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON | TT_CMD_USER,
	.summary = "list the smart albums and your own ones, with counts",
};
