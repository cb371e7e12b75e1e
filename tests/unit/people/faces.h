/* Synthetic faces for the units of people: photos with two faces each, of a few persons whose vectors lie around a
 * direction of their own. Another model has other directions and other boxes. */
#ifndef TT_TESTS_UNIT_PEOPLE_FACES_H
#define TT_TESTS_UNIT_PEOPLE_FACES_H

#include "../store/fixture.h"
#include "people/people.h"
#include "store/people.h"

enum { PHOTOS = 60, ON_PHOTO = 2, PERSONS = 6, ALL_FACES = PHOTOS * ON_PHOTO };

/* Who is on the photo; the same for every model. */
int truth(int content, int which);
/* What a model finds there. drop: leaves every so manieth face out, 0: none. */
void put_found(struct fixture *fx, int64_t photo, int content, int model, int drop);
void add_all(struct fixture *fx, int64_t photos[PHOTOS], int model, int drop);
/* Looks again at photos that are there. */
void find_again(struct fixture *fx, const int64_t photos[PHOTOS], int model, int drop);
struct tt_box box_there(int content, int which, int model);
unsigned next_random(unsigned *state);

/* What is shown of every face, told by content and place on the photo. */
struct shown {
	struct shown_face {
		int64_t id, person;
		char uid[TT_PERSON_UID]; /* "": nobody */
		bool there, said, hidden;
	} faces[ALL_FACES];
	struct tt_person *persons;
	size_t persons_count;
};
void look(struct fixture *fx, struct shown *out);
const struct tt_person *person_by_uid(const struct shown *s, const char *uid);

extern const struct tt_people_opts usual;

#endif
