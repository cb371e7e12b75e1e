#include "faces.h"

#include "vision/similar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const struct tt_people_opts usual = { .confidence = 0.72,
				      .min_quality = 0.3,
				      .recur = 2,
				      .neighbours = 32,
				      .max_gallery = 24,
				      .max_facts = 100000,
				      .max_at_once = 1000,
				      .max_merge = 50,
				      .max_questions = 100,
				      .threads = 1 };

unsigned next_random(unsigned *state)
{
	*state = *state * 1664525U + 1013904223U;
	return *state >> 8;
}

static float noise(unsigned *state)
{
	float sum = 0;

	for (int i = 0; i < 4; i++)
		sum += (float)(next_random(state) % 2001) / 1000 - 1;
	return sum;
}

int truth(int content, int which)
{
	int first = content % PERSONS;

	return which == 0 ? first : (first + 1 + content / PERSONS % (PERSONS - 1)) % PERSONS;
}

static void vector_of(int person, int face, int model, int8_t out[TT_FACE_VECTOR])
{
	unsigned centre = (unsigned)(person * 7919 + model * 104729 + 1),
		 own = (unsigned)(face * 31337 + model * 17 + 5);
	float v[TT_FACE_VECTOR];

	for (int i = 0; i < TT_FACE_VECTOR; i++)
		v[i] = noise(&centre) + 0.5F * noise(&own);
	tt_similar_quantise(v, out);
}

struct tt_box box_there(int content, int which, int model)
{
	float off = 0.012F * (float)(model * (1 + content % 2));

	return (struct tt_box){ 0.1F + 0.45F * (float)which + off, 0.2F - off, 0.25F, 0.3F };
}

void put_found(struct fixture *fx, int64_t photo, int content, int model, int drop)
{
	struct tt_found_face faces[ON_PHOTO] = { 0 };
	struct tt_found_faces found = { .model = model ? "f2" : "f1", .faces = faces };
	struct tt_facts facts = { .mime = "image/jpeg", .width = 400, .height = 300, .frames = 1 };
	struct tt_job_result r = { .photo = photo, .now = 5, .facts = &facts, .faces = &found };
	char sql[80];

	for (int i = 0; i < ON_PHOTO; i++) {
		struct tt_found_face *f = &faces[found.count];

		if (drop && (content * ON_PHOTO + i) % drop == 0)
			continue;
		f->box = box_there(content, i, model);
		f->confidence = f->quality = 0.9F;
		f->px = 200;
		f->has_vector = true;
		vector_of(truth(content, i), content * ON_PHOTO + i, model, f->vector);
		found.count++;
	}
	snprintf(facts.taken, sizeof facts.taken, "%d-05-04T12:00:00", 1990 + content % 20);
	snprintf(sql, sizeof sql, "SELECT max(id) FROM job WHERE photo = %lld", (long long)photo);
	r.job = rows(fx, sql);
	memcpy(r.sha256, &content, sizeof content);
	OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
}

void add_all(struct fixture *fx, int64_t photos[PHOTOS], int model, int drop)
{
	for (int i = 0; i < PHOTOS; i++) {
		photos[i] = add_photo(fx, i);
		put_found(fx, photos[i], i, model, drop);
	}
}

void find_again(struct fixture *fx, const int64_t photos[PHOTOS], int model, int drop)
{
	for (int i = 0; i < PHOTOS; i++) {
		OK(fx, tt_store_job_faces(fx->store, fx->ann, photos[i], 5, &fx->err));
		put_found(fx, photos[i], i, model, drop);
	}
}

const struct tt_person *person_by_uid(const struct shown *s, const char *uid)
{
	for (size_t i = 0; i < s->persons_count; i++)
		if (strcmp(s->persons[i].uid, uid) == 0)
			return &s->persons[i];
	return NULL;
}

static struct shown_face *face_there(struct shown *s, const struct tt_face_known *f)
{
	int content;

	memcpy(&content, f->sha256, sizeof content);
	for (int i = 0; i < ON_PHOTO; i++) {
		struct tt_box there = box_there(content, i, 0);

		if (tt_box_overlap(&there, &f->box) >= 0.5F)
			return &s->faces[content * ON_PHOTO + i];
	}
	return NULL;
}

void look(struct fixture *fx, struct shown *out)
{
	struct tt_face_known *faces;
	size_t n;

	memset(out, 0, sizeof *out);
	OK(fx, tt_store_persons_all(fx->store, fx->ann, &fx->arena, &out->persons, &out->persons_count, &fx->err));
	OK(fx, tt_store_faces_known(fx->store, fx->ann, 0, 10000, &fx->arena, &faces, &n, &fx->err));
	for (size_t i = 0; i < n; i++) {
		struct shown_face *f = face_there(out, &faces[i]);

		if (!f || (f->there && (faces[i].hidden || faces[i].drawn)))
			continue;
		*f = (struct shown_face){ .id = faces[i].id,
					  .person = faces[i].person,
					  .there = true,
					  .said = faces[i].said,
					  .hidden = faces[i].hidden };
		for (size_t k = 0; faces[i].person && k < out->persons_count; k++)
			if (out->persons[k].id == faces[i].person)
				snprintf(f->uid, sizeof f->uid, "%s", out->persons[k].uid);
	}
}
