/* The n-th allocation or statement fails, for every n until the call succeeds: each failure is clean, that is the right
 * code, a message, the rows as they were before, and nothing leaked (the address sanitizer judges). */
#include "fixture.h"

#include "base/fault.h"
#include "store/learn.h"
#include "store/own_classes.h"
#include "store/people.h"

#include <stdio.h>
#include <string.h>

/* What must not have changed. */
static int64_t fingerprint(const struct fixture *fx)
{
	return rows(
		fx,
		"SELECT (SELECT count(*) FROM photo) + 100 * (SELECT count(*) FROM job) + "
		"10000 * (SELECT count(*) FROM source) + 1000000 * (SELECT count(*) FROM photo_text) + "
		"100000000 * (SELECT count(*) FROM label) + 10000000000 * (SELECT count(*) FROM fact) + "
		"1000000000000 * (SELECT count(*) FROM removal) + 100000000000000 * (SELECT count(*) FROM tombstone) + "
		"10000000000000000 * (SELECT count(*) FROM guess)");
}

struct call {
	struct fixture *fx;
	int64_t photo, job, id, n;
	struct tt_arena arena;
};
typedef int call_fn(struct call *c, struct tt_err *err);

static int photo_add(struct call *c, struct tt_err *err)
{
	struct tt_new_photo p = new_photo(c->fx, 7);
	struct tt_known_photo known;

	p.source_path = "/p/a.jpg";
	return tt_store_photo_add(c->fx->store, &p, &known, err);
}

static int job_finish(struct call *c, struct tt_err *err)
{
	const struct tt_facts facts = { .make = "Canon", .taken = "2019-05-04T10:00:00", .frames = 1 };
	const struct tt_label labels[] = { { "cat", 0.5 }, { "dog", 0.4 } };
	const struct tt_guess guess = guess_of(1, 0.5, "v1");
	const struct tt_found_face face = { .box = { 0.5F, 0.5F, 0.125F, 0.125F }, .has_vector = true };
	const struct tt_found_faces faces = { .model = "f1", .faces = &face, .count = 1 };
	struct tt_job_result r = { .job = c->job,
				   .photo = c->photo,
				   .now = 5,
				   .facts = &facts,
				   .guess = &guess,
				   .labels = labels,
				   .labels_count = 2,
				   .faces = &faces };

	r.sha256[0] = 1;
	return tt_store_jobs_finish(c->fx->store, &r, 1, err);
}

static int jobs_lease(struct call *c, struct tt_err *err)
{
	struct tt_job *jobs;
	size_t n;

	return tt_store_jobs_lease(c->fx->store, INT64_MAX, 5, &c->arena, &jobs, &n, err);
}

static int fact_add(struct call *c, struct tt_err *err)
{
	return tt_store_fact_add(c->fx->store, c->fx->ann, c->photo, 2, 5, &c->id, err);
}

static int trash(struct call *c, struct tt_err *err)
{
	return tt_store_trash(c->fx->store, c->fx->ann, &c->photo, 1, 5, &c->n, err);
}

static int purge(struct call *c, struct tt_err *err)
{
	return tt_store_purge(c->fx->store, c->fx->ann, &c->id, 1, 5, &c->n, err);
}

static int album_add(struct call *c, struct tt_err *err)
{
	return tt_store_album_add(c->fx->store, c->fx->ann, "a", 5, &c->id, err);
}

static int photo_detail(struct call *c, struct tt_err *err)
{
	struct tt_photo_detail d;

	return tt_store_photo_detail(c->fx->store, c->fx->ann, c->photo, &c->arena, &d, err);
}

static int photo_page(struct call *c, struct tt_err *err)
{
	struct tt_photo_filter f = of_ann(c->fx);
	struct tt_photo_page page;

	return tt_store_photo_page(c->fx->store, &f, (struct tt_cursor){ 0 }, 5, &c->arena, &page, err);
}

static int search(struct call *c, struct tt_err *err)
{
	struct tt_photo_page page;

	return tt_store_search(c->fx->store, c->fx->ann, "img", 0, (struct tt_cursor){ 0 }, 5, &c->arena, &page, err);
}

static int smart_albums(struct call *c, struct tt_err *err)
{
	struct tt_smart_album s[TT_SMART_ALBUMS];

	return tt_store_smart_albums(c->fx->store, c->fx->ann, s, err);
}

static int head_add(struct call *c, struct tt_err *err)
{
	const struct tt_learnt head = {
		.model_version = "v1", .weights = { "w", 1 }, .active = true, .made_at = 5, .corrections = 20
	};

	return tt_store_head_add(c->fx->store, c->fx->ann, &head, &c->n, err);
}

static int learn_guess(struct call *c, struct tt_err *err)
{
	const struct tt_guess guess = guess_of(1, 0.5, "v1+u1");
	struct tt_learn_photo photo = { .photo = c->id };

	photo.sha256[0] = 2;
	return tt_store_learn_guess(c->fx->store, c->fx->ann, &photo, &guess, 1, err);
}

static int learn_rows(struct call *c, struct tt_err *err)
{
	struct tt_learn_photo *rows;
	size_t n;

	return tt_store_learn_stale(c->fx->store, c->fx->ann, "v1", "v1+u1", 0, 9, &c->arena, &rows, &n, err);
}

static int own_class_add(struct call *c, struct tt_err *err)
{
	return tt_store_own_class_add(c->fx->store, c->fx->ann, "a", 9, 5, &c->n, err);
}

static int own_classes(struct call *c, struct tt_err *err)
{
	struct tt_own_class *all;
	size_t n;

	return tt_store_own_classes(c->fx->store, c->fx->ann, false, &c->arena, &all, &n, err);
}

/* The class is added before, where there is none yet. */
static int class_said(struct call *c, struct tt_err *err)
{
	int64_t id, fact;
	size_t n;
	int rc = tt_store_own_class_named(c->fx->store, c->fx->ann, "b", &id, err);

	if (rc == TT_ENOTFOUND) {
		*err = (struct tt_err){ 0 };
		rc = tt_store_own_class_add(c->fx->store, c->fx->ann, "b", 9, 5, &id, err);
	}
	return rc < 0 ? rc : tt_store_class_say(c->fx->store, c->fx->ann, id, &c->photo, 1, true, 5, &fact, &n, err);
}

static int people_put(struct call *c, struct tt_err *err)
{
	struct tt_person_put person = { .uid = "0123456789abcdef0123456789abcdef", .name = "Ann" };
	struct tt_face_draw draw = { .sha256 = { 1 }, .box = { 0.25F, 0.25F, 0.5F, 0.5F } };
	const struct tt_face_put face = { .id = 1, .person_confidence = 0.5 };
	const int64_t gone = 99;
	struct tt_people_rows put = { .persons = &person,
				      .persons_count = 1,
				      .draws = &draw,
				      .draws_count = 1,
				      .faces = &face,
				      .faces_count = 1,
				      .gone = &gone,
				      .gone_count = 1 };

	return tt_store_people_put(c->fx->store, c->fx->ann, &put, err);
}

static int face_facts_add(struct call *c, struct tt_err *err)
{
	const struct tt_face_fact facts[] = { { .kind = "hide", .person_uid = "a" },
					      { .kind = "show", .person_uid = "a" } };
	int64_t ids[2];

	return tt_store_face_facts_add(c->fx->store, c->fx->ann, facts, 2, ids, err);
}

static int face_facts_undo(struct call *c, struct tt_err *err)
{
	const int64_t facts[] = { 1, 2 };
	int64_t changed;
	int rc = tt_store_face_facts_undo(c->fx->store, c->fx->ann, facts, 2, 5, &changed, err);

	return rc == TT_ENOTFOUND ? (*err = (struct tt_err){ 0 }, 0) : rc;
}

static int faces_known(struct call *c, struct tt_err *err)
{
	struct tt_face_known *rows;
	size_t n;

	return tt_store_faces_known(c->fx->store, c->fx->ann, 0, 9, &c->arena, &rows, &n, err);
}

static int faces_unknown(struct call *c, struct tt_err *err)
{
	struct tt_face_page page;

	return tt_store_faces_of_person(c->fx->store, c->fx->ann, 0, (struct tt_face_cursor){ 0 }, 9, &c->arena, &page,
					err);
}

static int people_list(struct call *c, struct tt_err *err)
{
	struct tt_person_page page;

	return tt_store_people(c->fx->store, c->fx->ann, TT_PEOPLE_BOTH, "a", (struct tt_person_cursor){ 0 }, 9,
			       &c->arena, &page, err);
}

static int people_counts(struct call *c, struct tt_err *err)
{
	struct tt_people_counts counts;

	return tt_store_people_counts(c->fx->store, c->fx->ann, &counts, err);
}

static int jobs_refind(struct call *c, struct tt_err *err)
{
	return tt_store_jobs_refind(c->fx->store, "f9", 5, &c->n, err);
}

static int store_open(struct call *c, struct tt_err *err)
{
	struct tt_store *s = NULL;
	char path[128];
	int rc;

	snprintf(path, sizeof path, "%s/new.db", c->fx->dir);
	(void)remove(path);
	rc = tt_store_open(&s, path, NULL, err);
	tt_store_close(s);
	(void)remove(path);
	snprintf(path, sizeof path, "%s/new.db-wal", c->fx->dir);
	(void)remove(path);
	snprintf(path, sizeof path, "%s/new.db-shm", c->fx->dir);
	(void)remove(path);
	return rc;
}

static const struct {
	const char *name;
	call_fn *fn;
	bool writes;
} calls[] = {
	{ "photo add", photo_add, true },
	{ "jobs lease", jobs_lease, false },
	{ "job finish", job_finish, true },
	{ "fact add", fact_add, true },
	{ "photo detail", photo_detail, false },
	{ "photo page", photo_page, false },
	{ "search", search, false },
	{ "smart albums", smart_albums, false },
	{ "trash", trash, false },
	{ "head add", head_add, false },
	{ "learn guess", learn_guess, false },
	{ "learn rows", learn_rows, false },
	{ "own class add", own_class_add, false },
	{ "own classes", own_classes, false },
	{ "class said", class_said, false },
	{ "people put", people_put, true },
	{ "face facts add", face_facts_add, false },
	{ "face facts undo", face_facts_undo, false },
	{ "faces known", faces_known, false },
	{ "faces unknown", faces_unknown, false },
	{ "people list", people_list, false },
	{ "people counts", people_counts, false },
	{ "jobs refind", jobs_refind, true },
	{ "purge", purge, true },
	{ "album add", album_add, false },
	{ "store open", store_open, false },
};

/* A store with one photo in work, one in the trash, and a connection pool that is still empty: opening is part of it.
 */
static void set_up(struct fixture *fx, struct call *c)
{
	int64_t n;

	*c = (struct call){ .fx = fx, .arena.max = 1 << 20 };
	c->photo = add_photo(fx, 1);
	c->job = rows(fx, "SELECT max(id) FROM job");
	c->id = add_done(fx, 2, "2020-01-01T00:00:00", 3, 0.5);
	OK(fx, tt_store_trash(fx->store, fx->ann, &c->id, 1, 5, &n, &fx->err));
	tt_store_close(fx->store);
	fx->store = NULL;
	OK(fx, tt_store_open(&fx->store, fx->path, &(struct tt_store_opts){ .readers = 1, .busy_ms = 100 }, &fx->err));
}

static void sweep(enum tt_fault kind, int code, size_t row)
{
	bool hit = true;
	long n = 0;

	for (; hit; n++) {
		void *state = NULL;
		struct fixture *fx;
		struct call c;
		struct tt_err err = { 0 };
		int64_t before;
		int rc;

		CHECK(n < 500);
		fixture_open(&state);
		fx = state;
		set_up(fx, &c);
		before = fingerprint(fx);
		tt_fault_arm(kind, n);
		rc = calls[row].fn(&c, &err);
		hit = tt_fault_disarm(kind);
		CHECK_ROW(rc == (hit ? code : 0) && (err.msg[0] != 0) == hit, calls[row].name);
		CHECK_ROW((fingerprint(fx) != before) == (rc == 0 && calls[row].writes), calls[row].name);
		err = (struct tt_err){ 0 };
		CHECK_ROW(!hit || calls[row].fn(&c, &err) == 0, calls[row].name); /* works once the fault is over */
		check_sound(fx);
		tt_arena_free(&c.arena);
		fixture_close(&state);
	}
	CHECK_ROW(n > 1, calls[row].name);
}

static void every_statement_may_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < TT_LEN(calls); i++)
		sweep(TT_FAULT_SQL, TT_EIO, i);
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < TT_LEN(calls); i++)
		sweep(TT_FAULT_ALLOC, TT_ENOMEM, i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_may_fail),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
