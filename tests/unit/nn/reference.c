#include "reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

float reference_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (float)(*seed >> 8) / (float)(1 << 23) - 1;
}

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

#define MOST_TENSORS 1024

struct file {
	struct tt_st_tensor tensor[MOST_TENSORS];
	char name[MOST_TENSORS][TT_NODE_NAME + 24];
	size_t count;
	uint32_t seed;
};

static void tensor(struct file *f, const char *name, const char *what, unsigned rank, const uint64_t *shape,
		   float centre, float spread)
{
	struct tt_st_tensor *t = &f->tensor[f->count];
	size_t n = 1;
	float *p;

	snprintf(f->name[f->count], sizeof f->name[0], "%s.%s", name, what);
	*t = (struct tt_st_tensor){ .name = f->name[f->count], .dtype = TT_DT_F32, .rank = rank };
	for (unsigned i = 0; i < rank; i++)
		n *= t->shape[i] = shape[i];
	p = must(malloc(n * sizeof *p));
	for (size_t i = 0; i < n; i++)
		p[i] = centre + spread * reference_random(&f->seed);
	t->data = p;
	f->count++;
}

/* An earlier node has written these. */
static bool shared(const struct tt_graph *g, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (g->node[k].op == g->node[i].op && strcmp(g->node[k].name, g->node[i].name) == 0)
			return true;
	return false;
}

static void node_weights(struct file *f, const struct tt_graph *g, const struct tt_node *n)
{
	const struct tt_node *x = &g->node[n->in[0]];
	uint32_t fan = n->op == TT_OP_CONV ? x->c / n->groups * n->kernel * n->kernel : x->c * x->h * x->w;
	float spread = sqrtf(3.f / (float)fan);

	if (n->op == TT_OP_CONV)
		tensor(f, n->name, "weight", 4, (uint64_t[]){ n->c, x->c / n->groups, n->kernel, n->kernel }, 0,
		       spread * 1.4f);
	if (n->op == TT_OP_LINEAR)
		tensor(f, n->name, "weight", 2, (uint64_t[]){ n->c, fan }, 0, spread);
	if ((n->op == TT_OP_CONV || n->op == TT_OP_LINEAR) && n->bias)
		tensor(f, n->name, "bias", 1, (uint64_t[]){ n->c }, 0, .3f);
	if (n->op == TT_OP_BN) {
		tensor(f, n->name, "weight", 1, (uint64_t[]){ n->c }, 1, .3f);
		tensor(f, n->name, "bias", 1, (uint64_t[]){ n->c }, 0, .2f);
		tensor(f, n->name, "running_mean", 1, (uint64_t[]){ n->c }, 0, .2f);
		tensor(f, n->name, "running_var", 1, (uint64_t[]){ n->c }, 1, .5f);
	}
	if (n->op == TT_OP_WEIGHTED_MEAN)
		tensor(f, n->name, "weight", 3, (uint64_t[]){ n->c, x->h, x->w }, .1f, .5f);
	if (n->op == TT_OP_SE) {
		tensor(f, n->name, "fc1.weight", 4, (uint64_t[]){ n->squeeze, n->c, 1, 1 }, 0, .5f);
		tensor(f, n->name, "fc1.bias", 1, (uint64_t[]){ n->squeeze }, 0, .3f);
		tensor(f, n->name, "fc2.weight", 4, (uint64_t[]){ n->c, n->squeeze, 1, 1 }, 0, 1);
		tensor(f, n->name, "fc2.bias", 1, (uint64_t[]){ n->c }, 0, .3f);
	}
}

bool reference_weights(const struct tt_graph *g, const char *path, const char *calibration, uint32_t seed)
{
	struct file *f = must(calloc(1, sizeof *f));
	struct tt_st_meta meta = { "calibration", calibration };
	int rc;

	f->seed = seed;
	for (unsigned i = 0; i < g->nodes; i++)
		if (!shared(g, i))
			node_weights(f, g, &g->node[i]);
	rc = tt_safetensors_write(path, &meta, calibration ? 1 : 0, f->tensor, f->count, NULL);
	for (size_t i = 0; i < f->count; i++)
		free((void *)(uintptr_t)f->tensor[i].data);
	free(f);
	return rc == 0;
}

static const float *weights(const struct tt_safetensors *w, const struct tt_node *n, const char *what)
{
	char name[TT_NODE_NAME + 24];
	const struct tt_st_tensor *t;

	snprintf(name, sizeof name, "%s.%s", n->name, what);
	t = must((void *)(uintptr_t)tt_safetensors_find(w, name));
	return t->data;
}

static void conv(const struct tt_node *n, const struct tt_node *x, const float *in, float *out, const float *w,
		 const float *b)
{
	int ci = (int)(x->c / n->groups), co = (int)(n->c / n->groups), k = (int)n->kernel;

	for (int o = 0; o < (int)n->c; o++)
		for (int oy = 0; oy < (int)n->h; oy++)
			for (int ox = 0; ox < (int)n->w; ox++) {
				double sum = b ? b[o] : 0;

				for (int i = 0; i < ci; i++)
					for (int ky = 0; ky < k; ky++)
						for (int kx = 0; kx < k; kx++) {
							int iy = oy * (int)n->stride + ky - (int)n->pad;
							int ix = ox * (int)n->stride + kx - (int)n->pad;

							if (iy < 0 || ix < 0 || iy >= (int)x->h || ix >= (int)x->w)
								continue;
							sum += (double)w[((o * ci + i) * k + ky) * k + kx] *
							       in[((o / co * ci + i) * (int)x->h + iy) * (int)x->w +
								  ix];
						}
				*out++ = (float)sum;
			}
}

static void pool(const struct tt_node *n, const struct tt_node *x, const float *in, float *out)
{
	for (int c = 0; c < (int)n->c; c++)
		for (int oy = 0; oy < (int)n->h; oy++)
			for (int ox = 0; ox < (int)n->w; ox++) {
				double sum = 0, most = -INFINITY;
				int seen = 0;

				for (int ky = 0; ky < (int)n->kernel; ky++)
					for (int kx = 0; kx < (int)n->kernel; kx++) {
						int iy = oy * (int)n->stride + ky - (int)n->pad;
						int ix = ox * (int)n->stride + kx - (int)n->pad;
						double v;

						if (iy < 0 || ix < 0 || iy >= (int)x->h || ix >= (int)x->w)
							continue;
						v = in[(c * (int)x->h + iy) * (int)x->w + ix];
						sum += v;
						most = v > most ? v : most;
						seen++;
					}
				*out++ = (float)(n->op == TT_OP_MAX_POOL ? most : sum / seen);
			}
}

static void mean(const struct tt_node *x, const float *in, float *out)
{
	size_t pixels = (size_t)x->h * x->w;

	for (size_t c = 0; c < x->c; c++) {
		double sum = 0;

		for (size_t p = 0; p < pixels; p++)
			sum += in[c * pixels + p];
		out[c] = (float)(sum / (double)pixels);
	}
}

static void weighted(const struct tt_node *x, const float *in, float *out, const float *w)
{
	size_t pixels = (size_t)x->h * x->w;

	for (size_t c = 0; c < x->c; c++) {
		double sum = 0;

		for (size_t p = 0; p < pixels; p++)
			sum += (double)in[c * pixels + p] * w[c * pixels + p];
		out[c] = (float)sum;
	}
}

static void upsample(const struct tt_node *n, const float *in, float *out)
{
	for (size_t c = 0; c < n->c; c++)
		for (size_t y = 0; y < n->h; y++)
			for (size_t x = 0; x < n->w; x++)
				*out++ = in[(c * (n->h / 2) + y / 2) * (n->w / 2) + x / 2];
}

static void linear(float *out, const float *in, const float *w, const float *b, size_t rows, size_t columns)
{
	for (size_t o = 0; o < rows; o++) {
		double sum = b ? b[o] : 0;

		for (size_t i = 0; i < columns; i++)
			sum += (double)w[o * columns + i] * in[i];
		out[o] = (float)sum;
	}
}

static void excite(const struct tt_node *n, const float *in, float *out, const struct tt_safetensors *w)
{
	float *squeezed = must(malloc((2 * n->c + n->squeeze) * sizeof *squeezed)), *hidden = squeezed + n->c,
	      *gate = hidden + n->squeeze;
	size_t pixels = (size_t)n->h * n->w;

	mean(n, in, squeezed);
	linear(hidden, squeezed, weights(w, n, "fc1.weight"), weights(w, n, "fc1.bias"), n->squeeze, n->c);
	for (uint32_t i = 0; i < n->squeeze; i++)
		hidden[i] = hidden[i] > 0 ? hidden[i] : 0;
	linear(gate, hidden, weights(w, n, "fc2.weight"), weights(w, n, "fc2.bias"), n->c, n->squeeze);
	for (size_t i = 0; i < n->c * pixels; i++)
		out[i] = in[i] / (1 + expf(-gate[i / pixels]));
	free(squeezed);
}

static void bn(const struct tt_node *n, const float *in, float *out, const struct tt_safetensors *w)
{
	const float *gamma = weights(w, n, "weight"), *beta = weights(w, n, "bias"), *m = weights(w, n, "running_mean"),
		    *v = weights(w, n, "running_var");
	size_t pixels = (size_t)n->h * n->w;

	for (size_t i = 0; i < n->c * pixels; i++) {
		size_t c = i / pixels;

		out[i] = (float)((in[i] - m[c]) / sqrt((double)v[c] + n->eps) * gamma[c] + beta[c]);
	}
}

static void one_node(const struct tt_graph *g, const struct tt_node *n, float **value, float *out,
		     const struct tt_safetensors *w)
{
	const struct tt_node *x = &g->node[n->in[0]];
	const float *in = value[n->in[0]], *bias = n->bias ? weights(w, n, "bias") : NULL;
	size_t size = (size_t)n->c * n->h * n->w;

	switch (n->op) {
	case TT_OP_CONV:
		conv(n, x, in, out, weights(w, n, "weight"), bias);
		break;
	case TT_OP_BN:
		bn(n, in, out, w);
		break;
	case TT_OP_SE:
		excite(n, in, out, w);
		break;
	case TT_OP_MEAN:
		mean(x, in, out);
		break;
	case TT_OP_LINEAR:
		linear(out, in, weights(w, n, "weight"), bias, n->c, (size_t)x->c * x->h * x->w);
		break;
	case TT_OP_MAX_POOL:
	case TT_OP_AVG_POOL:
		pool(n, x, in, out);
		break;
	case TT_OP_WEIGHTED_MEAN:
		weighted(x, in, out, weights(w, n, "weight"));
		break;
	case TT_OP_UPSAMPLE:
		upsample(n, in, out);
		break;
	case TT_OP_CONCAT:
		for (unsigned k = 0; k < n->ins; k++) {
			size_t part = (size_t)g->node[n->in[k]].c * n->h * n->w;

			memcpy(out, value[n->in[k]], part * sizeof *out);
			out += part;
		}
		break;
	default:
		for (size_t i = 0; i < size; i++) {
			float sum = n->op == TT_OP_ADD ? in[i] + value[n->in[1]][i] : in[i];

			out[i] = n->op == TT_OP_RELU && !(sum > 0) ? 0 : sum;
		}
	}
}

static void one_photo(const struct tt_graph *g, const struct tt_safetensors *w, const float *input, unsigned photo,
		      float *const *out, float *largest)
{
	float **value = must(calloc(g->nodes, sizeof *value));

	for (unsigned i = 0; i < g->nodes; i++) {
		const struct tt_node *n = &g->node[i];
		size_t size = (size_t)n->c * n->h * n->w;

		value[i] = must(malloc(size * sizeof **value));
		if (n->op == TT_OP_INPUT)
			memcpy(value[i], input + photo * size, size * sizeof *input);
		else
			one_node(g, n, value, value[i], w);
		for (size_t k = 0; largest && k < size; k++)
			largest[i] = fmaxf(largest[i], fabsf(value[i][k]));
	}
	for (unsigned k = 0; out && k < g->outputs; k++) {
		const struct tt_node *n = &g->node[g->output[k]];
		size_t size = (size_t)n->c * n->h * n->w;

		memcpy(out[k] + photo * size, value[g->output[k]], size * sizeof **out);
	}
	for (unsigned i = 0; i < g->nodes; i++)
		free(value[i]);
	free(value);
}

void reference_run(const struct tt_graph *g, const struct tt_safetensors *w, const float *input, unsigned n,
		   float *const *out)
{
	for (unsigned i = 0; i < n; i++)
		one_photo(g, w, input, i, out, NULL);
}

void reference_ranges(const struct tt_graph *g, const struct tt_safetensors *w, const float *input, unsigned n,
		      float *largest)
{
	memset(largest, 0, g->nodes * sizeof *largest);
	for (unsigned i = 0; i < n; i++)
		one_photo(g, w, input, i, NULL, largest);
}
