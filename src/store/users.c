#include "store/users.h"

#include "store/internal.h"

#include <stdio.h>
#include <string.h>

#define USER "id, role, created_at, name, password_hash"

enum { Q_ADD, Q_CLAIM, Q_COUNT_USERS, Q_GET, Q_BY_NAME, Q_ALL, Q_SET_PASSWORD, Q_END_SESSIONS, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_ADD] = "INSERT INTO \"user\" (name, password_hash, role, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
	[Q_CLAIM] = "UPDATE \"user\" SET name = $1, password_hash = $2 WHERE password_hash = '' RETURNING id",
	[Q_COUNT_USERS] = "SELECT count(*) FROM \"user\" WHERE password_hash <> ''",
	[Q_GET] = "SELECT " USER " FROM \"user\" WHERE id = $1",
	[Q_BY_NAME] = "SELECT " USER " FROM \"user\" WHERE name = $1",
	[Q_ALL] = "SELECT " USER " FROM \"user\" ORDER BY name",
	[Q_SET_PASSWORD] = "UPDATE \"user\" SET password_hash = $1 WHERE id = $2",
	[Q_END_SESSIONS] = "DELETE FROM session WHERE user_id = $1 AND token_hash <> $2",
};

static const char *const role_names[] = { [TT_ROLE_OWNER] = "owner", [TT_ROLE_MEMBER] = "member" };

const char *tt_role_name(enum tt_role role)
{
	return role_names[role];
}

bool tt_role_of(const char *name, enum tt_role *role)
{
	for (unsigned i = 0; name && i < TT_LEN(role_names); i++)
		if (strcmp(name, role_names[i]) == 0) {
			*role = (enum tt_role)i;
			return true;
		}
	return false;
}

static void user_row(struct tt_row *row, void *item)
{
	struct tt_user *u = item;

	*u = (struct tt_user){ .id = tt_col_i64(row->st, 0),
			       .role = TT_ROLE_MEMBER,
			       .created_at = tt_col_i64(row->st, 2) };
	(void)tt_role_of(tt_col_text(row->st, 1), &u->role);
	snprintf(u->name, sizeof u->name, "%s", tt_col_text(row->st, 3));
	snprintf(u->password_hash, sizeof u->password_hash, "%s", tt_col_text(row->st, 4));
}

static int count(struct tt_db *db, int64_t *out, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_COUNT_USERS], &st, err);

	return rc < 0 ? rc : tt_rows_number(st, out, err);
}

static int add(struct tt_db *db, const struct tt_user *user, int64_t now, int64_t *id, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_ADD], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_text(st, 1, user->name);
	tt_stmt_text(st, 2, user->password_hash);
	tt_stmt_text(st, 3, tt_role_name(user->role));
	tt_stmt_i64(st, 4, now);
	rc = tt_rows_number(st, id, err);
	return rc == TT_EEXISTS ? tt_err_set(err, TT_EEXISTS, "there is a user '%s' already", user->name) : rc;
}

int tt_store_user_add(struct tt_store *s, const struct tt_user *user, int64_t now, int64_t *id, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int64_t added = 0;
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = add(w.db, user, now, &added, err);
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*id = added;
	return rc;
}

/* Takes over the nameless owner of photos that were imported before the set-up; *id stays 0 when there is none. */
static int claim(struct tt_db *db, const struct tt_user *user, int64_t *id, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_CLAIM], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_text(st, 1, user->name);
	tt_stmt_text(st, 2, user->password_hash);
	rc = tt_stmt_step(st, err);
	if (rc > 0)
		*id = tt_col_i64(st, 0);
	return rc < 0 ? rc : 0;
}

int tt_store_user_nameless(struct tt_store *s, int64_t now, int64_t *id, struct tt_err *err)
{
	static const struct tt_user nameless = { .role = TT_ROLE_OWNER, .name = "owner" };
	struct tt_user known;
	int rc = tt_store_user_by_name(s, nameless.name, &known, err);

	if (rc == TT_ENOTFOUND) {
		rc = tt_store_user_add(s, &nameless, now, id, err);
		if (rc != TT_EEXISTS)
			return rc;
		rc = tt_store_user_by_name(s, nameless.name, &known, err); /* another process was quicker */
	}
	if (rc == 0)
		*id = known.id;
	return rc;
}

int tt_store_user_add_first(struct tt_store *s, const struct tt_user *user, int64_t now, int64_t *id,
			    struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int64_t users, added = 0;
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = count(w.db, &users, err);
	if (rc == 0 && users > 0)
		return tt_err_set(err, TT_EEXISTS, "the library has an owner already: sign in");
	if (rc == 0)
		rc = claim(w.db, user, &added, err);
	if (rc == 0 && added == 0)
		rc = add(w.db, user, now, &added, err);
	if (rc == 0)
		rc = tt_write_commit(&w, err);
	if (rc == 0)
		*id = added;
	return rc;
}

int tt_store_user_count(struct tt_store *s, int64_t *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	int rc = tt_read_begin(&r, s, err);

	return rc < 0 ? rc : count(r.db, out, err);
}

int tt_store_user_get(struct tt_store *s, int64_t id, struct tt_user *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_GET], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	return tt_rows_one(st, NULL, user_row, out, "no such user", err);
}

int tt_store_user_by_name(struct tt_store *s, const char *name, struct tt_user *out, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_BY_NAME], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_text(st, 1, name);
	return tt_rows_one(st, NULL, user_row, out, "no such user", err);
}

int tt_store_users(struct tt_store *s, struct tt_arena *arena, struct tt_user **out, size_t *n, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_read_stmt(&r, s, queries[Q_ALL], &st, err);

	return rc < 0 ? rc : tt_rows_all(st, arena, sizeof **out, user_row, (void **)out, n, err);
}

static int set_password(struct tt_db *db, int64_t id, const char *password_hash, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_SET_PASSWORD], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_text(st, 1, password_hash);
	tt_stmt_i64(st, 2, id);
	rc = tt_stmt_run(st, err);
	return rc == 0 && tt_db_changed(db) == 0 ? tt_err_set(err, TT_ENOTFOUND, "no such user") : rc;
}

static int end_sessions(struct tt_db *db, int64_t id, const uint8_t *keep, struct tt_err *err)
{
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int rc = tt_db_stmt(db, queries[Q_END_SESSIONS], &st, err);

	if (rc < 0)
		return rc;
	tt_stmt_i64(st, 1, id);
	tt_stmt_blob(st, 2, keep ? (const void *)keep : "", keep ? TT_TOKEN_HASH_SIZE : 0);
	return tt_stmt_run(st, err);
}

int tt_store_user_set_password(struct tt_store *s, int64_t id, const char *password_hash,
			       const uint8_t *keep_token_hash, struct tt_err *err)
{
	TT_SCOPED(tt_write_endp) struct tt_writing w = { NULL };
	int rc = tt_write_begin(&w, s, err);

	if (rc == 0)
		rc = set_password(w.db, id, password_hash, err);
	if (rc == 0)
		rc = end_sessions(w.db, id, keep_token_hash, err);
	return rc < 0 ? rc : tt_write_commit(&w, err);
}
