#include "store/internal.h"
#include "store/users.h"

#include <stdio.h>
#include <string.h>

enum { Q_ADD, Q_GET, Q_TOUCH, Q_END, Q_EXPIRE, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_ADD] = "INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at, agent) "
		  "VALUES ($1, $2, $3, $4, $5, $6)",
	[Q_GET] = "SELECT token_hash, user_id, created_at, seen_at, expires_at, agent FROM session "
		  "WHERE token_hash = $1 AND expires_at > $2",
	[Q_TOUCH] = "UPDATE session SET seen_at = $1, expires_at = $2 WHERE token_hash = $3",
	[Q_END] = "DELETE FROM session WHERE token_hash = $1",
	[Q_EXPIRE] = "DELETE FROM session WHERE expires_at <= $1",
};

static void session_row(struct tt_row *row, void *item)
{
	struct tt_session *s = item;

	*s = (struct tt_session){ .user = tt_col_i64(row->st, 1),
				  .created_at = tt_col_i64(row->st, 2),
				  .seen_at = tt_col_i64(row->st, 3),
				  .expires_at = tt_col_i64(row->st, 4) };
	tt_row_sha256(row, 0, s->token_hash);
	snprintf(s->agent, sizeof s->agent, "%s", tt_col_text(row->st, 5));
}

int tt_store_session_add(struct tt_store *s, const struct tt_session *session, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_ADD], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_blob(st, 1, session->token_hash, TT_TOKEN_HASH_SIZE);
	tt_stmt_i64(st, 2, session->user);
	tt_stmt_i64(st, 3, session->created_at);
	tt_stmt_i64(st, 4, session->seen_at);
	tt_stmt_i64(st, 5, session->expires_at);
	tt_stmt_text(st, 6, session->agent);
	return tt_write_run(&w, st, err);
}

static int get(struct tt_store *s, const uint8_t *token_hash, int64_t now, struct tt_session *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_GET], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_blob(st, 1, token_hash, TT_TOKEN_HASH_SIZE);
	tt_stmt_i64(st, 2, now);
	return tt_rows_one(st, NULL, session_row, out, "no such session", err);
}

int tt_store_session_get(struct tt_store *s, const uint8_t token_hash[TT_TOKEN_HASH_SIZE], int64_t now,
			 struct tt_session *out, struct tt_user *out_user, struct tt_err *err)
{
	struct tt_session session;
	int rc = get(s, token_hash, now, &session, err);

	if (rc == 0 && out_user)
		rc = tt_store_user_get(s, session.user, out_user, err);
	if (rc == 0)
		*out = session;
	return rc;
}

int tt_store_session_touch(struct tt_store *s, const uint8_t token_hash[TT_TOKEN_HASH_SIZE], int64_t seen_at,
			   int64_t expires_at, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_TOUCH], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, seen_at);
	tt_stmt_i64(st, 2, expires_at);
	tt_stmt_blob(st, 3, token_hash, TT_TOKEN_HASH_SIZE);
	return tt_write_run(&w, st, err);
}

int tt_store_session_end(struct tt_store *s, const uint8_t token_hash[TT_TOKEN_HASH_SIZE], struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_END], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_blob(st, 1, token_hash, TT_TOKEN_HASH_SIZE);
	return tt_write_run(&w, st, err);
}

int tt_store_sessions_expire(struct tt_store *s, int64_t now, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_write_stmt(&w, s, queries[Q_EXPIRE], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, now);
	return tt_write_run(&w, st, err);
}
