/* Work that is due on photos, one row each: leased, then done, tried again or set aside. Errors: see store.h. */
#ifndef TT_STORE_JOBS_H
#define TT_STORE_JOBS_H

#include "media/media.h"
#include "store/faces.h"
#include "store/photos.h"

enum tt_job_kind { TT_JOB_DEVELOP, TT_JOB_CLASSIFY, TT_JOB_FACES, TT_JOB_KINDS };
const char *tt_job_kind_name(enum tt_job_kind kind); /* "develop", "classify", "faces" */
enum tt_job_kind tt_job_kind_of(const char *name);   /* of one of these */

struct tt_job {
	int64_t id, photo, owner;
	enum tt_job_kind kind;
	unsigned tries; /* this one included: 1 the first time */
	uint8_t sha256[32];
	const char *name, *blob_key, *in_place_path;
};
/* Up to max jobs that are due at `now`, highest priority first, oldest first within one. */
int tt_store_jobs_lease(struct tt_store *s, int64_t now, unsigned max, struct tt_arena *arena, struct tt_job **out,
			size_t *count, struct tt_err *err) TT_CHECKED;
/* When the next waiting job is due (it may be past); -1 when none waits. For a timed wait on a condition variable. */
int tt_store_jobs_next_at(struct tt_store *s, int64_t *at, struct tt_err *err) TT_CHECKED;
/* At start: leases of a process that died are void. */
int tt_store_jobs_void_leases(struct tt_store *s, int64_t *count, struct tt_err *err) TT_CHECKED;

struct tt_job_result {
	int64_t job, photo;
	uint8_t sha256[32];
	int64_t now;
	const struct tt_facts *facts; /* NULL: leave what is there (classify, faces) */
	const char *blurhash;
	uint64_t phash;
	const struct tt_guess *guess;  /* NULL: no guess was made (no model) */
	const struct tt_label *labels; /* replace those of before when there is a guess */
	size_t labels_count;
	const void *features; /* a blob (vision/head.h); size 0: none are kept */
	size_t features_size;
	const float *shipped;               /* with features: what the shipped model says, TT_STORE_CLASSES numbers */
	const char *model_version;          /* with features: of the shipped model */
	const struct tt_found_faces *faces; /* NULL: leave what is there */
	bool stale;   /* out: the owner's own head changed meanwhile; the guess is to be made again from the features */
	bool classes; /* out: the owner has classes of the own, which are to look at the features */
	bool gone;    /* out: the photo was deleted meanwhile; run tt_store_removals_run() */
};
/* Facts, guesses, labels, shown class, search words and the end of the job, for all n in one transaction. */
int tt_store_jobs_finish(struct tt_store *s, struct tt_job_result *results, size_t n, struct tt_err *err) TT_CHECKED;
/* Waits again until run_after, with what went wrong. */
int tt_store_job_retry(struct tt_store *s, int64_t job, int64_t run_after, const char *reason,
		       struct tt_err *err) TT_CHECKED;
int tt_store_job_aside(struct tt_store *s, int64_t job, const char *reason, struct tt_err *err) TT_CHECKED;
/* Gives a lease back as if it had not been taken (shutdown). */
int tt_store_job_release(struct tt_store *s, int64_t job, struct tt_err *err) TT_CHECKED;

struct tt_job_counts {
	int64_t waiting, aside; /* waiting: leased ones included */
};
int tt_store_jobs_counts(struct tt_store *s, struct tt_job_counts *out, struct tt_err *err) TT_CHECKED;

struct tt_aside {
	int64_t photo;
	const char *name, *reason;
	enum tt_job_kind kind;
	unsigned tries;
};
int tt_store_jobs_asides(struct tt_store *s, int64_t owner, struct tt_arena *arena, struct tt_aside **out,
			 size_t *count, struct tt_err *err) TT_CHECKED; /* newest photo first, at most TT_PAGE_MAX */
/* TT_ENOTFOUND when nothing of the photo is set aside. */
int tt_store_aside_retry(struct tt_store *s, int64_t owner, int64_t photo, int64_t now, struct tt_err *err) TT_CHECKED;
int tt_store_aside_dismiss(struct tt_store *s, int64_t owner, int64_t photo, struct tt_err *err) TT_CHECKED;

/* Develops a photo once more: what is derived from it was lost. */
int tt_store_job_develop(struct tt_store *s, int64_t photo, int64_t now, struct tt_err *err) TT_CHECKED;
/* A classify job for every developed photo whose guess is missing or of another model version. */
int tt_store_jobs_reclassify(struct tt_store *s, const char *version, int64_t now, int64_t *count,
			     struct tt_err *err) TT_CHECKED;

#endif
