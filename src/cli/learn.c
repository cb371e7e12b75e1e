/* tintype learn: learn from the corrections of one user now, say what was learnt, or go back to the shipped model. */
#include "cli/command.h"
#include "cli/owner.h"

#include "app/app.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "learn/learn.h"
#include "store/learn.h"

#include <stdio.h>

static bool undo, status;

struct job {
	struct tt_app *app;
	struct tt_store *store;
	struct tt_arena arena;
	int64_t owner;
	const char *model;
	int64_t made; /* guesses */
	double seconds;
};

static const char *const outcomes[] = {
	[TT_LEARN_TOO_FEW] = "too_few",
	[TT_LEARN_NOT_BETTER] = "not_better",
	[TT_LEARN_BETTER] = "better",
};

static double share(int64_t n, int64_t of)
{
	return of > 0 ? (double)n / (double)of : 0;
}

static json_t *learnt_json(const struct tt_learnt *h)
{
	return json_pack("{s:I,s:s,s:I,s:I,s:f,s:f,s:b}", "version", (json_int_t)h->version, "model", h->model_version,
			 "made_at", (json_int_t)h->made_at, "corrections", (json_int_t)h->corrections,
			 "accuracy_before", share(h->right_before, h->corrections), "accuracy_after",
			 share(h->right_after, h->corrections), "active", h->active);
}

static int show_status(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	struct tt_learn_counts n;
	struct tt_learnt *heads;
	size_t count;
	json_t *history;
	int rc = tt_store_learn_counts(j->store, j->owner, j->model, &n, err);

	if (rc == 0)
		rc = tt_store_heads(j->store, j->owner, &j->arena, &heads, &count, err);
	if (rc < 0)
		return rc;
	if (!cli->json) {
		(void)printf("%lld corrections, %lld of them new\n", (long long)n.corrections, (long long)n.fresh);
		for (size_t i = 0; i < count; i++)
			(void)printf("%c u%-4lld from %lld corrections: %.1f %% of them right before, %.1f %% after\n",
				     heads[i].active ? '*' : ' ', (long long)heads[i].version,
				     (long long)heads[i].corrections,
				     100 * share(heads[i].right_before, heads[i].corrections),
				     100 * share(heads[i].right_after, heads[i].corrections));
		return 0;
	}
	history = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(history, learnt_json(&heads[i]));
	return tt_cli_print_json(json_pack("{s:I,s:I,s:s,s:o}", "corrections", (json_int_t)n.corrections, "fresh",
					   (json_int_t)n.fresh, "model", j->model, "history", history));
}

/* The guesses follow, and a server that runs hears of it. */
static int make_guesses(struct job *j, int64_t started_ns, struct tt_err *err)
{
	int rc = tt_learn_apply(j->store, j->owner, j->model, NULL, NULL, &j->made, err);

	j->seconds = (double)(tt_mono_ns() - started_ns) / 1e9;
	tt_app_wake_other(j->app);
	return rc;
}

static int go_back(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	int64_t changed;
	int rc = tt_store_head_undo(j->store, j->owner, &changed, err);

	if (rc == 0)
		rc = make_guesses(j, tt_mono_ns(), err);
	if (rc < 0)
		return rc;
	if (cli->json)
		return tt_cli_print_json(json_pack("{s:b,s:I}", "undone", changed > 0, "photos", (json_int_t)j->made));
	(void)printf(changed > 0 ? "back to the shipped model; %lld photos were guessed again\n"
				 : "the shipped model is in use already; %lld photos were guessed again\n",
		     (long long)j->made);
	return 0;
}

static int learn(struct tt_cli *cli, struct job *j, struct tt_err *err)
{
	int64_t started = tt_mono_ns();
	struct tt_learn_report r;
	struct tt_learn_opts opts;
	int rc;

	tt_app_learn_opts(cli->conf, &opts);
	rc = tt_learn_fit(j->store, j->owner, j->model, &opts, &r, err);
	if (rc == 0)
		rc = make_guesses(j, started, err);
	if (rc < 0)
		return rc;
	if (cli->json)
		return tt_cli_print_json(json_pack("{s:s,s:I,s:I,s:I,s:f,s:f,s:I,s:f}", "outcome", outcomes[r.outcome],
						   "version", (json_int_t)r.version, "corrections",
						   (json_int_t)r.corrections, "rehearsed", (json_int_t)r.rehearsed,
						   "accuracy_before", share(r.right_before, r.corrections),
						   "accuracy_after", share(r.right_after, r.corrections), "photos",
						   (json_int_t)j->made, "seconds", j->seconds));
	if (r.outcome == TT_LEARN_TOO_FEW) {
		(void)printf("%lld corrections are too few to learn from; %u are needed\n", (long long)r.corrections,
			     opts.min_corrections);
		return 0;
	}
	(void)printf("%lld corrections: %.1f %% of them right before, %.1f %% after (each left out while it was "
		     "judged)\n%s; %lld photos guessed again in %.1f s\n",
		     (long long)r.corrections, 100 * share(r.right_before, r.corrections),
		     100 * share(r.right_after, r.corrections),
		     r.outcome == TT_LEARN_BETTER ? "in use from now on" : "not better, so nothing changes",
		     (long long)j->made, j->seconds);
	return 0;
}

static int run(struct tt_cli *cli)
{
	struct job j = { .arena = { .max = 16 << 20 } };
	struct tt_err err = { 0 };
	int rc;

	if (undo && status)
		return tt_cli_fail(cli, TT_EXIT_USAGE, "--undo or --status, not both");
	rc = tt_cli_open_library(cli, &j.app, &j.owner, &err);
	if (rc == 0) {
		j.store = tt_app_parts(j.app)->store;
		rc = tt_store_learn_model(j.store, j.owner, &j.arena, &j.model, &err);
	}
	if (rc == 0)
		rc = (undo ? go_back : status ? show_status : learn)(cli, &j, &err);
	tt_app_close(j.app);
	tt_arena_free(&j.arena);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "undo",
	  .kind = TT_OPT_FLAG,
	  .help = "go back to the shipped model; corrections stay",
	  .target = &undo },
	{ .name = "status", .kind = TT_OPT_FLAG, .help = "only say what was learnt so far", .target = &status },
};

const struct tt_command tt_command_learn = {
	.name = "learn",
	.run = run,
	.arguments = "",
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON | TT_CMD_USER,
	.summary = "learn from your corrections now, or undo it",
	.details = "A running server does this by itself after some corrections (settings learn.*). What was learnt\n"
		   "comes into use only when left-out corrections are right more often than before.",
	.options = options,
	.options_count = TT_LEN(options),
};
