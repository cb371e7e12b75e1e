/* tintype user: add, passwd, list. */
#include "cli/command.h"

#include "accounts/accounts.h"
#include "app/app.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static bool from_stdin, owner;

/* ---- passwords */

/* One line without its end; false at the end of input or when it is too long. */
static bool read_line(char *out, size_t size)
{
	size_t n;

	if (!fgets(out, (int)size, stdin))
		return false;
	n = strlen(out);
	if (n == 0 || out[n - 1] != '\n')
		return n > 0 && feof(stdin);
	out[n - 1] = 0;
	return true;
}

static bool ask(const char *prompt, char *out, size_t size)
{
	struct termios old, quiet;
	bool terminal = tcgetattr(STDIN_FILENO, &old) == 0, ok;

	/* Quiet first: what is typed once the prompt is seen must be neither shown nor thrown away. */
	if (terminal) {
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	(void)fputs(prompt, stderr);
	ok = read_line(out, size);
	if (terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		(void)fputc('\n', stderr);
	}
	return ok;
}

static int get_password(char out[TT_PASSWORD_MAX + 2], struct tt_err *err)
{
	char again[TT_PASSWORD_MAX + 2] = "";
	int rc;

	if (from_stdin)
		return read_line(out, TT_PASSWORD_MAX + 2)
			       ? 0
			       : tt_err_set(err, TT_EINVALID, "no password on standard input");
	if (!isatty(STDIN_FILENO))
		return tt_err_set(err, TT_EINVALID, "no terminal to ask for the password; use --password-stdin");
	if (!ask("password: ", out, TT_PASSWORD_MAX + 2) || !ask("once more: ", again, sizeof again))
		return tt_err_set(err, TT_EINVALID, "no password given");
	rc = strcmp(out, again) == 0 ? 0 : tt_err_set(err, TT_EINVALID, "the two are not the same");
	explicit_bzero(again, sizeof again);
	return rc;
}

/* ---- the three */

static int add(struct tt_accounts *a, const char *name, struct tt_err *err)
{
	char password[TT_PASSWORD_MAX + 2];
	struct tt_account user;
	bool first;
	int rc = get_password(password, err);

	if (rc == 0)
		rc = tt_accounts_needs_owner(a, &first, err);
	if (rc < 0)
		return rc;
	if (first)
		rc = tt_accounts_set_up(a, tt_str_of(name), tt_str_of(password), tt_now_ms(), &user, err);
	else
		rc = tt_accounts_add(a, tt_str_of(name), tt_str_of(password), owner ? TT_ROLE_OWNER : TT_ROLE_MEMBER,
				     tt_now_ms(), &user, err);
	explicit_bzero(password, sizeof password);
	if (rc == 0)
		(void)fprintf(stderr, "%s is %s of this library now\n", user.name, tt_role_name(user.role));
	return rc;
}

static int passwd(struct tt_accounts *a, const char *name, struct tt_err *err)
{
	char password[TT_PASSWORD_MAX + 2];
	struct tt_account user;
	int rc = tt_accounts_find(a, tt_str_of(name), &user, err);

	if (rc == 0)
		rc = get_password(password, err);
	if (rc == 0)
		rc = tt_accounts_passwd(a, user.id, tt_str_of(password), err);
	explicit_bzero(password, sizeof password);
	return rc;
}

static int list(struct tt_accounts *a, bool json, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_account *users = NULL;
	json_t *rows = json_array();
	size_t n = 0;
	int rc = tt_accounts_list(a, &users, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		json_array_append_new(rows, json_pack("{s:I,s:s,s:s}", "id", (json_int_t)users[i].id, "name",
						      users[i].name, "role", tt_role_name(users[i].role)));
		if (!json)
			(void)printf("%-32s %s\n", users[i].name, tt_role_name(users[i].role));
	}
	if (rc == 0 && json)
		return tt_cli_print_json(rows);
	json_decref(rows);
	return rc;
}

static int run(struct tt_cli *cli)
{
	const char *what = cli->args[0], *name = cli->args_count > 1 ? cli->args[1] : NULL;
	bool adds = strcmp(what, "add") == 0, changes = strcmp(what, "passwd") == 0, lists = strcmp(what, "list") == 0;
	struct tt_app *app = NULL;
	struct tt_err err = { 0 };
	int rc;

	if (!adds && !changes && !lists)
		return tt_cli_fail(cli, TT_EXIT_USAGE, "'%s' is none of add, passwd, list", what);
	if (lists == (name != NULL))
		return tt_cli_fail(cli, TT_EXIT_USAGE, lists ? "list takes no name" : "NAME is missing");
	rc = tt_app_open(&app, cli->library, cli->conf, TT_APP_LOOK, &err);
	if (rc == 0 && adds)
		rc = add(tt_app_parts(app)->accounts, name, &err);
	else if (rc == 0 && changes)
		rc = passwd(tt_app_parts(app)->accounts, name, &err);
	else if (rc == 0)
		rc = list(tt_app_parts(app)->accounts, cli->json, &err);
	tt_app_close(app);
	return rc < 0 ? tt_cli_fail(cli, TT_EXIT_FAILED, "%s", err.msg) : TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "password-stdin",
	  .kind = TT_OPT_FLAG,
	  .help = "the password is the first line of standard input",
	  .target = &from_stdin },
	{ .name = "owner",
	  .kind = TT_OPT_FLAG,
	  .help = "add: may manage users (the first user always may)",
	  .target = &owner },
};

const struct tt_command tt_command_user = {
	.name = "user",
	.run = run,
	.arguments = "add NAME | passwd NAME | list",
	.min_args = 1,
	.max_args = 2,
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON,
	.summary = "add users, set passwords, list who there is",
	.options = options,
	.options_count = TT_LEN(options),
};
