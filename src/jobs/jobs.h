/* Works off the job rows: develops originals in the workers, classifies their pixels, stores what comes back.
 *
 * Threads of its own: some that develop and look for faces (one for each worker) and one that gathers developed photos,
 * classifies as many as wait together and commits them in one transaction. They sleep on condition variables; an idle
 * team never wakes up. A job that fails is tried again, then set aside with its reason. Everything in deps is borrowed
 * and must outlive the team. */
#ifndef TT_JOBS_JOBS_H
#define TT_JOBS_JOBS_H

#include "base/err.h"
#include "media/media.h"
#include "vision/classifier.h"
#include "vision/faces.h"

struct tt_blobs;
struct tt_jobs;
struct tt_store;

struct tt_jobs_deps {
	struct tt_store *store;
	struct tt_blobs *blobs;
	/* tt_workers_develop() and tt_workers_developed_done(), or a test's own */
	int (*develop)(void *ctx, int fd, const char *name, enum tt_develop_what what, struct tt_developed *out,
		       struct tt_err *err);
	void (*developed_done)(struct tt_developed *d);
	void *develop_ctx;
	/* tt_classifier_run_features(); NULL: there is no model, photos stay unclassified */
	int (*classify)(void *ctx, const struct tt_plane *planes, unsigned n, struct tt_classified *out,
			struct tt_features *features, struct tt_err *err);
	void *classify_ctx;
	const char *model, *version; /* what guesses are stored with */
	/* tt_learn_adjust(): the owner's own head speaks, under a version of its own; NULL: there is none */
	void (*adjust)(void *ctx, int64_t owner, const struct tt_features *features, struct tt_classified *c,
		       char version[TT_GUESS_VERSION_SIZE]);
	/* The head changed while this owner's photo was worked on (tt_learn_wake); goes with adjust */
	void (*stale)(void *ctx, int64_t owner);
	/* Photos are there that this owner's classes have not looked at (tt_learn_classes); goes with adjust */
	void (*classes)(void *ctx, int64_t owner);
	void *learn_ctx;
	/* tt_faces_find() and tt_faces_embed_box(), any thread; find NULL: no faces are looked for */
	int (*find)(void *ctx, const struct tt_plane *plane, struct tt_face *out, unsigned room, unsigned *n,
		    struct tt_err *err);
	int (*embed)(void *ctx, const struct tt_plane *plane, const float box[4], struct tt_face *out,
		     struct tt_err *err);
	void *faces_ctx;
	const char *faces_version; /* what faces are stored with */
	/* Faces of this owner's were stored (tt_people_wake); from any thread, must not block; may be NULL */
	void (*faces_found)(void *ctx, int64_t owner);
	void *faces_found_ctx;
	/* New numbers are there (tt_jobs_progress); from any thread, must not block; may be NULL. */
	void (*changed)(void *ctx);
	void *changed_ctx;
	/* A photo was deleted for good while its job ran: its files are to be removed (tt_library_sweep); may be NULL.
	 */
	void (*gone)(void *ctx);
	void *gone_ctx;
};

struct tt_jobs_opts {
	unsigned threads;       /* that develop: as many as there are workers */
	unsigned batch;         /* conf jobs.batch */
	unsigned tries;         /* conf jobs.tries */
	int64_t retry_delay_ms; /* conf jobs.retry_delay_ms */
	unsigned max_faces;     /* conf faces.max_per_photo */
};

struct tt_jobs_progress {
	int64_t waiting, aside; /* rows */
	int64_t done;           /* finished since the queue was last empty */
	double per_second;      /* over the last seconds; 0 while nothing runs */
	double eta_s;           /* waiting / per_second; negative: unknown */
};

/* Voids old leases, asks for classify and faces jobs where another model version has looked, and starts. */
int tt_jobs_start(struct tt_jobs **out, const struct tt_jobs_deps *deps, const struct tt_jobs_opts *opts,
		  struct tt_err *err) TT_CHECKED;
void tt_jobs_wake(struct tt_jobs *j); /* there are new rows; any thread */
int tt_jobs_progress(struct tt_jobs *j, struct tt_jobs_progress *out, struct tt_err *err) TT_CHECKED;
/* Waits until no row waits any more (those set aside do not count). */
int tt_jobs_wait_idle(struct tt_jobs *j, struct tt_err *err) TT_CHECKED;
/* Finishes what is in hand, gives the other leases back, joins; NULL is fine. */
void tt_jobs_stop(struct tt_jobs *j);

#endif
