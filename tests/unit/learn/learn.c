/* A user who puts photos right: the others follow where that is better, facts stay, and the way back leads back. */
#include "learn/learn.h"
#include "../store/fixture.h"

#include "db/db.h"
#include "store/learn.h"
#include "vision/head.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PHOTOS = 60, FEATURES = 32 };

struct bench {
	struct fixture *fx;
	int64_t photo[PHOTOS];
	struct tt_learn *learn;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	unsigned changed, failed;
};

static const struct tt_learn_opts opts = { true, 10, 5, 1000, 1000 };

/* Photos are of two kinds by what is lit in them; the model says people of all. */
static struct tt_features features_of(int number)
{
	struct tt_features f = { .scale = 1, .n = FEATURES };

	for (unsigned k = 0; k < FEATURES; k++)
		f.q[k] = (uint8_t)((k % 2 == (unsigned)number % 2 ? 100 : 5) + (number * 7 + (int)k * 13) % 20);
	return f;
}

static const float shipped[TT_CLASSES] = { .6f, .1f, .1f, .1f, .1f };

static int64_t add_seen(struct bench *b, int number)
{
	struct fixture *fx = b->fx;
	int64_t id = add_photo(fx, number);
	const struct tt_features f = features_of(number);
	const struct tt_guess guess = {
		.model = "m", .version = "v1", .confidence = shipped[0], .p = { .6, .1, .1, .1, .1 }
	};
	const struct tt_facts facts = { .frames = 1 };
	uint8_t blob[TT_FEATURES_BYTES];
	struct tt_job_result r = { .photo = id,
				   .now = 5,
				   .facts = &facts,
				   .guess = &guess,
				   .features = blob,
				   .features_size = tt_features_pack(blob, &f),
				   .shipped = shipped,
				   .model_version = "v1" };
	char sql[80];

	snprintf(sql, sizeof sql, "SELECT max(id) FROM job WHERE photo = %lld", (long long)id);
	r.job = rows(fx, sql);
	memcpy(r.sha256, &number, sizeof number);
	OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
	return id;
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	void *fx = NULL;

	CHECK(b && fixture_open(&fx) == 0);
	b->fx = fx;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->moved, NULL);
	for (int i = 0; i < PHOTOS; i++)
		b->photo[i] = add_seen(b, i);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	void *fx = b->fx;

	tt_learn_stop(b->learn);
	fixture_close(&fx);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->moved);
	free(b);
	return 0;
}

/* The next n photos of each kind: the even ones show people indeed, the odd ones vehicles. */
static void say(struct bench *b, int from, int n)
{
	int64_t fact;

	for (int i = from; i < from + 2 * n; i++)
		OK(b->fx, tt_store_fact_add(b->fx->store, b->fx->ann, b->photo[i],
					    i % 2 ? TT_CLASS_VEHICLES : TT_CLASS_PEOPLE, 7, &fact, &b->fx->err));
}

static struct tt_learn_report fit(struct bench *b)
{
	struct tt_learn_report r;

	OK(b->fx, tt_learn_fit(b->fx->store, b->fx->ann, "v1", &opts, &r, &b->fx->err));
	return r;
}

static int64_t apply(struct bench *b)
{
	int64_t made;

	OK(b->fx, tt_learn_apply(b->fx->store, b->fx->ann, "v1", NULL, NULL, &made, &b->fx->err));
	return made;
}

#define FACTS "SELECT count(*) * 1000000 + coalesce(sum(id * 31 + length(value) + coalesce(undone_at, 0)), 0) FROM fact"

static void the_others_follow_and_facts_stay(void **state)
{
	struct bench *b = *state;
	struct tt_learn_report r;
	int64_t facts;

	say(b, 0, 10);
	facts = rows(b->fx, FACTS);
	r = fit(b);
	CHECK(r.outcome == TT_LEARN_BETTER && r.version == 1 && r.corrections == 20 && r.rehearsed == PHOTOS - 20);
	CHECK(r.right_before == 10 && r.right_after == 20);
	CHECK(apply(b) == PHOTOS && apply(b) == 0);
	CHECK(rows(b->fx, "SELECT count(*) FROM guess WHERE version = 'v1+u1'") == PHOTOS);
	CHECK(rows(b->fx, "SELECT count(*) FROM photo WHERE shown_class = 'vehicles'") == PHOTOS / 2);
	CHECK(rows(b->fx, "SELECT count(*) FROM photo WHERE shown_class = 'people'") == PHOTOS / 2);
	CHECK(rows(b->fx, FACTS) == facts);
	check_sound(b->fx);
}

static void the_way_back_leads_back(void **state)
{
	struct bench *b = *state;
	int64_t n;

	say(b, 0, 10);
	fit(b);
	apply(b);
	OK(b->fx, tt_store_head_undo(b->fx->store, b->fx->ann, &n, &b->fx->err));
	CHECK(n == 1 && apply(b) == PHOTOS);
	CHECK(rows(b->fx, "SELECT count(*) FROM guess WHERE version = 'v1' AND class = 'people' "
			  "AND abs(confidence - 0.6) < 1e-6 AND abs(vehicles - 0.1) < 1e-6") == PHOTOS);
	CHECK(rows(b->fx, "SELECT count(*) FROM photo WHERE shown_class = 'vehicles'") == 10); /* facts */
	check_sound(b->fx);
}

static void too_few_and_no_better_change_nothing(void **state)
{
	struct bench *b = *state;
	struct tt_learn_report r;
	int64_t fact;

	r = fit(b);
	CHECK(r.outcome == TT_LEARN_TOO_FEW && r.version == 0 && r.corrections == 0);
	say(b, 0, 4);
	r = fit(b);
	CHECK(r.outcome == TT_LEARN_TOO_FEW && r.corrections == 8);
	for (int i = 0; i < 20; i++) /* all is right already */
		OK(b->fx,
		   tt_store_fact_add(b->fx->store, b->fx->ann, b->photo[i], TT_CLASS_PEOPLE, 7, &fact, &b->fx->err));
	r = fit(b);
	CHECK(r.outcome == TT_LEARN_NOT_BETTER && r.version == 1 && r.right_before == 20 && r.right_after <= 20);
	CHECK(apply(b) == 0 && rows(b->fx, "SELECT count(*) FROM head WHERE active = 0 AND weights IS NULL") == 1);
}

static void damaged_rows_do_no_harm(void **state)
{
	struct bench *b = *state;
	struct tt_own_head *head = NULL;
	char version[TT_GUESS_VERSION_SIZE];
	struct tt_db *db = NULL;
	struct tt_learn_report r;

	say(b, 0, 10);
	OK(b->fx, tt_db_open(&db, b->fx->path, &(struct tt_db_opts){ .busy_ms = 1000 }, &b->fx->err));
	OK(b->fx, tt_db_exec(db,
			     "UPDATE feature SET features = x'' WHERE photo % 10 = 3; "
			     "UPDATE feature SET features = x'0000c07f0102' WHERE photo % 10 = 7;",
			     &b->fx->err));
	r = fit(b);
	CHECK(r.outcome == TT_LEARN_BETTER && r.corrections == 16 && r.rehearsed == 32);
	CHECK(apply(b) == PHOTOS); /* what is damaged keeps the shipped answer */
	OK(b->fx, tt_db_exec(db, "UPDATE head SET weights = x'00112233'", &b->fx->err));
	CHECK(tt_learn_load(b->fx->store, b->fx->ann, "v1", &head, version, &b->fx->err) == TT_EINVALID);
	CHECK(!head && b->fx->err.msg[0]);
	tt_db_close(db);
}

/* ---- the thread */

static void changed(void *ctx)
{
	struct bench *b = ctx;

	pthread_mutex_lock(&b->lock);
	b->changed++;
	pthread_cond_broadcast(&b->moved);
	pthread_mutex_unlock(&b->lock);
}

static void failed(void *ctx, int64_t owner, const struct tt_err *err)
{
	struct bench *b = ctx;

	CHECK(owner == b->fx->ann && err->msg[0]);
	pthread_mutex_lock(&b->lock);
	b->failed++;
	pthread_cond_broadcast(&b->moved);
	pthread_mutex_unlock(&b->lock);
}

static void start(struct bench *b)
{
	struct tt_learn_deps deps = { b->fx->store, "v1", changed, failed, b };

	OK(b->fx, tt_learn_start(&b->learn, &deps, &opts, &b->fx->err));
}

static void wait_for(struct bench *b, const unsigned *count, unsigned n)
{
	pthread_mutex_lock(&b->lock);
	while (*count < n)
		pthread_cond_wait(&b->moved, &b->lock);
	pthread_mutex_unlock(&b->lock);
}

/* Until the first look, which a start asks for, is over: what is said during it might be learnt at once. */
static void settle(struct bench *b)
{
	while (tt_learn_busy(b->learn, b->fx->ann))
		usleep(1000);
}

static enum tt_class adjusted(struct bench *b, int number, char version[TT_GUESS_VERSION_SIZE])
{
	struct tt_features f = features_of(number);
	struct tt_classified c = { .top = TT_CLASS_PEOPLE };

	memcpy(c.p, shipped, sizeof c.p);
	snprintf(version, TT_GUESS_VERSION_SIZE, "v1");
	tt_learn_adjust(b->learn, b->fx->ann, &f, &c, version);
	return c.top;
}

static void corrections_wake_it_up(void **state)
{
	struct bench *b = *state;
	char version[TT_GUESS_VERSION_SIZE];

	start(b);
	settle(b);
	CHECK(adjusted(b, 1, version) == TT_CLASS_PEOPLE && strcmp(version, "v1") == 0);
	say(b, 0, 10);
	tt_learn_wake(b->learn, b->fx->ann);
	wait_for(b, &b->changed, 1);
	CHECK(rows(b->fx, "SELECT count(*) FROM guess WHERE version = 'v1+u1'") == PHOTOS);
	CHECK(adjusted(b, 1, version) == TT_CLASS_VEHICLES && strcmp(version, "v1+u1") == 0);
	CHECK(adjusted(b, 2, version) == TT_CLASS_PEOPLE && strcmp(version, "v1+u1") == 0);
	say(b, 20, 1); /* two more are too few to learn again; five are not */
	tt_learn_wake(b->learn, b->fx->ann);
	say(b, 22, 2);
	tt_learn_wake(b->learn, b->fx->ann);
	wait_for(b, &b->changed, 2);
	CHECK(rows(b->fx, "SELECT max(corrections) FROM head") >= 25);
	OK(b->fx, tt_learn_undo(b->learn, b->fx->ann, &b->fx->err));
	wait_for(b, &b->changed, 3);
	CHECK(rows(b->fx, "SELECT count(*) FROM guess WHERE version = 'v1'") == PHOTOS);
	CHECK(adjusted(b, 1, version) == TT_CLASS_PEOPLE && b->failed == 0);
	tt_learn_try(b->learn, b->fx->ann);
	wait_for(b, &b->changed, 4);
	CHECK(adjusted(b, 1, version) == TT_CLASS_VEHICLES && strcmp(version, "v1+u3") == 0);
}

/* A process ended between the head and the guesses; another one learnt meanwhile. */
static void a_start_finishes_what_was_begun(void **state)
{
	struct bench *b = *state;
	char version[TT_GUESS_VERSION_SIZE];

	say(b, 0, 10);
	fit(b);
	start(b);
	wait_for(b, &b->changed, 1);
	CHECK(rows(b->fx, "SELECT count(*) FROM guess WHERE version = 'v1+u1'") == PHOTOS);
	fit(b);
	tt_learn_reload(b->learn);
	wait_for(b, &b->changed, 2);
	CHECK(adjusted(b, 1, version) == TT_CLASS_VEHICLES && strcmp(version, "v1+u2") == 0);
	add_seen(b, PHOTOS); /* its guess was made by nobody's head */
	tt_learn_stale(b->learn, b->fx->ann);
	wait_for(b, &b->changed, 3);
	CHECK(rows(b->fx, "SELECT count(*) FROM guess WHERE version = 'v1+u2'") == PHOTOS + 1);
}

static void damaged_weights_are_told(void **state)
{
	struct bench *b = *state;
	char version[TT_GUESS_VERSION_SIZE];
	const struct tt_learnt head = { .model_version = "v1", .weights = { "rubbish", 7 }, .active = true };
	int64_t n;

	OK(b->fx, tt_store_head_add(b->fx->store, b->fx->ann, &head, &n, &b->fx->err));
	start(b);
	wait_for(b, &b->failed, 1);
	CHECK(adjusted(b, 1, version) == TT_CLASS_PEOPLE && strcmp(version, "v1") == 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_others_follow_and_facts_stay),
		TEST(the_way_back_leads_back),
		TEST(too_few_and_no_better_change_nothing),
		TEST(damaged_rows_do_no_harm),
		TEST(corrections_wake_it_up),
		TEST(a_start_finishes_what_was_begun),
		TEST(damaged_weights_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
