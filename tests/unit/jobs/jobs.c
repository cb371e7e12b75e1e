/* The team with a decoder and a network of our own: what is due gets done, once; what fails is tried again, then set
 * aside; a stop and every fault leave rows that the next start goes on with. */
#include "jobs/jobs.h"
#include "library_fixture.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "blob/derived.h"
#include "store/people.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MANY = 40 };

/* What the decoder and the network do is told by the first bytes of the original: its number and a word. */
struct bench {
	struct library *l;
	struct tt_jobs *jobs;
	struct tt_jobs_deps deps;
	struct tt_jobs_opts opts;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	unsigned developed, classified, largest_batch, failures, gone, stale, found;
	enum tt_develop_what last_what;
	bool hold; /* the decoder waits until this is false */
	unsigned holding;
	atomic_uint released;
	uint8_t planes[MANY][3];
	uint8_t wide[8 * 8 * 3];
	float face_at; /* where faces are found */
	bool choke;    /* or the network answers nonsense */
};

static int develop(void *ctx, int fd, const char *name, enum tt_develop_what what, struct tt_developed *out,
		   struct tt_err *err)
{
	struct bench *b = ctx;
	char text[16] = "";
	unsigned number;

	(void)name;
	CHECK(pread(fd, text, sizeof text - 1, 0) > 0);
	number = (unsigned)strtoul(text, NULL, 10);
	pthread_mutex_lock(&b->lock);
	b->holding++;
	pthread_cond_broadcast(&b->moved);
	while (b->hold)
		pthread_cond_wait(&b->moved, &b->lock);
	b->holding--;
	b->developed++;
	b->last_what = what;
	if (strstr(text, "crash") || (strstr(text, "twice") && b->failures < 2)) {
		b->failures++;
		pthread_mutex_unlock(&b->lock);
		return tt_err_set(err, TT_ECRASH, "the decoder crashed");
	}
	pthread_mutex_unlock(&b->lock);
	if (strstr(text, "broken"))
		return tt_err_set(err, TT_EINVALID, "is damaged");
	b->planes[number][0] = (uint8_t)(strstr(text, "poison") ? 255 : number % TT_CLASSES);
	*out = (struct tt_developed){ .plane = { 1, 1, b->planes[number] }, .memory = &b->released };
	if (what & TT_DEVELOP_FACES_PLANE)
		out->faces_plane = (struct tt_plane){ 8, 8, b->wide };
	if ((what & TT_DEVELOP_ALL) == TT_DEVELOP_ALL) {
		snprintf(out->facts.make, sizeof out->facts.make, "Maker %u", number);
		out->thumb = (const uint8_t *)"thumb";
		out->thumb_size = 5;
		out->preview = (const uint8_t *)"preview";
		out->preview_size = 7;
	}
	return 0;
}

static void developed_done(struct tt_developed *d)
{
	if (d->memory)
		atomic_fetch_add((atomic_uint *)d->memory, 1);
	*d = (struct tt_developed){ 0 };
}

static int classify(void *ctx, const struct tt_plane *planes, unsigned n, struct tt_classified *out,
		    struct tt_features *features, struct tt_err *err)
{
	struct bench *b = ctx;

	pthread_mutex_lock(&b->lock);
	b->classified += n;
	b->largest_batch = n > b->largest_batch ? n : b->largest_batch;
	pthread_mutex_unlock(&b->lock);
	for (unsigned i = 0; i < n; i++) {
		unsigned top = planes[i].rgb[0];

		if (top >= TT_CLASSES)
			return tt_err_set(err, TT_EINTERNAL, "the network choked");
		out[i] = (struct tt_classified){ .top = (enum tt_class)top, .labels = 1 };
		out[i].p[top] = 0.5f;
		features[i] = (struct tt_features){ .scale = 1, .n = 2, .q = { (uint8_t)top, 1 } };
		snprintf(out[i].label[0].name, sizeof out[i].label[0].name, "label %u", top);
	}
	return 0;
}

static int find(void *ctx, const struct tt_plane *plane, struct tt_face *out, unsigned room, unsigned *n,
		struct tt_err *err)
{
	struct bench *b = ctx;

	CHECK(plane->width == 8 && plane->rgb == b->wide && room == 5);
	if (b->choke)
		return tt_err_set(err, TT_EINVALID, "is no number");
	out[0] = (struct tt_face){ .x = b->face_at, .y = 0.5F, .w = 0.25F, .h = 0.25F, .has_vector = true, .px = 2 };
	memset(out[0].vector, 1, sizeof out[0].vector);
	*n = 1;
	return 0;
}

static int embed(void *ctx, const struct tt_plane *plane, const float box[4], struct tt_face *out, struct tt_err *err)
{
	(void)ctx;
	(void)err;
	CHECK(plane->width == 8);
	*out = (struct tt_face){ .x = box[0], .y = box[1], .w = box[2], .h = box[3], .has_vector = true, .px = 3 };
	memset(out->vector, 2, sizeof out->vector);
	return 0;
}

static void found(void *ctx, int64_t owner)
{
	struct bench *b = ctx;

	CHECK(owner == b->l->fx->ann);
	pthread_mutex_lock(&b->lock);
	b->found++;
	pthread_mutex_unlock(&b->lock);
}

/* From the next start on. */
static void look_for_faces(struct bench *b, const char *version)
{
	b->opts.max_faces = 5;
	b->deps.find = find;
	b->deps.embed = embed;
	b->deps.faces_ctx = b;
	b->deps.faces_version = version;
	b->deps.faces_found = found;
	b->deps.faces_found_ctx = b;
}

static void gone(void *ctx)
{
	struct bench *b = ctx;

	pthread_mutex_lock(&b->lock);
	b->gone++;
	pthread_mutex_unlock(&b->lock);
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	void *l = NULL;

	CHECK(b && library_open(&l) == 0);
	b->l = l;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->moved, NULL);
	b->opts = (struct tt_jobs_opts){ .threads = 2, .batch = 8, .tries = 3, .retry_delay_ms = 0 };
	b->deps = (struct tt_jobs_deps){ .store = b->l->fx->store,
					 .blobs = b->l->blobs,
					 .develop = develop,
					 .developed_done = developed_done,
					 .develop_ctx = b,
					 .classify = classify,
					 .classify_ctx = b,
					 .model = "m",
					 .version = "v1",
					 .gone = gone,
					 .gone_ctx = b };
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	void *l = b->l;

	tt_jobs_stop(b->jobs);
	library_close(&l);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->moved);
	free(b);
	return 0;
}

static void start(struct bench *b)
{
	OK(b->l->fx, tt_jobs_start(&b->jobs, &b->deps, &b->opts, &b->l->fx->err));
}

static void stop(struct bench *b)
{
	tt_jobs_stop(b->jobs);
	b->jobs = NULL;
}

static void wait_idle(struct bench *b)
{
	OK(b->l->fx, tt_jobs_wait_idle(b->jobs, &b->l->fx->err));
}

/* A photo whose original says what is to happen to it. */
static int64_t add(struct bench *b, int number, const char *word)
{
	char key[48], text[32];

	snprintf(key, sizeof key, "originals/2020/01/%d.jpg", number);
	snprintf(text, sizeof text, "%d %s", number, word);
	OK(b->l->fx, tt_blobs_put(b->l->blobs, key, text, strlen(text), &b->l->fx->err));
	return add_photo(b->l->fx, number);
}

static struct tt_photo photo_of(struct bench *b, int64_t id)
{
	struct tt_photo p;

	OK(b->l->fx, tt_store_photo(b->l->fx->store, b->l->fx->ann, id, &b->l->fx->arena, &p, &b->l->fx->err));
	return p;
}

static struct tt_aside aside_of(struct bench *b)
{
	struct tt_aside *rows;
	size_t n;

	OK(b->l->fx, tt_store_jobs_asides(b->l->fx->store, b->l->fx->ann, &b->l->fx->arena, &rows, &n, &b->l->fx->err));
	CHECK(n == 1);
	return rows[0];
}

static int64_t count(struct bench *b, const char *table)
{
	char sql[120];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
	return rows(b->l->fx, sql);
}

/* ---- */

static void all_that_waits_is_done(void **state)
{
	struct bench *b = *state;
	struct tt_jobs_progress progress;
	int64_t ids[MANY];

	for (int i = 0; i < MANY; i++)
		ids[i] = add(b, i, "");
	start(b);
	wait_idle(b);
	OK(b->l->fx, tt_jobs_progress(b->jobs, &progress, &b->l->fx->err));
	CHECK(progress.waiting == 0 && progress.aside == 0 && progress.eta_s == 0 && progress.per_second == 0);
	for (int i = 0; i < MANY; i++) {
		struct tt_photo p = photo_of(b, ids[i]);
		char make[32];

		snprintf(make, sizeof make, "Maker %d", i);
		CHECK(p.state == TT_PHOTO_DONE && p.cls == i % TT_CLASSES && strcmp(p.facts.make, make) == 0);
		CHECK(p.confidence > 0.49 && p.confidence < 0.51);
	}
	stop(b);
	CHECK(b->developed == MANY && b->released == MANY && b->classified == MANY && b->largest_batch <= 8);
	CHECK(library_files(b->l, "derived") == 2 * MANY && library_files(b->l, "tmp") == 0);
	CHECK(count(b, "job") == 0 && count(b, "guess WHERE model = 'm' AND version = 'v1'") == MANY);
	CHECK(count(b, "label") == MANY);
	check_sound(b->l->fx);
}

/* The owner's own head takes every animal for a building. */
static void adjust(void *ctx, int64_t owner, const struct tt_features *features, struct tt_classified *c,
		   char version[TT_GUESS_VERSION_SIZE])
{
	struct bench *b = ctx;

	CHECK(owner == b->l->fx->ann && features->n == 2 && features->q[0] == c->top);
	if (c->top != TT_CLASS_ANIMALS)
		return;
	*c = (struct tt_classified){ .top = TT_CLASS_BUILDINGS, .p = { [TT_CLASS_BUILDINGS] = 0.75f } };
	snprintf(version, TT_GUESS_VERSION_SIZE, "v1+u3");
}

static void stale(void *ctx, int64_t owner)
{
	struct bench *b = ctx;

	CHECK(owner == b->l->fx->ann);
	pthread_mutex_lock(&b->lock);
	b->stale++;
	pthread_mutex_unlock(&b->lock);
}

static void an_own_head_speaks(void **state)
{
	struct bench *b = *state;
	int64_t animal = add(b, 1, ""), vehicle = add(b, 3, "");

	b->deps.adjust = adjust;
	b->deps.stale = stale;
	b->deps.learn_ctx = b;
	start(b);
	wait_idle(b);
	CHECK(photo_of(b, animal).cls == TT_CLASS_BUILDINGS && photo_of(b, animal).confidence > 0.74);
	CHECK(photo_of(b, vehicle).cls == TT_CLASS_VEHICLES);
	stop(b);
	CHECK(count(b, "guess WHERE version = 'v1+u3' AND class = 'buildings'") == 1);
	CHECK(count(b, "guess WHERE version = 'v1'") == 1);
	/* What the shipped model said is kept beside the features; 'v1+u3' is no head that the rows know of. */
	CHECK(count(b, "feature WHERE model_version = 'v1' AND length(features) = 6") == 2);
	CHECK(count(b, "feature WHERE shipped = x'000000000000003f000000000000000000000000'") == 1);
	CHECK(b->stale == 1);
	start(b); /* neither asks for the photos again */
	wait_idle(b);
	CHECK(b->developed == 2);
}

static void a_wake_up_finds_new_rows(void **state)
{
	struct bench *b = *state;

	start(b);
	wait_idle(b);
	for (int i = 0; i < 5; i++) {
		int64_t id = add(b, i, "");

		tt_jobs_wake(b->jobs);
		wait_idle(b);
		CHECK(photo_of(b, id).state == TT_PHOTO_DONE);
	}
	CHECK(b->developed == 5);
}

static void without_a_model(void **state)
{
	struct bench *b = *state;
	int64_t id = add(b, 1, "");

	b->deps.classify = NULL;
	start(b);
	wait_idle(b);
	CHECK(photo_of(b, id).state == TT_PHOTO_DONE && photo_of(b, id).cls == TT_NO_CLASS);
	CHECK(count(b, "guess") == 0 && library_files(b->l, "derived") == 2);
	/* When there is one, all are classified, without being developed again. */
	stop(b);
	b->deps.classify = classify;
	start(b);
	wait_idle(b);
	CHECK(photo_of(b, id).cls == 1 && b->last_what == TT_DEVELOP_PLANE);
}

static void failures(void **state)
{
	static const struct {
		const char *word;
		enum tt_photo_state state;
		unsigned developed;
		const char *reason;
	} cases[] = {
		{ "twice", TT_PHOTO_DONE, 3, NULL },
		{ "crash", TT_PHOTO_ASIDE, 3, "crashed" },
		{ "broken", TT_PHOTO_ASIDE, 1, "damaged" },
		{ "poison", TT_PHOTO_ASIDE, 3, "choked" },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(cases); i++) {
		void *state_of_row = NULL;
		struct bench *b;
		int64_t id, good;

		set_up(&state_of_row);
		b = state_of_row;
		id = add(b, 1, cases[i].word);
		good = add(b, 2, "");
		start(b);
		wait_idle(b);
		CHECK_ROW(photo_of(b, id).state == cases[i].state, cases[i].word);
		CHECK_ROW(b->developed == cases[i].developed + 1, cases[i].word);
		CHECK_ROW(!cases[i].reason || strstr(aside_of(b).reason, cases[i].reason), cases[i].word);
		CHECK_ROW(photo_of(b, good).cls == 2, cases[i].word);
		tear_down(&state_of_row);
	}
}

static void a_missing_original_is_set_aside(void **state)
{
	struct bench *b = *state;
	int64_t id = add_photo(b->l->fx, 7);

	start(b);
	wait_idle(b);
	CHECK(photo_of(b, id).state == TT_PHOTO_ASIDE && aside_of(b).reason[0] != 0 && aside_of(b).tries == 3);
	/* When it is back, it can be tried again. */
	OK(b->l->fx, tt_blobs_put(b->l->blobs, "originals/2020/01/7.jpg", "7", 1, &b->l->fx->err));
	OK(b->l->fx, tt_store_aside_retry(b->l->fx->store, b->l->fx->ann, id, tt_now_ms(), &b->l->fx->err));
	tt_jobs_wake(b->jobs);
	wait_idle(b);
	CHECK(photo_of(b, id).state == TT_PHOTO_DONE);
}

static void another_model_asks_again(void **state)
{
	struct bench *b = *state;
	struct tt_photo_detail d;
	int64_t ids[3], fact;

	for (int i = 0; i < 3; i++)
		ids[i] = add(b, i, "");
	start(b);
	wait_idle(b);
	OK(b->l->fx, tt_store_fact_add(b->l->fx->store, b->l->fx->ann, ids[0], 4, 5, &fact, &b->l->fx->err));
	stop(b);
	start(b); /* the same model: nothing to do */
	wait_idle(b);
	CHECK(b->developed == 3);
	stop(b);
	b->deps.version = "v2";
	start(b);
	wait_idle(b);
	CHECK(b->developed == 6 && b->last_what == TT_DEVELOP_PLANE);
	CHECK(count(b, "guess WHERE version = 'v2'") == 3 && library_files(b->l, "derived") == 6);
	OK(b->l->fx,
	   tt_store_photo_detail(b->l->fx->store, b->l->fx->ann, ids[0], &b->l->fx->arena, &d, &b->l->fx->err));
	CHECK(d.photo.cls == 4 && d.correction == fact && strcmp(d.photo.facts.make, "Maker 0") == 0);
	check_sound(b->l->fx);
}

/* ---- faces */

static void faces_come_with_the_photo(void **state)
{
	struct bench *b = *state;

	look_for_faces(b, "f1");
	for (int i = 0; i < 3; i++)
		(void)add(b, i, "");
	start(b);
	wait_idle(b);
	CHECK(b->developed == 3 && b->released == 3 && b->found == 3 && b->classified == 3);
	CHECK(count(b, "face WHERE model = 'f1' AND px = 2 AND length(vector) = 256") == 3);
	CHECK(count(b, "photo WHERE faces_model = 'f1'") == 3 && library_files(b->l, "derived") == 9);
	stop(b);
	start(b); /* the same networks: nothing to do */
	wait_idle(b);
	CHECK(b->developed == 3);
	check_sound(b->l->fx);
}

static void photos_of_before_are_looked_at(void **state)
{
	struct bench *b = *state;
	struct tt_face_draw draw = { .sha256 = { 1 }, .box = { 0.625F, 0, 0.25F, 0.25F }, .person = -1 };
	struct tt_people_rows put = { .draws = &draw, .draws_count = 1, .now = 5 };
	int64_t face;

	(void)add(b, 1, "");
	start(b);
	wait_idle(b);
	stop(b);
	look_for_faces(b, "f1");
	start(b);
	wait_idle(b);
	CHECK(b->last_what == TT_DEVELOP_FACES_PLANE && b->classified == 1 && count(b, "face") == 1);
	CHECK(count(b, "guess") == 1 && count(b, "job") == 0);
	/* A face drawn by hand is looked at where it is. */
	OK(b->l->fx, tt_store_people_put(b->l->fx->store, b->l->fx->ann, &put, &b->l->fx->err));
	tt_jobs_wake(b->jobs);
	wait_idle(b);
	CHECK(count(b, "face WHERE source = 'drawn' AND px = 3 AND x = 0.625 AND vector IS NOT NULL") == 1);
	CHECK(library_files(b->l, "derived") == 4);
	stop(b);
	/* Another version: the same face a little aside keeps its row. */
	face = rows(b->l->fx, "SELECT min(id) FROM face");
	b->deps.faces_version = "f2";
	b->face_at = 0.03125F;
	start(b);
	wait_idle(b);
	CHECK(count(b, "face WHERE model = 'f2'") == 2);
	CHECK(rows(b->l->fx, "SELECT id FROM face WHERE x = 0.03125") == face);
	check_sound(b->l->fx);
}

static void a_network_that_chokes_costs_the_faces_only(void **state)
{
	struct bench *b = *state;
	int64_t id = add(b, 1, "");

	look_for_faces(b, "f1");
	b->choke = true;
	start(b);
	wait_idle(b);
	CHECK(photo_of(b, id).state == TT_PHOTO_DONE && photo_of(b, id).cls == 1 && count(b, "face") == 0);
	stop(b);
	b->choke = false;
	start(b); /* they are looked for again */
	wait_idle(b);
	CHECK(count(b, "face") == 1);
}

static void a_face_job_without_networks_ends(void **state)
{
	struct bench *b = *state;
	int64_t id = add(b, 1, "");

	start(b);
	wait_idle(b);
	OK(b->l->fx, tt_store_job_faces(b->l->fx->store, b->l->fx->ann, id, 5, &b->l->fx->err));
	tt_jobs_wake(b->jobs);
	wait_idle(b);
	CHECK(b->developed == 1 && count(b, "job") == 0 && count(b, "guess") == 1);
}

/* ---- ends */

static void until_held(struct bench *b, unsigned n)
{
	pthread_mutex_lock(&b->lock);
	while (b->holding < n)
		pthread_cond_wait(&b->moved, &b->lock);
	pthread_mutex_unlock(&b->lock);
}

static void let_go(struct bench *b)
{
	pthread_mutex_lock(&b->lock);
	b->hold = false;
	pthread_cond_broadcast(&b->moved);
	pthread_mutex_unlock(&b->lock);
}

static void *stop_there(void *arg)
{
	stop(arg);
	return NULL;
}

static void a_stop_finishes_or_gives_back(void **state)
{
	struct bench *b = *state;
	pthread_t stopper;
	int64_t done;

	for (int i = 0; i < MANY; i++)
		(void)add(b, i, "");
	b->hold = true;
	start(b);
	until_held(b, 2);
	CHECK(pthread_create(&stopper, NULL, stop_there, b) == 0);
	let_go(b);
	pthread_join(stopper, NULL);
	done = count(b, "photo WHERE developed_at IS NOT NULL");
	CHECK(done >= 2 && done == b->developed);
	CHECK(count(b, "job WHERE state = 'leased'") == 0);
	CHECK(count(b, "job WHERE state = 'waiting' AND tries = 0") == MANY - done);
	start(b);
	wait_idle(b);
	CHECK(b->developed == MANY && count(b, "job") == 0);
}

static void stops_at_any_moment_lose_nothing(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < MANY; i++)
		(void)add(b, i, "");
	for (int i = 0; i < 5; i++) {
		start(b);
		stop(b);
	}
	start(b);
	wait_idle(b);
	CHECK(b->developed == MANY && b->released >= MANY && count(b, "job") == 0);
}

static void sizes_are_checked(void **state)
{
	struct bench *b = *state;
	struct tt_err err = { 0 };

	b->opts.batch = 65;
	CHECK(tt_jobs_start(&b->jobs, &b->deps, &b->opts, &err) == TT_EINVALID && b->jobs == NULL && err.msg[0]);
}

static void a_photo_deleted_meanwhile(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->l->fx;
	int64_t id = add(b, 1, ""), n;

	b->hold = true;
	start(b);
	until_held(b, 1);
	OK(fx, tt_store_trash(fx->store, fx->ann, &id, 1, 5, &n, &fx->err));
	OK(fx, tt_store_purge(fx->store, fx->ann, &id, 1, 5, &n, &fx->err));
	let_go(b);
	stop(b); /* finishes what is in hand */
	CHECK(b->gone == 1 && count(b, "photo") == 0 && count(b, "guess") == 0);
	CHECK(count(b, "removal WHERE kind = 'derived'") == 1);
}

static void leases_of_the_dead_are_void(void **state)
{
	struct bench *b = *state;
	int64_t id = add(b, 1, "");
	struct tt_job *jobs;
	size_t n;

	OK(b->l->fx, tt_store_jobs_lease(b->l->fx->store, tt_now_ms(), 5, &b->l->fx->arena, &jobs, &n, &b->l->fx->err));
	CHECK(n == 1);
	start(b);
	wait_idle(b);
	CHECK(photo_of(b, id).state == TT_PHOTO_DONE);
}

/* ---- faults */

/* Whatever fails once: in the end every photo is done or set aside with a reason, and nothing is half-stored. */
static void one_fault(enum tt_fault kind, long n, bool *hit)
{
	void *state = NULL;
	struct bench *b;
	int64_t done;

	set_up(&state);
	b = state;
	b->opts.threads = 1;
	b->opts.tries = 5;
	look_for_faces(b, "f1");
	for (int i = 0; i < 3; i++)
		(void)add(b, i, "");
	start(b);
	wait_idle(b); /* connections are open */
	for (int i = 3; i < 6; i++)
		(void)add(b, i, "");
	tt_fault_arm(kind, n);
	tt_jobs_wake(b->jobs);
	while (tt_jobs_wait_idle(b->jobs, &b->l->fx->err) < 0)
		; /* the fault hit the one who asks */
	stop(b);
	*hit = tt_fault_disarm(kind);
	done = count(b, "photo WHERE developed_at IS NOT NULL AND guessed_at IS NOT NULL");
	CHECK(done == 6 && count(b, "job") == 0 && count(b, "guess") == 6 && count(b, "label") == 6);
	CHECK(count(b, "face") == 6 && count(b, "photo WHERE faces_model = 'f1'") == 6);
	CHECK(library_files(b->l, "derived") == 18 && library_files(b->l, "tmp") == 0);
	check_sound(b->l->fx);
	tear_down(&state);
}

static void every_fault_is_got_over(void **state)
{
	static const enum tt_fault kinds[] = { TT_FAULT_ALLOC, TT_FAULT_WRITE, TT_FAULT_FSYNC, TT_FAULT_SQL };

	(void)state;
	for (size_t k = 0; k < TT_LEN(kinds); k++) {
		bool hit = true;

		for (long n = 0; hit; n++) {
			CHECK(n < 500);
			one_fault(kinds[k], n, &hit);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_that_waits_is_done),
		TEST(an_own_head_speaks),
		TEST(a_wake_up_finds_new_rows),
		TEST(without_a_model),
		cmocka_unit_test(failures),
		TEST(a_missing_original_is_set_aside),
		TEST(another_model_asks_again),
		TEST(faces_come_with_the_photo),
		TEST(photos_of_before_are_looked_at),
		TEST(a_network_that_chokes_costs_the_faces_only),
		TEST(a_face_job_without_networks_ends),
		TEST(a_stop_finishes_or_gives_back),
		TEST(stops_at_any_moment_lose_nothing),
		TEST(sizes_are_checked),
		TEST(a_photo_deleted_meanwhile),
		TEST(leases_of_the_dead_are_void),
		cmocka_unit_test(every_fault_is_got_over),
	};

	tt_log_set_level(TT_LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
