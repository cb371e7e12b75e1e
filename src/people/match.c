/* Which face and which person a fact means. */
#include "people/internal.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[TT_SAID_KINDS] = {
	[TT_SAID_IS] = "is",
	[TT_SAID_IS_NOT] = "is_not",
	[TT_SAID_SAME] = "same",
	[TT_SAID_DIFFERENT] = "different",
	[TT_SAID_NOT_A_FACE] = "not_a_face",
	[TT_SAID_DRAWN] = "drawn",
	[TT_SAID_NAME] = "name",
	[TT_SAID_MERGE] = "merge",
	[TT_SAID_HIDE] = "hide",
	[TT_SAID_SHOW] = "show",
	[TT_SAID_COVER] = "cover",
	[TT_SAID_BORN] = "born",
	[TT_SAID_UNSURE] = "unsure",
};

const char *tt_said_name(enum tt_said_kind kind)
{
	return names[kind];
}

enum tt_said_kind tt_said_kind_of(const char *name)
{
	unsigned kind = 0;

	while (kind < TT_SAID_KINDS && strcmp(names[kind], name) != 0)
		kind++;
	return kind;
}

static float overlap(float a, float a_size, float b, float b_size)
{
	float from = a > b ? a : b, a_to = a + a_size, b_to = b + b_size, to = a_to < b_to ? a_to : b_to;

	return to > from ? to - from : 0;
}

float tt_box_iou(const struct tt_said_box *a, const struct tt_said_box *b)
{
	float both = overlap(a->x, a->w, b->x, b->w) * overlap(a->y, a->h, b->y, b->h);

	if (both <= 0 || memcmp(a->sha256, b->sha256, 32) != 0)
		return 0;
	return both / (a->w * a->h + b->w * b->h - both);
}

void *tt_replay_alloc(struct tt_replay *r, size_t count, size_t size, struct tt_err *err)
{
	void *p = tt_arena_alloc(r->arena, (count + 1) * size);

	if (!p)
		(void)tt_err_set(err, TT_ENOMEM, "out of memory");
	return p;
}

/* ---- persons: a hash table of uids */

struct table {
	int *slots; /* person + 1, 0: free */
	size_t mask;
};

static size_t hash_of(const char *s)
{
	size_t h = 1469598103934665603U;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211U;
	return h ^ h >> 29;
}

static int intern(struct tt_replay *r, struct table *t, const char *uid)
{
	size_t i = hash_of(uid) & t->mask;

	while (t->slots[i] && strcmp(r->out->persons[t->slots[i] - 1].uid, uid) != 0)
		i = (i + 1) & t->mask;
	if (!t->slots[i]) {
		r->out->persons[r->out->persons_count] = (struct tt_shown_person){ .uid = uid,
										   .cover = -1,
										   .merged_into = -1 };
		t->slots[i] = (int)++r->out->persons_count;
	}
	return t->slots[i] - 1;
}

static int find_persons(struct tt_replay *r, struct tt_err *err)
{
	size_t most = r->uids_count + 2 * r->facts_count;
	struct table t = { .mask = 15 };

	while (t.mask < 2 * most)
		t.mask = 2 * t.mask + 1;
	t.slots = tt_replay_alloc(r, t.mask + 1, sizeof *t.slots, err);
	r->out->persons = tt_replay_alloc(r, most, sizeof *r->out->persons, err);
	r->person = tt_replay_alloc(r, r->facts_count, sizeof *r->person, err);
	r->other = tt_replay_alloc(r, r->facts_count, sizeof *r->other, err);
	if (!t.slots || !r->out->persons || !r->person || !r->other)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->uids_count; i++)
		(void)intern(r, &t, r->uids[i]);
	for (size_t i = 0; i < r->facts_count; i++) {
		const struct tt_said *f = &r->facts[i];

		r->person[i] = f->person ? intern(r, &t, f->person) : -1;
		r->other[i] = f->other ? intern(r, &t, f->other) : -1;
		if (f->person)
			r->out->persons[r->person[i]].spoken_of = true;
		if (f->other)
			r->out->persons[r->other[i]].spoken_of = true;
	}
	return 0;
}

/* ---- faces: sorted by the content of their photo */

static int by_content(const void *a, const void *b)
{
	const struct tt_replay_face *x = *(const struct tt_replay_face *const *)a,
				    *y = *(const struct tt_replay_face *const *)b;
	int c = memcmp(x->at.sha256, y->at.sha256, 32);

	return c ? c : (x > y) - (x < y);
}

/* A face that was found goes before one that was only drawn: then the drawn one is no longer needed. */
static int find_face(const struct tt_replay *r, const struct tt_replay_face **sorted, const struct tt_said_box *at)
{
	size_t low = 0, high = r->faces_count;
	float best = 0.5F, best_drawn = 0.5F;
	int found = -1, drawn = -1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (memcmp(sorted[middle]->at.sha256, at->sha256, 32) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < r->faces_count && memcmp(sorted[low]->at.sha256, at->sha256, 32) == 0; low++) {
		float iou = tt_box_iou(&sorted[low]->at, at);
		int *which = sorted[low]->drawn ? &drawn : &found;
		float *than = sorted[low]->drawn ? &best_drawn : &best;

		if (iou > *than || (iou == *than && *which < 0)) {
			*than = iou;
			*which = (int)(sorted[low] - r->faces);
		}
	}
	return found >= 0 ? found : drawn;
}

static bool has_face(enum tt_said_kind kind)
{
	return kind <= TT_SAID_DRAWN || kind == TT_SAID_COVER || kind == TT_SAID_UNSURE;
}

static bool has_two(enum tt_said_kind kind)
{
	return kind == TT_SAID_SAME || kind == TT_SAID_DIFFERENT || kind == TT_SAID_UNSURE;
}

static int find_faces(struct tt_replay *r, struct tt_err *err)
{
	const struct tt_replay_face **sorted = tt_replay_alloc(r, r->faces_count, sizeof *sorted, err);

	r->face_a = tt_replay_alloc(r, r->facts_count, sizeof *r->face_a, err);
	r->face_b = tt_replay_alloc(r, r->facts_count, sizeof *r->face_b, err);
	if (!sorted || !r->face_a || !r->face_b)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->faces_count; i++)
		sorted[i] = &r->faces[i];
	qsort(sorted, r->faces_count, sizeof *sorted, by_content);
	for (size_t i = 0; i < r->facts_count; i++) {
		const struct tt_said *f = &r->facts[i];

		r->face_a[i] = has_face(f->kind) ? find_face(r, sorted, &f->a) : -1;
		r->face_b[i] = has_two(f->kind) ? find_face(r, sorted, &f->b) : -1;
		r->out->unmet += (has_face(f->kind) && r->face_a[i] < 0) || (has_two(f->kind) && r->face_b[i] < 0);
	}
	return 0;
}

/* ---- what is missing */

static int by_box_content(const void *a, const void *b)
{
	const struct tt_said *x = *(const struct tt_said *const *)a, *y = *(const struct tt_said *const *)b;
	int c = memcmp(x->a.sha256, y->a.sha256, 32);

	return c ? c : (x > y) - (x < y);
}

/* Of the facts about one photo, in their order: the last word on each box. */
static void missing_of(struct tt_replay *r, const struct tt_said **group, size_t n)
{
	size_t first = r->out->missing_count, kept = first, at;
	struct tt_said_box *boxes = r->out->missing;

	for (size_t i = 0; i < n; i++) {
		at = first;
		while (at < kept && tt_box_iou(&boxes[at], &group[i]->a) < 0.5F)
			at++;
		if (group[i]->kind != TT_SAID_NOT_A_FACE && at == kept)
			boxes[kept++] = group[i]->a;
		else if (group[i]->kind == TT_SAID_NOT_A_FACE && at < kept)
			boxes[at] = boxes[--kept];
	}
	r->out->missing_count = kept;
}

static int find_missing(struct tt_replay *r, struct tt_err *err)
{
	const struct tt_said **open = tt_replay_alloc(r, r->facts_count, sizeof *open, err);
	size_t n = 0, end;

	r->out->missing = tt_replay_alloc(r, r->facts_count, sizeof *r->out->missing, err);
	if (!open || !r->out->missing)
		return TT_ENOMEM;
	for (size_t i = 0; i < r->facts_count; i++)
		if (r->face_a[i] < 0 && (r->facts[i].kind == TT_SAID_IS || r->facts[i].kind == TT_SAID_DRAWN ||
					 r->facts[i].kind == TT_SAID_NOT_A_FACE))
			open[n++] = &r->facts[i];
	qsort(open, n, sizeof *open, by_box_content);
	for (size_t i = 0; i < n; i = end) {
		end = i + 1;
		while (end < n && memcmp(open[end]->a.sha256, open[i]->a.sha256, 32) == 0)
			end++;
		missing_of(r, open + i, end - i);
	}
	return 0;
}

int tt_replay_match(struct tt_replay *r, struct tt_err *err)
{
	int rc = find_persons(r, err);

	if (rc == 0)
		rc = find_faces(r, err);
	return rc < 0 ? rc : find_missing(r, err);
}
