/* How far the work is and how fast it goes. */
#include "jobs/internal.h"

#include "base/clock.h"

#include <string.h>

enum { RATE_WINDOW_S = 10 };

void tt_progress_begin(struct tt_jobs *j)
{
	j->finished = 0;
	memset(j->marks, 0, sizeof j->marks);
	j->marks[j->mark].at_ns = tt_mono_ns();
}

void tt_progress_add(struct tt_jobs *j, unsigned n)
{
	j->finished += n;
	j->mark = (j->mark + 1) % RATE_MARKS;
	j->marks[j->mark].at_ns = tt_mono_ns();
	j->marks[j->mark].n = n;
}

/* Photos a second over the last RATE_WINDOW_S seconds. With the lock. */
static double rate(const struct tt_jobs *j)
{
	int64_t now = tt_mono_ns(), oldest = now, n = 0;

	for (unsigned i = 0; i < RATE_MARKS; i++) {
		int64_t at = j->marks[i].at_ns;

		if (at == 0 || now - at > (int64_t)RATE_WINDOW_S * 1000000000)
			continue;
		n += j->marks[i].n;
		oldest = at < oldest ? at : oldest;
	}
	return now - oldest > 100000000 ? (double)n * 1e9 / (double)(now - oldest) : 0;
}

int tt_jobs_progress(struct tt_jobs *j, struct tt_jobs_progress *out, struct tt_err *err)
{
	struct tt_job_counts counts;
	int rc = tt_store_jobs_counts(j->deps.store, &counts, err);

	if (rc < 0)
		return rc;
	pthread_mutex_lock(&j->lock);
	*out = (struct tt_jobs_progress){ .waiting = counts.waiting,
					  .aside = counts.aside,
					  .done = j->finished,
					  .per_second = counts.waiting ? rate(j) : 0 };
	pthread_mutex_unlock(&j->lock);
	out->eta_s = counts.waiting == 0 ? 0 : out->per_second > 0 ? (double)counts.waiting / out->per_second : -1;
	return 0;
}
