/* Options of a command line: reading them, and the help and the manual that come from the same tables. */
#ifndef TT_CLI_OPTIONS_H
#define TT_CLI_OPTIONS_H

#include "cli/command.h"

#include <stdio.h>

enum { TT_OPTIONS_HELP = 1 }; /* --help was asked for */

/* Fills cli (its command and conf are set): options in any order, "--" ends them, --name=value or --name value.
 * Settings come from LIBRARY/tintype.conf (or --config FILE), the environment, then flags. 0, TT_OPTIONS_HELP, or
 * TT_EINVALID. */
int tt_options_read(struct tt_cli *cli, int argc, char **argv, char *const *environment, struct tt_err *err) TT_CHECKED;
void tt_command_help(FILE *out, const struct tt_command *command);
/* troff for man(7). */
void tt_manual_print(FILE *out, const struct tt_command *const *commands, size_t n);

#endif
