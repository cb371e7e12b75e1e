#include "test.h"

#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool flag;
static const char *text;
static int64_t number;

static int run(struct tt_cli *cli)
{
	(void)cli;
	return TT_EXIT_OK;
}

static const struct tt_option options[] = {
	{ .name = "flag", .kind = TT_OPT_FLAG, .help = "a flag", .target = &flag },
	{ .name = "text", .kind = TT_OPT_TEXT, .value = "T", .help = "a text", .target = &text },
	{ .name = "number",
	  .kind = TT_OPT_NUMBER,
	  .value = "N",
	  .help = "a number",
	  .target = &number,
	  .min = 1,
	  .max = 9 },
	{ .name = "workers", .kind = TT_OPT_CONF, .value = "N", .help = "a setting", .conf = "workers" },
};

static const struct tt_command command = {
	.name = "try",
	.run = run,
	.arguments = "FILE...",
	.min_args = 1,
	.max_args = 2,
	.flags = TT_CMD_LIBRARY | TT_CMD_JSON | TT_CMD_USER,
	.summary = "tries",
	.details = ".begins with a dot",
	.options = options,
	.options_count = TT_LEN(options),
};

static char *no_environment[] = { NULL };

/* Words of a command line, separated by single spaces. */
static int read_words(const char *words, struct tt_cli *cli, struct tt_err *err)
{
	static char copy[256];
	static char *argv[16];
	struct tt_str rest = tt_str_of(words), word;
	char *at = copy;
	int argc = 0;

	flag = false;
	text = NULL;
	number = 0;
	while (tt_str_split(&rest, ' ', &word) && argc < 16) {
		argv[argc++] = at;
		memcpy(at, word.p, word.len);
		at[word.len] = 0;
		at += word.len + 1;
	}
	cli->command = &command;
	return tt_options_read(cli, argc, argv, no_environment, err);
}

static void lines(void **state)
{
	static const struct {
		const char *words;
		int rc;
		const char *says;
	} rows[] = {
		{ "--library L f", 0, NULL },
		{ "--library=L f g", 0, NULL },
		{ "f --library L --json --flag", 0, NULL },
		{ "f", TT_EINVALID, "--library" },
		{ "--library L", TT_EINVALID, "FILE... is missing" },
		{ "--library L f g h", TT_EINVALID, "'h' is too much" },
		{ "--library", TT_EINVALID, "needs a value" },
		{ "--library L --nothing f", TT_EINVALID, "--nothing" },
		{ "--library L --number 0 f", TT_EINVALID, "from 1 to 9" },
		{ "--library L --flag=1 f", TT_EINVALID, "takes no value" },
		{ "--library L --workers 65 f", TT_EINVALID, "--workers: workers = 65" },
		{ "--library L --set jobs.tries=0 f", TT_EINVALID, "jobs.tries" },
		{ "--help", TT_OPTIONS_HELP, NULL },
		{ "-h", TT_OPTIONS_HELP, NULL },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_conf conf;
		struct tt_cli cli = { .conf = &conf };
		struct tt_err err = { 0 };

		CHECK_ROW(read_words(rows[i].words, &cli, &err) == rows[i].rc, rows[i].words);
		CHECK_ROW(!rows[i].says || strstr(err.msg, rows[i].says), rows[i].words);
	}
}

static void values_arrive(void **state)
{
	struct tt_conf conf;
	struct tt_cli cli = { .conf = &conf };
	struct tt_err err = { 0 };

	(void)state;
	CHECK(read_words("--flag --text=a=b --number 7 --workers 3 --user ann --library L --set jobs.tries=5 -- --odd",
			 &cli, &err) == 0);
	CHECK(flag && number == 7 && conf.workers == 3 && conf.jobs.tries == 5);
	assert_string_equal(text, "a=b");
	assert_string_equal(cli.library, "L");
	assert_string_equal(cli.user, "ann");
	CHECK(cli.args_count == 1 && !cli.json);
	assert_string_equal(cli.args[0], "--odd");
}

static void help_and_manual_name_every_option(void **state)
{
	static const struct tt_command *const commands[] = { &command };
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	(void)state;
	tt_command_help(f, &command);
	tt_manual_print(f, commands, 1);
	(void)fclose(f);
	CHECK(strstr(out, "--number N") && strstr(out, "--library DIR") && strstr(out, "--json"));
	CHECK(strstr(out, ".B \\-\\-number N") && strstr(out, "\n\\&.begins with a dot"));
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines), cmocka_unit_test(values_arrive),
					    cmocka_unit_test(help_and_manual_name_every_option) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
