#include "vision/imagenet.h"

#include <float.h>

unsigned tt_imagenet_labels(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < TT_IMAGENET_ROWS; i++)
		n += tt_imagenet_tree[i].depth > 0;
	return n;
}

void tt_imagenet_read(const float *p, float *labels, float classes[TT_CLASSES])
{
	float sums[TT_IMAGENET_ROWS], of[TT_CLASSES + 1] = { 0 }, all = 0;
	unsigned n = 0;

	for (unsigned i = TT_IMAGENET_ROWS; i-- > 0;) {
		const struct tt_imagenet_row *row = &tt_imagenet_tree[i];
		float own = 0;

		for (unsigned k = 0; k < TT_IMAGENET_RANGES && row->outputs[k].end > row->outputs[k].first; k++)
			for (unsigned o = row->outputs[k].first; o < row->outputs[k].end; o++)
				own += p[o];
		of[row->counts] += own;
		sums[i] = own;
		for (unsigned below = i + 1; below < TT_IMAGENET_ROWS && tt_imagenet_tree[below].depth > row->depth;
		     below++)
			if (tt_imagenet_tree[below].depth == row->depth + 1)
				sums[i] += sums[below];
	}
	for (unsigned i = 0; i < TT_IMAGENET_ROWS; i++)
		if (tt_imagenet_tree[i].depth > 0)
			labels[n++] = sums[i];
	for (unsigned k = 0; k < TT_CLASSES; k++)
		all += of[k] += FLT_MIN; /* so that there is something to divide by, and a logarithm */
	for (unsigned k = 0; k < TT_CLASSES; k++)
		classes[k] = of[k] / all;
}
