#include "vision/classifier.h"

#include "base/alloc.h"
#include "nn/net.h"
#include "vision/logits.h"
#include "vision/model.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct scratch {
	struct scratch *next;
	struct tt_resize_scratch resize;
	uint8_t *rgb;              /* one photo */
	float *input;              /* a batch */
	float *fc, *fine, *pooled; /* a batch */
};

struct tt_classifier {
	struct tt_model model;
	struct tt_net *net;
	struct tt_classifier_info info;
	uint32_t pooled; /* features of one photo */
	pthread_mutex_t lock;
	struct scratch *idle;
};

static void scratch_free(struct scratch *s)
{
	if (!s)
		return;
	tt_resize_scratch_done(&s->resize);
	free(s->rgb);
	free(s->input);
	free(s->fc);
	free(s->fine);
	free(s->pooled);
	free(s);
}

static int scratch_new(struct scratch **out, const struct tt_classifier *c, struct tt_err *err)
{
	const struct tt_model *m = &c->model;
	struct scratch *s = tt_calloc(1, sizeof *s);
	size_t pixels = (size_t)m->input.crop * m->input.crop;

	if (!s)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	s->rgb = tt_alloc(pixels * 3);
	s->input = tt_alloc_aligned(64, TT_NET_MAX_BATCH * pixels * 3 * sizeof(float));
	s->fc = tt_alloc(TT_NET_MAX_BATCH * m->outputs * sizeof(float));
	s->fine = tt_alloc(TT_NET_MAX_BATCH * (m->labels + 1) * sizeof(float));
	s->pooled = tt_alloc(TT_NET_MAX_BATCH * (size_t)c->pooled * sizeof(float));
	if (!s->rgb || !s->input || !s->fc || !s->fine || !s->pooled) {
		scratch_free(s);
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	*out = s;
	return 0;
}

static int scratch_take(struct scratch **out, struct tt_classifier *c, struct tt_err *err)
{
	struct scratch *s;

	pthread_mutex_lock(&c->lock);
	s = c->idle;
	if (s)
		c->idle = s->next;
	pthread_mutex_unlock(&c->lock);
	if (!s)
		return scratch_new(out, c, err);
	*out = s;
	return 0;
}

static void scratch_give(struct tt_classifier *c, struct scratch *s)
{
	pthread_mutex_lock(&c->lock);
	s->next = c->idle;
	c->idle = s;
	pthread_mutex_unlock(&c->lock);
}

/* What the heads look at becomes an output of its own, after theirs. */
static void add_pooled(struct tt_graph *g, uint32_t *size)
{
	int node = g->node[g->output[0]].in[0];

	tt_graph_output(g, node);
	*size = g->node[node].c * g->node[node].h * g->node[node].w;
}

static int open_net(struct tt_classifier *c, const struct tt_classifier_opts *opts, struct tt_err *err)
{
	static const enum tt_dtype types[] = { [TT_F32] = TT_DT_F32, [TT_BF16] = TT_DT_BF16, [TT_INT8] = TT_DT_I8 };
	struct tt_graph g;
	int rc;

	tt_graph_init(&g);
	rc = tt_model_graph(&c->model, &g, err);
	if (rc == 0)
		add_pooled(&g, &c->pooled);
	if (rc == 0)
		rc = tt_net_open(&c->net, &g, c->model.file,
				 &(struct tt_net_opts){ types[opts->precision], opts->threads ? opts->threads : 1 },
				 err);
	if (rc == 0) {
		enum tt_dtype p = tt_net_precision(c->net);

		c->info = (struct tt_classifier_info){
			.architecture = c->model.network->name,
			.precision = p == TT_DT_BF16 ? TT_BF16
				     : p == TT_DT_I8 ? TT_INT8
						     : TT_F32,
			.layout = tt_net_layout(c->net),
			.input = c->model.input.crop,
			.resize = c->model.input.resize,
			.labels = c->model.labels,
			.parameters = tt_graph_params(&g),
			.macs = tt_graph_macs(&g),
			.arena = tt_net_arena(c->net),
		};
	}
	tt_graph_done(&g);
	return rc;
}

int tt_classifier_open(struct tt_classifier **out, const char *model_path, const struct tt_classifier_opts *opts,
		       struct tt_err *err)
{
	struct tt_classifier *c = tt_calloc(1, sizeof *c);
	int rc;

	if (!c)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	pthread_mutex_init(&c->lock, NULL);
	rc = tt_model_open(&c->model, model_path, err);
	if (rc == 0) {
		rc = open_net(c, opts, err);
		if (rc < 0)
			(void)tt_err_ctx(err, "model file '%.120s'", model_path);
	}
	if (rc < 0) {
		tt_classifier_close(c);
		return rc;
	}
	*out = c;
	return 0;
}

void tt_classifier_close(struct tt_classifier *c)
{
	if (!c)
		return;
	while (c->idle) {
		struct scratch *s = c->idle;

		c->idle = s->next;
		scratch_free(s);
	}
	tt_net_close(c->net);
	tt_model_done(&c->model);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

const char *tt_classifier_name(const struct tt_classifier *c)
{
	return c->model.name;
}

const char *tt_classifier_version(const struct tt_classifier *c)
{
	return c->model.version;
}

void tt_classifier_describe(const struct tt_classifier *c, struct tt_classifier_info *out)
{
	*out = c->info;
}

/* At most a batch of photos through the network; the logits stand in s. */
static int run_batch(struct tt_classifier *c, struct scratch *s, const struct tt_plane *planes, unsigned n,
		     struct tt_err *err)
{
	const struct tt_input_spec *spec = &c->model.input;
	bool fine_head = c->model.labels && !c->model.imagenet; /* a public model's labels come from its one head */
	float *outs[] = { s->fc, fine_head ? s->fine : s->pooled, s->pooled };
	int rc;

	for (unsigned i = 0; i < n; i++) {
		rc = tt_resize_crop(&planes[i], spec, &s->resize, s->rgb, err);

		if (rc < 0)
			return rc;
		tt_normalise(s->rgb, spec, s->input + (size_t)i * spec->crop * spec->crop * 3);
	}
	rc = tt_net_run(c->net, s->input, n, outs, err);
	for (unsigned i = 0; rc == 0 && i < n * c->model.outputs; i++)
		if (!isfinite(s->fc[i]))
			rc = tt_err_set(err, TT_EINVALID,
					"the model answers with what is no number: its weights are damaged");
	return rc;
}

/* They come from a ReLU: what is below zero, or no number, counts as none. */
static void quantise(struct tt_features *out, const float *x, uint32_t n)
{
	float most = 0;

	*out = (struct tt_features){ .n = n <= TT_FEATURES_MAX ? n : 0 };
	for (uint32_t i = 0; i < out->n; i++)
		most = x[i] > most ? x[i] : most;
	if (most <= 0 || !isfinite(most))
		return;
	out->scale = most / 255;
	for (uint32_t i = 0; i < out->n; i++)
		out->q[i] = x[i] > 0 ? (uint8_t)(x[i] / most * 255 + .5f) : 0;
}

int tt_classifier_run(struct tt_classifier *c, const struct tt_plane *planes, unsigned n, struct tt_classified *out,
		      struct tt_err *err)
{
	return tt_classifier_run_features(c, planes, n, out, NULL, err);
}

int tt_classifier_run_features(struct tt_classifier *c, const struct tt_plane *planes, unsigned n,
			       struct tt_classified *out, struct tt_features *features, struct tt_err *err)
{
	struct scratch *s = NULL;
	int rc = scratch_take(&s, c, err);

	for (unsigned done = 0; rc == 0 && done < n; done += TT_NET_MAX_BATCH) {
		unsigned part = n - done < TT_NET_MAX_BATCH ? n - done : TT_NET_MAX_BATCH;

		rc = run_batch(c, s, planes + done, part, err);
		for (unsigned i = 0; rc == 0 && i < part; i++)
			tt_logits_read(&out[done + i], &c->model, s->fc + i * c->model.outputs,
				       s->fine + i * c->model.labels);
		for (unsigned i = 0; rc == 0 && features && i < part; i++)
			quantise(&features[done + i], s->pooled + (size_t)i * c->pooled, c->pooled);
	}
	if (s)
		scratch_give(c, s);
	return rc;
}

int tt_classifier_logits(struct tt_classifier *c, const struct tt_plane *plane, float out[TT_CLASSES],
			 struct tt_err *err)
{
	struct scratch *s = NULL;
	int rc = scratch_take(&s, c, err);

	if (rc < 0)
		return rc;
	rc = run_batch(c, s, plane, 1, err);
	if (rc == 0)
		tt_logits_of_classes(out, &c->model, s->fc, s->fine);
	scratch_give(c, s);
	return rc;
}
