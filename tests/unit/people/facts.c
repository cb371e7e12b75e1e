/* 500 random things said, of every kind, some of them undone. Then everything is run anew, with other thresholds, with
 * another model whose vectors and boxes differ and that misses some faces, and in new libraries to which only photos
 * and exported facts went: what was said is shown everywhere. Prints what was compared (docs/results/people-facts.md).
 * After each of them only what it bears on was looked at, and the rows are as if everything had been. */
#include "faces.h"

#include "base/buf.h"
#include "base/fault.h"
#include "people/state.h"

#include <stdio.h>
#include <string.h>

enum { SAID = 500, KINDS = 13 };

struct album {
	struct fixture *fx;
	int64_t photos[PHOTOS];
	struct shown now;
	struct tt_people_call call;
};

static void open_album(struct album *a)
{
	void *fx = NULL;

	memset(a, 0, sizeof *a);
	CHECK(fixture_open(&fx) == 0);
	a->fx = fx;
	a->fx->arena.max = (size_t)4 << 30;
	a->call = (struct tt_people_call){
		.store = a->fx->store, .arena = &a->fx->arena, .owner = a->fx->ann, .now = 100
	};
}

static void close_album(struct album *a)
{
	void *fx = a->fx;

	fixture_close(&fx);
}

static void sort_album(struct album *a, double confidence)
{
	struct tt_people_opts opts = usual;

	opts.confidence = confidence;
	OK(a->fx, tt_people_refresh(a->fx->store, a->fx->ann, &opts, true, &a->fx->err));
	look(a->fx, &a->now);
}

/* ---- saying things */

static unsigned seed;
static int64_t spoken[SAID * 8];
static size_t spoken_count;
static unsigned by_kind[KINDS], undone;

static unsigned any(unsigned n)
{
	return next_random(&seed) % n;
}

static int64_t any_face(const struct album *a)
{
	for (;;) {
		const struct shown_face *f = &a->now.faces[any(ALL_FACES)];

		if (f->there)
			return f->id;
	}
}

static int64_t any_person(const struct album *a)
{
	return a->now.persons[any((unsigned)a->now.persons_count)].id;
}

static int say_of_person(struct album *a, unsigned kind, struct tt_people_said *out, struct tt_err *err)
{
	static const char *const names[] = { "Ann", "Bob", "Eve", "Zoe", "王芳", "" };
	int64_t person = any_person(a), face = any_face(a), other = any_person(a);
	struct tt_face_row row;
	uint8_t sha256[32];
	int rc;

	switch (kind) {
	case 0:
		return tt_people_name(&a->call, person, names[any(TT_LEN(names))], out, err);
	case 1:
		return tt_people_born(&a->call, person, any(3) ? any(2) ? "1999-05-04" : "2004-02-29" : "", out, err);
	case 2:
		return tt_people_hide(&a->call, person, any(2), out, err);
	case 3:
		rc = tt_store_face(a->call.store, a->call.owner, face, a->call.arena, &row, sha256, err);
		return rc < 0 || !row.person ? TT_EINVALID : tt_people_cover(&a->call, row.person, face, out, err);
	default:
		return any(4) ? TT_EINVALID : tt_people_merge(&a->call, person, &other, 1, out, err);
	}
}

static int say_of_face(struct album *a, unsigned kind, struct tt_people_said *out, struct tt_err *err)
{
	const float box[4] = { 0.82F, 0.05F + 0.2F * (float)any(4), 0.1F, 0.12F };
	int64_t face = any_face(a), faces[2] = { any_face(a), any_face(a) };

	switch (kind) {
	case 5:
		return tt_people_is(&a->call, &face, 1, any_person(a), out, err);
	case 6:
		return tt_people_is_named(&a->call, &face, 1, any(2) ? "Ann" : "Tom", out, err);
	case 7:
		return tt_people_is_not(&a->call, &face, 1, any_person(a), out, err);
	case 8:
		return any(3) ? TT_EINVALID : tt_people_not_a_face(&a->call, &face, 1, out, err);
	case 9:
		return tt_people_create(&a->call, any(2) ? "New" : NULL, faces, 1 + any(2), out, err);
	case 10:
		return tt_people_draw(&a->call, a->photos[any(PHOTOS)], box, 0, any(2) ? "Gran" : NULL, out, err);
	default:
		return tt_people_answer(&a->call, faces[0], faces[1], (enum tt_people_answer)any(3), out, err);
	}
}

/* The rows are as a replay of everything says: it finds nothing to write. */
static void check_follows(const struct album *a)
{
	struct tt_people_state st;
	size_t changed = 99;
	bool more = true;

	OK(a->fx, tt_people_state_load(&st, a->fx->store, a->fx->ann, false, &a->fx->err));
	OK(a->fx, tt_people_state_replay(&st, &a->fx->err));
	OK(a->fx, tt_people_state_store(&st, 100, &changed, &more, &a->fx->err));
	CHECK(changed == 0 && !more);
	tt_people_state_done(&st);
}

static void say_something(struct album *a)
{
	struct tt_people_said out = { 0 };
	struct tt_err err = { 0 };
	unsigned kind = any(KINDS);

	if (kind == 12) {
		if (spoken_count == 0)
			return;
		OK(a->fx, tt_people_undo(&a->call, &spoken[any((unsigned)spoken_count)], 1, &a->fx->err));
		undone++;
	} else if ((kind < 5 ? say_of_person : say_of_face)(a, kind, &out, &err) < 0) {
		return; /* no sense here: a person merged into itself, or a cover of nobody */
	}
	for (size_t i = 0; i < out.count && spoken_count < TT_LEN(spoken); i++)
		spoken[spoken_count++] = out.facts[i];
	by_kind[kind]++;
	look(a->fx, &a->now);
	check_follows(a);
}

/* ---- comparing */

static size_t faces_compared, persons_compared, lost;

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static void miss(const char *stage, const char *what, const char *of)
{
	lost++;
	print_message("# %s: %s of %s is lost\n", stage, what, of);
}

static void compare(const char *stage, const struct shown *before, const struct shown *after)
{
	char of[64];

	for (int i = 0; i < ALL_FACES; i++) {
		const struct shown_face *x = &before->faces[i], *y = &after->faces[i];

		if (!x->said && !x->hidden)
			continue;
		faces_compared++;
		snprintf(of, sizeof of, "face %d", i);
		if (x->said && (!y->there || !y->said || strcmp(x->uid, y->uid) != 0))
			miss(stage, "the person", of);
		if (x->hidden && y->there && !y->hidden)
			miss(stage, "being no face", of);
	}
	for (size_t i = 0; i < before->persons_count; i++) {
		const struct tt_person *x = &before->persons[i], *y = person_by_uid(after, x->uid);

		if (!*x->name && !x->born && !x->hidden)
			continue;
		persons_compared++;
		if (!y || !same_text(x->name, y->name))
			miss(stage, "the name", x->uid);
		if (!y || !same_text(x->born, y->born) || x->hidden != y->hidden)
			miss(stage, "birth or hiding", x->uid);
	}
}

/* Drawn faces, by the rows: as many, and of the same persons. */
static int64_t drawn(const struct album *a)
{
	return rows(a->fx, "SELECT count(*) * 1000 + sum(said) FROM face WHERE x > 0.7 AND hidden = 0");
}

static int add_line(void *ctx, const char *text, struct tt_err *err)
{
	return tt_buf_addf(ctx, err, "%s\n", text);
}

static void take_over(const struct tt_buf *lines, bool photos_first, const struct shown *before, int64_t drawn_before,
		      int64_t facts)
{
	struct album a;
	int64_t added = 0, known = 0;

	open_album(&a);
	if (photos_first) {
		add_all(a.fx, a.photos, 1, 11);
		sort_album(&a, 0.72);
	}
	OK(a.fx, tt_people_import(&a.call, lines->p, lines->len, &added, &known, &a.fx->err));
	CHECK(added == facts && known == 0);
	if (!photos_first)
		add_all(a.fx, a.photos, 1, 11);
	sort_album(&a, 0.72);
	compare(photos_first ? "facts into a library with photos" : "photos into a library with facts", before, &a.now);
	CHECK(drawn(&a) == drawn_before);
	OK(a.fx, tt_people_import(&a.call, lines->p, lines->len, &added, &known, &a.fx->err));
	CHECK(added == 0 && known == facts);
	check_sound(a.fx);
	close_album(&a);
}

static void nothing_that_was_said_is_lost(void **state)
{
	struct tt_buf lines = { .max = 64 << 20 };
	struct album a;
	struct shown before;
	int64_t facts, drawn_before;
	unsigned said = 0;

	(void)state;
	seed = 20240527;
	open_album(&a);
	add_all(a.fx, a.photos, 0, 0);
	sort_album(&a, 0.72);
	while (said < SAID) {
		say_something(&a);
		said = 0;
		for (unsigned i = 0; i < KINDS; i++)
			said += by_kind[i];
		if (said % 100 == 50) /* the machine goes on meanwhile */
			sort_album(&a, 0.72);
	}
	sort_album(&a, 0.72);
	before = a.now;
	drawn_before = drawn(&a);

	sort_album(&a, 0.72);
	compare("everything anew", &before, &a.now);
	sort_album(&a, 0.95);
	compare("threshold 0.95", &before, &a.now);
	sort_album(&a, 0.5);
	compare("threshold 0.5", &before, &a.now);
	find_again(a.fx, a.photos, 1, 11);
	sort_album(&a, 0.72);
	compare("another model", &before, &a.now);
	CHECK(drawn(&a) == drawn_before);
	OK(a.fx, tt_people_export(a.fx->store, a.fx->ann, add_line, &lines, &facts, &a.fx->err));
	check_sound(a.fx);
	take_over(&lines, true, &before, drawn_before, facts);
	take_over(&lines, false, &before, drawn_before, facts);
	print_message("# %u things said (%u undone), %lld facts hold; %zu faces and %zu persons compared: %zu lost\n",
		      said, undone, (long long)facts, faces_compared, persons_compared, lost);
	for (unsigned i = 0; i < KINDS; i++)
		CHECK(by_kind[i] > 0);
	CHECK(faces_compared > 300 && persons_compared > 60 && lost == 0);
	tt_buf_free(&lines);
	close_album(&a);
}

/* The same of many short histories: persons and faces come together otherwise in each. */
static void rows_follow_as_if_everything_was_replayed(void **state)
{
	(void)state;
	for (unsigned history = 1; history <= 12; history++) {
		struct album a;

		seed = history;
		spoken_count = 0;
		open_album(&a);
		add_all(a.fx, a.photos, 0, 7);
		sort_album(&a, 0.72);
		for (unsigned i = 0; i < 60; i++)
			say_something(&a);
		find_again(a.fx, a.photos, 1, 11);
		sort_album(&a, 0.72);
		for (unsigned i = 0; i < 60; i++)
			say_something(&a);
		close_album(&a);
	}
}

/* How many faces are looked at for a fact; all of them: -1. */
static int looked_at(const struct album *a, struct tt_face_fact about)
{
	struct tt_people_state st;
	bool whole = true;
	int faces;

	OK(a->fx, tt_people_state_load_part(&st, a->fx->store, a->fx->ann, &about, 1, &whole, &a->fx->err));
	faces = whole ? -1 : (int)st.faces_count;
	tt_people_state_done(&st);
	return faces;
}

static void a_fact_is_looked_at_where_it_bears(void **state)
{
	struct tt_face_fact about = { .kind = "is", .has_face = true, .box = box_there(0, 0, 0) };
	struct tt_people_said said;
	struct shown before;
	struct album a;
	char uid[TT_PERSON_UID];

	(void)state;
	open_album(&a);
	add_all(a.fx, a.photos, 0, 0);
	sort_album(&a, 0.72);
	snprintf(uid, sizeof uid, "%s", a.now.faces[0].uid);
	about.person_uid = uid;
	CHECK(looked_at(&a, about) == ON_PHOTO);
	CHECK(looked_at(&a, (struct tt_face_fact){ .kind = "name", .person_uid = uid }) == 0);
	CHECK(looked_at(&a, (struct tt_face_fact){ .kind = "born", .person_uid = uid }) > ON_PHOTO);
	CHECK(looked_at(&a, (struct tt_face_fact){ .kind = "merge", .person_uid = uid }) == -1);
	/* A pair ties its photos together; the cover of whom it is about is looked at, too. */
	OK(a.fx, tt_people_answer(&a.call, a.now.faces[0].id, a.now.faces[2].id, TT_PEOPLE_NO, &said, &a.fx->err));
	CHECK(looked_at(&a, about) == 2 * ON_PHOTO);
	OK(a.fx,
	   tt_people_cover(&a.call, a.now.faces[0].person, a.now.faces[PERSONS * ON_PHOTO].id, &said, &a.fx->err));
	CHECK(looked_at(&a, about) == 3 * ON_PHOTO);
	CHECK(looked_at(&a, (struct tt_face_fact){ .kind = "name", .person_uid = uid }) == ON_PHOTO);
	/* Who was spoken of by mistake, and is on other photos, stays. */
	OK(a.fx, tt_people_is(&a.call, &a.now.faces[1].id, 1, a.now.faces[4 * ON_PHOTO].person, &said, &a.fx->err));
	check_follows(&a);
	OK(a.fx, tt_people_undo(&a.call, said.facts, said.count, &a.fx->err));
	check_follows(&a);
	before = a.now;
	look(a.fx, &a.now);
	for (int i = 0; i < ALL_FACES; i++)
		CHECK(a.now.faces[i].person == before.faces[i].person);
	close_album(&a);
}

/* Whatever fails while rows follow: the fact is there or not, and the next look at everything puts the rest right. */
static void a_fault_is_put_right(void **state)
{
	struct tt_people_said said;
	struct album a;

	(void)state;
	open_album(&a);
	add_all(a.fx, a.photos, 0, 0);
	sort_album(&a, 0.72);
	for (int kind = 0; kind < 2; kind++)
		for (long n = 0;; n += 1 + n / 8) {
			enum tt_fault where = kind ? TT_FAULT_SQL : TT_FAULT_ALLOC;
			struct tt_err err = { 0 };
			int rc;

			tt_fault_arm(where, n);
			rc = tt_people_is(&a.call, &a.now.faces[n % ALL_FACES].id, 1, a.now.faces[4].person, &said,
					  &err);
			if (!tt_fault_disarm(where)) {
				CHECK(rc == 0);
				break;
			}
			CHECK(rc == 0 || (err.code == rc && err.msg[0]));
			OK(a.fx, tt_people_settle(a.fx->store, a.fx->ann, NULL, 0, 100, NULL, &a.fx->err));
		}
	check_follows(&a);
	check_sound(a.fx);
	close_album(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_was_said_is_lost),
		cmocka_unit_test(rows_follow_as_if_everything_was_replayed),
		cmocka_unit_test(a_fact_is_looked_at_where_it_bears),
		cmocka_unit_test(a_fault_is_put_right),
	};

	return cmocka_run_group_tests_name("people/facts", tests, NULL, NULL);
}
