/* Whose photos a command is about: --user NAME, else the owner of the library. */
#ifndef TT_CLI_OWNER_H
#define TT_CLI_OWNER_H

#include "cli/command.h"

struct tt_app;
struct tt_store;

/* create: a library without users gets a nameless owner, whom the first set-up in the browser takes over. */
int tt_cli_owner(const struct tt_cli *cli, struct tt_store *store, bool create, int64_t *owner,
		 struct tt_err *err) TT_CHECKED;
/* Opens an existing library to look at, and finds the owner. */
int tt_cli_open_library(const struct tt_cli *cli, struct tt_app **app, int64_t *owner, struct tt_err *err) TT_CHECKED;

#endif
