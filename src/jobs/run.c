/* What is done to photos: one that is developed, and a batch that is classified and stored. */
#include "jobs/internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "blob/blob.h"
#include "blob/derived.h"
#include "vision/head.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

_Static_assert((int)TT_CLASSES == (int)TT_STORE_CLASSES, "the network and the store speak of the same classes");

void tt_item_free(struct tt_jobs *j, struct tt_item *item)
{
	if (!item)
		return;
	if (!item->pixels)
		j->deps.developed_done(&item->developed);
	tt_item_faces_done(item);
	free(item->pixels);
	free(item->text);
	free(item);
}

static int open_original(struct tt_jobs *j, const struct tt_job *job, int *fd, struct tt_err *err)
{
	if (job->blob_key)
		return tt_blobs_open(j->deps.blobs, job->blob_key, fd, NULL, err);
	*fd = open(job->in_place_path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0)
		return tt_err_set(err, errno == ENOENT ? TT_ENOTFOUND : TT_EIO, "%.160s cannot be opened: %s",
				  job->in_place_path, strerror(errno));
	return 0;
}

static int put_derived(struct tt_jobs *j, const struct tt_item *item, enum tt_derived kind, const void *p, size_t n,
		       struct tt_err *err)
{
	char key[TT_DERIVED_KEY_SIZE];

	if (n == 0)
		return 0;
	tt_derived_key(kind, item->job.sha256, key);
	return tt_blobs_put_soon(j->deps.blobs, key, p, n, err);
}

static unsigned wanted(const struct tt_jobs *j, enum tt_job_kind kind)
{
	unsigned faces = j->deps.find ? TT_DEVELOP_FACES_PLANE : 0;

	switch (kind) {
	case TT_JOB_DEVELOP:
		return TT_DEVELOP_ALL | faces;
	case TT_JOB_FACES:
		return faces;
	default:
		return TT_DEVELOP_PLANE;
	}
}

static int put_all_derived(struct tt_jobs *j, const struct tt_item *item, struct tt_err *err)
{
	const struct tt_developed *d = &item->developed;
	int rc = put_derived(j, item, TT_DERIVED_THUMB, d->thumb, d->thumb_size, err);

	return rc < 0 ? rc : put_derived(j, item, TT_DERIVED_PREVIEW, d->preview, d->preview_size, err);
}

/* What waits for the network keeps its small plane only: previews and faces planes would be megabytes for each. */
static int keep_plane(struct tt_jobs *j, struct tt_item *item, struct tt_err *err)
{
	struct tt_developed *d = &item->developed, kept = { .facts = d->facts, .phash = d->phash };
	size_t n = (size_t)d->plane.width * d->plane.height * 3;

	item->pixels = tt_alloc(n + 1);
	if (!item->pixels)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (n > 0)
		memcpy(item->pixels, d->plane.rgb, n);
	kept.plane = (struct tt_plane){ d->plane.width, d->plane.height, item->pixels };
	memcpy(kept.blurhash, d->blurhash, sizeof kept.blurhash);
	j->deps.developed_done(d);
	*d = kept;
	return 0;
}

int tt_item_develop(struct tt_jobs *j, struct tt_item *item, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = -1;
	unsigned what = wanted(j, item->job.kind);
	int rc = what ? open_original(j, &item->job, &fd, err) : 0;

	if (rc == 0 && what)
		rc = j->deps.develop(j->deps.develop_ctx, fd, item->job.name, (enum tt_develop_what)what,
				     &item->developed, err);
	tt_closep(&fd);
	fd = -1;
	if (rc == 0 && item->job.kind == TT_JOB_DEVELOP)
		rc = put_all_derived(j, item, err);
	if (rc == 0 && (what & TT_DEVELOP_FACES_PLANE))
		rc = tt_item_look(j, item, err);
	return rc < 0 ? rc : keep_plane(j, item, err);
}

/* The file is what is wrong with it: another try would end the same way. */
static bool hopeless(int code)
{
	return code == TT_EINVALID || code == TT_ETOOBIG;
}

void tt_item_fail(struct tt_jobs *j, struct tt_item *item, const struct tt_err *why)
{
	unsigned shift = item->job.tries > 16 ? 16 : item->job.tries - 1;
	struct tt_err err = { 0 };
	bool aside = hopeless(why->code) || item->job.tries >= j->opts.tries;
	int rc;

	tt_log(aside ? TT_LOG_WARN : TT_LOG_INFO, "jobs", "photo=%lld try=%u %s: %s", (long long)item->job.photo,
	       item->job.tries, aside ? "set aside" : "will be tried again", why->msg);
	if (aside)
		rc = tt_store_job_aside(j->deps.store, item->job.id, why->msg, &err);
	else
		rc = tt_store_job_retry(j->deps.store, item->job.id, tt_now_ms() + (j->opts.retry_delay_ms << shift),
					why->msg, &err);
	if (rc == 0 || rc == TT_ENOTFOUND) /* not found: the photo was deleted meanwhile */
		return;
	tt_log(TT_LOG_ERROR, "jobs", "photo=%lld cannot be put back now: %s", (long long)item->job.photo, err.msg);
	pthread_mutex_lock(&j->lock);
	j->lost = true;
	pthread_mutex_unlock(&j->lock);
}

/* ---- a batch */

enum { BATCH_MAX = 64 };

/* A faces job leaves the guess alone. */
static bool is_guessed(const struct tt_jobs *j, const struct tt_item *item)
{
	return j->deps.classify && item->job.kind != TT_JOB_FACES;
}

static int classify(struct tt_jobs *j, struct tt_item **items, unsigned n, struct tt_err *err)
{
	struct tt_plane planes[BATCH_MAX] = { 0 };
	struct tt_item *guessed[BATCH_MAX];
	struct tt_classified out[BATCH_MAX];
	TT_SCOPED(tt_freep) struct tt_features *features = NULL;
	unsigned count = 0;
	int rc;

	for (unsigned i = 0; i < n; i++)
		if (is_guessed(j, items[i])) {
			planes[count] = items[i]->developed.plane;
			guessed[count++] = items[i];
		}
	if (count == 0)
		return 0;
	features = tt_calloc(count, sizeof *features);
	if (!features)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = j->deps.classify(j->deps.classify_ctx, planes, count, out, features, err);
	for (unsigned i = 0; rc == 0 && i < count; i++) {
		guessed[i]->classified = out[i];
		guessed[i]->features = features[i];
	}
	return rc;
}

struct verdict {
	struct tt_guess guess;
	char version[TT_GUESS_VERSION_SIZE];
	float shipped[TT_CLASSES];
	uint8_t features[TT_FEATURES_BYTES];
	struct tt_label labels[TT_LABELS_MAX];
	struct tt_found_faces faces;
};

static void describe(struct tt_jobs *j, const struct tt_item *item, int64_t now, struct verdict *v,
		     struct tt_job_result *out)
{
	struct tt_classified c = item->classified;
	bool all = item->job.kind == TT_JOB_DEVELOP;

	*out = (struct tt_job_result){ .job = item->job.id, .photo = item->job.photo, .now = now };
	memcpy(out->sha256, item->job.sha256, sizeof out->sha256);
	if (all) {
		out->facts = &item->developed.facts;
		out->blurhash = item->developed.blurhash;
		out->phash = item->developed.phash;
	}
	if (item->looked) {
		v->faces = (struct tt_found_faces){ .model = j->deps.faces_version,
						    .faces = item->faces.found,
						    .count = item->faces.count,
						    .kept = item->faces.kept,
						    .kept_faces = item->faces.kept_faces,
						    .kept_count = item->faces.kept_count };
		out->faces = &v->faces;
	}
	if (!is_guessed(j, item))
		return;
	memcpy(v->shipped, c.p, sizeof v->shipped);
	(void)snprintf(v->version, sizeof v->version, "%s", j->deps.version);
	out->features = v->features;
	out->features_size = tt_features_pack(v->features, &item->features);
	out->shipped = v->shipped;
	out->model_version = j->deps.version;
	if (j->deps.adjust && out->features_size > 0)
		j->deps.adjust(j->deps.learn_ctx, item->job.owner, &item->features, &c, v->version);
	v->guess = (struct tt_guess){
		.model = j->deps.model, .version = v->version, .cls = (int)c.top, .confidence = c.p[c.top]
	};
	for (unsigned k = 0; k < TT_CLASSES; k++)
		v->guess.p[k] = c.p[k];
	for (unsigned k = 0; k < c.labels; k++)
		v->labels[k] = (struct tt_label){ item->classified.label[k].name, c.label[k].confidence };
	out->guess = &v->guess;
	out->labels = v->labels;
	out->labels_count = c.labels;
}

static int store(struct tt_jobs *j, struct tt_item **items, unsigned n, struct tt_err *err)
{
	struct tt_job_result results[BATCH_MAX];
	TT_SCOPED(tt_freep) struct verdict *verdicts = tt_calloc(n, sizeof *verdicts);
	int64_t now = tt_now_ms();
	bool gone = false;
	int rc;

	if (!verdicts)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (unsigned i = 0; i < n; i++)
		describe(j, items[i], now, &verdicts[i], &results[i]);
	rc = tt_blobs_flush(j->deps.blobs, err); /* the derived files of all, before their jobs are forgotten */
	if (rc == 0)
		rc = tt_store_jobs_finish(j->deps.store, results, n, err);
	for (unsigned i = 0; rc == 0 && i < n; i++)
		gone = gone || results[i].gone;
	for (unsigned i = 0; rc == 0 && i < n; i++)
		if (results[i].stale && j->deps.stale)
			j->deps.stale(j->deps.learn_ctx, items[i]->job.owner);
	for (unsigned i = 0; rc == 0 && i < n; i++)
		if (results[i].classes && j->deps.classes)
			j->deps.classes(j->deps.learn_ctx, items[i]->job.owner);
	for (unsigned i = 0; rc == 0 && i < n; i++)
		if (items[i]->looked && !results[i].gone && j->deps.faces_found)
			j->deps.faces_found(j->deps.faces_found_ctx, items[i]->job.owner);
	if (gone && j->deps.gone)
		j->deps.gone(j->deps.gone_ctx);
	return rc;
}

void tt_items_store(struct tt_jobs *j, struct tt_item **items, unsigned n)
{
	struct tt_err err = { 0 };
	int rc = classify(j, items, n, &err);

	if (rc == 0)
		rc = store(j, items, n, &err);
	if (rc == 0)
		return;
	if (n == 1) {
		tt_item_fail(j, items[0], &err);
		return;
	}
	/* One of them may be to blame: each on its own. */
	for (unsigned i = 0; i < n; i++)
		tt_items_store(j, &items[i], 1);
}
