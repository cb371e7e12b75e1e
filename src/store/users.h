/* Users and their sessions. Passwords and tokens come hashed (accounts/). Errors: see store.h. */
#ifndef TT_STORE_USERS_H
#define TT_STORE_USERS_H

#include "store/store.h"

#define TT_USER_NAME_MAX 64 /* bytes */
#define TT_PASSWORD_HASH_MAX 160
#define TT_TOKEN_HASH_SIZE 32

enum tt_role { TT_ROLE_OWNER, TT_ROLE_MEMBER };

struct tt_user {
	int64_t id;
	enum tt_role role;
	int64_t created_at;
	char name[TT_USER_NAME_MAX + 1];
	char password_hash[TT_PASSWORD_HASH_MAX + 1];
};

const char *tt_role_name(enum tt_role role); /* "owner", "member" */
bool tt_role_of(const char *name, enum tt_role *role);

/* TT_EEXISTS when the name is taken (case does not count). */
int tt_store_user_add(struct tt_store *s, const struct tt_user *user, int64_t now, int64_t *id,
		      struct tt_err *err) TT_CHECKED;
/* The same as long as there is no user with a password, else TT_EEXISTS: first-run set-up, safe against two at once. */
int tt_store_user_add_first(struct tt_store *s, const struct tt_user *user, int64_t now, int64_t *id,
			    struct tt_err *err) TT_CHECKED;
/* The owner of what is imported before the set-up: a row without a password, which tt_store_user_add_first() takes
 * over. Only to be asked for while tt_store_user_count() is 0. */
int tt_store_user_nameless(struct tt_store *s, int64_t now, int64_t *id, struct tt_err *err) TT_CHECKED;
/* Those with a password. */
int tt_store_user_count(struct tt_store *s, int64_t *count, struct tt_err *err) TT_CHECKED;
int tt_store_user_get(struct tt_store *s, int64_t id, struct tt_user *out, struct tt_err *err) TT_CHECKED;
int tt_store_user_by_name(struct tt_store *s, const char *name, struct tt_user *out, struct tt_err *err) TT_CHECKED;
int tt_store_users(struct tt_store *s, struct tt_arena *arena, struct tt_user **out, size_t *count,
		   struct tt_err *err) TT_CHECKED; /* by name */
/* Ends all sessions of the user but keep_token_hash (may be NULL) in the same transaction. */
int tt_store_user_set_password(struct tt_store *s, int64_t id, const char *password_hash,
			       const uint8_t *keep_token_hash, struct tt_err *err) TT_CHECKED;

struct tt_session {
	uint8_t token_hash[TT_TOKEN_HASH_SIZE];
	int64_t user, created_at, seen_at, expires_at;
	char agent[128]; /* User-Agent, cut */
};
int tt_store_session_add(struct tt_store *s, const struct tt_session *session, struct tt_err *err) TT_CHECKED;
/* A session that has not expired at `now`, with its user (out_user may be NULL); TT_ENOTFOUND. */
int tt_store_session_get(struct tt_store *s, const uint8_t token_hash[TT_TOKEN_HASH_SIZE], int64_t now,
			 struct tt_session *out, struct tt_user *out_user, struct tt_err *err) TT_CHECKED;
int tt_store_session_touch(struct tt_store *s, const uint8_t token_hash[TT_TOKEN_HASH_SIZE], int64_t seen_at,
			   int64_t expires_at, struct tt_err *err) TT_CHECKED;
int tt_store_session_end(struct tt_store *s, const uint8_t token_hash[TT_TOKEN_HASH_SIZE],
			 struct tt_err *err) TT_CHECKED;
int tt_store_sessions_expire(struct tt_store *s, int64_t now, struct tt_err *err) TT_CHECKED; /* removes the old ones */

#endif
