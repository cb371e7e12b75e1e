#include "train/finish.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "train/report.h"
#include "vision/seresnext.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLASSES_TEXT_MAX (64u << 10) /* names of classes in the weight file, joined */

struct answers {
	struct tt_logits z;
	float *v;
	unsigned *labels;
};

static void answers_done(struct answers *a)
{
	free(a->v);
	free(a->labels);
}

static int ask(struct tt_training *t, enum tt_split split, struct answers *a, struct tt_err *err)
{
	size_t n = t->cache.count[split];

	*a = (struct answers){ .z = { .photos = n, .classes = t->data.class_count } };
	a->v = tt_calloc(n * a->z.classes, sizeof *a->v);
	a->labels = tt_calloc(n, sizeof *a->labels);
	if (!a->v || !a->labels)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory for the judgement");
	for (size_t i = 0; i < n; i++)
		a->labels[i] = t->cache.entry[t->cache.first[split] + i].label;
	a->z.v = a->v;
	a->z.labels = a->labels;
	return n ? tt_team_judge(t->team, split, t->state.mean, t->state.mean_stat, a->v, err) : 0;
}

int tt_finish_judge(struct tt_training *t, enum tt_split split, struct tt_judged *out, struct tt_err *err)
{
	TT_SCOPED(answers_done) struct answers a;
	int rc = ask(t, split, &a, err);

	if (rc == 0)
		*out = tt_judge(&a.z, 1);
	return rc;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int join_classes(const struct tt_training *t, struct tt_buf *b, struct tt_err *err)
{
	int rc = 0;

	for (unsigned k = 0; rc == 0 && k < t->data.class_count; k++)
		rc = tt_buf_addf(b, err, "%s%s", k ? "," : "", t->data.classes[k]);
	return rc;
}

static int save(const struct tt_training *t, double temperature, struct tt_err *err)
{
	struct tt_buf classes = { .max = CLASSES_TEXT_MAX };
	char layers[32], side[16], resize[16], temp[32], epochs[16], seed[24];
	int rc = join_classes(t, &classes, err);

	(void)snprintf(layers, sizeof layers, "%u,%u,%u,%u", t->arch->layers[0], t->arch->layers[1], t->arch->layers[2],
		       t->arch->layers[3]);
	(void)snprintf(side, sizeof side, "%u", t->o->side);
	(void)snprintf(resize, sizeof resize, "%u", t->resize);
	(void)snprintf(temp, sizeof temp, "%.4f", temperature);
	(void)snprintf(epochs, sizeof epochs, "%u", t->o->epochs);
	(void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)t->o->seed);
	if (rc == 0) {
		const struct tt_st_meta meta[] = {
			{ "architecture", t->arch->name },
			{ "layers", layers },
			{ "input", side },
			{ "resize", resize },
			{ "crop", "centre" },
			{ "mean", "0.485,0.456,0.406" },
			{ "std", "0.229,0.224,0.225" },
			{ "classes", classes.p },
			{ "temperature", temp },
			{ "version", "trained" },
			{ "trained_epochs", epochs },
			{ "trained_seed", seed },
		};

		rc = tt_train_params_save(&t->params, t->o->out, t->state.mean, t->state.mean_stat, meta, TT_LEN(meta),
					  err);
	}
	tt_buf_free(&classes);
	return rc;
}

static int tell(struct tt_training *t, const struct tt_train_result *r, const struct tt_logits *z, struct tt_err *err)
{
	unsigned n = t->data.class_count;
	TT_SCOPED(tt_freep) unsigned *confusion = tt_calloc((size_t)n * n, sizeof *confusion);
	struct tt_report_end end = { .result = r,
				     .model = file_name(t->o->out),
				     .classes = t->data.classes,
				     .class_count = n,
				     .confusion = confusion };

	if (!t->o->json_log)
		return 0;
	if (!confusion)
		return tt_err_set(err, TT_ENOMEM, "training: out of memory for the log");
	tt_judge_confusion(z, confusion);
	return tt_report_log(t->o->json_log, &t->state, t->o->epochs, &end, err);
}

int tt_finish(struct tt_training *t, struct tt_train_result *out, struct tt_err *err)
{
	TT_SCOPED(answers_done) struct answers val = { .v = NULL };
	TT_SCOPED(answers_done) struct answers test = { .v = NULL };
	struct tt_train_result r = { .test_top1 = -1 };
	int rc = ask(t, TT_SPLIT_VAL, &val, err);

	rc = rc ? rc : ask(t, TT_SPLIT_TEST, &test, err);
	if (rc < 0)
		return rc;
	r.val_photos = val.z.photos;
	r.test_photos = test.z.photos;
	r.temperature = tt_judge_temperature(&val.z);
	r.val_top1 = tt_judge(&val.z, 1).top1;
	if (r.test_photos)
		r.test_top1 = tt_judge(&test.z, 1).top1;
	rc = save(t, r.temperature, err);
	rc = rc ? rc : tell(t, &r, r.test_photos ? &test.z : &val.z, err);
	if (rc < 0)
		return rc;
	(void)unlink(t->state_path);
	if (!t->o->cache)
		(void)unlink(t->cache_path);
	*out = r;
	return 0;
}
