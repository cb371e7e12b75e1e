/* tintype search: photos by words. */
#include "cli/command.h"
#include "cli/owner.h"

#include "app/app.h"
#include "base/arena.h"
#include "base/json.h"
#include "store/search.h"

#include <stdio.h>

static int64_t limit = 100;

static void print_photo(const struct tt_photo_summary *p, bool json)
{
	char sha256[65];
	json_t *o;

	tt_hex(sha256, p->sha256, sizeof p->sha256);
	if (!json) {
		(void)printf("%-20s %-10s %s\n", p->taken ? p->taken : "-", tt_store_class_name(p->cls), p->name);
		return;
	}
	o = json_pack("{s:I,s:s,s:s,s:s}", "id", (json_int_t)p->id, "file", p->name, "sha256", sha256, "class",
		      tt_store_class_name(p->cls));
	if (o && p->taken)
		json_object_set_new(o, "taken", json_string(p->taken));
	(void)tt_cli_print_json(o);
}

static int search(const struct tt_cli *cli, struct tt_store *store, int64_t owner, struct tt_err *err)
{
	struct tt_cursor after = { 0 };
	int64_t left = limit;
	bool more = true;
	int rc = 0;

	while (rc == 0 && more && left > 0) {
		struct tt_arena arena = { .max = 16 << 20 };
		struct tt_photo_page page;

		rc = tt_store_search(store, owner, cli->args[0], 0, after,
				     left > TT_PAGE_MAX ? TT_PAGE_MAX : (unsigned)left, &arena, &page, err);
		for (size_t i = 0; rc == 0 && i < page.count; i++)
			print_photo(&page.photos[i], cli->json);
		if (rc == 0) {
			left -= (int64_t)page.count;
			more = page.more;
			after = page.next;
		}
		tt_arena_free(&arena);
	}
	return rc;
}

static int run(struct tt_cli *cli)
{
	struct tt_app *app = NULL;
	struct tt_err err = { 0 };
	int64_t owner = 0;
	int rc = tt_cli_open_library(cli, &app, &owner, &err);

	if (rc == 0)
		rc = search(cli, tt_app_parts(app)->store, owner, &err);
	tt_app_close(app);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "limit",
	  .kind = TT_OPT_NUMBER,
	  .value = "N",
	  .help = "at most so many (100)",
	  .target = &limit,
	  .min = 1,
	  .max = 1000000 },
};

const struct tt_command tt_command_search = {
	.name = "search",
	.run = run,
	.arguments = "QUERY",
	.min_args = 1,
	.max_args = 1,
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON | TT_CMD_USER,
	.summary = "find photos by words: labels, classes, names, cameras, dates",
	.options = options,
	.options_count = TT_LEN(options),
};
