/* The command line: one row for each subcommand, one option table for each, from which parsing, --help and the manual
 * page come. Data goes to standard output, all else to standard error. Exit status: 0 done, 1 some input failed,
 * 2 wrong usage. */
#ifndef TT_CLI_COMMAND_H
#define TT_CLI_COMMAND_H

#include "base/err.h"
#include "base/str.h"
#include "conf/conf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tt_exit { TT_EXIT_OK = 0, TT_EXIT_FAILED = 1, TT_EXIT_USAGE = 2 };

enum tt_option_kind {
	TT_OPT_FLAG,   /* *(bool *)target = true */
	TT_OPT_TEXT,   /* *(const char **)target */
	TT_OPT_NUMBER, /* *(int64_t *)target, within min and max */
	TT_OPT_CONF,   /* a setting: value goes to conf key `conf` */
};

struct tt_option {
	const char *name; /* "json" for --json */
	enum tt_option_kind kind;
	const char *value; /* what stands for the value in the help, "DIR"; NULL for flags */
	const char *help;
	void *target; /* static variable of the command's file */
	int64_t min, max;
	const char *conf; /* TT_OPT_CONF */
};

/* What a command is run with. */
struct tt_cli {
	const struct tt_command *command;
	const char *library;  /* --library DIR, or TINTYPE_LIBRARY; NULL: not given */
	const char *user;     /* --user NAME; NULL: the owner */
	bool json;            /* --json */
	struct tt_conf *conf; /* all sources applied */
	char **args;          /* what is left after the options */
	int args_count;
};

enum tt_command_flags {
	TT_CMD_LIBRARY = 1 << 0,     /* --library must be given; its tintype.conf is read */
	TT_CMD_JSON = 1 << 1,        /* knows --json */
	TT_CMD_USER = 1 << 2,        /* is about one user's photos: --user */
	TT_CMD_MAY_LIBRARY = 1 << 3, /* --library may be given, and is then read like that */
};

struct tt_command {
	const char *name;
	int (*run)(struct tt_cli *cli); /* returns an enum tt_exit */
	const char *arguments;          /* "FILE..." */
	int min_args, max_args;         /* max -1: any number */
	unsigned flags;
	const char *summary;             /* one line */
	const char *details;             /* further text of the help, may be NULL */
	const struct tt_option *options; /* beside --library, --json, --set, --config, --help; may be NULL */
	size_t options_count;
};

/* Each in a file of its own: src/cli/NAME.c. */
extern const struct tt_command tt_command_albums, tt_command_class, tt_command_classify, tt_command_doctor,
	tt_command_eval, tt_command_facts, tt_command_people, tt_command_faces, tt_command_import, tt_command_inspect,
	tt_command_learn, tt_command_model, tt_command_search, tt_command_serve, tt_command_train, tt_command_user;

/* "tintype NAME: message" on standard error; returns `status`. */
int tt_cli_fail(const struct tt_cli *cli, int status, const char *fmt, ...) TT_PRINTF(3, 4);
/* One JSON value as a line on standard output; takes the reference. */
struct json_t;
int tt_cli_print_json(struct json_t *value);

#endif
