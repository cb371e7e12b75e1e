#include "base/fault.h"
#include "base/fs.h"
#include "blob/blob.h"

#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char root[64];
	struct tt_blobs *b;
	struct tt_err err;
};

static int set_up(void **state)
{
	struct fixture *fx = calloc(1, sizeof *fx);

	CHECK(fx != NULL);
	snprintf(fx->root, sizeof fx->root, "%s/tt-blob-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(fx->root) != NULL);
	CHECK(tt_blobs_open_folder(&fx->b, fx->root, &fx->err) == 0);
	*state = fx;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int tear_down(void **state)
{
	struct fixture *fx = *state;

	tt_blobs_close(fx->b);
	(void)nftw(fx->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(fx);
	return 0;
}

static int files_in(const struct fixture *fx, const char *folder)
{
	char path[128];
	DIR *d;
	int n = 0;

	snprintf(path, sizeof path, "%s/%s", fx->root, folder);
	d = opendir(path);
	for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void content_is(struct fixture *fx, const char *key, const char *want)
{
	TT_SCOPED(tt_closep) int fd = -1;
	int64_t size = -1;
	char got[64] = { 0 };

	CHECK(tt_blobs_open(fx->b, key, &fd, &size, &fx->err) == 0 && size == (int64_t)strlen(want));
	CHECK(read(fd, got, sizeof got - 1) == size && strcmp(got, want) == 0);
}

static void put_open_replace_remove(void **state)
{
	struct fixture *fx = *state;
	int64_t size;
	int fd = -1;

	CHECK(!tt_blobs_exists(fx->b, "a/b/c.jpg"));
	CHECK(tt_blobs_put(fx->b, "a/b/c.jpg", "hello", 5, &fx->err) == 0);
	content_is(fx, "a/b/c.jpg", "hello");
	CHECK(tt_blobs_put(fx->b, "a/b/c.jpg", "other!", 6, &fx->err) == 0);
	content_is(fx, "a/b/c.jpg", "other!");
	CHECK(tt_blobs_put(fx->b, "a/b/empty", "", 0, &fx->err) == 0);
	content_is(fx, "a/b/empty", "");
	CHECK(tt_blobs_size(fx->b, "a/b/c.jpg", &size, &fx->err) == 0 && size == 6);
	CHECK(tt_blobs_exists(fx->b, "a/b/c.jpg") && files_in(fx, "tmp") == 0);
	CHECK(tt_blobs_remove(fx->b, "a/b/c.jpg", &fx->err) == 0);
	CHECK(tt_blobs_remove(fx->b, "a/b/c.jpg", &fx->err) == TT_ENOTFOUND && fx->err.msg[0]);
	CHECK(tt_blobs_open(fx->b, "a/b/c.jpg", &fd, NULL, &fx->err) == TT_ENOTFOUND && fd == -1);
	CHECK(tt_blobs_size(fx->b, "a/b", &size, &fx->err) == TT_ENOTFOUND); /* a folder is no file */
	CHECK(tt_blobs_open(fx->b, "a/b", &fd, NULL, &fx->err) == TT_ENOTFOUND && fd == -1);
}

static void bad_keys_touch_nothing(void **state)
{
	struct fixture *fx = *state;
	int fd = -1;

	CHECK(tt_blobs_put(fx->b, "../escaped", "x", 1, &fx->err) == TT_EINVALID && strstr(fx->err.msg, "../escaped"));
	CHECK(tt_blobs_open(fx->b, "/etc/passwd", &fd, NULL, &fx->err) == TT_EINVALID && fd == -1);
	CHECK(tt_blobs_remove(fx->b, "tmp/x", &fx->err) == TT_EINVALID);
	CHECK(!tt_blobs_exists(fx->b, "../../etc/passwd") && files_in(fx, "tmp") == 0);
}

static void a_link_is_not_followed(void **state)
{
	struct fixture *fx = *state;
	char path[128];
	int fd = -1;

	snprintf(path, sizeof path, "%s/link", fx->root);
	CHECK(symlink("/etc/passwd", path) == 0);
	CHECK(tt_blobs_open(fx->b, "link", &fd, NULL, &fx->err) < 0 && fd == -1);
}

static void nothing_appears_before_the_commit(void **state)
{
	struct fixture *fx = *state;
	struct tt_blob_writer *w = NULL;

	CHECK(tt_blobs_begin(fx->b, &w, &fx->err) == 0);
	CHECK(tt_blob_write(w, "abc", 3, &fx->err) == 0 && tt_blob_sync(w, &fx->err) == 0);
	CHECK(tt_blob_write(w, "def", 3, &fx->err) == 0);
	CHECK(!tt_blobs_exists(fx->b, "x/y") && files_in(fx, "tmp") == 1);
	CHECK(tt_blob_commit(w, "../z", &fx->err) == TT_EINVALID); /* may be tried again */
	CHECK(tt_blob_commit(w, "x/y", &fx->err) == 0);
	tt_blob_end(w);
	content_is(fx, "x/y", "abcdef");
	CHECK(tt_blobs_begin(fx->b, &w, &fx->err) == 0 && tt_blob_write(w, "abc", 3, &fx->err) == 0);
	tt_blob_end(w); /* given up */
	CHECK(files_in(fx, "tmp") == 0);
	tt_blob_end(NULL);
}

static void leftovers_of_the_dead_are_swept(void **state)
{
	struct fixture *fx = *state;
	struct tt_blob_writer *alive = NULL;
	struct tt_blobs *second = NULL;
	char path[128];
	int fd;

	snprintf(path, sizeof path, "%s/tmp/1234-0", fx->root);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	CHECK(fd >= 0);
	close(fd);
	CHECK(tt_blobs_begin(fx->b, &alive, &fx->err) == 0 && tt_blob_write(alive, "abc", 3, &fx->err) == 0);
	CHECK(files_in(fx, "tmp") == 2);
	CHECK(tt_blobs_open_folder(&second, fx->root, &fx->err) == 0); /* as another process does at its start */
	CHECK(files_in(fx, "tmp") == 1);
	CHECK(tt_blob_commit(alive, "x", &fx->err) == 0);
	tt_blob_end(alive);
	tt_blobs_close(second);
	content_is(fx, "x", "abc");
}

static int note(void *ctx, const char *key, struct tt_err *err)
{
	char *list = ctx;

	if (strcmp(key, "d/stop") == 0)
		return tt_err_set(err, TT_EIO, "stop");
	strncat(list, key, 100);
	strncat(list, " ", 2);
	return 0;
}

static void lists_below_a_prefix(void **state)
{
	struct fixture *fx = *state;
	char list[256] = "";

	CHECK(tt_blobs_put(fx->b, "o/2/b", "x", 1, &fx->err) == 0 &&
	      tt_blobs_put(fx->b, "o/1/a", "x", 1, &fx->err) == 0);
	CHECK(tt_blobs_put(fx->b, "d/stop", "x", 1, &fx->err) == 0);
	CHECK(tt_blobs_list(fx->b, "o", note, list, &fx->err) == 0 && strcmp(list, "o/1/a o/2/b ") == 0);
	CHECK(tt_blobs_list(fx->b, "none", note, list, &fx->err) == 0);
	CHECK(tt_blobs_list(fx->b, "d", note, list, &fx->err) == TT_EIO);
}

/* After each failure: the old content or none, nothing left in tmp, and the next try works. */
static void any_step_may_fail(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		enum tt_fault kind;
		int rc;
		const char *name;
	} kinds[] = { { TT_FAULT_ALLOC, TT_ENOMEM, "alloc" },
		      { TT_FAULT_WRITE, TT_EIO, "write" },
		      { TT_FAULT_FSYNC, TT_EIO, "fsync" } };

	for (size_t k = 0; k < TT_LEN(kinds); k++) {
		bool hit = true;

		for (long n = 0; hit; n++) {
			struct tt_err err = { 0 };
			char key[64];
			int rc;

			snprintf(key, sizeof key, "%s/%ld/sub/file", kinds[k].name, n); /* folders are made as well */
			tt_fault_arm(kinds[k].kind, n);
			rc = tt_blobs_put(fx->b, key, "hello", 5, &err);
			hit = tt_fault_disarm(kinds[k].kind);
			CHECK_ROW(rc == (hit ? kinds[k].rc : 0) && (err.msg[0] != 0) == hit && n < 50, kinds[k].name);
			CHECK_ROW(files_in(fx, "tmp") == 0, kinds[k].name);
			CHECK_ROW(tt_blobs_put(fx->b, key, "hello", 5, &err) == 0, kinds[k].name);
			content_is(fx, key, "hello");
		}
	}
}

static void what_may_come_later_waits_only_when_told(void **state)
{
	struct fixture *fx = *state;

	tt_fault_arm(TT_FAULT_FSYNC, 0);
	CHECK(tt_blobs_put_soon(fx->b, "d/ab/cd/x", "hello", 5, &fx->err) == 0);
	CHECK(tt_blobs_flush(fx->b, &fx->err) == TT_EIO && fx->err.msg[0]); /* the first that waits for the disk */
	CHECK(tt_fault_disarm(TT_FAULT_FSYNC));
	CHECK(tt_blobs_flush(fx->b, &fx->err) == 0 && files_in(fx, "tmp") == 0);
	content_is(fx, "d/ab/cd/x", "hello");
	CHECK(tt_blobs_put_soon(fx->b, "../x", "hello", 5, &fx->err) == TT_EINVALID);
}

static void opening_may_fail(void **state)
{
	struct fixture *fx = *state;
	struct tt_blobs *b = NULL;
	bool hit = true;

	for (long n = 0; hit; n++) {
		struct tt_err err = { 0 };
		int rc;

		tt_fault_arm(TT_FAULT_ALLOC, n);
		rc = tt_blobs_open_folder(&b, fx->root, &err);
		hit = tt_fault_disarm(TT_FAULT_ALLOC);
		CHECK(rc == (hit ? TT_ENOMEM : 0) && (err.msg[0] != 0) == hit && n < 50);
		tt_blobs_close(b);
		b = NULL;
	}
	CHECK(tt_blobs_open_folder(&b, "/proc/no", &fx->err) == TT_EIO && b == NULL && fx->err.msg[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(put_open_replace_remove, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bad_keys_touch_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_link_is_not_followed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_appears_before_the_commit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(leftovers_of_the_dead_are_swept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lists_below_a_prefix, set_up, tear_down),
		cmocka_unit_test_setup_teardown(any_step_may_fail, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_may_come_later_waits_only_when_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(opening_may_fail, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
