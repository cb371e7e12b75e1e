/* What was said, out of one library and into another: lines.h. Interface: people.h. */
#include "people/people.h"

#include "base/alloc.h"
#include "people/lines.h"
#include "people/saying.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 5000 };
#define PAGE_BYTES ((size_t)64 << 20)

static int no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "out of memory");
}

/* ---- out */

struct exporting {
	struct tt_store *store;
	int64_t owner;
	int (*line)(void *ctx, const char *text, struct tt_err *err);
	void *ctx;
	int64_t written;
};

/* One more line, which is freed. */
static int put(struct exporting *ex, char *text, struct tt_err *err)
{
	int rc = ex->line(ex->ctx, text, err);

	free(text);
	ex->written++;
	return rc;
}

static int put_face_facts(struct exporting *ex, struct tt_err *err)
{
	int64_t after = 0;
	size_t n;

	do {
		TT_SCOPED(tt_arena_free) struct tt_arena page = { .max = PAGE_BYTES };
		struct tt_face_fact *facts;
		char *text;
		int rc = tt_store_face_facts_hold(ex->store, ex->owner, after, PAGE, &page, &facts, &n, err);

		for (size_t i = 0; rc == 0 && i < n; i++) {
			after = facts[i].id;
			rc = tt_line_of_face_fact(&facts[i], &text, err);
			if (rc == 0)
				rc = put(ex, text, err);
		}
		if (rc < 0)
			return rc;
	} while (n == PAGE);
	return 0;
}

static int put_corrections(struct exporting *ex, struct tt_err *err)
{
	int64_t after = 0;
	size_t n;

	do {
		TT_SCOPED(tt_arena_free) struct tt_arena page = { .max = PAGE_BYTES };
		struct tt_correction *all;
		char *text;
		int rc = tt_store_corrections(ex->store, ex->owner, after, PAGE, &page, &all, &n, err);

		for (size_t i = 0; rc == 0 && i < n; i++) {
			after = all[i].id;
			if (all[i].undone)
				continue;
			rc = tt_line_of_correction(&all[i], &text, err);
			if (rc == 0)
				rc = put(ex, text, err);
		}
		if (rc < 0)
			return rc;
	} while (n == PAGE);
	return 0;
}

int tt_people_export(struct tt_store *s, int64_t owner, int (*line)(void *ctx, const char *text, struct tt_err *err),
		     void *ctx, int64_t *count, struct tt_err *err)
{
	struct exporting ex = { .store = s, .owner = owner, .line = line, .ctx = ctx };
	int rc = put_face_facts(&ex, err);

	if (rc == 0)
		rc = put_corrections(&ex, err);
	if (rc == 0)
		*count = ex.written;
	return rc;
}

/* ---- in */

struct importing {
	const struct tt_people_call *c;
	struct tt_face_fact *facts;
	size_t count, room;
	struct tt_correction *corrections;
	size_t corrections_count, corrections_room;
	int64_t known;
};

/* Room for one more; NULL: none. */
static void *room_for(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 256;
	void *p;

	if (count < *room)
		return list;
	p = tt_realloc(list, more * size);
	if (p)
		*room = more;
	return p;
}

static int keep(struct importing *im, const struct tt_line *line, struct tt_err *err)
{
	void *p;

	if (line->is_correction) {
		p = room_for(im->corrections, im->corrections_count, &im->corrections_room, sizeof *im->corrections);
		if (!p)
			return no_memory(err);
		im->corrections = p;
		im->corrections[im->corrections_count++] = line->correction;
	} else {
		p = room_for(im->facts, im->count, &im->room, sizeof *im->facts);
		if (!p)
			return no_memory(err);
		im->facts = p;
		im->facts[im->count++] = line->face;
	}
	return 0;
}

static int read_all(struct importing *im, const char *text, size_t size, struct tt_err *err)
{
	struct tt_str rest = { text, size }, one;
	int64_t number = 0;

	while (tt_str_split(&rest, '\n', &one)) {
		struct tt_line line;
		int rc;

		number++;
		one = tt_str_trim(one);
		if (one.len == 0)
			continue;
		rc = tt_line_read(one, im->c->arena, &line, err);
		if (rc == 0)
			rc = keep(im, &line, err);
		if (rc < 0)
			return tt_err_ctx(err, "line %lld", (long long)number);
	}
	return 0;
}

/* ---- what the library has already */

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_content(const void *a, const void *b)
{
	const struct tt_face_fact *x = *(const struct tt_face_fact *const *)a,
				  *y = *(const struct tt_face_fact *const *)b;
	int c = (x->at > y->at) - (x->at < y->at);

	if (c == 0)
		c = strcmp(x->kind, y->kind);
	if (c == 0)
		c = memcmp(x->sha256, y->sha256, 32);
	if (c == 0)
		c = memcmp(x->other_sha256, y->other_sha256, 32);
	if (c == 0)
		c = compare_text(x->person_uid, y->person_uid);
	if (c == 0)
		c = compare_text(x->other_uid, y->other_uid);
	return c ? c : compare_text(x->value, y->value);
}

static bool near(const struct tt_box *a, const struct tt_box *b)
{
	const float least = 1e-5F;

	return fabsf(a->x - b->x) < least && fabsf(a->y - b->y) < least && fabsf(a->w - b->w) < least &&
	       fabsf(a->h - b->h) < least;
}

static bool is_known(const struct tt_face_fact *f, struct tt_face_fact **sorted, size_t n)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (by_content(&sorted[middle], &f) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && by_content(&sorted[low], &f) == 0; low++)
		if (near(&sorted[low]->box, &f->box) && near(&sorted[low]->other, &f->other))
			return true;
	return false;
}

/* Facts that the library has already are taken out. */
static int leave_out_known(struct importing *im, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = (size_t)4 << 30 };
	TT_SCOPED(tt_freep) struct tt_face_fact **sorted = NULL;
	size_t n, total = 0, kept = 0;
	int64_t after = 0;

	do {
		struct tt_face_fact *facts, **more;
		int rc = tt_store_face_facts_all(im->c->store, im->c->owner, after, PAGE, &arena, &facts, &n, err);

		if (rc < 0)
			return rc;
		more = tt_realloc(sorted, (total + n + 1) * sizeof(struct tt_face_fact *));
		if (!more)
			return no_memory(err);
		sorted = more;
		for (size_t i = 0; i < n; i++) {
			sorted[total++] = &facts[i];
			after = facts[i].id;
		}
	} while (n == PAGE);
	qsort(sorted, total, sizeof(struct tt_face_fact *), by_content);
	for (size_t i = 0; i < im->count; i++)
		if (!is_known(&im->facts[i], sorted, total))
			im->facts[kept++] = im->facts[i];
	im->known += (int64_t)(im->count - kept);
	im->count = kept;
	return 0;
}

static int by_photo(const void *a, const void *b)
{
	const struct tt_correction *x = a, *y = b;
	int c = memcmp(x->sha256, y->sha256, 32);

	if (c == 0)
		c = (x->at > y->at) - (x->at < y->at);
	return c ? c : (x->cls > y->cls) - (x->cls < y->cls);
}

static int leave_out_known_corrections(struct importing *im, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_correction *all = NULL;
	size_t n, total = 0, kept = 0;
	int64_t after = 0;

	do {
		TT_SCOPED(tt_arena_free) struct tt_arena page = { .max = PAGE_BYTES };
		struct tt_correction *some, *more;
		int rc = tt_store_corrections(im->c->store, im->c->owner, after, PAGE, &page, &some, &n, err);

		if (rc < 0)
			return rc;
		more = tt_realloc(all, (total + n + 1) * sizeof *all);
		if (!more)
			return no_memory(err);
		all = more;
		for (size_t i = 0; i < n; i++) {
			all[total++] = some[i];
			after = some[i].id;
		}
	} while (n == PAGE);
	qsort(all, total, sizeof *all, by_photo);
	for (size_t i = 0; i < im->corrections_count; i++)
		if (!bsearch(&im->corrections[i], all, total, sizeof *all, by_photo))
			im->corrections[kept++] = im->corrections[i];
	im->known += (int64_t)(im->corrections_count - kept);
	im->corrections_count = kept;
	return 0;
}

static int take_in(struct importing *im, int64_t *added, struct tt_err *err)
{
	struct tt_saying s;
	struct tt_people_said said;
	int rc = tt_saying_start(&s, im->c, im->count, err);

	if (rc < 0)
		return rc;
	if (im->count > 0)
		memcpy(s.facts, im->facts, im->count * sizeof *s.facts);
	s.count = im->count;
	if (im->corrections_count > 0)
		rc = tt_store_corrections_add(im->c->store, im->c->owner, im->corrections, im->corrections_count, err);
	if (rc == 0)
		rc = tt_saying_end(&s, &said, err);
	if (rc == 0)
		*added = (int64_t)(im->count + im->corrections_count);
	return rc;
}

int tt_people_import(const struct tt_people_call *c, const char *text, size_t size, int64_t *added, int64_t *known,
		     struct tt_err *err)
{
	struct importing im = { .c = c };
	int rc = read_all(&im, text, size, err);

	if (rc == 0)
		rc = leave_out_known(&im, err);
	if (rc == 0)
		rc = leave_out_known_corrections(&im, err);
	if (rc == 0)
		rc = take_in(&im, added, err);
	if (rc == 0)
		*known = im.known;
	free(im.facts);
	free(im.corrections);
	return rc;
}
