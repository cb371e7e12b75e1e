/* Inside people/: the questions that wait and the tally of answers, of each owner. They are made when somebody asks and
 * kept in memory until faces or facts change; an answer only takes out what it settles. Any thread. */
#ifndef TT_PEOPLE_KEPT_H
#define TT_PEOPLE_KEPT_H

#include "people/people.h"
#include "people/replay.h"

#include <pthread.h>

struct tt_kept_question {
	struct tt_people_question q;
	int64_t person_a, person_b;
};

/* Of answers with a probability; the machine believes "same" from 0.5 on. */
struct tt_answers {
	int64_t count, same, believed, right;
};
void tt_answers_add(struct tt_answers *a, enum tt_said_kind kind, double probability);

struct tt_kept {
	pthread_mutex_t lock;
	struct tt_kept_owner {
		int64_t owner;
		uint64_t changes;                /* how often they were dropped or an answer came */
		unsigned held;                   /* answers on their way to the disk: nothing is put meanwhile */
		bool has_list, cut, has_answers; /* cut: there are more questions than are kept */
		struct tt_kept_question *list;
		size_t count;
		struct tt_answers answers;
	} * owners;
	size_t count;
};

void tt_kept_init(struct tt_kept *k);
void tt_kept_done(struct tt_kept *k);
/* Of one owner, or of all for 0. */
void tt_kept_drop(struct tt_kept *k, int64_t owner);
/* Before what is to be kept is made: what is put with a number that is out of date is not kept. */
uint64_t tt_kept_begin(struct tt_kept *k, int64_t owner);
void tt_kept_put(struct tt_kept *k, int64_t owner, uint64_t since, const struct tt_kept_question *list, size_t count,
		 bool cut);
void tt_kept_put_answers(struct tt_kept *k, int64_t owner, uint64_t since, const struct tt_answers *answers);
/* *found false: they have to be made. The questions lie in the arena. */
int tt_kept_get(struct tt_kept *k, int64_t owner, unsigned limit, struct tt_arena *arena,
		struct tt_people_question **out, size_t *count, bool *found, struct tt_err *err) TT_CHECKED;
bool tt_kept_get_answers(struct tt_kept *k, int64_t owner, struct tt_answers *out);
/* A pair of persons is being answered; afterwards it was, or (NULL) nobody knows, and all is dropped. */
struct tt_kept_answer {
	int64_t a, b, into; /* into: the one of them that the other was merged into, 0: none was */
	enum tt_said_kind kind;
	double probability;
};
void tt_kept_hold(struct tt_kept *k, int64_t owner);
void tt_kept_release(struct tt_kept *k, int64_t owner, const struct tt_kept_answer *answer);

#endif
