/* First run, signing in and out. */
#include "base/clock.h"
#include "base/json.h"
#include "http/context.h"
#include "http/render.h"
#include "http/response.h"
#include "http/routes.h"

#define COOKIE "tintype_session"

static const char *const credentials[] = { "name", "password", NULL };

static int get_credentials(struct tt_req *rq, struct tt_str *name, struct tt_str *password, struct tt_err *err)
{
	int rc = tt_req_only(rq, credentials, err);

	if (rc == 0)
		rc = tt_json_get_str(rq->json, "name", TT_USER_NAME_MAX, name, err);
	if (rc == 0)
		rc = tt_json_get_str(rq->json, "password", TT_PASSWORD_MAX, password, err);
	return rc;
}

/* The cookie lasts as long as the browser keeps it; what ends a session is the row in the database. */
static int set_cookie(struct tt_req *rq, struct tt_res *rs, const char *token, struct tt_err *err)
{
	return tt_res_headerf(rq, rs, err, "Set-Cookie", COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
			      token, *token ? 34560000 : 0, rq->secure ? "; Secure" : "");
}

static const char *agent(struct tt_req *rq)
{
	struct tt_str s = tt_req_header(rq, "User-Agent");
	char *text = tt_arena_strndup(&rq->arena, s.p, s.len);

	return text ? text : "";
}

int tt_handle_setup_get(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	bool needed;
	int rc = tt_accounts_needs_owner(rq->cx->deps.accounts, &needed, err);

	if (rc < 0)
		return rc;
	return tt_res_json(rs, 200, json_pack("{s:b,s:s}", "needs_owner", needed, "version", rq->cx->deps.version),
			   err);
}

int tt_handle_setup_post(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_accounts *a = rq->cx->deps.accounts;
	char token[TT_SESSION_TOKEN_SIZE];
	struct tt_str name, password;
	int rc = get_credentials(rq, &name, &password, err);

	if (rc == 0)
		rc = tt_accounts_set_up(a, name, password, tt_now_ms(), &rq->user, err);
	if (rc == 0)
		rc = tt_accounts_session_new(a, rq->user.id, agent(rq), tt_now_ms(), token, err);
	if (rc == 0)
		rc = set_cookie(rq, rs, token, err);
	return rc < 0 ? rc : tt_res_json(rs, 201, tt_render_account(&rq->user), err);
}

int tt_handle_sign_in(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	char token[TT_SESSION_TOKEN_SIZE];
	struct tt_str name, password;
	int64_t wait_ms = 0;
	int rc = get_credentials(rq, &name, &password, err);

	if (rc == 0)
		rc = tt_accounts_sign_in(rq->cx->deps.accounts, name, password, rq->address, agent(rq), tt_now_ms(),
					 &rq->user, token, &wait_ms, err);
	if (rc == TT_EBUSY && wait_ms > 0) {
		tt_res_error(rq, rs, 429, "busy", err->msg);
		return tt_res_headerf(rq, rs, err, "Retry-After", "%lld", (long long)(wait_ms + 999) / 1000);
	}
	if (rc == 0)
		rc = set_cookie(rq, rs, token, err);
	return rc < 0 ? rc : tt_res_json(rs, 200, tt_render_account(&rq->user), err);
}

int tt_handle_sign_out(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	int rc = tt_accounts_sign_out(rq->cx->deps.accounts, rq->token, err);

	if (rc == 0)
		rc = set_cookie(rq, rs, "", err);
	return rc < 0 ? rc : tt_res_empty(rs, 204);
}
