/* Files and hashes. */
#include "test.h"

#include "base/alloc.h"
#include "base/fault.h"
#include "base/fs.h"
#include "base/hash.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof dir, "/tmp/tintype-fs-XXXXXX");
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "f", "a/b/c", "a/b", "a/.hidden", "a/link", "a/z", "a" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)remove(names[i]);
	return chdir("/") == 0 && rmdir(dir) == 0 ? 0 : -1;
}

static void write_and_read(void **state)
{
	struct tt_buf text = { .max = 100 };
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_fs_write_file("f", "hello", 5, &err) == 0);
	CHECK(tt_fs_read_file("f", &text, &err) == 0);
	assert_string_equal(text.p, "hello");
	tt_buf_free(&text);
	text.max = 4;
	CHECK(tt_fs_read_file("f", &text, &err) == TT_ETOOBIG);
	tt_buf_free(&text);
	CHECK(tt_fs_read_file("nothing", &text, &err) == TT_ENOTFOUND && strstr(err.msg, "nothing"));
}

static void a_failed_write_leaves_the_old_file(void **state)
{
	static const enum tt_fault kinds[] = { TT_FAULT_WRITE, TT_FAULT_FSYNC };
	struct tt_err err = { 0 };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		bool hit = true;

		for (long n = 0; hit; n++) {
			struct tt_buf text = { .max = 100 };
			int rc;

			CHECK(tt_fs_write_file("f", "old", 3, &err) == 0);
			tt_fault_arm(kinds[k], n);
			rc = tt_fs_write_file("f", "new", 3, &err);
			hit = tt_fault_disarm(kinds[k]);
			CHECK((rc < 0) == hit);
			CHECK(tt_fs_read_file("f", &text, &err) == 0);
			/* the last fault is the folder's fsync: then the name may be new already */
			CHECK(strcmp(text.p, "old") == 0 || strcmp(text.p, "new") == 0);
			CHECK(hit || strcmp(text.p, "new") == 0);
			tt_buf_free(&text);
		}
	}
}

static void a_failed_copy_leaves_the_old_file(void **state)
{
	static const enum tt_fault kinds[] = { TT_FAULT_WRITE, TT_FAULT_FSYNC };
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_fs_write_file("g", "new", 3, &err) == 0);
	for (size_t k = 0; k < 2; k++) {
		bool hit = true;

		for (long n = 0; hit; n++) {
			struct tt_buf text = { .max = 100 };
			int rc;

			CHECK(tt_fs_write_file("f", "old", 3, &err) == 0);
			tt_fault_arm(kinds[k], n);
			rc = tt_fs_copy_file("g", "f", &err);
			hit = tt_fault_disarm(kinds[k]);
			CHECK((rc < 0) == hit);
			CHECK(tt_fs_read_file("f", &text, &err) == 0);
			CHECK(strcmp(text.p, "new") == 0 || (hit && strcmp(text.p, "old") == 0));
			tt_buf_free(&text);
		}
	}
	CHECK(tt_fs_copy_file("nothing", "f", &err) == TT_ENOTFOUND && strstr(err.msg, "nothing"));
	CHECK(tt_fs_copy_file("g", "no/such/folder", &err) == TT_EIO);
	CHECK(remove("g") == 0);
}

static void reading_survives_every_fault(void **state)
{
	struct tt_err err = { 0 };
	bool hit = true;

	(void)state;
	CHECK(tt_fs_write_file("f", "hello", 5, &err) == 0);
	for (long n = 0; hit; n++) {
		struct tt_buf text = { .max = 100 };
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_fs_read_file("f", &text, &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		CHECK(rc == (hit ? TT_ENOMEM : 0));
		tt_buf_free(&text);
	}
}

static void impossible_places_are_explained(void **state)
{
	char longer[5000];
	struct tt_err err = { 0 };

	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = 0;
	CHECK(tt_fs_write_file("f", "", 0, &err) == 0);
	CHECK(tt_fs_mkdirs("f/below", 0755, &err) == TT_EIO && strstr(err.msg, "f"));
	CHECK(tt_fs_mkdirs("", 0755, &err) == TT_EINVALID);
	CHECK(tt_fs_mkdirs(longer, 0755, &err) == TT_EINVALID);
	CHECK(tt_fs_write_file("no/such/folder", "", 0, &err) == TT_EIO && strstr(err.msg, "no/such/folder"));
	CHECK(tt_fs_write_file(longer, "", 0, &err) == TT_EINVALID);
	CHECK(tt_fs_sync_dir("nothing", &err) == TT_EIO && strstr(err.msg, "nothing"));
}

static int note(void *ctx, const char *path, struct tt_err *err)
{
	return tt_buf_addf(ctx, err, "%s;", path);
}

static int refuse(void *ctx, const char *path, struct tt_err *err)
{
	(void)ctx;
	return tt_err_set(err, TT_EDENIED, "%s", path);
}

static void walk(void **state)
{
	struct tt_buf seen = { .max = 1000 };
	struct tt_err err = { 0 };

	(void)state;
	CHECK(tt_fs_mkdirs("a/b", 0755, &err) == 0 && tt_fs_mkdirs("a/b", 0755, &err) == 0);
	CHECK(tt_fs_write_file("a/b/c", "", 0, &err) == 0 && tt_fs_write_file("a/z", "", 0, &err) == 0);
	CHECK(tt_fs_write_file("a/.hidden", "", 0, &err) == 0 && symlink("z", "a/link") == 0);
	CHECK(tt_fs_walk("a", note, &seen, &err) == 0);
	assert_string_equal(seen.p, "a/b/c;a/link;a/z;");
	tt_buf_free(&seen);
	CHECK(tt_fs_walk("a/z", note, &seen, &err) == 0);
	assert_string_equal(seen.p, "a/z;");
	tt_buf_free(&seen);
	CHECK(tt_fs_walk("a", refuse, NULL, &err) == TT_EDENIED);
	CHECK(tt_fs_walk("missing", note, &seen, &err) == TT_ENOTFOUND);
}

static void sha256(void **state)
{
	TT_SCOPED(tt_closep) int fd = -1;
	uint8_t got[TT_SHA256_SIZE];
	char hex[TT_SHA256_HEX];
	struct tt_err err = { 0 };
	struct tt_sha256 h;
	int64_t size;

	(void)state;
	tt_sha256_init(&h);
	tt_sha256_add(&h, "a", 1);
	tt_sha256_add(&h, "", 0);
	tt_sha256_add(&h, "bc", 2);
	tt_sha256_end(&h, got);
	tt_hex(hex, got, sizeof got);
	/* FIPS 180-4, example of one block */
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK(tt_fs_write_file("f", "abc", 3, &err) == 0);
	fd = open("f", O_RDONLY);
	CHECK(tt_sha256_fd(fd, got, &size, &err) == 0 && size == 3);
	tt_hex(hex, got, sizeof got);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write_and_read),
		cmocka_unit_test(a_failed_write_leaves_the_old_file),
		cmocka_unit_test(a_failed_copy_leaves_the_old_file),
		cmocka_unit_test(reading_survives_every_fault),
		cmocka_unit_test(impossible_places_are_explained),
		cmocka_unit_test(walk),
		cmocka_unit_test(sha256),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
