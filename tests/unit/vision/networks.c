#include "vision/networks.h"

#include "nn/net.h"
#include "nn/reference.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[64], path[96];

static void sizes_are_the_published_ones(void **state)
{
	static const struct {
		const char *name;
		uint64_t parameters; /* with 1,000 classes, as torchvision counts them */
		double gmacs;        /* at 224 px */
	} rows[] = {
		{ "alexnet", 61100840, .714 },  { "vgg-16", 138357544, 15.47 },    { "resnet-50", 25557032, 4.09 },
		{ "googlenet", 6624904, 1.50 }, { "densenet-121", 7978856, 2.83 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		const struct tt_network *net = tt_network_find(rows[i].name);
		struct tt_graph g;
		struct tt_err err = { 0 };

		CHECK_ROW(net, rows[i].name);
		tt_graph_init(&g);
		tt_network_build(&g, net, 224, &(struct tt_head){ "fc", 1000 }, 1);
		if (tt_graph_check(&g, &err) < 0)
			fail_msg("%s: %s", rows[i].name, err.msg);
		if (tt_graph_params(&g) != rows[i].parameters ||
		    fabs((double)tt_graph_macs(&g) / 1e9 - rows[i].gmacs) > .02)
			fail_msg("%s: %llu parameters, %.3f G products", rows[i].name,
				 (unsigned long long)tt_graph_params(&g), (double)tt_graph_macs(&g) / 1e9);
		tt_graph_done(&g);
	}
}

static void every_network_is_found(void **state)
{
	unsigned n = 0;

	(void)state;
	for (const struct tt_network *net; (net = tt_network_at(n)); n++)
		CHECK_ROW(tt_network_find(net->name) == net, net->name);
	CHECK(n == 9 && tt_network_find("se-resnext-50") == tt_network_at(1));
	CHECK(!tt_network_find("resnet") && !tt_network_find(""));
}

#define SIDE 33

/* Those whose shape no other test has: branches, and norms before convolutions. */
static void branched_networks_agree(void **state)
{
	static const char *const names[] = { "googlenet", "densenet-121" };

	(void)state;
	for (size_t i = 0; i < TT_LEN(names); i++) {
		float input[3 * SIDE * SIDE], want[5], got[5], *outs[] = { want }, largest = 0;
		struct tt_safetensors *w = NULL;
		struct tt_net *net = NULL;
		struct tt_err err = { 0 };
		struct tt_graph g;
		uint32_t seed = 9;

		tt_graph_init(&g);
		tt_network_build(&g, tt_network_find(names[i]), SIDE, &(struct tt_head){ "fc", 5 }, 1);
		CHECK_ROW(reference_weights(&g, path, NULL, 4), names[i]);
		CHECK_ROW(tt_safetensors_open(&w, path, NULL) == 0, names[i]);
		for (size_t k = 0; k < TT_LEN(input); k++)
			input[k] = reference_random(&seed);
		reference_run(&g, w, input, 1, outs);
		outs[0] = got;
		if (tt_net_open(&net, &g, w, &(struct tt_net_opts){ TT_DT_F32, 1 }, &err) < 0 ||
		    tt_net_run(net, input, 1, outs, &err) < 0)
			fail_msg("%s: %s", names[i], err.msg);
		for (int k = 0; k < 5; k++)
			largest = fmaxf(largest, fabsf(want[k]));
		for (int k = 0; k < 5; k++)
			CHECK_ROW(fabsf(want[k] - got[k]) <= 1e-4f * largest, names[i]);
		tt_net_close(net);
		tt_safetensors_close(w);
		tt_graph_done(&g);
	}
}

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "%s/tt-networks-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/w.safetensors", dir);
	return 0;
}

static int drop_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_the_published_ones),
		cmocka_unit_test(every_network_is_found),
		cmocka_unit_test(branched_networks_agree),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
