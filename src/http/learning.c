/* What tintype learnt from the user's corrections, and the way back to the shipped model. */
#include "http/context.h"
#include "http/response.h"
#include "http/routes.h"
#include "learn/learn.h"
#include "store/learn.h"

static json_t *render(const struct tt_learnt *h)
{
	double n = h->corrections > 0 ? (double)h->corrections : 1;

	return json_pack("{s:I,s:s,s:I,s:I,s:f,s:f,s:b}", "version", (json_int_t)h->version, "model", h->model_version,
			 "made_at", (json_int_t)h->made_at, "corrections", (json_int_t)h->corrections,
			 "accuracy_before", (double)h->right_before / n, "accuracy_after", (double)h->right_after / n,
			 "active", h->active);
}

static int answer(struct tt_req *rq, struct tt_res *rs, int status, struct tt_err *err)
{
	const struct tt_http_deps *d = &rq->cx->deps;
	const struct tt_learn_opts *opts = tt_learn_options(d->learn);
	/* First, so that who sees false sees all that came of it. */
	bool busy = tt_learn_busy(d->learn, rq->user.id);
	struct tt_learn_counts n;
	struct tt_learnt *heads;
	json_t *history, *active = NULL;
	size_t count;
	int rc = tt_store_learn_counts(d->store, rq->user.id, d->model_version, &n, err);

	if (rc == 0)
		rc = tt_store_heads(d->store, rq->user.id, &rq->arena, &heads, &count, err);
	if (rc < 0)
		return rc;
	history = json_array();
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(history, render(&heads[i]));
		if (heads[i].active)
			active = render(&heads[i]);
	}
	return tt_res_json(rs, status,
			   json_pack("{s:b,s:b,s:I,s:I,s:i,s:i,s:o,s:o}", "busy", busy, "automatic", opts->automatic,
				     "corrections", (json_int_t)n.corrections, "fresh", (json_int_t)n.fresh,
				     "min_corrections", (int)opts->min_corrections, "every", (int)opts->every, "active",
				     active ? active : json_null(), "history", history),
			   err);
}

int tt_handle_learning(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	return answer(rq, rs, 200, err);
}

int tt_handle_learning_run(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	tt_learn_try(rq->cx->deps.learn, rq->user.id);
	return answer(rq, rs, 202, err);
}

int tt_handle_learning_undo(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	int rc = tt_learn_undo(rq->cx->deps.learn, rq->user.id, err);

	return rc < 0 ? rc : answer(rq, rs, 202, err);
}
