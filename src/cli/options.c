#include "cli/options.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* What every command knows, beside its own. */
struct common {
	const char *library, *config, *user;
	bool json, help;
	const char *set[64];
	unsigned sets;
};

static const struct tt_option help_option = { "help", TT_OPT_FLAG, NULL, "this text", NULL, 0, 0, NULL };
static const struct tt_option set_option = { "set", TT_OPT_TEXT, "KEY=VALUE", "a setting ('tintype help settings')",
					     NULL,  0,           0,           NULL };
static const struct tt_option config_option = { "config", TT_OPT_TEXT, "FILE", "settings from this file",
						NULL,     0,           0,      NULL };
static const struct tt_option library_option = {
	"library", TT_OPT_TEXT, "DIR", "the library's folder (or TINTYPE_LIBRARY)", NULL, 0, 0, NULL
};
static const struct tt_option user_option = { "user", TT_OPT_TEXT, "NAME", "whose photos (the owner's)",
					      NULL,   0,           0,      NULL };
static const struct tt_option json_option = { "json", TT_OPT_FLAG, NULL, "answer in JSON", NULL, 0, 0, NULL };

/* The options of a command one after the other; NULL at the end. */
static const struct tt_option *option_at(const struct tt_command *c, size_t i)
{
	const struct tt_option *common[6];
	size_t n = 0;

	if (i < c->options_count)
		return &c->options[i];
	if (c->flags & (TT_CMD_LIBRARY | TT_CMD_MAY_LIBRARY))
		common[n++] = &library_option;
	if (c->flags & TT_CMD_USER)
		common[n++] = &user_option;
	if (c->flags & TT_CMD_JSON)
		common[n++] = &json_option;
	common[n++] = &config_option;
	common[n++] = &set_option;
	common[n++] = &help_option;
	return i - c->options_count < n ? common[i - c->options_count] : NULL;
}

static const struct tt_option *find_option(const struct tt_command *c, struct tt_str name)
{
	const struct tt_option *o;

	for (size_t i = 0; (o = option_at(c, i)); i++)
		if (tt_str_is(name, o->name))
			return o;
	return NULL;
}

static int apply_common(struct common *c, const struct tt_option *o, const char *value, struct tt_err *err)
{
	if (o == &help_option)
		c->help = true;
	else if (o == &json_option)
		c->json = true;
	else if (o == &library_option)
		c->library = value;
	else if (o == &user_option)
		c->user = value;
	else if (o == &config_option)
		c->config = value;
	else if (c->sets < TT_LEN(c->set))
		c->set[c->sets++] = value;
	else
		return tt_err_set(err, TT_EINVALID, "more than %zu --set", TT_LEN(c->set));
	return 0;
}

static int apply(struct common *c, const struct tt_option *o, const char *value, struct tt_err *err)
{
	int64_t number;

	if (!o->target && o->kind != TT_OPT_CONF)
		return apply_common(c, o, value, err);
	switch (o->kind) {
	case TT_OPT_FLAG:
		*(bool *)o->target = true;
		return 0;
	case TT_OPT_TEXT:
		*(const char **)o->target = value;
		return 0;
	case TT_OPT_NUMBER:
		if (!tt_str_i64(tt_str_of(value), o->min, o->max, &number))
			return tt_err_set(err, TT_EINVALID, "--%s %.40s: must be a whole number from %lld to %lld",
					  o->name, value, (long long)o->min, (long long)o->max);
		*(int64_t *)o->target = number;
		return 0;
	case TT_OPT_CONF:
		break;
	}
	return 0;
}

/* Settings that have an option of their own are applied after all other sources. */
struct conf_flag {
	const struct tt_option *option;
	const char *value;
};

struct reading {
	struct tt_cli *cli;
	struct common common;
	struct conf_flag flags[16];
	unsigned flags_count;
};

static int read_option(struct reading *r, int argc, char **argv, int *at, struct tt_err *err)
{
	struct tt_str text = tt_str_of(argv[*at] + 2), name;
	bool has_value = strchr(argv[*at], '=') != NULL;
	const struct tt_option *o;
	const char *value = NULL;

	(void)tt_str_split(&text, '=', &name);
	o = find_option(r->cli->command, name);
	if (!o)
		return tt_err_set(err, TT_EINVALID, "there is no option '--%.*s'", (int)name.len, name.p);
	if (o->kind == TT_OPT_FLAG && has_value)
		return tt_err_set(err, TT_EINVALID, "--%s takes no value", o->name);
	if (o->kind != TT_OPT_FLAG) {
		value = has_value ? text.p : ++*at < argc ? argv[*at] : NULL;
		if (!value)
			return tt_err_set(err, TT_EINVALID, "--%s needs a value: %s", o->name, o->value);
	}
	if (o->kind == TT_OPT_CONF && r->flags_count < TT_LEN(r->flags)) {
		r->flags[r->flags_count++] = (struct conf_flag){ o, value };
		return 0;
	}
	return apply(&r->common, o, value, err);
}

static int read_settings(struct reading *r, char *const *environment, struct tt_err *err)
{
	struct tt_conf *conf = r->cli->conf;
	char path[PATH_MAX];
	int rc = 0;

	tt_conf_defaults(conf);
	if (r->common.config) {
		rc = tt_conf_file(conf, r->common.config, err);
	} else if (r->cli->library) {
		(void)snprintf(path, sizeof path, "%s/tintype.conf", r->cli->library);
		rc = tt_conf_file(conf, path, err);
		rc = rc == TT_ENOTFOUND ? 0 : rc;
	}
	if (rc == 0)
		rc = tt_conf_environment(conf, environment, err);
	for (unsigned i = 0; rc == 0 && i < r->common.sets; i++)
		rc = tt_conf_flag(conf, r->common.set[i], err);
	for (unsigned i = 0; rc == 0 && i < r->flags_count; i++) {
		char where[40];

		(void)snprintf(where, sizeof where, "--%s", r->flags[i].option->name);
		rc = tt_conf_set(conf, tt_str_of(r->flags[i].option->conf), tt_str_of(r->flags[i].value), where, err);
	}
	return rc;
}

static int check(const struct reading *r, struct tt_err *err)
{
	const struct tt_command *c = r->cli->command;
	int n = r->cli->args_count;

	if ((c->flags & TT_CMD_LIBRARY) && !r->cli->library)
		return tt_err_set(err, TT_EINVALID, "--library DIR is missing");
	if (n < c->min_args)
		return tt_err_set(err, TT_EINVALID, "%s is missing", c->arguments);
	if (c->max_args >= 0 && n > c->max_args)
		return tt_err_set(err, TT_EINVALID, "'%.80s' is too much", r->cli->args[c->max_args]);
	return 0;
}

int tt_options_read(struct tt_cli *cli, int argc, char **argv, char *const *environment, struct tt_err *err)
{
	struct reading r = { .cli = cli };
	bool ended = false;
	int rc;

	cli->args = argv; /* moved up in place: what is left is never more than what was read */
	cli->args_count = 0;
	for (int i = 0; i < argc; i++) {
		if (!ended && strcmp(argv[i], "--") == 0)
			ended = true;
		else if (!ended && strcmp(argv[i], "-h") == 0)
			return TT_OPTIONS_HELP;
		else if (ended || strncmp(argv[i], "--", 2) != 0)
			cli->args[cli->args_count++] = argv[i];
		else if (read_option(&r, argc, argv, &i, err) < 0)
			return err->code;
	}
	if (r.common.help)
		return TT_OPTIONS_HELP;
	cli->json = r.common.json;
	cli->user = r.common.user;
	cli->library = r.common.library ? r.common.library : getenv("TINTYPE_LIBRARY");
	if (!(cli->command->flags & (TT_CMD_LIBRARY | TT_CMD_MAY_LIBRARY)))
		cli->library = NULL;
	rc = read_settings(&r, environment, err);
	return rc < 0 ? rc : check(&r, err);
}

enum { HELP_COLUMNS = 80 };

/* In lines of HELP_COLUMNS at most, broken between words; the text's own line ends count as spaces. */
static void print_wrapped(FILE *out, const char *text, int indent)
{
	int column = HELP_COLUMNS;

	for (const char *word = text + strspn(text, " \n"); *word;) {
		int n = (int)strcspn(word, " \n");

		if (column + 1 + n > HELP_COLUMNS) {
			if (word != text)
				(void)fputc('\n', out);
			column = indent;
			(void)fprintf(out, "%*s", indent, "");
		} else {
			(void)fputc(' ', out);
			column++;
		}
		(void)fprintf(out, "%.*s", n, word);
		column += n;
		word += n;
		word += strspn(word, " \n");
	}
	(void)fputc('\n', out);
}

void tt_command_help(FILE *out, const struct tt_command *c)
{
	const struct tt_option *o;

	(void)fprintf(out, "usage: tintype %s [OPTIONS]%s%s\n\n%s\n", c->name, c->arguments[0] ? " " : "", c->arguments,
		      c->summary);
	if (c->details) {
		(void)fputc('\n', out);
		print_wrapped(out, c->details, 0);
	}
	(void)fputc('\n', out);
	for (size_t i = 0; (o = option_at(c, i)); i++) {
		char left[48];

		(void)snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
		(void)fprintf(out, "  %-22s %s\n", left, o->help);
	}
}

/* ---- the manual: man(7) */

static void print_text(FILE *out, const char *s)
{
	for (const char *p = s; *p; p++) {
		if ((p == s || p[-1] == '\n') && (*p == '.' || *p == '\''))
			(void)fputs("\\&", out);
		if (*p == '-' || *p == '\\')
			(void)fputc('\\', out);
		(void)fputc(*p, out);
	}
}

static void print_command(FILE *out, const struct tt_command *c)
{
	const struct tt_option *o;

	(void)fprintf(out, ".SS tintype %s [OPTIONS] %s\n", c->name, c->arguments);
	print_text(out, c->summary);
	(void)fputs(".\n", out);
	if (c->details) {
		(void)fputs(".PP\n", out);
		print_text(out, c->details);
		(void)fputc('\n', out);
	}
	for (size_t i = 0; (o = option_at(c, i)); i++) {
		(void)fprintf(out, ".TP\n.B \\-\\-%s %s\n", o->name, o->value ? o->value : "");
		print_text(out, o->help);
		(void)fputc('\n', out);
	}
}

void tt_manual_print(FILE *out, const struct tt_command *const *commands, size_t n)
{
	(void)fputs(
		".TH TINTYPE 1\n.SH NAME\ntintype \\- a private photo album that sorts itself\n"
		".SH SYNOPSIS\n.B tintype\nCOMMAND [OPTIONS] ...\n.SH DESCRIPTION\n"
		"Data goes to standard output, all else to standard error. The exit status is 0 for success, 1 when "
		"some input failed, 2 for wrong usage.\n.SH COMMANDS\n",
		out);
	for (size_t i = 0; i < n; i++)
		print_command(out, commands[i]);
	(void)fputs(".SH SETTINGS\nThey come from LIBRARY/tintype.conf (lines of KEY = VALUE), from the environment\n"
		    "(TINTYPE_HTTP_THREADS for http.threads) and from \\-\\-set KEY=VALUE, the later ones "
		    "winning.\n.PP\n.nf\n",
		    out);
	tt_conf_describe(out);
	(void)fputs(".fi\n", out);
}
