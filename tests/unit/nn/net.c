#include "nn/net.h"

#include "base/err.h"
#include "base/fault.h"
#include "nets.h"
#include "nn/onednn.h"
#include "reference.h"
#include "test.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64], path[96];

#define PHOTOS 11
#define DIFFERENT 3 /* of them: the reference is slow */

static size_t floats(const struct tt_graph *g, int node)
{
	return (size_t)g->node[node].c * g->node[node].h * g->node[node].w;
}

struct fixture {
	struct tt_graph g;
	struct tt_safetensors *w;
	float *input, *want[2], *got[2], largest[2];
};

static void fixture_open(struct fixture *f, void (*build)(struct tt_graph *g), const char *calibration)
{
	uint32_t seed = 7;
	struct tt_err err = { 0 };

	tt_graph_init(&f->g);
	build(&f->g);
	if (tt_graph_check(&f->g, &err) < 0)
		fail_msg("%s", err.msg);
	CHECK(reference_weights(&f->g, path, calibration, 1));
	if (tt_safetensors_open(&f->w, path, &err) < 0)
		fail_msg("%s", err.msg);
	f->input = malloc(PHOTOS * floats(&f->g, 0) * sizeof(float));
	for (size_t i = 0; i < PHOTOS * floats(&f->g, 0); i++) {
		size_t same = DIFFERENT * floats(&f->g, 0);

		f->input[i] = i < same ? reference_random(&seed) * 2 : f->input[i - same];
	}
	for (unsigned k = 0; k < f->g.outputs; k++) {
		size_t n = PHOTOS * floats(&f->g, f->g.output[k]);

		f->want[k] = malloc(n * sizeof(float));
		f->got[k] = calloc(n, sizeof(float));
	}
	reference_run(&f->g, f->w, f->input, DIFFERENT, f->want);
	for (unsigned k = 0; k < f->g.outputs; k++)
		for (size_t i = 0; i < PHOTOS * floats(&f->g, f->g.output[k]); i++) {
			size_t same = DIFFERENT * floats(&f->g, f->g.output[k]);

			if (i >= same)
				f->want[k][i] = f->want[k][i - same];
			f->largest[k] = fmaxf(f->largest[k], fabsf(f->want[k][i]));
		}
}

static void fixture_close(struct fixture *f)
{
	for (int k = 0; k < 2; k++) {
		free(f->want[k]);
		free(f->got[k]);
	}
	free(f->input);
	tt_safetensors_close(f->w);
	tt_graph_done(&f->g);
}

static float worst(const struct fixture *f, unsigned n)
{
	float worst = 0;

	for (unsigned k = 0; k < f->g.outputs; k++)
		for (size_t i = 0; i < n * floats(&f->g, f->g.output[k]); i++)
			worst = fmaxf(worst, fabsf(f->want[k][i] - f->got[k][i]) / f->largest[k]);
	return worst;
}

static void check_net(const char *name, void (*build)(struct tt_graph *g), enum tt_dtype precision,
		      const char *calibration, float tolerance)
{
	static const unsigned counts[] = { 1, 2, 3, 8, PHOTOS };
	struct fixture f = { 0 };
	struct tt_net *net = NULL;
	struct tt_err err = { 0 };

	fixture_open(&f, build, calibration);
	if (tt_net_open(&net, &f.g, f.w, &(struct tt_net_opts){ precision, 1 }, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
	CHECK_ROW(tt_net_precision(net) == precision, name);
	for (size_t i = 0; i < TT_LEN(counts); i++) {
		if (tt_net_run(net, f.input, counts[i], f.got, &err) < 0)
			fail_msg("%s: %s", name, err.msg);
		if (!(worst(&f, counts[i]) <= tolerance))
			fail_msg("%s, %u photos: off by %g of the largest", name, counts[i],
				 (double)worst(&f, counts[i]));
	}
	tt_net_close(net);
	fixture_close(&f);
}

static void agrees_in_float32(void **state)
{
	(void)state;
	for (size_t i = 0; i < nets_count; i++)
		check_net(nets[i].name, nets[i].build, TT_DT_F32, NULL, 1e-5f);
}

static void agrees_in_bfloat16(void **state)
{
	(void)state;
	if (!tt_dn_supports(TT_DT_BF16))
		return; /* not on this processor; cmocka's skip() is a failure in TAP */
	for (size_t i = 0; i < nets_count; i++)
		check_net(nets[i].name, nets[i].build, TT_DT_BF16, NULL, .04f);
}

/* Ranges under the names that a model file has them: every convolution's, after its batch-norm and ReLU. */
static void ranges_text(const struct fixture *f, char *out, size_t size)
{
	float largest[64];
	size_t at = 0;

	CHECK(f->g.nodes <= TT_LEN(largest));
	reference_ranges(&f->g, f->w, f->input, DIFFERENT, largest);
	out[0] = 0;
	for (unsigned i = 0; i < f->g.nodes; i++) {
		unsigned end = i;

		if (f->g.node[i].op != TT_OP_CONV && f->g.node[i].op != TT_OP_SE)
			continue;
		while (end + 1 < f->g.nodes &&
		       (f->g.node[end + 1].op == TT_OP_BN || f->g.node[end + 1].op == TT_OP_ADD ||
			f->g.node[end + 1].op == TT_OP_RELU) &&
		       f->g.node[end + 1].in[0] == (int)end)
			end++;
		at += (size_t)snprintf(out + at, size - at, "%s=%g,", f->g.node[i].name, (double)largest[end]);
		CHECK(at < size);
	}
}

static void agrees_in_int8(void **state)
{
	(void)state;
	if (!tt_dn_supports(TT_DT_I8))
		return; /* not on this processor; cmocka's skip() is a failure in TAP */
	for (size_t i = 0; i < nets_count; i++) {
		struct fixture f = { 0 };
		char text[512];

		if (!nets[i].int8)
			continue;
		fixture_open(&f, nets[i].build, NULL);
		ranges_text(&f, text, sizeof text);
		fixture_close(&f);
		check_net(nets[i].name, nets[i].build, TT_DT_I8, text, .06f);
	}
}

static void falls_back_without_ranges(void **state)
{
	struct fixture f = { 0 };
	struct tt_net *net = NULL;

	(void)state;
	fixture_open(&f, nets_excited, "a=nonsense,b=,=1,c_bn=2");
	CHECK(tt_net_open(&net, &f.g, f.w, &(struct tt_net_opts){ TT_DT_I8, 1 }, NULL) == 0);
	CHECK(tt_net_precision(net) == TT_DT_F32);
	tt_net_close(net);
	fixture_close(&f);
}

struct runner {
	struct tt_net *net;
	struct fixture *f;
	bool right;
};

static void *run_many(void *arg)
{
	struct runner *r = arg;
	float *out[2] = { malloc(PHOTOS * 10 * sizeof(float)), malloc(PHOTOS * 3 * sizeof(float)) };

	r->right = true;
	for (int i = 0; i < 20; i++) {
		r->right &= tt_net_run(r->net, r->f->input, PHOTOS, out, NULL) == 0;
		for (size_t k = 0; k < PHOTOS * 10; k++)
			r->right &= fabsf(out[0][k] - r->f->want[0][k]) <= 1e-4f * r->f->largest[0];
	}
	free(out[0]);
	free(out[1]);
	return NULL;
}

static void threads_share_a_net(void **state)
{
	struct fixture f = { 0 };
	struct tt_net *net = NULL;
	struct runner r[4];
	pthread_t t[4];

	(void)state;
	fixture_open(&f, nets_residual, NULL);
	CHECK(tt_net_open(&net, &f.g, f.w, &(struct tt_net_opts){ TT_DT_F32, 1 }, NULL) == 0);
	for (int i = 0; i < 4; i++) {
		r[i] = (struct runner){ net, &f, false };
		CHECK(pthread_create(&t[i], NULL, run_many, &r[i]) == 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(t[i], NULL);
		CHECK(r[i].right);
	}
	tt_net_close(net);
	fixture_close(&f);
}

static void other_graph(struct tt_graph *g)
{
	int x = nets_conv_bn_relu(g, tt_graph_input(g, 3, 14, 14), (struct tt_conv){ 64, 3, 1, 1, 1, false }, "a");

	tt_graph_output(g, x);
}

static void wrong_weights_are_refused(void **state)
{
	struct fixture f = { 0 };
	struct tt_graph g;
	struct tt_net *net = NULL;
	struct tt_err err = { 0 };

	(void)state;
	fixture_open(&f, nets_residual, NULL);
	tt_graph_init(&g);
	other_graph(&g);
	CHECK(tt_net_open(&net, &g, f.w, &(struct tt_net_opts){ TT_DT_F32, 1 }, &err) == TT_EINVALID);
	CHECK(strstr(err.msg, "a.weight") && !net);
	tt_graph_done(&g);
	tt_graph_init(&g);
	nets_pointwise(&g);
	memset(&err, 0, sizeof err);
	g.node[1].name[0] = 'z';
	CHECK(tt_net_open(&net, &g, f.w, &(struct tt_net_opts){ TT_DT_F32, 1 }, &err) == TT_EINVALID);
	CHECK(strstr(err.msg, "no tensor") && !net);
	tt_graph_done(&g);
	fixture_close(&f);
}

static void survives_every_lack_of_memory(void **state)
{
	struct fixture f = { 0 };
	bool hit = true;

	(void)state;
	fixture_open(&f, nets_excited, NULL);
	for (long n = 0; hit; n++) {
		struct tt_net *net = NULL;
		struct tt_err err = { 0 };
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_net_open(&net, &f.g, f.w, &(struct tt_net_opts){ TT_DT_F32, 1, .forgets = true }, &err);
		if (rc == 0)
			rc = tt_net_run(net, f.input, 3, f.got, &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		if (rc != (hit ? TT_ENOMEM : 0) || (rc < 0) != (err.msg[0] != 0))
			fail_msg("allocation %ld: %d %s", n, rc, err.msg);
		tt_net_close(net);
	}
	CHECK(worst(&f, 3) < 1e-5f);
	fixture_close(&f);
}

/* The same tests under the library's other instruction sets, each in a process of its own: it looks at them only once.
 */
static void agrees_on_older_processors(void **state)
{
	static const char *const sets[] = { "AVX512_CORE", "AVX2", "SSE41" };

	(void)state;
	for (size_t i = 0; i < TT_LEN(sets); i++) {
		pid_t child = fork();
		int status = -1;

		CHECK(child >= 0);
		if (child == 0) {
			setenv("ONEDNN_MAX_CPU_ISA", sets[i], 1);
			setenv("DNNL_MAX_CPU_ISA", sets[i], 1);
			execl("/proc/self/exe", "net", "older", (char *)NULL);
			_exit(127);
		}
		CHECK(waitpid(child, &status, 0) == child);
		CHECK_ROW(WIFEXITED(status) && WEXITSTATUS(status) == 0, sets[i]);
	}
}

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "%s/tt-net-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
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

int main(int argc, char **argv)
{
	const struct CMUnitTest older[] = { cmocka_unit_test(agrees_in_float32) };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_in_float32),
		cmocka_unit_test(agrees_in_bfloat16),
		cmocka_unit_test(agrees_in_int8),
		cmocka_unit_test(falls_back_without_ranges),
		cmocka_unit_test(threads_share_a_net),
		cmocka_unit_test(wrong_weights_are_refused),
		cmocka_unit_test(survives_every_lack_of_memory),
		cmocka_unit_test(agrees_on_older_processors),
	};

	if (argc > 1 && strcmp(argv[1], "older") == 0) {
		if (!freopen("/dev/null", "w", stdout))
			return 1;
		return cmocka_run_group_tests(older, make_dir, drop_dir);
	}
	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
