/* ImageNet's outputs as labels and classes. */
#include "vision/imagenet.h"

#include "test.h"
#include "vision/public.h"

#include <math.h>
#include <string.h>

static unsigned label_of(const char *name)
{
	unsigned n = 0;

	for (unsigned i = 0; i < TT_IMAGENET_ROWS; i++) {
		if (strcmp(tt_imagenet_tree[i].name, name) == 0)
			return n;
		n += tt_imagenet_tree[i].depth > 0;
	}
	fail_msg("no label '%s'", name);
	return 0;
}

static void every_output_counts_once(void **state)
{
	bool seen[TT_IMAGENET_OUTPUTS] = { false };

	(void)state;
	CHECK(tt_imagenet_tree[0].depth == 0);
	for (unsigned i = 0; i < TT_IMAGENET_ROWS; i++) {
		const struct tt_imagenet_row *row = &tt_imagenet_tree[i];

		CHECK_ROW(row->name[0] && strlen(row->name) < sizeof((struct tt_label_guess *)0)->name, row->name);
		CHECK_ROW(i == 0 || row->depth <= tt_imagenet_tree[i - 1].depth + 1, row->name);
		CHECK_ROW(row->counts <= TT_CLASSES, row->name);
		for (unsigned k = 0; k < i; k++)
			CHECK_ROW(strcmp(tt_imagenet_tree[k].name, row->name) != 0, row->name);
		for (unsigned k = 0; k < TT_IMAGENET_RANGES && row->outputs[k].end > row->outputs[k].first; k++)
			for (unsigned o = row->outputs[k].first; o < row->outputs[k].end; o++) {
				CHECK_ROW(o < TT_IMAGENET_OUTPUTS && !seen[o], row->name);
				seen[o] = true;
			}
	}
}

static void outputs_are_summed(void **state)
{
	static const struct {
		unsigned output;
		const char *label, *above;
		unsigned counts;
	} rows[] = {
		{ 24, "owl", "bird", TT_CLASS_ANIMALS },
		{ 207, "dog", "dog", TT_CLASS_ANIMALS },
		{ 292, "tiger", "big cat", TT_CLASS_ANIMALS },
		{ 817, "sports car", "car", TT_CLASS_VEHICLES },
		{ 980, "volcano", "mountain", TT_CLASS_LANDSCAPE },
		{ 698, "palace", "palace", TT_CLASS_BUILDINGS },
		{ 982, "bride or groom", "bride or groom", TT_CLASS_PEOPLE },
		{ 963, "pizza", "food", TT_CLASSES },
	};
	float labels[TT_IMAGENET_ROWS];

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		float p[TT_IMAGENET_OUTPUTS] = { 0 }, classes[TT_CLASSES], sum = 0;

		p[rows[i].output] = .8f;
		p[951] = .2f; /* a lemon */
		tt_imagenet_read(p, labels, classes);
		CHECK_ROW(labels[label_of(rows[i].label)] == .8f, rows[i].label);
		CHECK_ROW(fabsf(labels[label_of(rows[i].above)] - (rows[i].output == 963 ? 1 : .8f)) < 1e-6f,
			  rows[i].label);
		CHECK_ROW(labels[label_of("fruit")] == .2f && labels[label_of("fish")] == 0, rows[i].label);
		for (unsigned k = 0; k < TT_CLASSES; k++) {
			float want = rows[i].counts == TT_CLASSES ? .2f : k == rows[i].counts ? 1 : 0;

			CHECK_ROW(fabsf(classes[k] - want) < 1e-6f, rows[i].label);
			sum += classes[k];
		}
		CHECK_ROW(fabsf(sum - 1) < 1e-6f, rows[i].label);
	}
}

/* Parameters as timm counts them. */
static void public_networks_have_the_published_sizes(void **state)
{
	static const struct {
		const char *name, *arch;
		struct tt_seresnext_form form;
		double millions;
	} rows[] = {
		{ "legacy_seresnext26_32x4d", "se-resnext-26", { { 0 }, false, true }, 16.79 },
		{ "seresnext26d_32x4d", "se-resnext-26", { { 32, 32 }, true, false }, 16.81 },
		{ "seresnext26t_32x4d", "se-resnext-26", { { 24, 32 }, true, false }, 16.81 },
		{ "seresnext50_32x4d", "se-resnext-50", { { 0 }, false, false }, 27.56 },
		{ "legacy_seresnext101_32x4d", "se-resnext-101", { { 0 }, false, true }, 48.96 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_public p = { .network = tt_network_find(rows[i].arch), .form = rows[i].form };
		struct tt_graph g;

		p.input.crop = 224;
		tt_graph_init(&g);
		CHECK_ROW(tt_public_graph(&p, &g, NULL) == 0, rows[i].name);
		CHECK_ROW(fabs((double)tt_graph_params(&g) / 1e6 - rows[i].millions) < .006, rows[i].name);
		tt_graph_done(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_output_counts_once),
		cmocka_unit_test(outputs_are_summed),
		cmocka_unit_test(public_networks_have_the_published_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
