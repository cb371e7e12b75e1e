#include "accounts/accounts.h"

#include "accounts/password.h"
#include "base/fault.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOUR (60LL * 60 * 1000)
#define NOW 1700000000000LL

struct fixture {
	char path[64];
	struct tt_store *store;
	struct tt_accounts *accounts;
};

static int set_up(void **state)
{
	static struct fixture f;
	struct tt_err err = { 0 };

	snprintf(f.path, sizeof f.path, "%s/tt-accounts-%ld.db", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
		 (long)getpid());
	(void)unlink(f.path);
	if (tt_store_open(&f.store, f.path, NULL, &err) < 0 || tt_accounts_open(&f.accounts, f.store, NULL, &err) < 0) {
		print_error("%s\n", err.msg);
		return -1;
	}
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char side[80];

	tt_accounts_close(f->accounts);
	tt_store_close(f->store);
	(void)unlink(f->path);
	snprintf(side, sizeof side, "%s-wal", f->path);
	(void)unlink(side);
	snprintf(side, sizeof side, "%s-shm", f->path);
	(void)unlink(side);
	return 0;
}

static void test_password(void **state)
{
	char hash[TT_PASSWORD_HASH_MAX + 1], again[TT_PASSWORD_HASH_MAX + 1];
	struct tt_err err = { 0 };

	(void)state;
	assert_int_equal(tt_password_hash(TT_STR("correct horse"), hash, &err), 0);
	assert_int_equal(tt_password_hash(TT_STR("correct horse"), again, &err), 0);
	assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
	assert_string_not_equal(hash, again);
	assert_true(tt_password_matches(TT_STR("correct horse"), hash));
	assert_false(tt_password_matches(TT_STR("correct horsf"), hash));
	assert_false(tt_password_matches(TT_STR(""), hash));
	assert_false(tt_password_matches(TT_STR(""), ""));
}

static void test_rules(void **state)
{
	static const struct {
		const char *name, *user, *password;
	} rows[] = {
		{ "no name", "", "long enough" },
		{ "long name", "0123456789012345678901234567890123456789012345678901234567890123x", "long enough" },
		{ "white space", " ann", "long enough" },
		{ "control character", "a\nb", "long enough" },
		{ "not UTF-8", "a\xff", "long enough" },
		{ "short password", "ann", "1234567" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_account a;
		struct tt_err err = { 0 };

		CHECK_ROW(tt_accounts_add(f->accounts, tt_str_of(rows[i].user), tt_str_of(rows[i].password),
					  TT_ROLE_MEMBER, NOW, &a, &err) == TT_EINVALID,
			  rows[i].name);
		CHECK_ROW(err.msg[0] != 0, rows[i].name);
	}
}

static void test_set_up_once(void **state)
{
	struct fixture *f = *state;
	struct tt_account a, b;
	struct tt_err err = { 0 };
	bool needed = false;

	assert_int_equal(tt_accounts_needs_owner(f->accounts, &needed, &err), 0);
	assert_true(needed);
	assert_int_equal(tt_accounts_set_up(f->accounts, TT_STR("Ann"), TT_STR("correct horse"), NOW, &a, &err), 0);
	assert_int_equal(a.role, TT_ROLE_OWNER);
	assert_string_equal(a.name, "Ann");
	assert_int_equal(tt_accounts_needs_owner(f->accounts, &needed, &err), 0);
	assert_false(needed);
	assert_int_equal(tt_accounts_set_up(f->accounts, TT_STR("Eve"), TT_STR("correct horse"), NOW, &b, &err),
			 TT_EEXISTS);
	assert_int_equal(
		tt_accounts_add(f->accounts, TT_STR("aNN"), TT_STR("correct horse"), TT_ROLE_MEMBER, NOW, &b, &err),
		TT_EEXISTS);
	assert_int_equal(tt_accounts_find(f->accounts, TT_STR("ann"), &b, &err), 0);
	assert_int_equal(b.id, a.id);
}

static int sign_in(struct fixture *f, const char *password, int64_t now, char token[TT_SESSION_TOKEN_SIZE])
{
	struct tt_account a;
	struct tt_err err = { 0 };

	return tt_accounts_sign_in(f->accounts, TT_STR("ann"), tt_str_of(password), "1.2.3.4", "test", now, &a, token,
				   NULL, &err);
}

static int who(struct fixture *f, const char *token, int64_t now)
{
	struct tt_account a;
	struct tt_err err = { 0 };

	return tt_accounts_session(f->accounts, tt_str_of(token), now, &a, &err);
}

static void test_sessions(void **state)
{
	char token[TT_SESSION_TOKEN_SIZE] = "", second[TT_SESSION_TOKEN_SIZE] = "";
	struct fixture *f = *state;
	struct tt_err err = { 0 };

	assert_int_equal(sign_in(f, "wrong password", NOW, token), TT_EAUTH);
	assert_string_equal(token, "");
	assert_int_equal(sign_in(f, "correct horse", NOW, token), 0);
	assert_int_equal(sign_in(f, "correct horse", NOW, second), 0);
	assert_string_not_equal(token, second);
	assert_int_equal(who(f, token, NOW), 0);
	assert_int_equal(who(f, "", NOW), TT_EAUTH);
	assert_int_equal(who(f, "00", NOW), TT_EAUTH);
	assert_int_equal(who(f, "0000000000000000000000000000000000000000000000000000000000000000", NOW), TT_EAUTH);
	assert_int_equal(who(f, token, NOW + 29 * 24 * HOUR), 0); /* use prolongs it */
	assert_int_equal(who(f, token, NOW + 31 * 24 * HOUR), 0);
	assert_int_equal(who(f, second, NOW + 31 * 24 * HOUR), TT_EAUTH);
	assert_int_equal(tt_accounts_sign_out(f->accounts, tt_str_of(token), &err), 0);
	assert_int_equal(who(f, token, NOW), TT_EAUTH);
	assert_int_equal(tt_accounts_sign_out(f->accounts, tt_str_of(token), &err), 0);
}

static void test_password_change(void **state)
{
	char here[TT_SESSION_TOKEN_SIZE], there[TT_SESSION_TOKEN_SIZE], token[TT_SESSION_TOKEN_SIZE];
	struct fixture *f = *state;
	struct tt_account a;
	struct tt_err err = { 0 };

	assert_int_equal(tt_accounts_find(f->accounts, TT_STR("ann"), &a, &err), 0);
	assert_int_equal(sign_in(f, "correct horse", NOW, here), 0);
	assert_int_equal(sign_in(f, "correct horse", NOW, there), 0);
	assert_int_equal(tt_accounts_change_password(f->accounts, a.id, TT_STR("wrong"), TT_STR("battery staple"), here,
						     NOW, &err),
			 TT_EDENIED);
	assert_int_equal(tt_accounts_change_password(f->accounts, a.id, TT_STR("correct horse"),
						     TT_STR("battery staple"), here, NOW, &err),
			 0);
	assert_int_equal(who(f, here, NOW), 0);
	assert_int_equal(who(f, there, NOW), TT_EAUTH);
	assert_int_equal(sign_in(f, "correct horse", NOW, token), TT_EAUTH);
	assert_int_equal(sign_in(f, "battery staple", NOW, token), 0);
	assert_int_equal(tt_accounts_passwd(f->accounts, a.id, TT_STR("correct horse"), &err), 0);
	assert_int_equal(who(f, here, NOW), TT_EAUTH);
}

static void test_throttled(void **state)
{
	char token[TT_SESSION_TOKEN_SIZE];
	struct fixture *f = *state;
	struct tt_account a;
	struct tt_err err = { 0 };
	int64_t wait = 0, now = NOW + 100 * HOUR;

	for (int i = 0; i < 5; i++)
		assert_int_equal(sign_in(f, "wrong password", now, token), TT_EAUTH);
	assert_int_equal(tt_accounts_sign_in(f->accounts, TT_STR("ann"), TT_STR("correct horse"), "1.2.3.4", "", now,
					     &a, token, &wait, &err),
			 TT_EBUSY);
	assert_int_equal(wait, 15000);
	assert_int_equal(tt_accounts_sign_in(f->accounts, TT_STR("ann"), TT_STR("correct horse"), "4.3.2.1", "", now,
					     &a, token, &wait, &err),
			 0);
	assert_int_equal(sign_in(f, "correct horse", now + 15000, token), 0);
	/* Names that do not exist are slowed down alike. */
	for (int i = 0; i < 5; i++)
		assert_int_equal(tt_accounts_sign_in(f->accounts, TT_STR("nobody"), TT_STR("x"), "a", "", now, &a,
						     token, &wait, &err),
				 TT_EAUTH);
	assert_int_equal(
		tt_accounts_sign_in(f->accounts, TT_STR("nobody"), TT_STR("x"), "a", "", now, &a, token, &wait, &err),
		TT_EBUSY);
}

/* Whatever fails in between: a code, a message, and the next try works. */
static void test_sessions_survive_every_fault(void **state)
{
	static const enum tt_fault kinds[] = { TT_FAULT_ALLOC, TT_FAULT_SQL };
	struct fixture *f = *state;
	struct tt_account a;
	struct tt_err err = { 0 };

	assert_int_equal(tt_accounts_find(f->accounts, TT_STR("ann"), &a, &err), 0);
	for (size_t k = 0; k < TT_LEN(kinds); k++) {
		bool struck = true;

		for (long n = 0; struck; n++) {
			char token[TT_SESSION_TOKEN_SIZE] = "";
			struct tt_account found = { .id = 0 };
			int rc;

			err = (struct tt_err){ 0 };
			tt_fault_arm(kinds[k], n);
			rc = tt_accounts_session_new(f->accounts, a.id, "test", NOW, token, &err);
			if (rc == 0)
				rc = tt_accounts_session(f->accounts, tt_str_of(token), NOW, &found, &err);
			struck = tt_fault_disarm(kinds[k]);
			assert_int_equal(rc < 0, struck);
			assert_int_equal(err.msg[0] != 0, rc < 0);
			assert_int_equal(found.id, rc < 0 ? 0 : a.id);
			if (token[0])
				assert_int_equal(who(f, token, NOW), 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_set_up_once),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_password_change),
		cmocka_unit_test(test_throttled),
		cmocka_unit_test(test_sessions_survive_every_fault),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
