/* tintype serve: the album's server. */
#include "cli/command.h"

#include "app/app.h"

static bool no_http;

static int run(struct tt_cli *cli)
{
	struct tt_app *app = NULL;
	struct tt_err err = { 0 };
	int rc;

	tt_app_hold_signals();
	rc = tt_app_open(&app, cli->library, cli->conf, TT_APP_WORK, &err);
	if (rc == 0)
		rc = tt_app_serve(app, cli->conf, no_http, &err);
	tt_app_close(app);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "listen",
	  .kind = TT_OPT_CONF,
	  .value = "HOST:PORT",
	  .conf = "listen",
	  .help = "where to answer (127.0.0.1:2342)" },
	{ .name = "workers",
	  .kind = TT_OPT_CONF,
	  .value = "N",
	  .conf = "workers",
	  .help = "decoding processes (one for each core)" },
	{ .name = "no-http", .kind = TT_OPT_FLAG, .help = "work jobs off only", .target = &no_http },
};

const struct tt_command tt_command_serve = {
	.name = "serve",
	.run = run,
	.arguments = "",
	.flags = TT_CMD_LIBRARY,
	.summary = "serve the album to browsers, and sort what comes in",
	.options = options,
	.options_count = TT_LEN(options),
};
