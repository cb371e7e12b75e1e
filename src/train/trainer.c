#include "train/trainer.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "train/finish.h"
#include "train/report.h"
#include "train/sgd.h"
#include "train/team.h"
#include "train/training.h"
#include "vision/seresnext.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct tt_train_opts tt_train_defaults = {
	.epochs = 30,
	.threads = 1,
	.batch = 64,
	.side = 112,
	.seed = 1,
	.rate = 0.3,
	.warmup = 1.5,
	.smoothing = 0.08,
	.teacher_share = 0.7,
	.cutmix = 0.5,
	.save_s = 300,
	.type = TT_TRAIN_F32,
};

static const struct tt_sgd sgd = { .momentum = 0.9f, .decay = 1e-4f, .clip = 5.0f, .mean_keep = 0.998f };
#define STATISTICS_KEEP 0.9f /* of the running means of batch-norm, per step */
#define CUTMIX_UNTIL 0.8     /* of the training: the last fifth sees whole photos */

static void training_done(struct tt_training *t)
{
	tt_team_stop(t->team);
	tt_state_done(&t->state);
	tt_cache_done(&t->cache);
	tt_teacher_done(&t->teacher);
	tt_train_params_done(&t->params);
	tt_graph_done(&t->graph);
	tt_dataset_done(&t->data);
	free(t->grads);
	free(t->batch_stat);
	free(t->order);
}

static int check_opts(const struct tt_train_opts *o, struct tt_err *err)
{
	if (!o->data || !o->out || !o->arch)
		return tt_err_set(err, TT_EINVALID,
				  "training needs photos (--data), a network (--arch) and a file to write (--out)");
	if (o->epochs < 1 || o->epochs > 100000)
		return tt_err_set(err, TT_EINVALID, "the number of epochs must be 1 to 100000, not %u", o->epochs);
	if (o->threads < 1 || o->threads > TT_TEAM_MAX || o->batch < 2 * o->threads || o->batch > 4096)
		return tt_err_set(
			err, TT_EINVALID,
			"%u threads and batches of %u photos do not fit: 1 to %d threads, at least two photos each",
			o->threads, o->batch, TT_TEAM_MAX);
	if (o->side < 32 || o->side > 512 || o->side % 16)
		return tt_err_set(err, TT_EINVALID, "pictures must be 32 to 512 px and a multiple of 16, not %u",
				  o->side);
	if (o->type == TT_TRAIN_BF16 && !tt_train_bf16_is_fast())
		return tt_err_set(err, TT_EINVALID, "this processor has no bfloat16 arithmetic: train in f32");
	return 0;
}

static int name_files(struct tt_training *t, struct tt_err *err)
{
	const struct tt_train_opts *o = t->o;

	if (snprintf(t->state_path, sizeof t->state_path, "%s.state", o->out) >= (int)sizeof t->state_path ||
	    snprintf(t->cache_path, sizeof t->cache_path, o->cache ? "%s" : "%s.cache", o->cache ? o->cache : o->out) >=
		    (int)sizeof t->cache_path)
		return tt_err_set(err, TT_ETOOBIG, "the path '%s' is too long", o->out);
	if (!o->resume && access(t->state_path, F_OK) == 0)
		return tt_err_set(err, TT_EEXISTS, "a training of '%s' was begun: go on with --resume, or delete '%s'",
				  o->out, t->state_path);
	return 0;
}

/* A state goes on only with what it was begun with. */
static void make_key(struct tt_training *t)
{
	const struct tt_train_opts *o = t->o;
	double numbers[] = { o->epochs, o->threads,   t->batch,  o->side,          (double)o->seed, o->rate,
			     o->warmup, o->smoothing, o->cutmix, o->teacher_share, o->type };
	struct tt_sha256 h;

	tt_sha256_init(&h);
	tt_sha256_add(&h, numbers, sizeof numbers);
	tt_sha256_add(&h, t->arch->name, strlen(t->arch->name));
	tt_sha256_add(&h, t->cache.key, sizeof t->cache.key);
	tt_sha256_add(&h, t->teacher.sum, sizeof t->teacher.sum); /* zeros without one */
	tt_sha256_end(&h, t->state.key);
}

static int begin_weights(struct tt_training *t, struct tt_err *err)
{
	struct tt_state *s = &t->state;
	TT_SCOPED(tt_safetensors_closep) struct tt_safetensors *file = NULL;
	unsigned missing;
	int rc = t->o->resume ? tt_state_load(s, t->state_path, err) : TT_ENOTFOUND;

	if (rc != TT_ENOTFOUND)
		return rc;
	tt_train_params_randomise(&t->params, &t->graph, t->o->seed, s->weight, s->stat);
	if (t->o->init) {
		rc = tt_safetensors_open(&file, t->o->init, err);
		rc = rc ? rc : tt_train_params_load(&t->params, file, s->weight, s->stat, &missing, err);
		if (rc < 0)
			return tt_err_ctx(err, "begin with '%s'", t->o->init);
	}
	memcpy(s->mean, s->weight, s->values * sizeof(float));
	memcpy(s->mean_stat, s->stat, s->statistics * sizeof(float));
	return 0;
}

static int begin(struct tt_training *t, const struct tt_decoder *decoder, struct tt_err *err)
{
	const struct tt_train_opts *o = t->o;
	struct tt_head head = { .name = "fc" };
	int rc = tt_dataset_open(&t->data, o->data, o->seed, err);

	if (rc < 0)
		return rc;
	head.out = t->data.class_count;
	tt_graph_init(&t->graph);
	if (o->build)
		o->build(&t->graph, o->side, head.out);
	else
		tt_seresnext_build(&t->graph, t->arch, o->side, &head, 1);
	rc = tt_train_params_init(&t->params, &t->graph, err);
	if (rc == 0 && o->teacher)
		rc = tt_teacher_open(&t->teacher, o->teacher, o->side, t->data.classes, t->data.class_count, err);
	rc = rc ? rc : tt_cache_open(&t->cache, t->cache_path, &t->data, t->resize, decoder, &t->w->decoding, err);
	rc = rc ? rc : tt_state_init(&t->state, &t->params, o->epochs, err);
	if (rc < 0)
		return rc;
	t->photos = t->cache.count[TT_SPLIT_TRAIN];
	t->batch = t->photos < o->batch ? (unsigned)t->photos / o->threads * o->threads
					: o->batch / o->threads * o->threads;
	if (t->batch < 2 * o->threads)
		return tt_err_set(err, TT_EINVALID, "%zu photos are too few to train on with %u threads", t->photos,
				  o->threads);
	t->steps = t->photos / t->batch;
	make_key(t);
	t->grads = tt_calloc(t->params.values, sizeof(float));
	t->batch_stat = tt_calloc(t->params.statistics + 1, sizeof(float));
	t->order = tt_calloc(t->photos, sizeof *t->order);
	if (!t->grads || !t->batch_stat || !t->order)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory for the gradients");
	return begin_weights(t, err);
}

static int begin_team(struct tt_training *t, struct tt_err *err)
{
	struct tt_team_opts team = {
		.graph = &t->graph,
		.params = &t->params,
		.cache = &t->cache,
		.resize = t->resize,
		.threads = t->o->threads,
		.batch = t->batch,
		.classes = t->data.class_count,
		.type = t->o->type,
		.seed = t->o->seed,
		.teacher = t->o->teacher ? &t->teacher : NULL,
		.teacher_share = (float)t->o->teacher_share,
		.smoothing = (float)t->o->smoothing,
		.augment = { .side = t->o->side,
			     .area_min = 0.25,
			     .ratio_max = 5.0 / 3,
			     .colour = 0.4,
			     .soften = 0.25,
			     .mean = TT_TRAIN_MEAN,
			     .std = TT_TRAIN_STD },
	};

	return tt_team_start(&t->team, &team, err);
}

/* The photos of an epoch in a new order (Fisher & Yates), which follows from seed and epoch. */
static void shuffle(struct tt_training *t, uint64_t epoch)
{
	struct tt_rng r = tt_rng_of(t->o->seed, 2 * epoch, 77);

	for (size_t i = 0; i < t->photos; i++)
		t->order[i] = (uint32_t)i;
	for (size_t i = t->photos; i-- > 1;) {
		size_t k = tt_rng_below(&r, (uint32_t)i + 1);
		uint32_t other = t->order[k];

		t->order[k] = t->order[i];
		t->order[i] = other;
	}
}

static double rate_at(const struct tt_training *t, uint64_t step)
{
	struct tt_rate r = { .top = t->o->rate * t->batch / 256,
			     .warmup = (uint64_t)(t->o->warmup * (double)t->steps),
			     .steps = t->steps * t->o->epochs };

	return tt_rate_at(&r, step);
}

static void take_statistics(struct tt_training *t)
{
	for (unsigned k = 0; k < t->params.count; k++) {
		const struct tt_train_param *e = &t->params.list[k];
		float rows = (float)e->rows * (float)(t->batch / t->o->threads), more = 1.0f - STATISTICS_KEEP;

		if (!e->statistic)
			continue;
		if (k == t->params.first[e->node] + 3) /* the unbiased variance, as others keep it */
			more *= rows / (rows > 1 ? rows - 1 : 1);
		for (size_t i = e->at; i < e->at + e->count; i++)
			t->state.stat[i] = STATISTICS_KEEP * t->state.stat[i] + more * t->batch_stat[i];
	}
}

static int one_step(struct tt_training *t, struct tt_err *err)
{
	struct tt_state *s = &t->state;
	uint64_t epoch = s->step / t->steps, within = s->step % t->steps;
	struct tt_team_step step = { .step = s->step, .photos = t->order + within * t->batch, .values = s->weight };
	struct tt_team_result got;
	int rc;

	step.cutmix = (double)epoch < CUTMIX_UNTIL * t->o->epochs ? t->o->cutmix : 0;
	rc = tt_team_step(t->team, &step, t->grads, t->batch_stat, &got, err);
	if (rc < 0)
		return rc;
	(void)tt_sgd_step(&sgd, &t->params, rate_at(t, s->step), t->grads, s->momentum, s->weight);
	take_statistics(t);
	tt_mean_step(&sgd, s->step, s->values, s->weight, s->mean);
	tt_mean_step(&sgd, s->step, s->statistics, s->stat, s->mean_stat);
	s->loss_sum += got.loss;
	s->right += got.right;
	s->seen += t->batch;
	s->step++;
	return 0;
}

static double eta(const struct tt_training *t)
{
	const struct tt_state *s = &t->state;
	double seconds = s->seconds;

	for (uint32_t i = 0; i < s->epochs; i++)
		seconds += s->epoch[i].seconds;
	return s->step ? seconds / (double)s->step * (double)(t->steps * t->o->epochs - s->step) : 0;
}

static int end_epoch(struct tt_training *t, struct tt_err *err)
{
	struct tt_state *s = &t->state;
	struct tt_epoch *e = &s->epoch[s->epochs];
	struct tt_judged val;
	int64_t from = tt_mono_ns();
	double busy = s->seconds;
	int rc = tt_finish_judge(t, TT_SPLIT_VAL, &val, err);

	if (rc < 0)
		return rc;
	*e = (struct tt_epoch){ .epoch = s->epochs + 1,
				.loss = s->loss_sum / (double)t->steps,
				.train_top1 = (double)s->right / (double)s->seen,
				.val_loss = val.loss,
				.val_top1 = val.top1,
				.rate = rate_at(t, s->step - 1),
				.photos_per_second = busy > 0 ? (double)s->seen / busy : 0 };
	e->seconds = busy + (double)(tt_mono_ns() - from) * 1e-9;
	s->epochs++;
	s->loss_sum = s->seconds = 0;
	s->right = s->seen = 0;
	rc = tt_state_save(s, t->state_path, err);
	if (rc == 0 && t->o->json_log)
		rc = tt_report_log(t->o->json_log, s, t->o->epochs, NULL, err);
	if (rc == 0 && t->o->plot)
		rc = tt_report_plot(t->o->plot, s, t->o->epochs, err);
	if (rc == 0 && t->w->epoch)
		t->w->epoch(t->w->ctx, e, eta(t));
	return rc;
}

static void tell_step(const struct tt_training *t)
{
	const struct tt_state *s = &t->state;
	uint64_t within = s->step % t->steps;
	struct tt_train_progress p = { .epoch = s->epochs + 1,
				       .epochs = t->o->epochs,
				       .step = within,
				       .steps = t->steps,
				       .loss = within ? s->loss_sum / (double)within : 0,
				       .photos_per_second = s->seconds > 0 ? (double)s->seen / s->seconds : 0,
				       .eta_s = eta(t) };

	if (t->w->step)
		t->w->step(t->w->ctx, &p);
}

static int train(struct tt_training *t, struct tt_err *err)
{
	struct tt_state *s = &t->state;
	uint64_t all = t->steps * t->o->epochs;
	int64_t saved = tt_mono_ns();
	int rc = 0;

	if (s->step < all)
		shuffle(t, s->step / t->steps);
	while (rc == 0 && s->step < all) {
		int64_t from = tt_mono_ns();

		if (t->w->stop && t->w->stop(t->w->ctx)) {
			rc = tt_state_save(s, t->state_path, err);
			return rc ? rc : tt_err_set(err, TT_EBUSY, "stopped; go on with --resume");
		}
		rc = one_step(t, err);
		s->seconds += (double)(tt_mono_ns() - from) * 1e-9;
		if (rc < 0)
			return rc;
		tell_step(t);
		if (s->step % t->steps == 0) {
			rc = end_epoch(t, err);
			if (s->step < all)
				shuffle(t, s->step / t->steps);
			saved = tt_mono_ns();
		} else if (tt_mono_ns() - saved > (int64_t)t->o->save_s * 1000000000) {
			rc = tt_state_save(s, t->state_path, err);
			saved = tt_mono_ns();
		}
	}
	return rc;
}

int tt_train_run(const struct tt_train_opts *o, const struct tt_decoder *decoder, const struct tt_train_watch *w,
		 struct tt_train_result *out, struct tt_err *err)
{
	struct tt_training t = {
		.o = o, .w = w, .resize = o->side * 8 / 7, .arch = o->arch ? tt_arch_find(o->arch) : NULL
	};
	int rc = check_opts(o, err);

	if (rc == 0 && !t.arch)
		rc = tt_err_set(err, TT_EINVALID, "there is no network '%s'; one is '%s'", o->arch,
				tt_arch_at(0)->name);
	rc = rc ? rc : name_files(&t, err);
	rc = rc ? rc : begin(&t, decoder, err);
	rc = rc ? rc : begin_team(&t, err);
	rc = rc ? rc : train(&t, err);
	rc = rc ? rc : tt_finish(&t, out, err);
	training_done(&t);
	return rc;
}
