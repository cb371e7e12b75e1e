#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void names_are_unique_without_case(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		const char *name;
		int rc;
	} rows[] = {
		{ "Ann", TT_EEXISTS }, { "ANN", TT_EEXISTS }, { "bob", TT_EEXISTS }, { "Anna", 0 }, { "Ãnn", 0 },
	};

	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_user u = { .role = TT_ROLE_MEMBER, .password_hash = "h" };
		struct tt_err err = { 0 };
		int64_t id = 0;

		strncpy(u.name, rows[i].name, TT_USER_NAME_MAX);
		CHECK_ROW(tt_store_user_add(fx->store, &u, 5, &id, &err) == rows[i].rc, rows[i].name);
		CHECK_ROW((err.msg[0] != 0) == (rows[i].rc < 0) && (id > 0) == (rows[i].rc == 0), rows[i].name);
	}
}

static void looks_up_and_lists(void **state)
{
	struct fixture *fx = *state;
	struct tt_user u, *all;
	int64_t n = 0;
	size_t count;

	OK(fx, tt_store_user_by_name(fx->store, "aNN", &u, &fx->err));
	CHECK(u.id == fx->ann && u.role == TT_ROLE_OWNER && u.created_at == 1 && strcmp(u.password_hash, "x") == 0);
	OK(fx, tt_store_user_get(fx->store, fx->bob, &u, &fx->err));
	CHECK(strcmp(u.name, "Bob") == 0 && u.role == TT_ROLE_MEMBER);
	CHECK(tt_store_user_get(fx->store, 99, &u, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_user_by_name(fx->store, "", &u, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_user_count(fx->store, &n, &fx->err));
	OK(fx, tt_store_users(fx->store, &fx->arena, &all, &count, &fx->err));
	CHECK(n == 2 && count == 2 && strcmp(all[0].name, "Ann") == 0 && strcmp(all[1].name, "Bob") == 0);
}

static void first_user_only_once(void **state)
{
	struct fixture *fx = *state;
	struct tt_user u = { .name = "Cyd", .password_hash = "h" };
	int64_t id = 0;

	CHECK(tt_store_user_add_first(fx->store, &u, 1, &id, &fx->err) == TT_EEXISTS);
	CHECK(id == 0 && rows(fx, "SELECT count(*) FROM user") == 2);
}

/* What was imported before the set-up belongs to a nameless owner, whom the first user takes over. */
static void the_nameless_owner_is_taken_over(void **state)
{
	struct fixture *fx = *state;
	struct tt_user u = { .name = "Cyd", .password_hash = "h", .role = TT_ROLE_OWNER };
	struct tt_store *s = NULL;
	int64_t nameless = 0, again = 0, first = 0, n = -1;
	char path[128];

	snprintf(path, sizeof path, "%s/nameless.db", fx->dir);
	OK(fx, tt_store_open(&s, path, NULL, &fx->err));
	OK(fx, tt_store_user_nameless(s, 1, &nameless, &fx->err));
	OK(fx, tt_store_user_nameless(s, 2, &again, &fx->err));
	OK(fx, tt_store_user_count(s, &n, &fx->err));
	CHECK(nameless > 0 && again == nameless && n == 0);
	OK(fx, tt_store_user_add_first(s, &u, 3, &first, &fx->err));
	OK(fx, tt_store_user_by_name(s, "cyd", &u, &fx->err));
	OK(fx, tt_store_user_count(s, &n, &fx->err));
	CHECK(first == nameless && u.id == first && strcmp(u.password_hash, "h") == 0 && n == 1);
	CHECK(tt_store_user_add_first(s, &u, 4, &first, &fx->err) == TT_EEXISTS);
	tt_store_close(s);
	unlink(path);
}

static void roles_have_names(void **state)
{
	enum tt_role role = TT_ROLE_MEMBER;

	(void)state;
	CHECK(tt_role_of("owner", &role) && role == TT_ROLE_OWNER && strcmp(tt_role_name(role), "owner") == 0);
	CHECK(!tt_role_of("admin", &role) && !tt_role_of(NULL, &role) && !tt_role_of("", &role));
}

static struct tt_session session_of(int64_t user, int token)
{
	struct tt_session s = { .user = user, .created_at = 10, .seen_at = 10, .expires_at = 100, .agent = "Firefox" };

	memcpy(s.token_hash, &token, sizeof token);
	return s;
}

static void sessions_expire_and_end(void **state)
{
	struct fixture *fx = *state;
	struct tt_session s = session_of(fx->ann, 1), other = session_of(fx->bob, 2), got;
	struct tt_user u;
	static const struct {
		const char *name;
		int64_t now;
		int rc;
	} rows_[] = { { "young", 10, 0 }, { "last moment", 99, 0 }, { "expired", 100, TT_ENOTFOUND } };

	OK(fx, tt_store_session_add(fx->store, &s, &fx->err));
	OK(fx, tt_store_session_add(fx->store, &other, &fx->err));
	for (size_t i = 0; i < TT_LEN(rows_); i++)
		CHECK_ROW(tt_store_session_get(fx->store, s.token_hash, rows_[i].now, &got, &u, &fx->err) ==
				  rows_[i].rc,
			  rows_[i].name);
	CHECK(u.id == fx->ann && got.user == fx->ann && strcmp(got.agent, "Firefox") == 0);
	OK(fx, tt_store_session_touch(fx->store, s.token_hash, 50, 200, &fx->err));
	OK(fx, tt_store_session_get(fx->store, s.token_hash, 150, &got, NULL, &fx->err));
	CHECK(got.seen_at == 50 && got.expires_at == 200 && got.created_at == 10);
	OK(fx, tt_store_sessions_expire(fx->store, 100, &fx->err));
	CHECK(rows(fx, "SELECT count(*) FROM session") == 1);
	OK(fx, tt_store_session_end(fx->store, s.token_hash, &fx->err));
	CHECK(tt_store_session_get(fx->store, s.token_hash, 60, &got, NULL, &fx->err) == TT_ENOTFOUND);
	other.user = 99;
	other.token_hash[9] = 1;
	CHECK(tt_store_session_add(fx->store, &other, &fx->err) == TT_ENOTFOUND);
}

static void new_password_ends_other_sessions(void **state)
{
	struct fixture *fx = *state;
	struct tt_session mine = session_of(fx->ann, 1), phone = session_of(fx->ann, 2), bobs = session_of(fx->bob, 3),
			  got;
	struct tt_user u;

	OK(fx, tt_store_session_add(fx->store, &mine, &fx->err));
	OK(fx, tt_store_session_add(fx->store, &phone, &fx->err));
	OK(fx, tt_store_session_add(fx->store, &bobs, &fx->err));
	OK(fx, tt_store_user_set_password(fx->store, fx->ann, "new", mine.token_hash, &fx->err));
	OK(fx, tt_store_session_get(fx->store, mine.token_hash, 20, &got, &u, &fx->err));
	CHECK(strcmp(u.password_hash, "new") == 0);
	CHECK(tt_store_session_get(fx->store, phone.token_hash, 20, &got, NULL, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_store_session_get(fx->store, bobs.token_hash, 20, &got, NULL, &fx->err));
	OK(fx, tt_store_user_set_password(fx->store, fx->ann, "newer", NULL, &fx->err));
	CHECK(tt_store_session_get(fx->store, mine.token_hash, 20, &got, NULL, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_store_user_set_password(fx->store, 99, "new", NULL, &fx->err) == TT_ENOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_are_unique_without_case, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(looks_up_and_lists, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(first_user_only_once, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(the_nameless_owner_is_taken_over, fixture_open, fixture_close),
		cmocka_unit_test(roles_have_names),
		cmocka_unit_test_setup_teardown(sessions_expire_and_end, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(new_password_ends_other_sessions, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
