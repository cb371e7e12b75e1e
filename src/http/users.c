/* The signed-in user, and all users for the owner. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "http/context.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"

#include <string.h>

int tt_handle_me(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	return tt_res_json(rs, 200, tt_render_account(&rq->user), err);
}

int tt_handle_password(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "current", "new", NULL };
	char token[TT_SESSION_TOKEN_SIZE] = "";
	struct tt_str current, password;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = tt_json_get_str(rq->json, "current", TT_PASSWORD_MAX, &current, err);
	if (rc == 0)
		rc = tt_json_get_str(rq->json, "new", TT_PASSWORD_MAX, &password, err);
	if (rc < 0)
		return rc;
	if (rq->token.len < sizeof token)
		memcpy(token, rq->token.p, rq->token.len);
	rc = tt_accounts_change_password(rq->cx->deps.accounts, rq->user.id, current, password, token, tt_now_ms(),
					 err);
	return rc < 0 ? rc : tt_res_empty(rs, 204);
}

static json_t *render_user(const struct tt_account *a)
{
	json_t *user = tt_render_account(a);

	if (user && json_object_set_new(user, "created_at", json_integer(a->created_at)) < 0)
		tt_json_decrefp(&user);
	return user;
}

int tt_handle_users(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_account *list = NULL;
	json_t *users;
	size_t n;
	int rc = tt_accounts_list(rq->cx->deps.accounts, &list, &n, err);

	if (rc < 0)
		return rc;
	users = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(users, render_user(&list[i]));
	return tt_res_json(rs, 200, json_pack("{s:o}", "users", users), err);
}

int tt_handle_user_add(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	static const char *const names[] = { "name", "password", "role", NULL };
	struct tt_str name, password, role_name;
	enum tt_role role = TT_ROLE_MEMBER;
	struct tt_account user;
	int rc = tt_req_only(rq, names, err);

	if (rc == 0)
		rc = tt_json_get_str(rq->json, "name", TT_USER_NAME_MAX, &name, err);
	if (rc == 0)
		rc = tt_json_get_str(rq->json, "password", TT_PASSWORD_MAX, &password, err);
	if (rc == 0 && json_object_get(rq->json, "role")) {
		rc = tt_json_get_str(rq->json, "role", 16, &role_name, err);
		if (rc == 0 && !tt_role_of(role_name.p, &role))
			rc = tt_err_set(err, TT_EINVALID, "'role' must be owner or member");
	}
	if (rc == 0)
		rc = tt_accounts_add(rq->cx->deps.accounts, name, password, role, tt_now_ms(), &user, err);
	return rc < 0 ? rc : tt_res_json(rs, 201, render_user(&user), err);
}
