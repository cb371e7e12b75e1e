/* What the thread does for one owner: new guesses from the vectors, then the rows that follow. Interface: service.h. */
#include "base/clock.h"
#include "people/service.h"
#include "people/sort.h"
#include "people/state.h"

enum {
	SMALL = 4000, /* faces that are all sorted anew whenever some are new */
	SHARE = 10,   /* of more faces: when one of so many is new */
};

static int go_on(void *ctx, double done)
{
	(void)done;
	return ctx && tt_people_stopping(ctx);
}

static int sort(struct tt_people_turn *t, struct tt_people_state *st, struct tt_err *err)
{
	bool small = st->faces_count <= SMALL;
	int rc = tt_people_state_replay(st, err);

	if (rc < 0)
		return rc;
	t->last = st->faces_count > 0 ? st->faces[st->faces_count - 1].id : 0;
	t->sorted_all = t->all || (t->fresh > 0 && (small || t->fresh >= st->faces_count / SHARE));
	if (t->sorted_all)
		return tt_sort_all(st, t->opts, go_on, t->people, err);
	return tt_sort_new(st, t->opts, small ? 0 : t->after, err);
}

static int write_rows(struct tt_people_turn *t, const struct tt_people_state *sorted, bool *drawn, struct tt_err *err)
{
	struct tt_people_state st;
	int rc = tt_people_state_load(&st, t->store, t->owner, false, err);

	if (rc == 0)
		rc = tt_people_state_take_guesses(&st, sorted, err);
	if (rc == 0)
		rc = tt_people_state_replay(&st, err);
	if (rc == 0)
		rc = tt_people_state_store(&st, tt_now_ms(), &t->changed, drawn, err);
	tt_people_state_done(&st);
	return rc;
}

int tt_people_take_turn(struct tt_people_turn *t, struct tt_err *err)
{
	struct tt_people_state st;
	bool drawn = false;
	int rc = tt_people_state_load(&st, t->store, t->owner, true, err);

	if (rc == 0)
		rc = sort(t, &st, err);
	if (rc == 0) {
		tt_people_lock(t->people);
		rc = write_rows(t, &st, &drawn, err);
		if (rc == 0 && drawn)
			rc = tt_people_settle(t->store, t->owner, NULL, 0, tt_now_ms(), NULL, err);
		tt_people_unlock(t->people);
	}
	tt_people_state_done(&st);
	if (rc == 0 && drawn)
		tt_people_drawn(t->people);
	return rc;
}

int tt_people_refresh(struct tt_store *s, int64_t owner, const struct tt_people_opts *opts, bool recluster,
		      struct tt_err *err)
{
	struct tt_people_turn t = { .store = s, .opts = opts, .owner = owner, .all = recluster };

	return tt_people_take_turn(&t, err);
}
