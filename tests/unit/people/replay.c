/* What is shown after what was said. Faces are numbers, persons letters; a row is a sentence and what comes of it.
 *
 * A word is KIND:ARGUMENTS: "is:0A" face 0 is A, "not:0A", "same:01", "diff:01", "unsure:01", "nof:0", "drawn:0",
 * "name:A=Ann", "born:A=2000-01-01", "cover:A0", "hide:A", "show:A", "merge:AB" (B into A). Shown: a letter for each
 * face, small where the machine guessed it, '-' for unknown, '!' for hidden. */
#include "people/replay.h"

#include "base/fault.h"
#include "test.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { FACES = 6, PERSONS = 4, WORDS = 16 };

static const char *const uids[] = { "A", "B", "C", "D" };

struct scene {
	struct tt_said facts[WORDS];
	size_t count;
	char text[WORDS][32];
	struct tt_replay_face faces[FACES];
	struct tt_arena arena;
	struct tt_replayed out;
};

/* Faces 0 and 1 are of one photo, the others alone; the machine guesses A for the first three, B for the rest. */
static void set_scene(struct scene *s, const char *guesses)
{
	memset(s, 0, sizeof *s);
	s->arena.max = 1 << 20;
	for (int i = 0; i < FACES; i++) {
		int photo = i < 2 ? 1 : i + 1;

		s->faces[i] = (struct tt_replay_face){
			.at = { { (uint8_t)photo }, .1F + .4F * (float)(i == 1), .1F, .2F, .2F },
			.photo = photo,
			.taken = 946684800000, /* 2000-01-01 */
			.guess = guesses[i] == '-' ? -1 : guesses[i] - 'a',
			.guess_confidence = .9F - .05F * (float)i
		};
	}
}

static struct tt_said_box box_of(const struct scene *s, char digit)
{
	struct tt_said_box b = s->faces[digit - '0'].at;

	b.x += .01F; /* another model's box */
	return b;
}

static const char *uid_of(char letter)
{
	static const char *const all[] = { "A", "B", "C", "D", "E", "F" };

	return all[letter - 'A'];
}

static void add_word(struct scene *s, const char *word)
{
	static const struct {
		const char *start;
		enum tt_said_kind kind;
		const char *form; /* f, g: faces, p, q: persons */
	} kinds[] = {
		{ "is:", TT_SAID_IS, "fp" },         { "not:", TT_SAID_IS_NOT, "fp" },
		{ "same:", TT_SAID_SAME, "fg" },     { "diff:", TT_SAID_DIFFERENT, "fg" },
		{ "unsure:", TT_SAID_UNSURE, "fg" }, { "nof:", TT_SAID_NOT_A_FACE, "f" },
		{ "drawn:", TT_SAID_DRAWN, "f" },    { "name:", TT_SAID_NAME, "p" },
		{ "born:", TT_SAID_BORN, "p" },      { "cover:", TT_SAID_COVER, "pf" },
		{ "hide:", TT_SAID_HIDE, "p" },      { "show:", TT_SAID_SHOW, "p" },
		{ "merge:", TT_SAID_MERGE, "pq" },
	};
	struct tt_said *f = &s->facts[s->count++];

	for (size_t i = 0; i < TT_LEN(kinds); i++) {
		size_t n = strlen(kinds[i].start);

		if (strncmp(word, kinds[i].start, n) != 0)
			continue;
		f->kind = kinds[i].kind;
		for (const char *form = kinds[i].form; *form; form++, n++)
			switch (*form) {
			case 'f':
				f->a = box_of(s, word[n]);
				break;
			case 'g':
				f->b = box_of(s, word[n]);
				break;
			case 'p':
				f->person = uid_of(word[n]);
				break;
			default:
				f->other = uid_of(word[n]);
			}
		if (word[n] == '=') {
			snprintf(s->text[s->count], sizeof s->text[0], "%s", word + n + 1);
			f->value = s->text[s->count];
		}
		return;
	}
	fail_msg("unknown word %s", word);
}

static void say(struct scene *s, const char *sentence)
{
	char copy[200], *rest = copy, *word;

	snprintf(copy, sizeof copy, "%s", sentence);
	while ((word = strtok_r(rest, " ", &rest)))
		add_word(s, word);
}

static int replay(struct scene *s, struct tt_err *err)
{
	return tt_replay(s->facts, s->count, s->faces, FACES, uids, PERSONS, &s->arena, &s->out, err);
}

static void shown(const struct scene *s, char out[FACES + 1])
{
	for (int i = 0; i < FACES; i++) {
		const struct tt_shown_face *f = &s->out.faces[i];

		out[i] = f->hidden ? '!' : f->person < 0 ? '-' : s->out.persons[f->person].uid[0];
		if (!f->said)
			out[i] = (char)tolower(out[i]);
	}
	out[FACES] = 0;
}

static void faces_follow_the_words(void **state)
{
	static const struct {
		const char *guesses, *said, *shown;
	} rows[] = {
		{ "a-abbb", "", "a-abbb" },
		{ "aaabbb", "", "a-abbb" }, /* two faces of one photo */
		{ "aaabbb", "is:1A", "-Aabbb" },
		{ "aaabbb", "is:0A is:1A", "AAabbb" },
		{ "aaabbb", "same:01", "aaabbb" },
		{ "a-abbb", "is:3A", "a-aAbb" },
		{ "a-abbb", "is:3A is:3C", "a-aCbb" },
		{ "a-abbb", "is:3E", "a-aEbb" }, /* a person that only the fact knows */
		{ "a-abbb", "not:3B", "a-a-bb" },
		{ "a-abbb", "is:3B not:3B", "a-a-bb" },
		{ "a-abbb", "not:3B is:3B", "a-aBbb" },
		{ "a-abbb", "is:3A not:3B", "a-aAbb" },
		{ "a-abbb", "is:3A is:3B not:3B", "a-aAbb" }, /* what holds of the words before */
		{ "a-abbb", "nof:3", "a-a!bb" },
		{ "a-abbb", "is:3A nof:3", "a-a!bb" },
		{ "a-abbb", "nof:3 is:3A", "a-aAbb" },
		{ "a-abbb", "nof:3 drawn:3", "a-abbb" },
		{ "a-abbb", "merge:AB", "a-aaaa" },
		{ "a-abbb", "merge:BA", "b-bbbb" },
		{ "a-abbb", "merge:AB merge:BA", "a-aaaa" },
		{ "a-abcb", "merge:AB merge:BC", "a-aaaa" },
		{ "a-abbb", "is:4B merge:AB", "a-aaAa" },
		{ "a-abbb", "merge:AB is:4B", "a-aaAa" },
		{ "a-abbb", "merge:AB is:4C", "a-aaCa" },
		{ "a-abbb", "not:4B merge:AB", "a-aa-a" },
		{ "a-abbb", "not:4B merge:AB is:4A", "a-aaAa" },
		{ "a-abbb", "same:23", "a-aabb" },
		{ "a-abb-", "same:25", "a-abba" },
		{ "a-abb-", "same:25 is:5C", "a-CbbC" },
		{ "a-abb-", "same:25 is:5C not:2C", "a--bbC" },
		{ "a-abb-", "same:25 is:5C is:2D", "a-DbbC" },
		{ "a-abb-", "same:25 diff:25", "a-abb-" },
		{ "a-abb-", "diff:25 same:52", "a-abba" },
		{ "a-abb-", "unsure:25", "a-abb-" },
		{ "a-abbb", "diff:34", "a-ab-b" },
		{ "a-abbb", "diff:34 is:4B", "a-a-Bb" },
		{ "a-abbb", "diff:34 is:4B is:3B", "a-aBBb" }, /* said later, of both */
		{ "a-abbb", "is:4B is:3B diff:34", "a-a-Bb" },
		{ "a-abbb", "same:35 diff:34", "a-ab-b" },
		{ "a-abbb", "same:45 diff:34", "a-ab--" }, /* and who is the same */
		{ "a-abbb", "born:A=2000-01-02", "---bbb" },
		{ "a-abbb", "born:A=2000-01-01", "a-abbb" },
		{ "a-abbb", "born:A=2000-01-02 is:2A", "--Abbb" },
		{ "a-abbb", "born:A=2000-01-02 born:A=", "a-abbb" },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct scene s;
		struct tt_err err = { 0 };
		char got[FACES + 1];

		set_scene(&s, rows[i].guesses);
		say(&s, rows[i].said);
		CHECK_ROW(replay(&s, &err) == 0, rows[i].said);
		shown(&s, got);
		if (strcmp(got, rows[i].shown) != 0)
			fail_msg("%s, '%s': %s, not %s", rows[i].guesses, rows[i].said, got, rows[i].shown);
		tt_arena_free(&s.arena);
	}
}

static void persons_follow_the_words(void **state)
{
	static const struct {
		const char *said;
		int person;
		const char *name, *born;
		int cover, merged_into;
		bool hidden;
	} rows[] = {
		{ "", 0, NULL, NULL, -1, -1, false },
		{ "name:A=Ann", 0, "Ann", NULL, -1, -1, false },
		{ "name:A=Ann name:A=Anna", 0, "Anna", NULL, -1, -1, false },
		{ "name:A=Ann name:A=", 0, NULL, NULL, -1, -1, false },
		{ "name:B=Bob merge:AB", 0, "Bob", NULL, -1, -1, false },
		{ "name:B=Bob merge:AB", 1, "Bob", NULL, -1, 0, false },
		{ "name:A=Ann name:B=Bob merge:AB", 0, "Ann", NULL, -1, -1, false },
		{ "name:E=Eve", 4, "Eve", NULL, -1, -1, false },
		{ "hide:A", 0, NULL, NULL, -1, -1, true },
		{ "hide:A show:A", 0, NULL, NULL, -1, -1, false },
		{ "cover:A2 born:A=1999-12-31", 0, NULL, "1999-12-31", 2, -1, false },
		{ "cover:B3 merge:AB", 0, NULL, NULL, 3, -1, false },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct scene s;
		struct tt_err err = { 0 };
		const struct tt_shown_person *p;

		set_scene(&s, "a-abbb");
		say(&s, rows[i].said);
		CHECK_ROW(replay(&s, &err) == 0, rows[i].said);
		p = &s.out.persons[rows[i].person];
		CHECK_ROW(p->hidden == rows[i].hidden && p->cover == rows[i].cover, rows[i].said);
		CHECK_ROW(p->merged_into == rows[i].merged_into, rows[i].said);
		CHECK_ROW(rows[i].name ? p->name && strcmp(p->name, rows[i].name) == 0 : !p->name, rows[i].said);
		CHECK_ROW(rows[i].born ? p->born && strcmp(p->born, rows[i].born) == 0 : !p->born, rows[i].said);
		tt_arena_free(&s.arena);
	}
}

static void a_face_that_nobody_found_is_asked_for(void **state)
{
	static const struct {
		const char *said;
		size_t missing, unmet;
	} rows[] = {
		{ "drawn:2", 1, 1 },
		{ "is:2A", 1, 1 },
		{ "drawn:2 is:2A is:2B", 1, 3 },
		{ "drawn:2 nof:2", 0, 2 },
		{ "drawn:2 nof:2 is:2A", 1, 3 },
		{ "not:2A same:23 diff:24 cover:A2", 0, 4 },
		{ "drawn:2 drawn:3", 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct scene s;
		struct tt_err err = { 0 };

		set_scene(&s, "a-abbb");
		say(&s, rows[i].said);
		s.faces[2].at.x += .5F; /* found elsewhere now */
		CHECK_ROW(replay(&s, &err) == 0, rows[i].said);
		CHECK_ROW(s.out.missing_count == rows[i].missing && s.out.unmet == rows[i].unmet, rows[i].said);
		tt_arena_free(&s.arena);
	}
}

static void a_drawn_face_lives_by_its_fact(void **state)
{
	struct scene s;
	struct tt_err err = { 0 };

	(void)state;
	set_scene(&s, "a-abbb");
	s.faces[2].drawn = true;
	CHECK(replay(&s, &err) == 0 && s.out.faces[2].hidden);
	say(&s, "drawn:2");
	CHECK(replay(&s, &err) == 0 && !s.out.faces[2].hidden);
	/* Found after all: the one that was found takes the words. */
	s.faces[3].at = s.faces[2].at;
	s.faces[3].at.y += .02F;
	say(&s, "is:2C");
	CHECK(replay(&s, &err) == 0 && s.out.faces[2].hidden && s.out.faces[3].person == 2 && s.out.faces[3].said);
	tt_arena_free(&s.arena);
}

static void pairs_that_hold_come_out(void **state)
{
	struct scene s;
	struct tt_err err = { 0 };

	(void)state;
	set_scene(&s, "a-abbb");
	say(&s, "same:23 diff:45 unsure:24 not:3C same:25 diff:25 not:2D");
	CHECK(replay(&s, &err) == 0);
	CHECK(s.out.same_count == 1 && s.out.same[0].a == 2 && s.out.same[0].b == 3);
	CHECK(s.out.different_count == 2 && s.out.unsure_count == 1);
	CHECK(s.out.nots_count == 2 && s.out.nots[0].face == 2 && s.out.nots[0].person == 3);
	tt_arena_free(&s.arena);
}

static void memory_may_run_out(void **state)
{
	(void)state;
	for (size_t most = 64; most < 1 << 16; most += 64) {
		struct scene s;
		struct tt_err err = { 0 };
		int rc;

		set_scene(&s, "a-abbb");
		s.arena.max = most;
		say(&s, "same:23 diff:45 unsure:24 not:3C merge:AB name:A=Ann");
		rc = replay(&s, &err);
		tt_arena_free(&s.arena);
		if (rc == 0)
			return;
		CHECK(rc == TT_ENOMEM && err.code == TT_ENOMEM && s.out.faces == NULL);
	}
	fail_msg("never enough");
}

static void days_are_days(void **state)
{
	static const struct {
		const char *day;
		int64_t days; /* since 1970, -1: not one */
	} rows[] = {
		{ "1970-01-01", 0 },  { "2000-03-01", 11017 }, { "2024-02-29", 19782 },
		{ "2023-02-29", -1 }, { "2023-13-01", -1 },    { "2023-1-01", -1 },
		{ "", -1 },           { "2023-01-01x", -1 },   { "2023/01/01", -1 },
		{ "0000-01-01", -1 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		int64_t ms = -1;

		CHECK_ROW(tt_day_ms(rows[i].day, &ms) == (rows[i].days >= 0), rows[i].day);
		CHECK_ROW(rows[i].days < 0 || ms == rows[i].days * 86400000, rows[i].day);
	}
	for (unsigned k = 0; k < TT_SAID_KINDS; k++)
		CHECK(tt_said_kind_of(tt_said_name(k)) == k);
	CHECK(tt_said_kind_of("x") == TT_SAID_KINDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faces_follow_the_words),
		cmocka_unit_test(persons_follow_the_words),
		cmocka_unit_test(a_face_that_nobody_found_is_asked_for),
		cmocka_unit_test(a_drawn_face_lives_by_its_fact),
		cmocka_unit_test(pairs_that_hold_come_out),
		cmocka_unit_test(memory_may_run_out),
		cmocka_unit_test(days_are_days),
	};

	return cmocka_run_group_tests_name("people/replay", tests, NULL, NULL);
}
