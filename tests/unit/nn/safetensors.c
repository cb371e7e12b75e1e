#include "nn/safetensors.h"

#include "base/fault.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[64], path[96];

static void put_file(const char *header, uint64_t length, size_t data)
{
	FILE *f = fopen(path, "wb");

	CHECK(f);
	CHECK(fwrite(&length, 8, 1, f) == 1 && fwrite(header, 1, strlen(header), f) == strlen(header));
	for (size_t i = 0; i < data; i++)
		fputc((int)(i & 255), f);
	CHECK(fclose(f) == 0);
}

#define ONE(dtype, shape, from, to)                                                                                    \
	"{\"a\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}}"
#define TWO(a0, a1, b0, b1)                                                                                            \
	"{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[" a0 "," a1 "]},"                                    \
	"\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[" b0 "," b1 "]}}"

static const struct {
	const char *name, *header;
	size_t data;
	int rc;
	const char *says;
} rows[] = {
	{ "no tensors", "{}", 0, 0, "" },
	{ "one", ONE("U8", "[2,3]", "0", "6"), 6, 0, "" },
	{ "a number", ONE("U8", "[]", "0", "1"), 1, 0, "" },
	{ "an empty one", ONE("F32", "[0,7]", "0", "0"), 0, 0, "" },
	{ "two", TWO("0", "4", "4", "8"), 8, 0, "" },
	{ "two, the other way round", TWO("4", "8", "0", "4"), 8, 0, "" },
	{ "overlap", TWO("0", "4", "2", "6"), 6, TT_EINVALID, "overlaps" },
	{ "the same place", TWO("0", "4", "0", "4"), 4, TT_EINVALID, "overlaps" },
	{ "gap", TWO("0", "4", "5", "9"), 9, TT_EINVALID, "gap" },
	{ "gap at the start", ONE("U8", "[4]", "4", "8"), 8, TT_EINVALID, "gap" },
	{ "bytes left", ONE("U8", "[4]", "0", "4"), 5, TT_EINVALID, "belong to no tensor" },
	{ "only bytes", "{}", 5, TT_EINVALID, "belong to no tensor" },
	{ "cut off", ONE("U8", "[6]", "0", "6"), 5, TT_EINVALID, "outside" },
	{ "beyond", ONE("U8", "[4]", "9007199254740990", "9007199254740994"), 4, TT_EINVALID, "outside" },
	{ "negative offset", ONE("U8", "[4]", "-4", "0"), 4, TT_EINVALID, "outside" },
	{ "backwards", ONE("U8", "[4]", "4", "0"), 4, TT_EINVALID, "outside" },
	{ "fraction as offset", ONE("U8", "[4]", "0", "4.0"), 4, TT_EINVALID, "outside" },
	{ "size is not the shape's", ONE("F32", "[2]", "0", "4"), 4, TT_EINVALID, "its shape wants 8" },
	{ "shape overflows", ONE("F32", "[4611686018427387904,4]", "0", "0"), 0, TT_EINVALID, "too large" },
	{ "negative side", ONE("U8", "[-1]", "0", "0"), 0, TT_EINVALID, "no count" },
	{ "side is text", ONE("U8", "[\"4\"]", "0", "4"), 4, TT_EINVALID, "no count" },
	{ "nine sides", ONE("U8", "[1,1,1,1,1,1,1,1,1]", "0", "1"), 1, TT_EINVALID, "no shape" },
	{ "shape is no list", ONE("U8", "4", "0", "4"), 4, TT_EINVALID, "no shape" },
	{ "unknown type", ONE("F8", "[4]", "0", "4"), 4, TT_EINVALID, "known dtype" },
	{ "not aligned",
	  "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
	  "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}",
	  5, TT_EINVALID, "aligned" },
	{ "one offset", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}", 1, TT_EINVALID, "outside" },
	{ "a fourth key", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":1}}", 1, TT_EINVALID,
	  "described" },
	{ "an entry that is a list", "{\"a\":[]}", 0, TT_EINVALID, "described" },
	{ "no name", "{\"\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, TT_EINVALID, "empty" },
	{ "the same name twice",
	  "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
	  "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
	  2, TT_EINVALID, "" },
	{ "metadata is a list", "{\"__metadata__\":[]}", 0, TT_EINVALID, "no object" },
	{ "metadata has a number", "{\"__metadata__\":{\"a\":1}}", 0, TT_EINVALID, "no text" },
	{ "a list", "[1,2,3]", 0, TT_EINVALID, "no JSON object" },
	{ "no JSON", "abcdef", 0, TT_EINVALID, "" },
	{ "not UTF-8", "{\"\xff\":1}", 0, TT_EINVALID, "" },
	{ "deep", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 0, TT_EINVALID,
	  "" },
};

static void hostile_files_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_safetensors *s = NULL;
		struct tt_err err = { 0 };
		char header[1024];
		int rc;

		/* padded, as writers do, so that the data is aligned */
		snprintf(header, sizeof header, "%s", rows[i].header);
		while (strlen(header) % 8)
			strncat(header, " ", 2);
		put_file(header, strlen(header), rows[i].data);
		rc = tt_safetensors_open(&s, path, &err);
		if (rc != rows[i].rc)
			fail_msg("row '%s': %d %s", rows[i].name, rc, err.msg);
		CHECK_ROW((err.msg[0] != 0) == (rc < 0) && strstr(err.msg, rows[i].says), rows[i].name);
		tt_safetensors_close(s);
	}
}

static void drop_the_prefix(char *name)
{
	if (strncmp(name, "long.", 5) == 0)
		memmove(name, name + 5, strlen(name + 5) + 1);
}

static void names_are_shortened(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3 };
	static const struct tt_st_tensor tensors[] = {
		{ .name = "long.b", .dtype = TT_DT_U8, .rank = 1, .shape = { 1 }, .data = bytes },
		{ .name = "c", .dtype = TT_DT_U8, .rank = 1, .shape = { 1 }, .data = bytes + 1 },
		{ .name = "b", .dtype = TT_DT_U8, .rank = 1, .shape = { 1 }, .data = bytes + 2 },
	};
	struct tt_err err = { 0 };

	(void)state;
	for (size_t n = 2; n <= 3; n++) {
		struct tt_safetensors *s = NULL;

		CHECK(tt_safetensors_write(path, NULL, 0, tensors, n, NULL) == 0);
		CHECK(tt_safetensors_open(&s, path, NULL) == 0);
		if (n == 3) {
			CHECK(tt_safetensors_shorten(s, drop_the_prefix, &err) == TT_EINVALID &&
			      strstr(err.msg, "'b'"));
		} else {
			CHECK(tt_safetensors_shorten(s, drop_the_prefix, &err) == 0);
			CHECK(tt_safetensors_shorten(s, drop_the_prefix, &err) == 0);
			CHECK(*(const uint8_t *)tt_safetensors_find(s, "b")->data == 1);
			CHECK(*(const uint8_t *)tt_safetensors_find(s, "c")->data == 2);
			CHECK(!tt_safetensors_find(s, "long.b"));
		}
		tt_safetensors_close(s);
	}
}

static void hostile_lengths_are_refused(void **state)
{
	static const struct {
		const char *name;
		uint64_t length;
		int rc;
	} lengths[] = {
		{ "nothing", 0, TT_EINVALID },
		{ "one byte", 1, TT_EINVALID },
		{ "more than there is", 11, TT_EINVALID },
		{ "over the limit", TT_ST_MAX_HEADER + 1, TT_ETOOBIG },
		{ "as large as can be", UINT64_MAX, TT_ETOOBIG },
		{ "wraps round", UINT64_MAX - 7, TT_ETOOBIG },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(lengths); i++) {
		struct tt_safetensors *s = NULL;
		struct tt_err err = { 0 };

		put_file("{        }", lengths[i].length, 0);
		CHECK_ROW(tt_safetensors_open(&s, path, &err) == lengths[i].rc && !s && err.msg[0], lengths[i].name);
	}
}

static void what_is_no_file_is_refused(void **state)
{
	struct tt_safetensors *s = NULL;
	struct tt_err err = { 0 };
	FILE *f = fopen(path, "wb");

	(void)state;
	CHECK(f && fputs("short", f) >= 0 && fclose(f) == 0);
	CHECK(tt_safetensors_open(&s, path, &err) == TT_EINVALID);
	CHECK(tt_safetensors_open(&s, dir, &err) == TT_EINVALID);
	CHECK(tt_safetensors_open(&s, "/nowhere/model", &err) == TT_ENOTFOUND);
	CHECK(!s && strstr(err.msg, "/nowhere/model"));
}

static const float sample[6] = { 1, -2, .5f, 65504, 0, 1e-7f };

static int write_sample(struct tt_err *err)
{
	static const uint8_t bytes[3] = { 1, 2, 3 };
	static const struct tt_st_meta meta[] = { { "classes", "a,b" }, { "name", "Größe" } };
	uint16_t half[6], brain[6];
	struct tt_st_tensor t[] = {
		{ .name = "z.weight", .dtype = TT_DT_F32, .rank = 2, .shape = { 2, 3 }, .data = sample },
		{ .name = "a.bytes", .dtype = TT_DT_U8, .rank = 1, .shape = { 3 }, .data = bytes },
		{ .name = "half", .dtype = TT_DT_F16, .rank = 1, .shape = { 6 }, .data = half },
		{ .name = "brain", .dtype = TT_DT_BF16, .rank = 3, .shape = { 1, 6, 1 }, .data = brain },
	};

	for (int i = 0; i < 6; i++) {
		half[i] = tt_f32_to_f16(sample[i]);
		brain[i] = tt_f32_to_bf16(sample[i]);
	}
	return tt_safetensors_write(path, meta, TT_LEN(meta), t, TT_LEN(t), err);
}

static void what_is_written_is_read(void **state)
{
	struct tt_safetensors *s = NULL;
	struct tt_err err = { 0 };
	const struct tt_st_tensor *t;
	float f[6];

	(void)state;
	if (write_sample(&err) < 0 || tt_safetensors_open(&s, path, &err) < 0)
		fail_msg("%s", err.msg);
	CHECK(tt_safetensors_count(s) == 4);
	CHECK(strcmp(tt_safetensors_at(s, 0)->name, "a.bytes") == 0);
	CHECK(strcmp(tt_safetensors_meta(s, "name"), "Größe") == 0 && !tt_safetensors_meta(s, "nothing"));
	t = tt_safetensors_find(s, "z.weight");
	CHECK(t && t->rank == 2 && t->shape[1] == 3 && tt_safetensors_elements(t) == 6);
	CHECK(memcmp(t->data, sample, sizeof sample) == 0);
	CHECK(tt_st_tensor_f32(tt_safetensors_find(s, "half"), f, &err) == 0);
	CHECK(f[0] == 1 && f[1] == -2 && f[3] == 65504 && f[5] > 0 && f[5] < 2e-7f);
	CHECK(tt_st_tensor_f32(tt_safetensors_find(s, "brain"), f, &err) == 0);
	CHECK(f[1] == -2 && f[2] == .5f && f[3] == 65536);
	CHECK(tt_st_tensor_f32(tt_safetensors_find(s, "a.bytes"), f, &err) == TT_EINVALID);
	CHECK(!tt_safetensors_find(s, "z.weigh") && !tt_safetensors_find(s, ""));
	tt_safetensors_close(s);
}

static void writing_survives_every_fault(void **state)
{
	static const enum tt_fault kinds[] = { TT_FAULT_ALLOC, TT_FAULT_WRITE, TT_FAULT_FSYNC };

	(void)state;
	for (size_t k = 0; k < TT_LEN(kinds); k++) {
		bool hit = true;

		for (long n = 0; hit; n++) {
			struct tt_err err = { 0 };
			struct tt_safetensors *s = NULL;
			int rc;

			CHECK(write_sample(NULL) == 0);
			tt_fault_arm(kinds[k], n);
			rc = write_sample(&err);
			hit = tt_fault_disarm(kinds[k]);
			if ((rc < 0) != hit || (err.msg[0] != 0) != hit)
				fail_msg("fault %zu, number %ld: %d %s", k, n, rc, err.msg);
			/* the file is whole, old or new */
			CHECK(tt_safetensors_open(&s, path, &err) == 0);
			tt_safetensors_close(s);
		}
	}
}

static void opening_survives_every_fault(void **state)
{
	bool hit = true;

	(void)state;
	CHECK(write_sample(NULL) == 0);
	for (long n = 0; hit; n++) {
		struct tt_err err = { 0 };
		struct tt_safetensors *s = NULL;
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_safetensors_open(&s, path, &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		CHECK(rc == (hit ? TT_ENOMEM : 0) && (err.msg[0] != 0) == hit);
		tt_safetensors_close(s);
	}
}

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "%s/tt-st-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/t.safetensors", dir);
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
		cmocka_unit_test(names_are_shortened),          cmocka_unit_test(hostile_files_are_refused),
		cmocka_unit_test(hostile_lengths_are_refused),  cmocka_unit_test(what_is_no_file_is_refused),
		cmocka_unit_test(what_is_written_is_read),      cmocka_unit_test(writing_survives_every_fault),
		cmocka_unit_test(opening_survives_every_fault),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
