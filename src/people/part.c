/* The part of a state on which a few facts bear. Interface: state.h.
 *
 * What a replay shows of a face depends on the other faces of its photo, on the faces that it was compared with, on the
 * facts about all these, and on the persons that these facts and the guesses name, with whom they were merged. All this
 * is gathered until nothing more comes; then a replay of the part shows of it what a replay of everything shows
 * (tests/unit/people/facts.c). Facts are all read, since they are few beside faces. */
#include "people/state.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum {
	PHOTOS_MAX = 512, /* of more a replay of everything is as quick; a power of two, as the next */
	UIDS_MAX = 4096,
	FACES_MAX = 5000,
	KEY = 32, /* bytes of a content hash, and digits of a uid */
};

/* Contents, or uids, in the order in which they came. */
struct keys {
	uint8_t (*key)[KEY];
	size_t count, room;
	int *slots; /* index + 1, 0: free; twice as many as there is room for */
	bool full;
};

struct part {
	struct tt_people_state *st;
	const struct tt_face_fact *about;
	size_t about_count;
	struct keys photos, uids;
	struct tt_face_known *rows; /* of these photos */
	size_t rows_count, rows_room, photos_read;
	struct tt_person *persons; /* with these uids */
	size_t persons_count, persons_room, uids_read;
	size_t asked; /* the first uids: of those something was said now */
	bool whole;
};

/* ---- sets */

static int *slot_of(const struct keys *k, const void *key)
{
	size_t mask = 2 * k->room - 1, i;
	uint64_t h;

	memcpy(&h, key, sizeof h);
	for (i = (size_t)(h * 0x9E3779B97F4A7C15U >> 32) & mask;
	     k->slots[i] && memcmp(k->key[k->slots[i] - 1], key, KEY) != 0; i = (i + 1) & mask)
		;
	return &k->slots[i];
}

static bool has(const struct keys *k, const void *key)
{
	return *slot_of(k, key) != 0;
}

static void add(struct keys *k, const void *key)
{
	int *slot = slot_of(k, key);

	if (*slot)
		return;
	k->full = k->full || k->count == k->room;
	if (k->full)
		return;
	memcpy(k->key[k->count], key, KEY);
	*slot = (int)++k->count;
}

/* room: a power of two */
static int init(struct keys *k, size_t room, struct tt_arena *arena, struct tt_err *err)
{
	*k = (struct keys){ .room = room };
	k->key = tt_arena_alloc(arena, room * KEY);
	k->slots = tt_arena_alloc(arena, 2 * room * sizeof *k->slots);
	return k->key && k->slots ? 0 : tt_err_set(err, TT_ENOMEM, "out of memory");
}

static void add_uid(struct part *p, const char *uid)
{
	if (uid && strnlen(uid, KEY + 1) == KEY)
		add(&p->uids, uid);
	else if (uid)
		p->whole = true;
}

static bool has_uid(const struct part *p, const char *uid)
{
	return uid && strnlen(uid, KEY + 1) == KEY && has(&p->uids, uid);
}

/* ---- what is tied together */

static bool is_kind(const struct tt_face_fact *f, enum tt_said_kind kind)
{
	return strcmp(f->kind, tt_said_name(kind)) == 0;
}

static bool is_on_photos(const struct part *p, const struct tt_face_fact *f)
{
	return (f->has_face && has(&p->photos, f->sha256)) || (f->has_other && has(&p->photos, f->other_sha256));
}

/* Who was merged with these, once. */
static void add_merged(struct part *p)
{
	const struct tt_people_state *st = p->st;

	for (size_t i = 0; i < st->all_count; i++) {
		const struct tt_face_fact *f = &st->all[i];

		if (is_kind(f, TT_SAID_MERGE) && (has_uid(p, f->person_uid) || has_uid(p, f->other_uid))) {
			add_uid(p, f->person_uid);
			add_uid(p, f->other_uid);
		}
	}
}

/* Which faces were compared with those of these photos, and whom facts about them name, once. A cover ties its person
 * to the photo, but not the photo to the person. */
static void add_told(struct part *p)
{
	const struct tt_people_state *st = p->st;

	for (size_t i = 0; i < st->all_count; i++) {
		const struct tt_face_fact *f = &st->all[i];

		if (!is_on_photos(p, f))
			continue;
		if (f->has_face)
			add(&p->photos, f->sha256);
		if (f->has_other)
			add(&p->photos, f->other_sha256);
		add_uid(p, f->person_uid);
	}
}

static int keep_person(struct part *p, const struct tt_person *person, struct tt_err *err)
{
	if (p->persons_count == p->persons_room) {
		size_t room = 2 * p->persons_room + 16;
		struct tt_person *more = tt_realloc(p->persons, room * sizeof *more);

		if (!more)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		p->persons = more;
		p->persons_room = room;
	}
	p->persons[p->persons_count++] = *person;
	return 0;
}

static int read_persons(struct part *p, struct tt_err *err)
{
	struct tt_people_state *st = p->st;

	for (; p->uids_read < p->uids.count; p->uids_read++) {
		char uid[TT_PERSON_UID] = "";
		struct tt_err none = { 0 };
		struct tt_person person;
		int rc;

		memcpy(uid, p->uids.key[p->uids_read], KEY);
		rc = tt_store_person_of_uid(st->store, st->owner, uid, &st->arena, &person, &none);
		/* Who is asked about may be new; of another the rows did not follow. */
		p->whole = p->whole || (rc == TT_ENOTFOUND && p->uids_read >= p->asked);
		if (rc < 0 && rc != TT_ENOTFOUND) {
			*err = none;
			return rc;
		}
		if (rc == 0)
			rc = keep_person(p, &person, err);
		if (rc < 0 && rc != TT_ENOTFOUND)
			return rc;
	}
	return 0;
}

static int add_person(struct part *p, int64_t id, struct tt_err *err)
{
	struct tt_person person;
	int rc;

	if (!id)
		return 0;
	for (size_t i = 0; i < p->persons_count; i++)
		if (p->persons[i].id == id)
			return 0;
	rc = tt_store_person(p->st->store, p->st->owner, id, &p->st->arena, &person, err);
	if (rc == 0)
		add_uid(p, person.uid);
	return rc < 0 ? rc : read_persons(p, err);
}

static int read_photos(struct part *p, struct tt_err *err)
{
	struct tt_people_state *st = p->st;

	for (; !p->whole && p->photos_read < p->photos.count; p->photos_read++) {
		struct tt_face_known *rows, *more;
		size_t n;
		int rc = tt_store_faces_known_of(st->store, st->owner, p->photos.key[p->photos_read], &st->arena, &rows,
						 &n, err);

		if (rc < 0)
			return rc;
		more = tt_realloc(p->rows, (p->rows_count + n + 1) * sizeof *more);
		if (!more)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		p->rows = more;
		for (size_t i = 0; i < n; i++) {
			p->rows[p->rows_count++] = rows[i];
			rc = add_person(p, rows[i].person, err);
			if (rc == 0)
				rc = add_person(p, rows[i].guess, err);
			if (rc < 0)
				return rc;
		}
		p->whole = p->whole || p->rows_count > FACES_MAX;
	}
	return 0;
}

static int gather(struct part *p, struct tt_err *err)
{
	size_t photos, uids;
	int rc;

	do {
		photos = p->photos.count;
		uids = p->uids.count;
		add_told(p);
		add_merged(p);
		rc = read_persons(p, err);
		if (rc == 0)
			rc = read_photos(p, err);
		p->whole = p->whole || p->photos.full || p->uids.full;
	} while (rc == 0 && !p->whole && (photos != p->photos.count || uids != p->uids.count));
	return rc;
}

/* ---- where it begins */

/* A birth bears on every photo of the person. */
static int add_photos_of(struct part *p, struct tt_err *err)
{
	struct tt_people_state *st = p->st;

	for (size_t i = 0; i < p->persons_count; i++) {
		uint8_t(*contents)[32];
		size_t n;
		int rc = tt_store_faces_contents(st->store, st->owner, p->persons[i].id, PHOTOS_MAX + 1, &st->arena,
						 &contents, &n, err);

		if (rc < 0)
			return rc;
		for (size_t k = 0; k < n; k++)
			add(&p->photos, contents[k]);
		p->whole = p->whole || n > PHOTOS_MAX;
	}
	return 0;
}

/* The persons of whom something was said, with all who were merged with them, and the photos of their covers. */
static int begin(struct part *p, struct tt_err *err)
{
	struct tt_people_state *st = p->st;
	bool born = false;
	size_t before;
	int rc;

	for (size_t i = 0; i < p->about_count; i++) {
		const struct tt_face_fact *f = &p->about[i];

		p->whole = p->whole || is_kind(f, TT_SAID_MERGE);
		born = born || is_kind(f, TT_SAID_BORN);
		if (f->has_face)
			add(&p->photos, f->sha256);
		if (f->has_other)
			add(&p->photos, f->other_sha256);
		add_uid(p, f->person_uid);
	}
	do {
		before = p->uids.count;
		add_merged(p);
	} while (p->uids.count != before);
	p->asked = p->uids.count;
	for (size_t i = 0; i < st->all_count; i++)
		if (is_kind(&st->all[i], TT_SAID_COVER) && has_uid(p, st->all[i].person_uid))
			add(&p->photos, st->all[i].sha256);
	rc = read_persons(p, err);
	return rc < 0 || !born ? rc : add_photos_of(p, err);
}

/* ---- the state that comes of it */

static int by_face_id(const void *a, const void *b)
{
	const struct tt_face_known *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int by_person_id(const void *a, const void *b)
{
	const struct tt_person *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static bool bears(const struct part *p, const struct tt_face_fact *f)
{
	return f->has_face ? is_on_photos(p, f) : has_uid(p, f->person_uid) || has_uid(p, f->other_uid);
}

static int take(struct part *p, struct tt_err *err)
{
	struct tt_people_state *st = p->st;
	size_t room = 0, kept = 0;
	int rc = tt_people_state_room(st, &room, p->rows_count + 1, false, err);

	st->persons_count = p->persons_count;
	st->persons = tt_arena_alloc(&st->arena, (p->persons_count + 1) * sizeof *st->persons);
	st->asked = tt_arena_alloc(&st->arena, (p->persons_count + 1) * sizeof *st->asked);
	st->uids = tt_arena_alloc(&st->arena, (p->persons_count + 2 * st->all_count + 1) * sizeof *st->uids);
	if (rc < 0)
		return rc;
	if (!st->persons || !st->asked || !st->uids)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (p->persons_count > 0)
		qsort(p->persons, p->persons_count, sizeof *p->persons, by_person_id);
	if (p->rows_count > 0)
		qsort(p->rows, p->rows_count, sizeof *p->rows, by_face_id);
	for (size_t i = 0; i < p->persons_count; i++) {
		st->persons[i] = p->persons[i];
		st->uids[st->uids_count++] = p->persons[i].uid;
		st->asked[i] = (size_t)*slot_of(&p->uids, p->persons[i].uid) <= p->asked;
	}
	for (size_t i = 0; i < p->rows_count; i++)
		tt_people_state_take(st, &p->rows[i]);
	for (size_t i = 0; i < st->all_count; i++)
		if (bears(p, &st->all[i]))
			st->said[kept++] = st->said[i];
	st->facts_count = kept;
	return 0;
}

int tt_people_state_load_part(struct tt_people_state *st, struct tt_store *s, int64_t owner,
			      const struct tt_face_fact *about, size_t n, bool *whole, struct tt_err *err)
{
	struct part p = { .st = st, .about = about, .about_count = n };
	int rc;

	*st = (struct tt_people_state){
		.store = s, .owner = owner, .arena = { .max = TT_STATE_BYTES }, .partial = true
	};
	*whole = n > PHOTOS_MAX;
	if (*whole)
		return 0;
	rc = tt_people_state_facts(st, err);
	st->all = st->facts;
	st->all_count = st->facts_count;
	if (rc == 0)
		rc = init(&p.photos, PHOTOS_MAX, &st->arena, err);
	if (rc == 0)
		rc = init(&p.uids, UIDS_MAX, &st->arena, err);
	if (rc == 0)
		rc = begin(&p, err);
	if (rc == 0 && !p.whole)
		rc = gather(&p, err);
	if (rc == 0 && !p.whole)
		rc = take(&p, err);
	*whole = p.whole;
	free(p.rows);
	free(p.persons);
	return rc;
}
