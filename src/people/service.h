/* Inside people/: the service's lock. From load to store nobody else may write rows of people; p may be NULL. */
#ifndef TT_PEOPLE_SERVICE_H
#define TT_PEOPLE_SERVICE_H

#include "people/people.h"

struct tt_kept;

void tt_people_lock(struct tt_people *p);
void tt_people_unlock(struct tt_people *p);
/* Something was said: the thread looks after the consequences. NULL is fine. */
void tt_people_said(struct tt_people *p, int64_t owner);
/* Faces wait for a job. */
void tt_people_drawn(struct tt_people *p);

bool tt_people_stopping(struct tt_people *p);
struct tt_kept *tt_people_kept(struct tt_people *p); /* NULL for NULL */

struct tt_people_turn {
	struct tt_store *store;
	struct tt_people *people; /* may be NULL */
	const struct tt_people_opts *opts;
	int64_t owner, after;
	size_t fresh;
	bool all;
	/* out */
	size_t changed;
	int64_t last; /* highest id of a face */
	bool sorted_all;
};
int tt_people_take_turn(struct tt_people_turn *t, struct tt_err *err) TT_CHECKED;

#endif
