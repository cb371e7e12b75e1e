/* Users, sessions and sign-in.
 *
 * Passwords are kept as argon2id hashes (accounts/password.h), session tokens only as SHA-256 of 32 random bytes.
 * Hashing costs 64 MiB and about 0.1 s: at most two run at once, further callers wait, so never call the functions
 * marked "slow" on an event loop. Any thread; the store outlives the object. Times are handed in, in milliseconds since
 * 1970 UTC. */
#ifndef TT_ACCOUNTS_ACCOUNTS_H
#define TT_ACCOUNTS_ACCOUNTS_H

#include "base/err.h"
#include "base/str.h"
#include "store/users.h"

struct tt_accounts;

#define TT_PASSWORD_MIN 8
#define TT_PASSWORD_MAX 1024
#define TT_SESSION_TOKEN_SIZE 65 /* 32 bytes in hex and NUL */

struct tt_account {
	int64_t id;
	enum tt_role role;
	int64_t created_at;
	char name[TT_USER_NAME_MAX + 1];
};

struct tt_accounts_opts {
	int64_t session_ms;      /* conf accounts.session_days: a session ends when it was not used for this long */
	unsigned throttle_tries; /* conf accounts.throttle_tries: failures for a name and address before it has to wait
				  */
	int64_t throttle_ms; /* conf accounts.throttle_s: the first wait; doubles with each further failure, up to ×64
			      */
};

/* NULL opts: 30 days, 5 tries, 15 s. */
int tt_accounts_open(struct tt_accounts **out, struct tt_store *store, const struct tt_accounts_opts *opts,
		     struct tt_err *err) TT_CHECKED;
void tt_accounts_close(struct tt_accounts *a); /* NULL is fine */

int tt_accounts_needs_owner(struct tt_accounts *a, bool *out, struct tt_err *err) TT_CHECKED;
/* Slow. TT_EEXISTS once there is any user: the first one in is the owner, exactly one caller wins. */
int tt_accounts_set_up(struct tt_accounts *a, struct tt_str name, struct tt_str password, int64_t now,
		       struct tt_account *out, struct tt_err *err) TT_CHECKED;
/* Slow. TT_EEXISTS: the name is taken (case does not count); TT_EINVALID: name or password break the rules. */
int tt_accounts_add(struct tt_accounts *a, struct tt_str name, struct tt_str password, enum tt_role role, int64_t now,
		    struct tt_account *out, struct tt_err *err) TT_CHECKED;
/* Slow. Sets a new password and ends all sessions of the user. */
int tt_accounts_passwd(struct tt_accounts *a, int64_t user, struct tt_str password, struct tt_err *err) TT_CHECKED;
/* Slow. The same by the user: TT_EDENIED when `current` is wrong. The session of `keep` (a token, or NULL) stays. */
int tt_accounts_change_password(struct tt_accounts *a, int64_t user, struct tt_str current, struct tt_str password,
				const char *keep, int64_t now, struct tt_err *err) TT_CHECKED;
int tt_accounts_find(struct tt_accounts *a, struct tt_str name, struct tt_account *out, struct tt_err *err) TT_CHECKED;
/* By name. *out is released with free(). */
int tt_accounts_list(struct tt_accounts *a, struct tt_account **out, size_t *count, struct tt_err *err) TT_CHECKED;

/* Slow. TT_EAUTH: name or password wrong, in the same time for names that do not exist; TT_EBUSY: throttled, then
 * *wait_ms (if not NULL) says how long. On success token is new. */
int tt_accounts_sign_in(struct tt_accounts *a, struct tt_str name, struct tt_str password, const char *address,
			const char *agent, int64_t now, struct tt_account *out, char token[TT_SESSION_TOKEN_SIZE],
			int64_t *wait_ms, struct tt_err *err) TT_CHECKED;
/* A session without a password, for the user that was just set up. */
int tt_accounts_session_new(struct tt_accounts *a, int64_t user, const char *agent, int64_t now,
			    char token[TT_SESSION_TOKEN_SIZE], struct tt_err *err) TT_CHECKED;
/* Who is signed in with that token; TT_EAUTH when nobody. Writes (seen_at) at most once an hour for a session. */
int tt_accounts_session(struct tt_accounts *a, struct tt_str token, int64_t now, struct tt_account *out,
			struct tt_err *err) TT_CHECKED;
int tt_accounts_sign_out(struct tt_accounts *a, struct tt_str token, struct tt_err *err) TT_CHECKED;

#endif
