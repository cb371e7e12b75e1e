#include "cli/owner.h"

#include "app/app.h"
#include "base/arena.h"
#include "base/clock.h"
#include "store/users.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static int first_owner(struct tt_store *store, int64_t *owner, struct tt_err *err)
{
	struct tt_arena arena = { .max = 4 << 20 };
	struct tt_user *users;
	size_t n;
	int rc = tt_store_users(store, &arena, &users, &n, err);

	*owner = 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (users[i].role == TT_ROLE_OWNER && (*owner == 0 || users[i].id < *owner))
			*owner = users[i].id;
	tt_arena_free(&arena);
	return rc;
}

int tt_cli_owner(const struct tt_cli *cli, struct tt_store *store, bool create, int64_t *owner, struct tt_err *err)
{
	struct tt_user user;
	int rc;

	if (cli->user) {
		rc = tt_store_user_by_name(store, cli->user, &user, err);
		if (rc == 0)
			*owner = user.id;
		return rc == TT_ENOTFOUND
			       ? tt_err_set(err, rc, "there is no user '%s'; 'tintype user list' shows them", cli->user)
			       : rc;
	}
	rc = first_owner(store, owner, err);
	if (rc == 0 && *owner == 0)
		return create ? tt_store_user_nameless(store, tt_now_ms(), owner, err)
			      : tt_err_set(err, TT_ENOTFOUND, "the library has no photos and no owner yet");
	return rc;
}

int tt_cli_open_library(const struct tt_cli *cli, struct tt_app **app, int64_t *owner, struct tt_err *err)
{
	char path[PATH_MAX];
	int rc;

	(void)snprintf(path, sizeof path, "%s/tintype.db", cli->library);
	if (access(path, F_OK) < 0)
		return tt_err_set(err, TT_ENOTFOUND, "there is no library in %s; 'tintype import' or 'serve' makes one",
				  cli->library);
	rc = tt_app_open(app, cli->library, cli->conf, TT_APP_LOOK, err);
	return rc < 0 ? rc : tt_cli_owner(cli, tt_app_parts(*app)->store, false, owner, err);
}
