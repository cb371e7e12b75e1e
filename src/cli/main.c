/* main(): finds the row of the subcommand, reads options and settings, runs it. */
#include "cli/command.h"
#include "cli/options.h"

#include "app/app.h"
#include "base/log.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static const struct tt_command *const commands[] = {
	&tt_command_serve, &tt_command_import, &tt_command_inspect, &tt_command_classify,
	&tt_command_faces, &tt_command_eval,   &tt_command_albums,  &tt_command_search,
	&tt_command_user,  &tt_command_doctor, &tt_command_people,  &tt_command_facts,
	&tt_command_learn, &tt_command_class,  &tt_command_model,   &tt_command_train,
};

static const struct tt_command *find(const char *name)
{
	for (size_t i = 0; i < TT_LEN(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void print_summary(FILE *out)
{
	(void)fputs("tintype: a private photo album that sorts itself\n\nusage: tintype COMMAND [OPTIONS] ...\n\n",
		    out);
	for (size_t i = 0; i < TT_LEN(commands); i++)
		(void)fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	(void)fputs("\n'tintype COMMAND --help' says more; 'tintype help settings' lists the settings.\n", out);
}

int tt_cli_fail(const struct tt_cli *cli, int status, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "tintype %s: ", cli->command->name);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	if (status == TT_EXIT_USAGE)
		(void)fprintf(stderr, "try 'tintype %s --help'\n", cli->command->name);
	return status;
}

int tt_cli_print_json(struct json_t *value)
{
	int rc = value ? json_dumpf(value, stdout, JSON_COMPACT | JSON_REAL_PRECISION(10)) : -1;

	json_decref(value);
	return rc < 0 || putchar('\n') == EOF ? -1 : 0;
}

static int help(int argc, char **argv)
{
	const struct tt_command *command;

	if (argc < 1) {
		print_summary(stdout);
		return TT_EXIT_OK;
	}
	if (strcmp(argv[0], "settings") == 0) {
		tt_conf_describe(stdout);
		return TT_EXIT_OK;
	}
	if (strcmp(argv[0], "--man") == 0) {
		tt_manual_print(stdout, commands, TT_LEN(commands));
		return TT_EXIT_OK;
	}
	command = find(argv[0]);
	if (!command) {
		(void)fprintf(stderr, "tintype help: there is no command '%s'\n", argv[0]);
		return TT_EXIT_USAGE;
	}
	tt_command_help(stdout, command);
	return TT_EXIT_OK;
}

static void set_log_level(const struct tt_conf *conf)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };

	for (size_t i = 0; i < TT_LEN(names); i++)
		if (strcmp(conf->log_level, names[i]) == 0)
			tt_log_set_level((enum tt_level)i);
}

static int run(const struct tt_command *command, int argc, char **argv)
{
	struct tt_conf conf;
	struct tt_cli cli = { .command = command, .conf = &conf };
	struct tt_err err = { 0 };
	int status = tt_options_read(&cli, argc, argv, environ, &err);

	if (status == TT_OPTIONS_HELP) {
		tt_command_help(stdout, command);
		return TT_EXIT_OK;
	}
	if (status < 0)
		return tt_cli_fail(&cli, TT_EXIT_USAGE, "%s", err.msg);
	set_log_level(&conf);
	return command->run(&cli);
}

/* A full disk behind standard output must not look like success. */
static int finish(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fprintf(stderr, "tintype: cannot write to standard output: %s\n", strerror(errno));
		return status == TT_EXIT_OK ? TT_EXIT_FAILED : status;
	}
	return status;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct tt_command *command = find(name);

	if (command)
		return finish(run(command, argc - 2, argv + 2));
	if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
		(void)printf("tintype %s\n", TT_VERSION);
		return finish(TT_EXIT_OK);
	}
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return finish(help(argc - 2, argv + 2));
	if (name[0])
		(void)fprintf(stderr, "tintype: there is no command '%s'\n\n", name);
	print_summary(stderr);
	return TT_EXIT_USAGE;
}
