#include "vision/classifier.h"

#include "base/fault.h"
#include "nn/safetensors.h"
#include "test.h"
#include "vision/logits.h"
#include "vision/model.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char shipped[] = TT_MODELS "/se-resnext-26-first.safetensors";
static char dir[64], path[96];

/* A picture of nothing in particular, but the same on every machine. */
static struct tt_plane picture(uint32_t width, uint32_t height, uint32_t seed)
{
	uint8_t *rgb = malloc((size_t)width * height * 3);

	for (size_t i = 0; i < (size_t)width * height; i++)
		for (int c = 0; c < 3; c++)
			rgb[3 * i + c] = (uint8_t)(128 + 100 * sin((double)(i % width) / (7 + seed) + c) *
								 cos((double)(i / width) / 11));
	return (struct tt_plane){ width, height, rgb };
}

static struct tt_classifier *open_shipped(enum tt_precision precision)
{
	struct tt_classifier *c = NULL;
	struct tt_err err = { 0 };

	if (tt_classifier_open(&c, shipped, &(struct tt_classifier_opts){ precision, 1 }, &err) < 0)
		fail_msg("%s", err.msg);
	return c;
}

static void answers_are_probabilities(void **state)
{
	struct tt_classifier *c = open_shipped(TT_F32);
	struct tt_plane planes[11];
	struct tt_classified many[11], one;
	float logits[TT_CLASSES];

	(void)state;
	CHECK(strcmp(tt_classifier_name(c), "se-resnext-26-first") == 0);
	CHECK(strncmp(tt_classifier_version(c), "se-resnext-26-first-", 20) == 0 &&
	      strlen(tt_classifier_version(c)) == 32);
	for (uint32_t i = 0; i < 11; i++)
		planes[i] = picture(100 + 30 * i, 90 + 17 * (i % 4), i);
	CHECK(tt_classifier_run(c, planes, 11, many, NULL) == 0);
	for (int i = 0; i < 11; i++) {
		float sum = 0;

		CHECK(tt_classifier_run(c, &planes[i], 1, &one, NULL) == 0);
		CHECK(one.top == many[i].top && one.labels == many[i].labels);
		for (int k = 0; k < TT_CLASSES; k++) {
			CHECK(fabsf(one.p[k] - many[i].p[k]) < 1e-4f && one.p[k] <= one.p[one.top]);
			sum += one.p[k];
		}
		CHECK(fabsf(sum - 1) < 1e-5f);
		for (unsigned k = 1; k < one.labels; k++)
			CHECK(one.label[k].confidence <= one.label[k - 1].confidence && one.label[k].name[0]);
		CHECK(tt_classifier_logits(c, &planes[i], logits, NULL) == 0);
		for (int k = 0; k < TT_CLASSES; k++)
			CHECK(logits[k] <= logits[one.top]);
		free((void *)(uintptr_t)planes[i].rgb);
	}
	tt_classifier_close(c);
}

static void features_come_along(void **state)
{
	struct tt_classifier *c = open_shipped(TT_F32);
	struct tt_features together[3], alone;
	struct tt_classified with[3], without[3];
	struct tt_plane planes[3];

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		planes[i] = picture(200 + 40 * i, 150, i);
	CHECK(tt_classifier_run_features(c, planes, 3, with, together, NULL) == 0);
	CHECK(tt_classifier_run(c, planes, 3, without, NULL) == 0);
	for (unsigned i = 0; i < 3; i++) {
		unsigned most = 0;

		CHECK(memcmp(with[i].p, without[i].p, sizeof with[i].p) == 0);
		CHECK(together[i].n == 2048 && together[i].scale > 0);
		CHECK(tt_classifier_run_features(c, &planes[i], 1, with, &alone, NULL) == 0);
		for (unsigned k = 0; k < alone.n; k++) {
			most = alone.q[k] > most ? alone.q[k] : most;
			CHECK(abs(alone.q[k] - together[i].q[k]) <= 1); /* another batch, another order of sums */
		}
		CHECK(most == 255);
		free((void *)(uintptr_t)planes[i].rgb);
	}
	tt_classifier_close(c);
}

static void other_precisions_come_close(void **state)
{
	static const enum tt_precision precisions[] = { TT_BF16, TT_INT8 };
	struct tt_classifier *exact = open_shipped(TT_F32);
	struct tt_plane plane = picture(300, 200, 3);
	struct tt_classified want, got;

	(void)state;
	CHECK(tt_classifier_run(exact, &plane, 1, &want, NULL) == 0);
	for (size_t i = 0; i < TT_LEN(precisions); i++) {
		struct tt_classifier *c = open_shipped(precisions[i]);

		CHECK(tt_classifier_run(c, &plane, 1, &got, NULL) == 0);
		for (int k = 0; k < TT_CLASSES; k++)
			CHECK(fabsf(got.p[k] - want.p[k]) < (precisions[i] == TT_BF16 ? .05f : .15f));
		tt_classifier_close(c);
	}
	tt_classifier_close(exact);
	free((void *)(uintptr_t)plane.rgb);
}

static void a_bad_plane_is_told(void **state)
{
	struct tt_classifier *c = open_shipped(TT_F32);
	struct tt_classified out;
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_classifier_run(c, &(struct tt_plane){ 0, 0, NULL }, 1, &out, &err) == TT_EINVALID && err.msg[0]);
	CHECK(tt_classifier_run(c, NULL, 0, NULL, &err) == 0);
	tt_classifier_close(c);
}

#define META(key, value)                                                                                               \
	{                                                                                                              \
		key, value                                                                                             \
	}

/* The shipped model's metadata with one entry changed; the tensors are of no interest. */
static void metadata_is_checked(void **state)
{
	static const struct tt_st_meta good[] = {
		META("architecture", "se-resnext-26-32x4d"),
		META("input", "112"),
		META("resize", "128"),
		META("mean", "0.485,0.456,0.406"),
		META("std", "0.229,0.224,0.225"),
		META("classes", "animals,buildings,landscape,people,vehicles"),
		META("labels", "cat,job_chef"),
		META("temperature", "0.5"),
	};
	static const struct {
		const char *name, *key, *value;
		bool right;
	} rows[] = {
		{ "as it is", "x", "", true },
		{ "short name", "architecture", "se-resnext-26", true },
		{ "another network", "architecture", "resnet-9000", false },
		{ "no side", "input", "", false },
		{ "too small a side", "input", "8", false },
		{ "resize below input", "resize", "64", false },
		{ "huge side", "resize", "100000", false },
		{ "two means", "mean", "0.1,0.2", false },
		{ "four means", "mean", "0.1,0.2,0.3,0.4", false },
		{ "deviation of nothing", "std", "0,0.2,0.2", false },
		{ "not a number", "std", "nan,0.2,0.2", false },
		{ "four classes", "classes", "animals,buildings,landscape,people", false },
		{ "a class twice", "classes", "animals,animals,landscape,people,vehicles", false },
		{ "an unknown class", "classes", "animals,buildings,landscape,people,flowers", false },
		{ "six classes", "classes", "animals,buildings,landscape,people,vehicles,people", false },
		{ "temperature of nothing", "temperature", "0", false },
		{ "threshold over one", "label_threshold", "1.5", false },
		{ "no labels", "labels", "", true },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_st_meta meta[TT_LEN(good) + 1];
		size_t n = TT_LEN(good);
		bool found = false;
		struct tt_model m = { 0 };
		struct tt_err err = { 0 };
		int rc;

		memcpy(meta, good, sizeof good);
		for (size_t k = 0; k < n; k++)
			if (strcmp(meta[k].key, rows[i].key) == 0) {
				meta[k].value = rows[i].value;
				found = true;
			}
		if (!found)
			meta[n++] = (struct tt_st_meta){ rows[i].key, rows[i].value };
		CHECK(tt_safetensors_write(path, meta, n, NULL, 0, NULL) == 0);
		rc = tt_model_open(&m, path, &err);
		if (rc != (rows[i].right ? 0 : TT_EINVALID) || (err.msg[0] != 0) != (rc < 0))
			fail_msg("row '%s': %d %s", rows[i].name, rc, err.msg);
		tt_model_done(&m);
	}
}

static void labels_read_well(void **state)
{
	static const struct {
		const char *label, *want;
	} rows[] = {
		{ "cat", "cat" },
		{ "big_cat", "big cat" },
		{ "job_chef", "chef" },
		{ "sport_table_tennis", "table tennis" },
		{ "flower_rose", "rose" },
		{ "formula1", "Formula 1" },
		{ "job_police", "police officer" },
		{ "sport_", "sport " },
		{ "", "" },
	};
	char out[48];

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		tt_label_readable(out, rows[i].label, strlen(rows[i].label));
		CHECK_ROW(strcmp(out, rows[i].want) == 0, rows[i].label);
	}
}

static void classes_have_names(void **state)
{
	(void)state;
	for (int k = 0; k < TT_CLASSES; k++)
		CHECK(tt_class_of(tt_class_names[k]) == k);
	CHECK(tt_class_of("none") == -1 && tt_class_of("") == -1);
}

static void softmax_is_cooled(void **state)
{
	float p[3];

	(void)state;
	tt_softmax(p, (float[]){ 1000, 1000, 0 }, 3, 1);
	CHECK(fabsf(p[0] - .5f) < 1e-6f && p[2] == 0);
	tt_softmax(p, (float[]){ 1, 0, 0 }, 3, .5f);
	CHECK(fabsf(p[0] - expf(2) / (expf(2) + 2)) < 1e-6f);
}

static void families_build(void **state)
{
	static const struct {
		const char *name;
		double parameters, macs;
	} rows[] = {
		/* millions, at 64 px; counted by PyTorch on the twin */
		{ "se-resnext-26", 14.752, 202.926 },
		{ "se-resnext-50", 25.521, 347.703 },
		{ "se-resnext-101-32x4d", 46.917, 655.198 },
		{ "se-resnext-152", 64.542, 962.300 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		const struct tt_arch *arch = tt_arch_find(rows[i].name);
		struct tt_graph g;

		CHECK_ROW(arch, rows[i].name);
		tt_graph_init(&g);
		tt_seresnext_build(&g, arch, 64, &(struct tt_head){ "fc", 5 }, 1);
		CHECK_ROW(tt_graph_check(&g, NULL) == 0, rows[i].name);
		if (fabs((double)tt_graph_params(&g) / 1e6 - rows[i].parameters) > .001 ||
		    fabs((double)tt_graph_macs(&g) / 1e6 - rows[i].macs) > .001)
			fail_msg("%s: %.3f M parameters, %.1f M products", rows[i].name,
				 (double)tt_graph_params(&g) / 1e6, (double)tt_graph_macs(&g) / 1e6);
		tt_graph_done(&g);
	}
	CHECK(!tt_arch_find("se-resnext-2") && !tt_arch_find("") && !tt_arch_at(4));
}

/* A failure late in the loading costs as much as the loading: all early places, then every eleventh. */
static void loading_survives_lack_of_memory(void **state)
{
	struct tt_plane plane = picture(130, 128, 1);
	bool hit = true;

	(void)state;
	for (long n = 0; hit; n += n < 40 ? 1 : 31) {
		struct tt_classifier *c = NULL;
		struct tt_classified out;
		struct tt_err err = { 0 };
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_classifier_open(&c, shipped, &(struct tt_classifier_opts){ TT_F32, 1 }, &err);
		if (rc == 0)
			rc = tt_classifier_run(c, &plane, 1, &out, &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		if (rc != (hit ? TT_ENOMEM : 0) || (err.msg[0] != 0) != hit)
			fail_msg("allocation %ld: %d %s", n, rc, err.msg);
		tt_classifier_close(c);
	}
	free((void *)(uintptr_t)plane.rgb);
}

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "%s/tt-vision-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/m.safetensors", dir);
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
		cmocka_unit_test(answers_are_probabilities),
		cmocka_unit_test(features_come_along),
		cmocka_unit_test(other_precisions_come_close),
		cmocka_unit_test(a_bad_plane_is_told),
		cmocka_unit_test(metadata_is_checked),
		cmocka_unit_test(labels_read_well),
		cmocka_unit_test(classes_have_names),
		cmocka_unit_test(softmax_is_cooled),
		cmocka_unit_test(families_build),
		cmocka_unit_test(loading_survives_lack_of_memory),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
