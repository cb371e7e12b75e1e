/* Faces are sorted, words are heeded at once and can be taken back, and nothing that was said is ever lost. */
#include "faces.h"

#include "base/buf.h"
#include "base/fault.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct bench {
	struct fixture *fx;
	int64_t photos[PHOTOS];
	struct shown now;
	struct tt_people_call call;
};

static void connect(struct bench *b)
{
	b->fx->arena.max = (size_t)1 << 30;
	b->call = (struct tt_people_call){
		.store = b->fx->store, .arena = &b->fx->arena, .owner = b->fx->ann, .now = 100
	};
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	void *fx = NULL;

	CHECK(b && fixture_open(&fx) == 0);
	b->fx = fx;
	connect(b);
	add_all(b->fx, b->photos, 0, 0);
	OK(b->fx, tt_people_refresh(b->fx->store, b->fx->ann, &usual, true, &b->fx->err));
	look(b->fx, &b->now);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	void *fx = b->fx;

	fixture_close(&fx);
	free(b);
	return 0;
}

static void sort_again(struct bench *b, const struct tt_people_opts *opts)
{
	OK(b->fx, tt_people_refresh(b->fx->store, b->fx->ann, opts, true, &b->fx->err));
	look(b->fx, &b->now);
}

static int64_t face_of(const struct bench *b, int content, int which)
{
	return b->now.faces[content * ON_PHOTO + which].id;
}

static int64_t person_at(const struct bench *b, int content, int which)
{
	return b->now.faces[content * ON_PHOTO + which].person;
}

/* Every face is with those of its person and with nobody else. */
static void check_sorted(const struct bench *b)
{
	for (int i = 0; i < ALL_FACES; i++)
		for (int k = 0; k < i; k++) {
			bool same = truth(i / ON_PHOTO, i % ON_PHOTO) == truth(k / ON_PHOTO, k % ON_PHOTO);

			CHECK(b->now.faces[i].person != 0);
			CHECK((b->now.faces[i].person == b->now.faces[k].person) == same);
		}
}

static void faces_become_persons_that_stay(void **state)
{
	struct bench *b = *state;
	struct shown before = b->now;

	check_sorted(b);
	CHECK(b->now.persons_count == PERSONS);
	sort_again(b, &usual);
	for (int i = 0; i < ALL_FACES; i++)
		CHECK(b->now.faces[i].person == before.faces[i].person);
	check_sound(b->fx);
}

static void a_new_face_finds_its_person(void **state)
{
	struct bench *b = *state;
	int64_t photo = add_photo(b->fx, PHOTOS);

	put_found(b->fx, photo, PHOTOS, 0, 0);
	OK(b->fx, tt_people_refresh(b->fx->store, b->fx->ann, &usual, false, &b->fx->err));
	for (int which = 0; which < ON_PHOTO; which++) {
		struct tt_face_row *faces;
		size_t n;

		OK(b->fx,
		   tt_store_faces_of_photo(b->fx->store, b->fx->ann, photo, &b->fx->arena, &faces, &n, &b->fx->err));
		CHECK(n == ON_PHOTO && !faces[which].said);
		for (int i = 0; i < ALL_FACES; i++)
			if (truth(i / ON_PHOTO, i % ON_PHOTO) == truth(PHOTOS, which))
				CHECK(b->now.faces[i].person == faces[which].person);
	}
}

static void strangers_who_recur_become_a_person(void **state)
{
	struct bench *b = *state;
	int64_t photos[3];

	for (int i = 0; i < 3; i++) {
		photos[i] = add_photo(b->fx, PHOTOS + i * PERSONS);
		put_found(b->fx, photos[i], PHOTOS + i * PERSONS, 1, 0); /* nobody is like that until now */
	}
	OK(b->fx, tt_people_refresh(b->fx->store, b->fx->ann, &usual, false, &b->fx->err));
	CHECK(rows(b->fx, "SELECT count(*) FROM person") == PERSONS + 1);
	CHECK(rows(b->fx, "SELECT count(*) FROM face WHERE person = (SELECT max(id) FROM person)") == 3);
}

/* ---- what is said */

static struct tt_people_said said;

static void a_word_is_heeded_and_taken_back(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->fx;
	int64_t ann = person_at(b, 0, 0), bob = person_at(b, 1, 0), face = face_of(b, 0, 0);
	struct tt_person p;

	OK(fx, tt_people_name(&b->call, ann, "  Ann ", &said, &fx->err));
	CHECK(said.count == 2 && said.person == ann); /* the cover is Ann, and this is her name */
	OK(fx, tt_store_person(fx->store, fx->ann, ann, &fx->arena, &p, &fx->err));
	CHECK(strcmp(p.name, "Ann") == 0);
	OK(fx, tt_people_name(&b->call, ann, "Ann", &said, &fx->err));
	CHECK(said.count == 0);

	OK(fx, tt_people_is_not(&b->call, &face, 1, ann, &said, &fx->err));
	look(fx, &b->now);
	CHECK(person_at(b, 0, 0) == 0);
	OK(fx, tt_people_undo(&b->call, &said.facts[0], 1, &fx->err));
	look(fx, &b->now);
	CHECK(person_at(b, 0, 0) == ann);

	OK(fx, tt_people_is(&b->call, &face, 1, bob, &said, &fx->err));
	look(fx, &b->now);
	CHECK(person_at(b, 0, 0) == bob && said.person == bob && b->now.faces[0].said);
	sort_again(b, &usual);
	CHECK(person_at(b, 0, 0) == bob);
	OK(fx, tt_people_undo(&b->call, &said.facts[0], 1, &fx->err));
	look(fx, &b->now);
	CHECK(person_at(b, 0, 0) == ann);

	OK(fx, tt_people_is_named(&b->call, &face, 1, "ANN", &said, &fx->err));
	CHECK(said.person == ann && said.count == 1);
	OK(fx, tt_people_is_named(&b->call, &face, 1, "Eve", &said, &fx->err));
	CHECK(said.person != ann && said.count == 2);
	OK(fx, tt_people_not_a_face(&b->call, &face, 1, &said, &fx->err));
	look(fx, &b->now);
	CHECK(b->now.faces[0].hidden && b->now.faces[0].person == 0);
	check_sound(fx);
}

static void of_many_faces_the_same_is_said(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->fx;
	int64_t faces[] = { face_of(b, 0, 0), face_of(b, 1, 0), face_of(b, 2, 0) }, none[] = { faces[0], 99999 };
	struct shown before = b->now;
	int64_t facts = rows(fx, "SELECT count(*) FROM face_fact");

	CHECK(tt_people_is_named(&b->call, none, 2, "Eve", &said, &fx->err) == TT_ENOTFOUND);
	CHECK(tt_people_not_a_face(&b->call, faces, 0, &said, &fx->err) == TT_EINVALID);
	CHECK(rows(fx, "SELECT count(*) FROM face_fact") == facts);
	OK(fx, tt_people_is_named(&b->call, faces, 3, "Eve", &said, &fx->err));
	CHECK(said.count == 4 && said.face == faces[0]);
	look(fx, &b->now);
	for (int i = 0; i < 3; i++)
		CHECK(person_at(b, i, 0) == said.person);
	CHECK(tt_people_undo(&b->call, (int64_t[]){ said.facts[0], 99999 }, 2, &fx->err) == TT_ENOTFOUND);
	OK(fx, tt_people_undo(&b->call, said.facts, said.count, &fx->err));
	look(fx, &b->now);
	for (int i = 0; i < ALL_FACES; i++)
		CHECK(b->now.faces[i].person == before.faces[i].person);
	OK(fx, tt_people_not_a_face(&b->call, faces, 3, &said, &fx->err));
	CHECK(rows(fx, "SELECT count(*) FROM face WHERE hidden = 1") == 3 && said.count == 3);
}

static void merging_and_splitting_can_be_undone(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->fx;
	int64_t ann = person_at(b, 0, 0), bob = person_at(b, 1, 0), apart[2];
	struct shown before = b->now;
	struct tt_person p;

	OK(fx, tt_people_name(&b->call, bob, "Bob", &said, &fx->err));
	OK(fx, tt_people_merge(&b->call, ann, &bob, 1, &said, &fx->err));
	look(fx, &b->now);
	OK(fx, tt_store_person(fx->store, fx->ann, ann, &fx->arena, &p, &fx->err));
	CHECK(person_at(b, 1, 0) == ann && strcmp(p.name, "Bob") == 0);
	sort_again(b, &usual);
	CHECK(person_at(b, 1, 0) == ann);
	OK(fx, tt_people_undo(&b->call, said.facts, said.count, &fx->err));
	look(fx, &b->now);
	for (int i = 0; i < ALL_FACES; i++)
		CHECK(b->now.faces[i].person == before.faces[i].person);

	apart[0] = face_of(b, 0, 0);
	apart[1] = face_of(b, PERSONS, 0);
	OK(fx, tt_people_split(&b->call, ann, "Zoe", apart, 2, &said, &fx->err));
	look(fx, &b->now);
	CHECK(person_at(b, 0, 0) == said.person && person_at(b, PERSONS, 0) == said.person && said.person != ann);
	CHECK(person_at(b, 2 * PERSONS, 0) == ann);
	sort_again(b, &usual);
	CHECK(person_at(b, 0, 0) == said.person && person_at(b, PERSONS, 0) == said.person);
	for (size_t i = 0; i < said.count; i++)
		OK(fx, tt_people_undo(&b->call, &said.facts[i], 1, &fx->err));
	sort_again(b, &usual);
	CHECK(person_at(b, 0, 0) == person_at(b, 2 * PERSONS, 0));
	check_sound(fx);
}

static void named_persons_are_never_joined_by_the_machine(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->fx;
	struct tt_people_opts easy = usual;
	int64_t apart[3];

	for (int i = 0; i < 3; i++)
		apart[i] = face_of(b, i * PERSONS, 0);
	OK(fx, tt_people_split(&b->call, person_at(b, 0, 0), NULL, apart, 3, &said, &fx->err));
	OK(fx, tt_people_name(&b->call, said.person, "Twin", &said, &fx->err));
	look(fx, &b->now);
	OK(fx, tt_people_name(&b->call, person_at(b, 3 * PERSONS, 0), "Other", &said, &fx->err));
	easy.confidence = 0.5;
	sort_again(b, &easy);
	CHECK(rows(fx, "SELECT count(*) FROM person WHERE name IN ('Twin', 'Other') AND faces > 0") == 2);
}

static void a_face_can_be_drawn(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->fx;
	const float box[4] = { 0.8F, 0.7F, 0.15F, 0.2F }, off[4] = { 1.2F, 0, 0.2F, 0.2F };
	int64_t face;

	OK(fx, tt_people_draw(&b->call, b->photos[3], box, 0, "Gran", &said, &fx->err));
	CHECK(said.count == 3 && said.face != 0 && said.person != 0);
	face = said.face;
	CHECK(rows(fx, "SELECT count(*) FROM job WHERE kind = 'faces'") == 1);
	for (size_t i = 0; i < 3; i++)
		OK(fx, tt_people_undo(&b->call, &said.facts[i], 1, &fx->err));
	CHECK(rows(fx, "SELECT hidden FROM face WHERE source = 'drawn'") == 1 && face > 0);
	CHECK(tt_people_draw(&b->call, b->photos[3], off, 0, NULL, &said, &fx->err) == TT_EINVALID);
}

static void wrong_words_are_refused(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->fx;
	int64_t ann = person_at(b, 0, 0), bob = person_at(b, 1, 0), face = face_of(b, 0, 0), none = 99999;
	int64_t facts = rows(fx, "SELECT count(*) FROM face_fact");
	struct tt_people_call other = b->call;
	struct tt_err *err = &fx->err;

	other.owner = fx->bob;
	CHECK(tt_people_name(&b->call, ann, "a\nb", &said, err) == TT_EINVALID);
	CHECK(tt_people_name(&b->call, none, "a", &said, err) == TT_ENOTFOUND);
	CHECK(tt_people_name(&other, ann, "a", &said, err) == TT_ENOTFOUND);
	CHECK(tt_people_is(&other, &face, 1, ann, &said, err) == TT_ENOTFOUND);
	CHECK(tt_people_is(&b->call, &none, 1, ann, &said, err) == TT_ENOTFOUND);
	CHECK(tt_people_is_named(&b->call, &face, 1, "  ", &said, err) == TT_EINVALID);
	CHECK(tt_people_born(&b->call, ann, "2011-02-30", &said, err) == TT_EINVALID);
	CHECK(tt_people_cover(&b->call, bob, face, &said, err) == TT_EINVALID);
	CHECK(tt_people_merge(&b->call, ann, &ann, 1, &said, err) == TT_EINVALID);
	CHECK(tt_people_merge(&b->call, ann, &none, 1, &said, err) == TT_ENOTFOUND);
	CHECK(tt_people_create(&b->call, "a", &face, 0, &said, err) == TT_EINVALID);
	CHECK(tt_people_split(&b->call, bob, NULL, &face, 1, &said, err) == TT_EINVALID);
	CHECK(tt_people_answer(&b->call, face, face, TT_PEOPLE_YES, &said, err) == TT_EINVALID);
	CHECK(tt_people_undo(&b->call, &none, 1, err) == TT_ENOTFOUND);
	CHECK(rows(fx, "SELECT count(*) FROM face_fact") == facts);
}

/* ---- questions */

static void questions_are_asked_once(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->fx;
	struct tt_people_question *q;
	struct tt_people_measured m;
	int64_t apart[4];
	size_t n, before;

	for (int i = 0; i < 4; i++)
		apart[i] = face_of(b, i * PERSONS, 0);
	OK(fx, tt_people_split(&b->call, person_at(b, 0, 0), NULL, apart, 4, &said, &fx->err));
	look(fx, &b->now);
	OK(fx, tt_people_questions(&b->call, &usual, 100, &q, &before, &fx->err));
	CHECK(before >= 1 && q[0].probability > 0.5 && q[0].settles == 4);
	OK(fx, tt_people_answer(&b->call, q[0].a, q[0].b, TT_PEOPLE_UNSURE, &said, &fx->err));
	OK(fx, tt_people_questions(&b->call, &usual, 100, &q, &n, &fx->err));
	CHECK(n == before - 1);
	OK(fx, tt_people_undo(&b->call, &said.facts[0], 1, &fx->err));
	OK(fx, tt_people_questions(&b->call, &usual, 100, &q, &n, &fx->err));
	CHECK(n == before);
	OK(fx, tt_people_answer(&b->call, q[0].a, q[0].b, TT_PEOPLE_YES, &said, &fx->err));
	look(fx, &b->now);
	CHECK(said.count == 2 && person_at(b, 0, 0) == person_at(b, 4 * PERSONS, 0) &&
	      person_at(b, 0, 0) == said.person);
	OK(fx, tt_people_measure(&b->call, &m, &fx->err));
	CHECK(m.answers == 1 && m.precision == 1 && m.recall == 1);
	OK(fx, tt_people_answer(&b->call, face_of(b, 0, 0), face_of(b, 1, 0), TT_PEOPLE_NO, &said, &fx->err));
	OK(fx, tt_people_measure(&b->call, &m, &fx->err));
	CHECK(m.answers == 2 && m.precision == 1 && m.recall == 1);
}

/* ---- the thread */

struct watch {
	pthread_mutex_t lock;
	unsigned changed, failed;
};

static void on_change(void *ctx)
{
	struct watch *w = ctx;

	pthread_mutex_lock(&w->lock);
	w->changed++;
	pthread_mutex_unlock(&w->lock);
}

static void on_failure(void *ctx, int64_t owner, const struct tt_err *err)
{
	struct watch *w = ctx;

	(void)owner;
	(void)err;
	pthread_mutex_lock(&w->lock);
	w->failed++;
	pthread_mutex_unlock(&w->lock);
}

static void the_thread_sorts_what_comes(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->fx;
	struct watch w = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct tt_people_deps deps = { .store = fx->store, .changed = on_change, .failed = on_failure, .ctx = &w };
	struct tt_people *p = NULL;
	int64_t photo = add_photo(fx, PHOTOS);

	OK(fx, tt_people_start(&p, &deps, &usual, &fx->err));
	OK(fx, tt_people_wait(p, &fx->err));
	put_found(fx, photo, PHOTOS, 0, 0);
	tt_people_wake(p, fx->ann);
	OK(fx, tt_people_wait(p, &fx->err));
	CHECK(!tt_people_busy(p, fx->ann));
	CHECK(rows(fx, "SELECT count(*) FROM face WHERE person IS NULL") == 0);
	b->call.people = p;
	OK(fx, tt_people_name(&b->call, person_at(b, 0, 0), "Ann", &said, &fx->err));
	tt_people_recluster(p, fx->ann);
	tt_people_reload(p);
	OK(fx, tt_people_wait(p, &fx->err));
	tt_people_stop(p);
	CHECK(w.changed > 0 && w.failed == 0);
	check_sound(fx);
}

/* ---- faults: what was acknowledged is there, what failed can be said again */

static void a_fault_loses_nothing(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->fx;
	int64_t ann = person_at(b, 0, 0), bob = person_at(b, 1, 0);

	for (int kind = 0; kind < 2; kind++)
		for (long n = 0;; n += 1 + n / 4) {
			struct tt_err err = { 0 };
			struct tt_person p;
			int64_t facts = rows(fx, "SELECT count(*) FROM face_fact WHERE undone_at IS NULL");
			int rc;

			tt_fault_arm(kind ? TT_FAULT_SQL : TT_FAULT_ALLOC, n);
			rc = tt_people_merge(&b->call, ann, &bob, 1, &said, &err);
			if (!tt_fault_disarm(kind ? TT_FAULT_SQL : TT_FAULT_ALLOC)) {
				CHECK(rc == 0);
				break;
			}
			OK(fx, tt_store_person(fx->store, fx->ann, ann, &fx->arena, &p, &fx->err));
			CHECK(rc < 0 ? err.code == rc && err.msg[0] : p.faces > ALL_FACES / PERSONS);
			CHECK(rc < 0 || rows(fx, "SELECT count(*) FROM face_fact WHERE undone_at IS NULL") > facts);
		}
	OK(fx, tt_people_refresh(fx->store, fx->ann, &usual, true, &fx->err));
	CHECK(rows(fx, "SELECT max(faces) FROM person") >= ALL_FACES / PERSONS);
	check_sound(fx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(faces_become_persons_that_stay),
		TEST(a_new_face_finds_its_person),
		TEST(strangers_who_recur_become_a_person),
		TEST(a_word_is_heeded_and_taken_back),
		TEST(of_many_faces_the_same_is_said),
		TEST(merging_and_splitting_can_be_undone),
		TEST(named_persons_are_never_joined_by_the_machine),
		TEST(a_face_can_be_drawn),
		TEST(wrong_words_are_refused),
		TEST(questions_are_asked_once),
		TEST(the_thread_sorts_what_comes),
		TEST(a_fault_loses_nothing),
#undef TEST
	};

	return cmocka_run_group_tests_name("people/people", tests, NULL, NULL);
}
