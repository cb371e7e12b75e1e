#include "vision/logits.h"

#include "vision/imagenet.h"

#include <math.h>
#include <string.h>

void tt_softmax(float *p, const float *x, unsigned n, float temperature)
{
	float most = x[0], sum = 0;

	for (unsigned i = 1; i < n; i++)
		most = x[i] > most ? x[i] : most;
	for (unsigned i = 0; i < n; i++) {
		p[i] = expf((x[i] - most) / temperature);
		sum += p[i];
	}
	for (unsigned i = 0; i < n; i++)
		p[i] /= sum;
}

static void read_labels(struct tt_classified *out, const struct tt_model *m, float *p)
{
	for (out->labels = 0; out->labels < TT_LABELS_MAX; out->labels++) {
		struct tt_label_guess *g = &out->label[out->labels];
		unsigned best = 0;

		for (unsigned i = 1; i < m->labels; i++)
			if (p[i] > p[best])
				best = i;
		if (p[best] <= 0 || p[best] < m->label_threshold)
			return;
		memcpy(g->name, m->label[best], sizeof g->name);
		g->confidence = p[best];
		p[best] = 0;
	}
}

void tt_logits_of_classes(float out[TT_CLASSES], const struct tt_model *m, float *fc, float *fine)
{
	float p[TT_CLASSES];

	if (!m->imagenet) {
		for (unsigned k = 0; k < TT_CLASSES; k++)
			out[m->class_at[k]] = fc[k];
		return;
	}
	tt_softmax(fc, fc, m->outputs, 1);
	tt_imagenet_read(fc, fine, p);
	for (unsigned k = 0; k < TT_CLASSES; k++)
		out[k] = logf(p[k]);
}

void tt_logits_read(struct tt_classified *out, const struct tt_model *m, float *fc, float *fine)
{
	*out = (struct tt_classified){ 0 };
	tt_logits_of_classes(out->p, m, fc, fine);
	tt_softmax(out->p, out->p, TT_CLASSES, m->temperature);
	for (unsigned k = 1; k < TT_CLASSES; k++)
		if (out->p[k] > out->p[out->top])
			out->top = (enum tt_class)k;
	if (m->labels && !m->imagenet)
		tt_softmax(fine, fine, m->labels, m->label_temperature);
	if (m->labels)
		read_labels(out, m, fine);
}
