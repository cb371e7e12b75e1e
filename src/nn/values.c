#include "nn/plan.h"

#include "base/alloc.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

#define INPUT_LARGEST 2.65f /* of a normalised photo: (1 - 0.406) / 0.225 and a little */

/* The largest magnitude that was seen at this place, from "NAME=largest,…". */
static int calibrated(float *out, const char *list, const char *name, struct tt_err *err)
{
	struct tt_str rest = tt_str_of(list), part;
	size_t n = strlen(name);
	double d;

	while (tt_str_split(&rest, ',', &part))
		if (part.len > n + 1 && memcmp(part.p, name, n) == 0 && part.p[n] == '=' &&
		    tt_str_double((struct tt_str){ part.p + n + 1, part.len - n - 1 }, &d) && d > 0) {
			*out = (float)d;
			return 0;
		}
	return tt_err_set(err, TT_ENOTFOUND, "no calibration for '%s'", name);
}

/* Vectors are plain float32 in every precision. */
static bool is_vector(const struct tt_step *s, const struct tt_value *v)
{
	return s->op == TT_STEP_MEAN || s->op == TT_STEP_LINEAR || s->op == TT_STEP_WEIGHTED_MEAN ||
	       (s->op != TT_STEP_CONV && v[s->in[0]].layout == TT_LAYOUT_ANY);
}

static void set_view(struct tt_value *v, const struct tt_node *n)
{
	static const uint32_t blocks[] = { [TT_LAYOUT_PLAIN] = 1, [TT_LAYOUT_C8] = 8, [TT_LAYOUT_C16] = 16 };

	v->view = (struct tt_view){ n->c, n->h * n->w, n->c };
	if (v->layout == TT_LAYOUT_PLAIN || v->layout == TT_LAYOUT_C8 || v->layout == TT_LAYOUT_C16)
		v->view.block = blocks[v->layout];
	v->bytes = (size_t)n->c * n->h * n->w * tt_dtype_size(v->number.type);
	v->used = true;
}

/* Convolutions and SE name their ranges themselves; pooling keeps its input's. */
static int set_number(struct tt_value *v, const struct tt_step *s, const struct tt_value *values,
		      const struct tt_node *n, const char *calibration, struct tt_err *err)
{
	bool positive = s->relu;
	float largest = 0;
	int rc;

	if (s->op == TT_STEP_POOL) {
		v->number = values[s->in[0]].number;
		return 0;
	}
	if ((s->op != TT_STEP_CONV && s->op != TT_STEP_SE) || (s->op == TT_STEP_SE && !positive))
		return tt_err_set(err, TT_ENOTFOUND, "this network has an operation that is not built for int8");
	rc = calibrated(&largest, calibration, n->name, err);
	v->number = (struct tt_number){ positive ? TT_DT_U8 : TT_DT_I8, largest / (positive ? 255 : 127) };
	return rc;
}

static int set_value(struct tt_value *values, const struct tt_graph *g, const struct tt_step *s,
		     enum tt_dtype precision, enum tt_layout layout, const char *calibration, struct tt_err *err)
{
	struct tt_value *v = &values[s->out];
	int rc = 0;

	v->layout = layout;
	v->number = (struct tt_number){ precision, 1 };
	if (is_vector(s, values)) {
		v->layout = TT_LAYOUT_ANY;
		v->number.type = TT_DT_F32;
	} else if (precision == TT_DT_I8) {
		rc = set_number(v, s, values, &g->node[s->node], calibration, err);
	}
	set_view(v, &g->node[s->out]);
	v->home = s->in_place >= 0 && values[s->in_place].bytes == v->bytes ? values[s->in_place].home : s->out;
	return rc;
}

static bool fits(const struct tt_graph *g, const struct tt_steps *steps, enum tt_layout layout)
{
	uint32_t block = layout == TT_LAYOUT_C16 ? 16 : layout == TT_LAYOUT_C8 ? 8 : 1;

	for (unsigned i = 0; i < steps->count; i++) {
		const struct tt_step *s = &steps->step[i];

		if (s->op != TT_STEP_MEAN && s->op != TT_STEP_LINEAR && s->op != TT_STEP_WEIGHTED_MEAN &&
		    g->node[s->out].c % block)
			return false;
	}
	return true;
}

static void set_lives(struct tt_value *v, const struct tt_graph *g, const struct tt_steps *steps)
{
	int end = (int)steps->count;

	for (int i = 0; i < end; i++) {
		const struct tt_step *s = &steps->step[i];

		v[s->out].first = v[s->out].last = i;
		for (unsigned k = 0; k < s->ins; k++)
			v[s->in[k]].last = i;
		if (s->residual >= 0)
			v[s->residual].last = i;
	}
	for (unsigned k = 0; k < g->outputs; k++)
		v[g->output[k]].last = end;
	for (unsigned i = 0; i < g->nodes; i++) { /* memory taken over lives on */
		struct tt_value *home = &v[v[i].home];

		if (v[i].used && home->last < v[i].last)
			home->last = v[i].last;
	}
}

int tt_values_make(struct tt_value **out, const struct tt_graph *g, const struct tt_steps *steps,
		   enum tt_dtype precision, enum tt_layout layout, const char *calibration, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_value *v = tt_calloc(g->nodes, sizeof *v);
	int rc = 0;

	if (!v)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (!fits(g, steps, layout))
		return tt_err_set(err, TT_ENOTFOUND, "channels that do not fill the layout's blocks");
	for (unsigned i = 0; i < g->nodes; i++) {
		v[i].home = (int)i;
		if (g->node[i].op != TT_OP_INPUT)
			continue;
		v[i].number = (struct tt_number){ precision, precision == TT_DT_I8 ? INPUT_LARGEST / 127 : 1 };
		v[i].layout = layout == TT_LAYOUT_NHWC || g->node[i].c % 16 == 0 ? layout : TT_LAYOUT_PLAIN;
		v[i].first = v[i].last = -1;
		set_view(&v[i], &g->node[i]);
	}
	for (unsigned i = 0; rc == 0 && i < steps->count; i++)
		rc = set_value(v, g, &steps->step[i], precision, layout, calibration, err);
	if (rc < 0)
		return rc;
	set_lives(v, g, steps);
	*out = tt_take(v);
	return 0;
}

static bool meet(const struct tt_value *a, const struct tt_value *b)
{
	return a->first <= b->last && b->first <= a->last;
}

/* The lowest place for value i that is free while it lives, among those placed already (their indices in `placed`). */
static size_t free_place(const struct tt_value *v, const size_t *offset, const size_t *bytes, const int *placed,
			 unsigned count, int i)
{
	size_t at = 0;
	bool moved = true;

	while (moved) {
		moved = false;
		for (unsigned k = 0; k < count; k++) {
			int j = placed[k];

			if (meet(&v[i], &v[j]) && at < offset[j] + bytes[j] && offset[j] < at + bytes[i]) {
				at = offset[j] + bytes[j];
				moved = true;
			}
		}
	}
	return at;
}

int tt_values_place(size_t *offset, size_t *total, const struct tt_value *v, unsigned count, unsigned batch,
		    struct tt_err *err)
{
	TT_SCOPED(tt_freep) size_t *bytes = tt_calloc(count, sizeof *bytes);
	TT_SCOPED(tt_freep) int *placed = tt_calloc(count, sizeof *placed);
	unsigned done = 0;

	if (!bytes || !placed)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	*total = 0;
	for (unsigned i = 0; i < count; i++)
		if (v[i].used)
			bytes[i] = (v[i].bytes * batch + 63) & ~(size_t)63;
	for (;;) { /* the largest first: what comes later fits between */
		int next = -1;

		for (unsigned i = 0; i < count; i++)
			if (v[i].used && v[i].home == (int)i && offset[i] == SIZE_MAX &&
			    (next < 0 || bytes[i] > bytes[next]))
				next = (int)i;
		if (next < 0)
			break;
		offset[next] = free_place(v, offset, bytes, placed, done, next);
		if (*total < offset[next] + bytes[next])
			*total = offset[next] + bytes[next];
		placed[done++] = next;
	}
	for (unsigned i = 0; i < count; i++)
		if (v[i].used)
			offset[i] = offset[v[i].home];
	return 0;
}
