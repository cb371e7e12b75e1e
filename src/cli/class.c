/* tintype class: classes of one's own, what belongs to them, and what was learnt of it. */
#include "cli/command.h"
#include "cli/owner.h"

#include "app/app.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "learn/classes.h"
#include "learn/learn.h"
#include "store/own_classes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool deny, undo, take_away, bring_back, unsure;
static const char *new_name;

struct job {
	struct tt_app *app;
	struct tt_store *store;
	struct tt_arena arena;
	struct tt_learn_opts opts;
	int64_t owner, id;
	const char *model;
};

static double share(int64_t n, int64_t of)
{
	return of > 0 ? (double)n / (double)of : 0;
}

/* ---- what is shown */

static json_t *learnt_json(const struct tt_class_learnt *l)
{
	if (l->yes == 0)
		return json_null();
	return json_pack("{s:I,s:s,s:b,s:I,s:I,s:I,s:f,s:f}", "version", (json_int_t)l->version, "model",
			 l->model_version, "used", l->used, "put_in", (json_int_t)l->yes, "kept_out", (json_int_t)l->no,
			 "others", (json_int_t)l->others, "found", share(l->yes_taken, l->yes), "others_taken",
			 share(l->others_taken, l->others));
}

static int print_json(const struct tt_own_class *c)
{
	return tt_cli_print_json(json_pack("{s:I,s:s,s:b,s:I,s:I,s:I,s:I,s:I,s:o,s:b,s:o}", "id", (json_int_t)c->id,
					   "name", c->name, "removed", c->removed, "count", (json_int_t)c->count,
					   "guessed", (json_int_t)c->guessed, "put_in", (json_int_t)c->yes, "kept_out",
					   (json_int_t)c->no, "judged", (json_int_t)c->judged, "precision",
					   c->judged ? json_real(share(c->judged_right, c->judged)) : json_null(),
					   "fresh", c->fresh, "learnt", learnt_json(&c->learnt)));
}

static int print(const struct tt_cli *cli, const struct job *j, const struct tt_own_class *c)
{
	const struct tt_class_learnt *l = &c->learnt;

	if (cli->json)
		return print_json(c);
	(void)printf("%-30s %6lld photos: %lld put in, %lld found; %lld kept out%s\n", c->name, (long long)c->count,
		     (long long)c->yes, (long long)c->guessed, (long long)c->no, c->removed ? "; removed" : "");
	if (c->yes < j->opts.class_examples)
		(void)printf("  %lld more examples are needed before it finds others\n",
			     (long long)(j->opts.class_examples - c->yes));
	else if (l->yes > 0)
		(void)printf(
			"  u%lld: of the left-out examples it finds %.0f %%, of the other photos it takes %.1f %%%s\n",
			(long long)l->version, 100 * share(l->yes_taken, l->yes),
			100 * share(l->others_taken, l->others), l->used ? "" : ": not good enough to be used");
	if (c->judged > 0)
		(void)printf("  precision: %.0f %% of %lld photos it had found, by what you said of them\n",
			     100 * share(c->judged_right, c->judged), (long long)c->judged);
	return 0;
}

static int list(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	int rc = 0;

	for (int removed = 0; rc == 0 && removed < 2; removed++) {
		struct tt_own_class *all;
		size_t n = 0;

		rc = tt_store_own_classes(j->store, j->owner, removed, &j->arena, &all, &n, err);
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = print(cli, j, &all[i]);
	}
	return rc;
}

static int show(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	struct tt_own_class c;
	int rc = tt_store_own_class(j->store, j->owner, j->id, &j->arena, &c, err);

	return rc < 0 ? rc : print(cli, j, &c);
}

static int show_unsure(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	struct tt_photo_page page;
	int rc = tt_store_class_unsure(j->store, j->owner, j->id, 50, &j->arena, &page, err);

	for (size_t i = 0; rc == 0 && i < page.count; i++) {
		if (cli->json)
			(void)tt_cli_print_json(json_pack("{s:I,s:s}", "id", (json_int_t)page.photos[i].id, "file",
							  page.photos[i].name));
		else
			(void)printf("%8lld %s\n", (long long)page.photos[i].id, page.photos[i].name);
	}
	return rc;
}

/* ---- what is said */

/* A number is the id of a photo, all else a file whose content is in the library. */
static int photo_of(struct job *j, const char *arg, int64_t *photo, struct tt_err *err)
{
	struct tt_known_photo known;
	uint8_t sha256[TT_SHA256_SIZE];
	int64_t size;
	int fd, rc;

	if (tt_str_i64(tt_str_of(arg), 1, INT64_MAX, photo)) {
		struct tt_photo p;

		return tt_store_photo(j->store, j->owner, *photo, &j->arena, &p, err);
	}
	fd = open(arg, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return tt_err_set(err, TT_EIO, "cannot open %s: %s", arg, strerror(errno));
	rc = tt_sha256_fd(fd, sha256, &size, err);
	(void)close(fd);
	if (rc == 0)
		rc = tt_store_photo_known(j->store, j->owner, sha256, &known, err);
	if (rc == 0 && known.known != TT_KNOWN_DUPLICATE)
		rc = tt_err_set(err, TT_ENOTFOUND, "%s is not in the library; import it first", arg);
	if (rc == 0)
		*photo = known.id;
	return rc;
}

/* The class is made where there is none of the name: all photos are looked up before. */
static int say(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	size_t n = (size_t)cli->args_count - 1, said;
	int64_t *photos = tt_arena_alloc(&j->arena, n * sizeof *photos);
	int64_t *facts = tt_arena_alloc(&j->arena, n * sizeof *facts);
	int rc = photos && facts ? 0 : tt_err_set(err, TT_ENOMEM, "out of memory");

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = photo_of(j, cli->args[i + 1], &photos[i], err);
	if (rc == 0 && !j->id)
		rc = tt_store_own_class_add(j->store, j->owner, cli->args[0], j->opts.classes, tt_now_ms(), &j->id,
					    err);
	return rc < 0 ? rc
		      : tt_store_class_say(j->store, j->owner, j->id, photos, n, !deny, tt_now_ms(), facts, &said, err);
}

/* The newest fact of the class that holds. */
static int take_back(struct job *j, struct tt_err *err)
{
	int64_t before = 0, changed;
	bool more = true;

	while (more) {
		struct tt_class_fact *facts;
		size_t n;
		int rc = tt_store_class_facts(j->store, j->owner, j->id, before, TT_PAGE_MAX, &j->arena, &facts, &n,
					      &more, err);

		if (rc < 0)
			return rc;
		for (size_t i = 0; i < n; i++) {
			before = facts[i].id;
			if (!facts[i].undone_at)
				return tt_store_class_undo(j->store, j->owner, &before, 1, tt_now_ms(), &changed, err);
		}
	}
	return tt_err_set(err, TT_ENOTFOUND, "there is nothing to undo");
}

static int change(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	int rc = 0;

	if (new_name)
		rc = tt_store_own_class_rename(j->store, j->owner, j->id, new_name, err);
	if (rc == 0 && (take_away || bring_back))
		rc = tt_store_own_class_remove(j->store, j->owner, j->id, take_away ? tt_now_ms() : 0, err);
	if (rc == 0 && undo)
		rc = take_back(j, err);
	if (rc == 0 && cli->args_count > 1)
		rc = say(cli, j, err);
	return rc;
}

/* At once, and a server that runs hears of it. */
static int learn(struct job *j, struct tt_err *err)
{
	int64_t learnt, looked;
	int rc = tt_store_learn_model(j->store, j->owner, &j->arena, &j->model, err);

	if (rc == TT_ENOTFOUND)
		return 0; /* nothing was looked at yet */
	if (rc == 0)
		rc = tt_classes_fit(j->store, j->owner, j->model, &j->opts, NULL, NULL, &learnt, err);
	if (rc == 0)
		rc = tt_classes_apply(j->store, j->owner, j->model, NULL, NULL, &looked, err);
	tt_app_wake_other(j->app);
	return rc;
}

static int about_one(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	bool changes = new_name || take_away || bring_back || undo || cli->args_count > 1;
	int rc = tt_store_own_class_named(j->store, j->owner, cli->args[0], &j->id, err);

	if (rc == TT_ENOTFOUND && cli->args_count > 1) /* to be made */
		rc = 0;
	if (rc == 0 && changes)
		rc = change(cli, j, err);
	if (rc == 0 && changes)
		rc = learn(j, err);
	return rc < 0 ? rc : unsure ? show_unsure(cli, j, err) : show(cli, j, err);
}

static int run(struct tt_cli *cli)
{
	bool options = deny || undo || take_away || bring_back || unsure || new_name;
	struct job j = { .arena = { .max = 64 << 20 } };
	struct tt_err err = { 0 };
	int rc;

	if (options && cli->args_count == 0)
		return tt_cli_fail(cli, TT_EXIT_USAGE, "say which class");
	if (deny && cli->args_count < 2)
		return tt_cli_fail(cli, TT_EXIT_USAGE, "say which photos do not belong to the class");
	if (cli->args_count > 0 && (!*cli->args[0] || strlen(cli->args[0]) > TT_OWN_CLASS_NAME_MAX))
		return tt_cli_fail(cli, TT_EXIT_USAGE, "a name has 1 to %d bytes", TT_OWN_CLASS_NAME_MAX);
	if (new_name && (!*new_name || strlen(new_name) > TT_OWN_CLASS_NAME_MAX))
		return tt_cli_fail(cli, TT_EXIT_USAGE, "a name has 1 to %d bytes", TT_OWN_CLASS_NAME_MAX);
	tt_app_learn_opts(cli->conf, &j.opts);
	rc = tt_cli_open_library(cli, &j.app, &j.owner, &err);
	if (rc == 0) {
		j.store = tt_app_parts(j.app)->store;
		rc = (cli->args_count > 0 ? about_one : list)(cli, &j, &err);
	}
	tt_app_close(j.app);
	tt_arena_free(&j.arena);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "not", .kind = TT_OPT_FLAG, .help = "these photos do not belong to the class", .target = &deny },
	{ .name = "undo", .kind = TT_OPT_FLAG, .help = "take back what was said last of the class", .target = &undo },
	{ .name = "unsure",
	  .kind = TT_OPT_FLAG,
	  .help = "list photos that may or may not belong: to say so of these teaches most",
	  .target = &unsure },
	{ .name = "rename", .kind = TT_OPT_TEXT, .value = "NAME", .help = "another name", .target = &new_name },
	{ .name = "remove",
	  .kind = TT_OPT_FLAG,
	  .help = "remove the class; photos and all that was said stay",
	  .target = &take_away },
	{ .name = "restore", .kind = TT_OPT_FLAG, .help = "bring a removed class back", .target = &bring_back },
};

const struct tt_command tt_command_class = {
	.name = "class",
	.run = run,
	.arguments = "[NAME [PHOTO...]]",
	.max_args = -1,
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON | TT_CMD_USER,
	.summary = "classes of your own, learnt from a few examples",
	.details =
		"Without NAME all are listed. With photos, each a file that was imported or an id, these are put into\n"
		"the class, which is made if there is none of the name; from learn.class_examples on it finds others\n"
		"like them, among those that come later too. Left-out examples say how well.",
	.options = options,
	.options_count = TT_LEN(options),
};
