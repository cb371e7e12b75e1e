/* What was said of each person, each face and each pair of faces: the last word on each. */
#include "people/internal.h"

#include <stdlib.h>

int tt_replay_root(int *parent, int i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

/* ---- persons */

/* The last fact of these kinds about each person, +1; the person's own before those of who was merged into it. */
static int last_words(struct tt_replay *r, enum tt_said_kind kind, enum tt_said_kind or_kind, int **out,
		      struct tt_err *err)
{
	size_t n = r->out->persons_count;
	int *own = tt_replay_alloc(r, n, sizeof *own, err), *last = tt_replay_alloc(r, n, sizeof *last, err);

	if (!own || !last)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->facts_count; i++)
		if ((r->facts[i].kind == kind || r->facts[i].kind == or_kind) && r->person[i] >= 0) {
			own[r->person[i]] = (int)i + 1;
			last[tt_replay_root(r->parent, r->person[i])] = (int)i + 1;
		}
	for (size_t i = 0; i < n; i++)
		if (!own[i])
			own[i] = last[i];
	*out = own;
	return 0;
}

static const char *text_of(const struct tt_replay *r, int fact)
{
	const char *value = fact ? r->facts[fact - 1].value : NULL;

	return value && *value ? value : NULL;
}

int tt_replay_persons(struct tt_replay *r, struct tt_err *err)
{
	int *name, *born, *cover, *hidden;

	r->parent = tt_replay_alloc(r, r->out->persons_count, sizeof *r->parent, err);
	if (!r->parent)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->out->persons_count; i++)
		r->parent[i] = (int)i;
	for (size_t i = 0; i < r->facts_count; i++)
		if (r->facts[i].kind == TT_SAID_MERGE && r->person[i] >= 0 && r->other[i] >= 0)
			r->parent[tt_replay_root(r->parent, r->other[i])] = tt_replay_root(r->parent, r->person[i]);
	if (last_words(r, TT_SAID_NAME, TT_SAID_NAME, &name, err) < 0 ||
	    last_words(r, TT_SAID_BORN, TT_SAID_BORN, &born, err) < 0 ||
	    last_words(r, TT_SAID_COVER, TT_SAID_COVER, &cover, err) < 0 ||
	    last_words(r, TT_SAID_HIDE, TT_SAID_SHOW, &hidden, err) < 0)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->out->persons_count; i++) {
		struct tt_shown_person *p = &r->out->persons[i];
		int root = tt_replay_root(r->parent, (int)i);

		p->name = text_of(r, name[i]);
		p->born = text_of(r, born[i]);
		p->cover = cover[i] ? r->face_a[cover[i] - 1] : -1;
		p->hidden = hidden[i] && r->facts[hidden[i] - 1].kind == TT_SAID_HIDE;
		p->merged_into = root == (int)i ? -1 : root;
	}
	return 0;
}

/* ---- faces */

struct word {
	int face, fact, person;
	bool is;
};

static int by_face(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	return x->face != y->face ? (x->face > y->face) - (x->face < y->face)
				  : (x->fact > y->fact) - (x->fact < y->fact);
}

/* The words on one face, oldest first. */
static void judge(struct tt_replay *r, const struct word *words, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		const struct word *w = &words[i];
		size_t later = i + 1;

		while (later < n && words[later].person != w->person)
			later++;
		if (later < n)
			continue;
		if (!w->is) {
			r->out->nots[r->out->nots_count++] = (struct tt_not){ w->face, w->person };
		} else if (r->said_person[w->face] < 0) {
			r->said_person[w->face] = w->person;
			r->said_at[w->face] = w->fact;
		}
	}
}

static int gather(struct tt_replay *r, struct word *words, bool *wanted)
{
	int n = 0;

	for (size_t i = 0; i < r->facts_count; i++) {
		enum tt_said_kind kind = r->facts[i].kind;
		int face = r->face_a[i];

		if (face < 0)
			continue;
		if (kind == TT_SAID_IS || kind == TT_SAID_DRAWN) {
			r->out->faces[face].hidden = false;
			wanted[face] = true;
		} else if (kind == TT_SAID_NOT_A_FACE) {
			r->out->faces[face].hidden = true;
		}
		if ((kind == TT_SAID_IS || kind == TT_SAID_IS_NOT) && r->person[i] >= 0)
			words[n++] = (struct word){ face, (int)i, tt_replay_root(r->parent, r->person[i]),
						    kind == TT_SAID_IS };
	}
	return n;
}

int tt_replay_words(struct tt_replay *r, struct tt_err *err)
{
	struct word *words = tt_replay_alloc(r, r->facts_count, sizeof *words, err);
	bool *wanted = tt_replay_alloc(r, r->faces_count, sizeof *wanted, err);
	size_t n, end;

	r->said_person = tt_replay_alloc(r, r->faces_count, sizeof *r->said_person, err);
	r->said_at = tt_replay_alloc(r, r->faces_count, sizeof *r->said_at, err);
	r->out->nots = tt_replay_alloc(r, r->facts_count, sizeof *r->out->nots, err);
	if (!words || !wanted || !r->said_person || !r->said_at || !r->out->nots)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->faces_count; i++)
		r->said_person[i] = r->said_at[i] = -1;
	n = (size_t)gather(r, words, wanted);
	qsort(words, n, sizeof *words, by_face);
	for (size_t i = 0; i < n; i = end) {
		end = i + 1;
		while (end < n && words[end].face == words[i].face)
			end++;
		judge(r, words + i, end - i);
	}
	for (size_t i = 0; i < r->faces_count; i++)
		if (r->faces[i].drawn && !wanted[i])
			r->out->faces[i].hidden = true;
	return 0;
}

/* ---- pairs */

struct pair_word {
	struct tt_face_pair pair;
	int fact;
	enum tt_said_kind kind;
};

static int by_pair(const void *a, const void *b)
{
	const struct pair_word *x = a, *y = b;

	if (x->pair.a != y->pair.a)
		return x->pair.a < y->pair.a ? -1 : 1;
	if (x->pair.b != y->pair.b)
		return x->pair.b < y->pair.b ? -1 : 1;
	return (x->fact > y->fact) - (x->fact < y->fact);
}

/* A word on who both of them are that came later says more than one on the pair. */
static bool overruled(const struct tt_replay *r, const struct pair_word *w)
{
	int a = r->said_person[w->pair.a], b = r->said_person[w->pair.b];
	int last = r->said_at[w->pair.a] > r->said_at[w->pair.b] ? r->said_at[w->pair.a] : r->said_at[w->pair.b];

	if (a < 0 || b < 0 || w->kind == TT_SAID_UNSURE)
		return false;
	return w->kind == TT_SAID_SAME ? a != b : a == b && last > w->fact;
}

static void keep(struct tt_replay *r, const struct pair_word *w)
{
	struct tt_replayed *out = r->out;

	if (overruled(r, w))
		return;
	if (w->kind == TT_SAID_UNSURE) {
		out->unsure[out->unsure_count++] = w->pair;
	} else if (w->kind == TT_SAID_DIFFERENT) {
		out->different[out->different_count++] = w->pair;
	} else {
		out->same[out->same_count++] = w->pair;
		r->same_as[tt_replay_root(r->same_as, w->pair.b)] = tt_replay_root(r->same_as, w->pair.a);
	}
}

static size_t gather_pairs(const struct tt_replay *r, struct pair_word *words)
{
	size_t n = 0;

	for (size_t i = 0; i < r->facts_count; i++) {
		int a = r->face_a[i], b = r->face_b[i];

		if (a >= 0 && b >= 0 && a != b)
			words[n++] = (struct pair_word){ { a < b ? a : b, a < b ? b : a }, (int)i, r->facts[i].kind };
	}
	return n;
}

int tt_replay_pairs(struct tt_replay *r, struct tt_err *err)
{
	struct pair_word *words = tt_replay_alloc(r, r->facts_count, sizeof *words, err);
	struct tt_replayed *out = r->out;
	size_t n;

	r->same_as = tt_replay_alloc(r, r->faces_count, sizeof *r->same_as, err);
	out->same = tt_replay_alloc(r, r->facts_count, sizeof *out->same, err);
	out->different = tt_replay_alloc(r, r->facts_count, sizeof *out->different, err);
	out->unsure = tt_replay_alloc(r, r->facts_count, sizeof *out->unsure, err);
	if (!words || !r->same_as || !out->same || !out->different || !out->unsure)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->faces_count; i++)
		r->same_as[i] = (int)i;
	n = gather_pairs(r, words);
	qsort(words, n, sizeof *words, by_pair);
	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || words[i].pair.a != words[i + 1].pair.a || words[i].pair.b != words[i + 1].pair.b)
			keep(r, &words[i]);
	return 0;
}
