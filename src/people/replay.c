/* The assignment that comes out of guesses and words. Interface: replay.h. */
#include "people/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool tt_day_ms(const char *day, int64_t *ms)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };
	int y, m, d, end = 0, years;
	bool leap;

	if (strlen(day) != 10 || strspn(day, "0123456789-") != 10 ||
	    sscanf(day, "%4d-%2d-%2d%n", &y, &m, &d, &end) != 3 || end != 10 || y < 1 || m < 1 || m > 12 || d < 1)
		return false;
	leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	if (d > before[m] - before[m - 1] + (leap && m == 2))
		return false;
	years = y - 1;
	*ms = ((int64_t)years * 365 + years / 4 - years / 100 + years / 400 + before[m - 1] + (leap && m > 2) + d - 1 -
	       719162) *
	      86400000;
	return true;
}

/* ---- one face at a time */

static int not_at(const struct tt_replayed *out, int face)
{
	size_t low = 0, high = out->nots_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (out->nots[middle].face < face)
			low = middle + 1;
		else
			high = middle;
	}
	return (int)low;
}

static bool is_ruled_out(const struct tt_replayed *out, int face, int person)
{
	for (size_t i = (size_t)not_at(out, face); i < out->nots_count && out->nots[i].face == face; i++)
		if (out->nots[i].person == person)
			return true;
	return false;
}

static bool is_before_birth(const struct tt_replay *r, size_t face, int person)
{
	const char *born = r->out->persons[person].born;
	int64_t ms;

	return born && r->faces[face].taken != INT64_MIN && tt_day_ms(born, &ms) && r->faces[face].taken < ms;
}

/* For each union of faces that are the same: the face that speaks for it, the one said last, else the surest guess. */
static int speakers(struct tt_replay *r, int **out, struct tt_err *err)
{
	int *who = tt_replay_alloc(r, r->faces_count, sizeof *who, err);

	if (!who)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->faces_count; i++)
		who[i] = -1;
	for (size_t i = 0; i < r->faces_count; i++) {
		int *best = &who[tt_replay_root(r->same_as, (int)i)];
		bool speaks = r->said_person[i] >= 0 || r->faces[i].guess >= 0;

		if (!speaks || r->out->faces[i].hidden)
			continue;
		if (*best < 0 || r->said_at[i] > r->said_at[*best] ||
		    (r->said_at[i] == r->said_at[*best] &&
		     r->faces[i].guess_confidence > r->faces[*best].guess_confidence))
			*best = (int)i;
	}
	*out = who;
	return 0;
}

static void assign(struct tt_replay *r, size_t i, int speaker)
{
	struct tt_shown_face *f = &r->out->faces[i];
	int guess;

	f->person = f->word = -1;
	if (f->hidden || speaker < 0)
		return;
	if (r->said_person[i] >= 0) {
		*f = (struct tt_shown_face){ r->said_person[i], r->person[r->said_at[i]], 1, true, false };
	} else if (r->said_person[speaker] >= 0) {
		if (!is_ruled_out(r->out, (int)i, r->said_person[speaker]))
			*f = (struct tt_shown_face){ r->said_person[speaker], r->person[r->said_at[speaker]], 1, true,
						     false };
	} else {
		guess = tt_replay_root(r->parent, r->faces[speaker].guess);
		if (!is_ruled_out(r->out, (int)i, guess) && !is_before_birth(r, i, guess))
			*f = (struct tt_shown_face){ guess, -1, r->faces[speaker].guess_confidence, false, false };
	}
}

/* ---- what does not go together */

/* Which of the two has less to stay for: a guess, before what was only shared, before the one said later. */
static int weaker(const struct tt_replay *r, int a, int b)
{
	const struct tt_shown_face *x = &r->out->faces[a], *y = &r->out->faces[b];
	int own = (r->said_person[a] >= 0) - (r->said_person[b] >= 0);

	if (x->said != y->said)
		return x->said ? b : a;
	if (own != 0)
		return own > 0 ? b : a;
	if (r->said_at[a] != r->said_at[b])
		return r->said_at[a] < r->said_at[b] ? b : a;
	if (x->confidence < y->confidence || x->confidence > y->confidence)
		return x->confidence > y->confidence ? b : a;
	return a < b ? b : a;
}

static void leave(struct tt_shown_face *f)
{
	*f = (struct tt_shown_face){ .person = -1, .word = -1 };
}

/* One that leaves by a guess takes those along that are the same. */
static int part(struct tt_replay *r, struct tt_err *err)
{
	bool *gone = tt_replay_alloc(r, r->faces_count, sizeof *gone, err);

	if (!gone)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->out->different_count; i++) {
		const struct tt_face_pair *p = &r->out->different[i];
		struct tt_shown_face *loser;
		int which;

		if (r->out->faces[p->a].person < 0 || r->out->faces[p->a].person != r->out->faces[p->b].person)
			continue;
		which = weaker(r, p->a, p->b);
		loser = &r->out->faces[which];
		if (!loser->said && tt_replay_root(r->same_as, p->a) != tt_replay_root(r->same_as, p->b))
			gone[tt_replay_root(r->same_as, which)] = true;
		leave(loser);
	}
	for (size_t i = 0; i < r->faces_count; i++)
		if (gone[tt_replay_root(r->same_as, (int)i)] && !r->out->faces[i].said && !r->out->faces[i].hidden)
			leave(&r->out->faces[i]);
	return 0;
}

struct seat {
	int64_t photo;
	int person, face;
};

static int by_seat(const void *a, const void *b)
{
	const struct seat *x = a, *y = b;

	if (x->photo != y->photo)
		return x->photo < y->photo ? -1 : 1;
	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	return (x->face > y->face) - (x->face < y->face);
}

/* Of the faces of one photo that have one person, those stay that the user spoke of, else the surest guess. */
static void seat_group(struct tt_replay *r, const struct seat *seats, size_t n)
{
	int best = seats[0].face;

	for (size_t i = 1; i < n; i++)
		best = weaker(r, best, seats[i].face) == best ? seats[i].face : best;
	for (size_t i = 0; i < n; i++) {
		int face = seats[i].face;

		if (!r->out->faces[face].said && tt_replay_root(r->same_as, face) != tt_replay_root(r->same_as, best))
			leave(&r->out->faces[face]);
	}
}

static int seat_all(struct tt_replay *r, struct tt_err *err)
{
	struct seat *seats = tt_replay_alloc(r, r->faces_count, sizeof *seats, err);
	size_t n = 0, end;

	if (!seats)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->faces_count; i++)
		if (r->out->faces[i].person >= 0)
			seats[n++] = (struct seat){ r->faces[i].photo, r->out->faces[i].person, (int)i };
	qsort(seats, n, sizeof *seats, by_seat);
	for (size_t i = 0; i < n; i = end) {
		end = i + 1;
		while (end < n && seats[end].photo == seats[i].photo && seats[end].person == seats[i].person)
			end++;
		if (end - i > 1)
			seat_group(r, seats + i, end - i);
	}
	return 0;
}

static int by_not(const void *a, const void *b)
{
	const struct tt_not *x = a, *y = b;

	return x->face != y->face ? (x->face > y->face) - (x->face < y->face)
				  : (x->person > y->person) - (x->person < y->person);
}

static int show(struct tt_replay *r, struct tt_err *err)
{
	int *who, rc = speakers(r, &who, err);

	if (rc < 0)
		return rc;
	qsort(r->out->nots, r->out->nots_count, sizeof *r->out->nots, by_not);
	for (size_t i = 0; i < r->faces_count; i++)
		assign(r, i, who[tt_replay_root(r->same_as, (int)i)]);
	rc = part(r, err);
	return rc < 0 ? rc : seat_all(r, err);
}

int tt_replay(const struct tt_said *facts, size_t facts_count, const struct tt_replay_face *faces, size_t faces_count,
	      const char *const *uids, size_t uids_count, struct tt_arena *arena, struct tt_replayed *out,
	      struct tt_err *err)
{
	struct tt_replayed made = { 0 };
	struct tt_replay r = { .facts = facts,
			       .facts_count = facts_count,
			       .faces = faces,
			       .faces_count = faces_count,
			       .uids = uids,
			       .uids_count = uids_count,
			       .arena = arena,
			       .out = &made };
	int rc;

	made.faces = tt_replay_alloc(&r, faces_count, sizeof *made.faces, err);
	if (!made.faces)
		return TT_ENOMEM;
	rc = tt_replay_match(&r, err);
	if (rc == 0)
		rc = tt_replay_persons(&r, err);
	if (rc == 0)
		rc = tt_replay_words(&r, err);
	if (rc == 0)
		rc = tt_replay_pairs(&r, err);
	if (rc == 0)
		rc = show(&r, err);
	if (rc == 0)
		*out = made;
	return rc;
}
