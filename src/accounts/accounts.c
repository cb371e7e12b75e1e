#include "accounts/accounts.h"

#include "accounts/password.h"
#include "accounts/throttle.h"
#include "base/alloc.h"
#include "base/hash.h"

#include <pthread.h>
#include <string.h>

#define SEEN_EVERY_MS (60LL * 60 * 1000) /* reading pages must not write to the disk each time */

struct tt_accounts {
	struct tt_store *store;
	struct tt_accounts_opts opts;
	pthread_mutex_t lock; /* throttle */
	struct tt_throttle throttle;
};

int tt_accounts_open(struct tt_accounts **out, struct tt_store *store, const struct tt_accounts_opts *opts,
		     struct tt_err *err)
{
	static const struct tt_accounts_opts defaults = { 30LL * 24 * 3600 * 1000, 5, 15 * 1000 };
	struct tt_accounts *a;
	int rc = tt_password_init(err);

	if (rc < 0)
		return rc;
	a = tt_calloc(1, sizeof *a);
	if (!a)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	a->store = store;
	a->opts = opts ? *opts : defaults;
	tt_throttle_init(&a->throttle, a->opts.throttle_tries, a->opts.throttle_ms);
	pthread_mutex_init(&a->lock, NULL);
	*out = a;
	return 0;
}

void tt_accounts_close(struct tt_accounts *a)
{
	if (!a)
		return;
	pthread_mutex_destroy(&a->lock);
	free(a);
}

static void copy_account(struct tt_account *out, const struct tt_user *u)
{
	*out = (struct tt_account){ .id = u->id, .role = u->role, .created_at = u->created_at };
	memcpy(out->name, u->name, sizeof out->name);
}

/* ---- users */

static int check_name(struct tt_str name, struct tt_err *err)
{
	if (name.len == 0 || name.len > TT_USER_NAME_MAX)
		return tt_err_set(err, TT_EINVALID, "a user name has 1 to %d bytes", TT_USER_NAME_MAX);
	if (!tt_utf8_valid(name.p, name.len))
		return tt_err_set(err, TT_EINVALID, "the user name is not UTF-8");
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f)
			return tt_err_set(err, TT_EINVALID, "the user name holds a control character");
	if (tt_str_trim(name).len != name.len)
		return tt_err_set(err, TT_EINVALID, "the user name begins or ends with white space");
	return 0;
}

static int check_password(struct tt_str password, struct tt_err *err)
{
	if (password.len < TT_PASSWORD_MIN)
		return tt_err_set(err, TT_EINVALID, "a password has at least %d characters", TT_PASSWORD_MIN);
	if (password.len > TT_PASSWORD_MAX)
		return tt_err_set(err, TT_EINVALID, "a password has at most %d bytes", TT_PASSWORD_MAX);
	return 0;
}

int tt_accounts_needs_owner(struct tt_accounts *a, bool *out, struct tt_err *err)
{
	int64_t count;
	int rc = tt_store_user_count(a->store, &count, err);

	if (rc == 0)
		*out = count == 0;
	return rc;
}

static int add_user(struct tt_accounts *a, struct tt_str name, struct tt_str password, enum tt_role role, bool first,
		    int64_t now, struct tt_account *out, struct tt_err *err)
{
	struct tt_user u = { .role = role, .created_at = now };
	int rc = check_name(name, err);

	if (rc == 0)
		rc = check_password(password, err);
	if (rc == 0)
		rc = tt_password_hash(password, u.password_hash, err);
	if (rc < 0)
		return rc;
	memcpy(u.name, name.p, name.len);
	rc = first ? tt_store_user_add_first(a->store, &u, now, &u.id, err)
		   : tt_store_user_add(a->store, &u, now, &u.id, err);
	if (rc == 0)
		copy_account(out, &u);
	return rc;
}

int tt_accounts_set_up(struct tt_accounts *a, struct tt_str name, struct tt_str password, int64_t now,
		       struct tt_account *out, struct tt_err *err)
{
	bool needed;
	int rc = tt_accounts_needs_owner(a, &needed, err);

	if (rc == 0 && !needed)
		rc = TT_EEXISTS; /* told before 64 MiB are spent on it */
	if (rc == 0)
		rc = add_user(a, name, password, TT_ROLE_OWNER, true, now, out, err);
	if (rc == TT_EEXISTS)
		tt_err_set(err, TT_EEXISTS, "this album is set up already; sign in instead");
	return rc;
}

int tt_accounts_add(struct tt_accounts *a, struct tt_str name, struct tt_str password, enum tt_role role, int64_t now,
		    struct tt_account *out, struct tt_err *err)
{
	int rc = add_user(a, name, password, role, false, now, out, err);

	if (rc == TT_EEXISTS)
		tt_err_set(err, TT_EEXISTS, "there is a user of that name already; choose another one");
	return rc;
}

int tt_accounts_passwd(struct tt_accounts *a, int64_t user, struct tt_str password, struct tt_err *err)
{
	char hash[TT_PASSWORD_HASH_MAX + 1];
	int rc = check_password(password, err);

	if (rc == 0)
		rc = tt_password_hash(password, hash, err);
	return rc < 0 ? rc : tt_store_user_set_password(a->store, user, hash, NULL, err);
}

int tt_accounts_find(struct tt_accounts *a, struct tt_str name, struct tt_account *out, struct tt_err *err)
{
	struct tt_user u;
	char text[TT_USER_NAME_MAX + 1] = { 0 };
	int rc = check_name(name, err);

	if (rc < 0)
		return rc;
	memcpy(text, name.p, name.len);
	rc = tt_store_user_by_name(a->store, text, &u, err);
	if (rc == 0)
		copy_account(out, &u);
	return rc;
}

int tt_accounts_list(struct tt_accounts *a, struct tt_account **out, size_t *count, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = 64 << 20 };
	struct tt_account *list;
	struct tt_user *users;
	size_t n;
	int rc = tt_store_users(a->store, &arena, &users, &n, err);

	if (rc < 0)
		return rc;
	list = tt_calloc(n ? n : 1, sizeof *list);
	if (!list)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		copy_account(&list[i], &users[i]);
	*out = list;
	*count = n;
	return 0;
}

/* ---- sessions */

static bool token_hash(struct tt_str token, uint8_t out[TT_TOKEN_HASH_SIZE])
{
	uint8_t raw[32];
	struct tt_sha256 h;

	if (!tt_unhex(raw, sizeof raw, token))
		return false;
	tt_sha256_init(&h);
	tt_sha256_add(&h, raw, sizeof raw);
	tt_sha256_end(&h, out);
	return true;
}

int tt_accounts_session_new(struct tt_accounts *a, int64_t user, const char *agent, int64_t now,
			    char token[TT_SESSION_TOKEN_SIZE], struct tt_err *err)
{
	struct tt_session s = {
		.user = user, .created_at = now, .seen_at = now, .expires_at = now + a->opts.session_ms
	};
	char text[TT_SESSION_TOKEN_SIZE];
	uint8_t raw[32];
	int rc;

	tt_random_bytes(raw, sizeof raw);
	tt_hex(text, raw, sizeof raw);
	if (!token_hash(tt_str_of(text), s.token_hash))
		return tt_err_set(err, TT_EINTERNAL, "session token");
	tt_utf8_copy(s.agent, sizeof s.agent, agent, strlen(agent));
	rc = tt_store_sessions_expire(a->store, now, err);
	if (rc == 0)
		rc = tt_store_session_add(a->store, &s, err);
	if (rc == 0)
		memcpy(token, text, sizeof text);
	return rc;
}

int tt_accounts_session(struct tt_accounts *a, struct tt_str token, int64_t now, struct tt_account *out,
			struct tt_err *err)
{
	uint8_t hash[TT_TOKEN_HASH_SIZE];
	struct tt_session s;
	struct tt_user u;
	int rc = token_hash(token, hash) ? tt_store_session_get(a->store, hash, now, &s, &u, err) : TT_ENOTFOUND;

	if (rc == TT_ENOTFOUND)
		return tt_err_set(err, TT_EAUTH, "the session has ended; sign in again");
	if (rc < 0)
		return rc;
	if (now - s.seen_at >= SEEN_EVERY_MS) {
		struct tt_err ignored;

		/* A session stays good when the note of its use cannot be written. */
		(void)!tt_store_session_touch(a->store, hash, now, now + a->opts.session_ms, &ignored);
	}
	copy_account(out, &u);
	return 0;
}

int tt_accounts_sign_out(struct tt_accounts *a, struct tt_str token, struct tt_err *err)
{
	uint8_t hash[TT_TOKEN_HASH_SIZE];
	int rc;

	if (!token_hash(token, hash))
		return 0;
	rc = tt_store_session_end(a->store, hash, err);
	return rc == TT_ENOTFOUND ? 0 : rc;
}

/* ---- passwords */

/* Asks the throttle and counts this try as a failure before it is known to be one: tries that run side by side must not
 * slip through together. */
static int throttle_enter(struct tt_accounts *a, struct tt_str name, const char *address, int64_t now, int64_t *wait_ms,
			  struct tt_err *err)
{
	int64_t wait;

	pthread_mutex_lock(&a->lock);
	wait = tt_throttle_wait(&a->throttle, name, address, now);
	if (wait == 0)
		tt_throttle_failed(&a->throttle, name, address, now);
	pthread_mutex_unlock(&a->lock);
	if (wait_ms)
		*wait_ms = wait;
	if (wait > 0)
		return tt_err_set(err, TT_EBUSY, "too many failed tries; wait %lld s and try again",
				  (long long)(wait + 999) / 1000);
	return 0;
}

static void throttle_clear(struct tt_accounts *a, struct tt_str name, const char *address)
{
	pthread_mutex_lock(&a->lock);
	tt_throttle_succeeded(&a->throttle, name, address);
	pthread_mutex_unlock(&a->lock);
}

int tt_accounts_sign_in(struct tt_accounts *a, struct tt_str name, struct tt_str password, const char *address,
			const char *agent, int64_t now, struct tt_account *out, char token[TT_SESSION_TOKEN_SIZE],
			int64_t *wait_ms, struct tt_err *err)
{
	char text[TT_USER_NAME_MAX + 1] = { 0 };
	struct tt_user u = { .id = 0 };
	struct tt_err ignored;
	int rc = throttle_enter(a, name, address, now, wait_ms, err);

	if (rc < 0)
		return rc;
	rc = check_name(name, &ignored) == 0 && password.len <= TT_PASSWORD_MAX ? 0 : TT_ENOTFOUND;
	if (rc == 0) {
		memcpy(text, name.p, name.len);
		rc = tt_store_user_by_name(a->store, text, &u, err);
	}
	if (rc < 0 && rc != TT_ENOTFOUND)
		return rc;
	if (rc < 0)
		u = (struct tt_user){ .id = 0 };
	if (password.len > TT_PASSWORD_MAX)
		password.len = TT_PASSWORD_MAX;
	if (!tt_password_matches(password, u.password_hash) || rc < 0)
		return tt_err_set(err, TT_EAUTH, "the name or the password is wrong");
	rc = tt_accounts_session_new(a, u.id, agent, now, token, err);
	if (rc < 0)
		return rc;
	throttle_clear(a, name, address);
	copy_account(out, &u);
	return 0;
}

int tt_accounts_change_password(struct tt_accounts *a, int64_t user, struct tt_str current, struct tt_str password,
				const char *keep, int64_t now, struct tt_err *err)
{
	static const char here[] = "signed in";
	char hash[TT_PASSWORD_HASH_MAX + 1];
	uint8_t keep_hash[TT_TOKEN_HASH_SIZE];
	bool keeps = keep && token_hash(tt_str_of(keep), keep_hash);
	struct tt_user u;
	int rc = check_password(password, err);

	if (rc == 0)
		rc = tt_store_user_get(a->store, user, &u, err);
	if (rc == 0)
		rc = throttle_enter(a, tt_str_of(u.name), here, now, NULL, err);
	if (rc < 0)
		return rc;
	if (current.len > TT_PASSWORD_MAX || !tt_password_matches(current, u.password_hash))
		return tt_err_set(err, TT_EDENIED, "the current password is wrong");
	throttle_clear(a, tt_str_of(u.name), here);
	rc = tt_password_hash(password, hash, err);
	return rc < 0 ? rc : tt_store_user_set_password(a->store, user, hash, keeps ? keep_hash : NULL, err);
}
