/* The team's insides, shared by jobs.c (threads and queues) and run.c (what is done to one photo). */
#ifndef TT_JOBS_INTERNAL_H
#define TT_JOBS_INTERNAL_H

#include "jobs/jobs.h"

#include "store/jobs.h"

#include <pthread.h>
#include <stdbool.h>

/* One leased job on its way: queued → developed → ready → stored. Owns copies of the row's text. */
struct tt_item {
	struct tt_item *next;
	struct tt_job job;
	char *text; /* holds name, blob_key and in_place_path */
	struct tt_developed developed;
	struct tt_classified classified;
	struct tt_features features;
	uint8_t *pixels; /* own copy of the plane: what the decoder gave is released as soon as all is read from it */
	bool looked;     /* for faces */
	struct tt_item_faces {
		struct tt_found_face *found, *kept_faces;
		int64_t *kept;
		size_t count, kept_count;
	} faces;
};

struct tt_item_queue {
	struct tt_item *head, **tail;
	unsigned count;
};

enum { RATE_MARKS = 64 };

struct tt_jobs {
	struct tt_jobs_deps deps;
	struct tt_jobs_opts opts;
	pthread_mutex_t lock;
	pthread_cond_t work;  /* queued jobs, a wake-up, or the end: for those that develop */
	pthread_cond_t ready; /* developed photos, or the end: for the one that stores */
	pthread_cond_t room;  /* the ready queue got shorter */
	pthread_cond_t quiet; /* `changes` went up */
	struct tt_item_queue queued, done;
	bool leasing, woken, stopping;
	unsigned developing, storing; /* items in hand */
	bool lost;                    /* a lease could not be given back: void all when nothing is in hand */
	uint64_t changes;
	int64_t finished; /* since the queue was last empty */
	bool was_empty;
	struct {
		int64_t at_ns, n;
	} marks[RATE_MARKS]; /* ring of what was finished when */
	unsigned mark;
	pthread_t storer, *developers;
	unsigned developers_count;
	bool storer_runs;
};

/* Work begins after there was none; n more photos are done. Under the lock. */
void tt_progress_begin(struct tt_jobs *j);
void tt_progress_add(struct tt_jobs *j, unsigned n);

/* faces.c: looks for faces on the item's faces plane and cuts their pictures. */
int tt_item_look(struct tt_jobs *j, struct tt_item *item, struct tt_err *err) TT_CHECKED;
void tt_item_faces_done(struct tt_item *item);

void tt_item_free(struct tt_jobs *j, struct tt_item *item);
/* Opens, develops, writes the derived files; the item is ready to be classified on success. */
int tt_item_develop(struct tt_jobs *j, struct tt_item *item, struct tt_err *err) TT_CHECKED;
/* Tries again later or sets aside. Where even that cannot be written, the lease is voided later. */
void tt_item_fail(struct tt_jobs *j, struct tt_item *item, const struct tt_err *why);
/* Classifies and stores n items; those that fail were dealt with one by one. */
void tt_items_store(struct tt_jobs *j, struct tt_item **items, unsigned n);

#endif
