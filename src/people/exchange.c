/* Facts as JSON lines: {"kind":"is","sha256":"…","box":[x,y,w,h],"person":"…","at":ms}; of a pair also "other_sha256"
 * and "other_box"; "other" is the person merged away, "value" the name, the day or the probability that was shown.
 * Interface: people.h. */
#include "people/people.h"

#include "base/json.h"
#include "people/replay.h"
#include "people/saying.h"

#include <math.h>
#include <string.h>

enum { PAGE = 5000, LINE_MAX_BYTES = 4096, VALUE_MAX = 1000 };
#define PAGE_BYTES ((size_t)64 << 20)

static int no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "out of memory");
}

/* ---- out */

static json_t *hex_of(const uint8_t sha256[32])
{
	char text[65];

	tt_hex(text, sha256, 32);
	return json_string(text);
}

static json_t *box_json(const struct tt_box *b)
{
	return json_pack("[f,f,f,f]", (double)b->x, (double)b->y, (double)b->w, (double)b->h);
}

static json_t *fact_json(const struct tt_face_fact *f)
{
	json_t *o = json_pack("{s:s,s:I}", "kind", f->kind, "at", (json_int_t)f->at);

	if (o && f->has_face) {
		json_object_set_new(o, "sha256", hex_of(f->sha256));
		json_object_set_new(o, "box", box_json(&f->box));
	}
	if (o && f->has_other) {
		json_object_set_new(o, "other_sha256", hex_of(f->other_sha256));
		json_object_set_new(o, "other_box", box_json(&f->other));
	}
	if (o && f->person_uid)
		json_object_set_new(o, "person", json_string(f->person_uid));
	if (o && f->other_uid)
		json_object_set_new(o, "other", json_string(f->other_uid));
	if (o && f->value)
		json_object_set_new(o, "value", json_string(f->value));
	return o;
}

static void freetext(char **text)
{
	free(*text);
}

int tt_people_export(struct tt_store *s, int64_t owner, int (*line)(void *ctx, const char *text, struct tt_err *err),
		     void *ctx, int64_t *count, struct tt_err *err)
{
	int64_t after = 0, written = 0;
	size_t n;

	do {
		TT_SCOPED(tt_arena_free) struct tt_arena page = { .max = PAGE_BYTES };
		struct tt_face_fact *facts;
		int rc = tt_store_face_facts_hold(s, owner, after, PAGE, &page, &facts, &n, err);

		for (size_t i = 0; rc == 0 && i < n; i++) {
			TT_SCOPED(tt_json_decrefp) json_t *o = fact_json(&facts[i]);
			TT_SCOPED(freetext)
			char *text = o ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;

			after = facts[i].id;
			written++;
			rc = text ? line(ctx, text, err) : no_memory(err);
		}
		if (rc < 0)
			return rc;
	} while (n == PAGE);
	*count = written;
	return 0;
}

/* ---- in */

static int text_of(const json_t *o, const char *key, size_t max, struct tt_arena *arena, const char **out,
		   struct tt_err *err)
{
	struct tt_str s;
	int rc;

	*out = NULL;
	if (!json_object_get(o, key))
		return 0;
	rc = tt_json_get_str(o, key, max, &s, err);
	if (rc < 0)
		return rc;
	*out = tt_arena_strndup(arena, s.p, s.len);
	return *out ? 0 : no_memory(err);
}

static int uid_of(const json_t *o, const char *key, struct tt_arena *arena, const char **out, struct tt_err *err)
{
	int rc = text_of(o, key, TT_PERSON_UID - 1, arena, out, err);

	if (rc == 0 && *out &&
	    (strlen(*out) != TT_PERSON_UID - 1 || strspn(*out, "0123456789abcdef") != TT_PERSON_UID - 1))
		return tt_err_set(err, TT_EINVALID, "%s is not 32 hex digits", key);
	return rc;
}

static int face_of(const json_t *o, const char *sha_key, const char *box_key, bool *has, uint8_t sha256[32],
		   struct tt_box *box, struct tt_err *err)
{
	const json_t *list = json_object_get(o, box_key);
	double b[4];
	struct tt_str hex;
	int rc;

	*has = json_object_get(o, sha_key) != NULL;
	if (!*has)
		return 0;
	rc = tt_json_get_str(o, sha_key, 64, &hex, err);
	if (rc < 0)
		return rc;
	if (!tt_unhex(sha256, 32, hex))
		return tt_err_set(err, TT_EINVALID, "%s is not 64 hex digits", sha_key);
	for (size_t i = 0; i < 4; i++) {
		b[i] = json_number_value(json_array_get(list, i));
		if (!json_is_number(json_array_get(list, i)) || fabs(b[i]) > 4)
			return tt_err_set(err, TT_EINVALID, "%s is not four fractions", box_key);
	}
	if (json_array_size(list) != 4 || b[2] <= 0 || b[3] <= 0)
		return tt_err_set(err, TT_EINVALID, "%s is no box", box_key);
	*box = (struct tt_box){ (float)b[0], (float)b[1], (float)b[2], (float)b[3] };
	return 0;
}

/* Does the fact have all that its kind needs? */
static bool is_whole(const struct tt_face_fact *f)
{
	switch (tt_said_kind_of(f->kind)) {
	case TT_SAID_IS:
	case TT_SAID_IS_NOT:
	case TT_SAID_COVER:
		return f->has_face && f->person_uid;
	case TT_SAID_SAME:
	case TT_SAID_DIFFERENT:
	case TT_SAID_UNSURE:
		return f->has_face && f->has_other;
	case TT_SAID_NOT_A_FACE:
	case TT_SAID_DRAWN:
		return f->has_face;
	case TT_SAID_MERGE:
		return f->person_uid && f->other_uid;
	case TT_SAID_NAME:
	case TT_SAID_BORN:
		return f->person_uid && f->value;
	case TT_SAID_HIDE:
	case TT_SAID_SHOW:
		return f->person_uid;
	default:
		return false;
	}
}

static int read_line(struct tt_str text, struct tt_arena *arena, struct tt_face_fact *out, struct tt_err *err)
{
	TT_SCOPED(tt_json_decrefp) json_t *o = NULL;
	struct tt_face_fact f = { 0 };
	int rc = tt_json_parse(&o, text, LINE_MAX_BYTES, err);

	if (rc == 0)
		rc = text_of(o, "kind", 32, arena, &f.kind, err);
	if (rc == 0 && (!f.kind || tt_said_kind_of(f.kind) == TT_SAID_KINDS))
		return tt_err_set(err, TT_EINVALID, "kind is none that this version knows");
	if (rc == 0)
		rc = tt_json_get_i64(o, "at", 0, INT64_MAX, &f.at, err);
	if (rc == 0)
		rc = face_of(o, "sha256", "box", &f.has_face, f.sha256, &f.box, err);
	if (rc == 0)
		rc = face_of(o, "other_sha256", "other_box", &f.has_other, f.other_sha256, &f.other, err);
	if (rc == 0)
		rc = uid_of(o, "person", arena, &f.person_uid, err);
	if (rc == 0)
		rc = uid_of(o, "other", arena, &f.other_uid, err);
	if (rc == 0)
		rc = text_of(o, "value", VALUE_MAX, arena, &f.value, err);
	if (rc == 0 && !is_whole(&f))
		return tt_err_set(err, TT_EINVALID, "a fact of kind '%s' lacks something", f.kind);
	if (rc == 0)
		*out = f;
	return rc;
}

struct importing {
	const struct tt_people_call *c;
	struct tt_face_fact *facts;
	size_t count, room;
};

static int read_all(struct importing *im, const char *text, size_t size, struct tt_err *err)
{
	struct tt_str rest = { text, size }, line;
	int64_t number = 0;

	while (tt_str_split(&rest, '\n', &line)) {
		int rc;

		number++;
		line = tt_str_trim(line);
		if (line.len == 0)
			continue;
		if (im->count == im->room) {
			size_t room = im->room ? 2 * im->room : 256;
			struct tt_face_fact *more = tt_realloc(im->facts, room * sizeof *more);

			if (!more)
				return no_memory(err);
			im->facts = more;
			im->room = room;
		}
		rc = read_line(line, im->c->arena, &im->facts[im->count], err);
		if (rc < 0)
			return tt_err_ctx(err, "line %lld", (long long)number);
		im->count++;
	}
	return 0;
}

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
static int leave_out_known(struct importing *im, int64_t *known, struct tt_err *err)
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
	*known = (int64_t)(im->count - kept);
	im->count = kept;
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
	rc = tt_saying_end(&s, &said, err);
	if (rc == 0)
		*added = (int64_t)im->count;
	return rc;
}

int tt_people_import(const struct tt_people_call *c, const char *text, size_t size, int64_t *added, int64_t *known,
		     struct tt_err *err)
{
	struct importing im = { .c = c };
	int rc = read_all(&im, text, size, err);

	if (rc == 0)
		rc = leave_out_known(&im, known, err);
	if (rc == 0)
		rc = take_in(&im, added, err);
	free(im.facts);
	return rc;
}
