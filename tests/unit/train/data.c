/* Folders to lists, lists to a cache of pixels. */
#include "test.h"

#include "train/cache.h"
#include "train/photos.h"

#include <fcntl.h>

static void layouts(void **state)
{
	static const struct {
		const char *name, *files[6];
		int rc;
		unsigned classes;
		size_t train, val, test;
	} rows[] = {
		{ "split already",
		  { "train/a/1", "train/b/2", "val/a/3", "val/b/4", "test/a/5", NULL },
		  0,
		  2,
		  2,
		  2,
		  1 },
		{ "no test", { "train/a/1", "train/b/2", "val/a/3", NULL }, 0, 2, 2, 1, 0 },
		{ "few to split", { "a/1", "a/2", "a/3", "b/1", "b/2", NULL }, 0, 2, 4, 1, 0 },
		{ "one class", { "train/a/1", "val/a/3", NULL }, TT_EINVALID, 0, 0, 0, 0 },
		{ "empty val", { "train/a/1", "train/b/1", NULL }, TT_EINVALID, 0, 0, 0, 0 },
		{ "nothing", { NULL }, TT_EINVALID, 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_dataset d;
		struct tt_err err = { 0 };
		char dir[64], below[16];

		photos_folder(dir);
		for (const char *const *f = rows[i].files; *f; f++) {
			const char *slash = strrchr(*f, '/');

			(void)snprintf(below, sizeof below, "%.*s", (int)(slash - *f), *f);
			photos_add(dir, below, slash + 1, "0 1");
		}
		CHECK_ROW(tt_dataset_open(&d, dir, 1, &err) == rows[i].rc, rows[i].name);
		CHECK_ROW((err.msg[0] != 0) == (rows[i].rc < 0), rows[i].name);
		if (rows[i].rc == 0) {
			CHECK_ROW(d.class_count == rows[i].classes, rows[i].name);
			CHECK_ROW(tt_dataset_count(&d, TT_SPLIT_TRAIN) == rows[i].train, rows[i].name);
			CHECK_ROW(tt_dataset_count(&d, TT_SPLIT_VAL) == rows[i].val, rows[i].name);
			CHECK_ROW(tt_dataset_count(&d, TT_SPLIT_TEST) == rows[i].test, rows[i].name);
			tt_dataset_done(&d);
		}
		photos_remove(dir);
	}
}

static void splits_follow_from_seed_and_name(void **state)
{
	struct tt_dataset a, b, c;
	struct tt_err err = { 0 };
	char dir[64];
	bool other = false;

	(void)state;
	photos_folder(dir);
	photos_make(dir, 100);
	CHECK(tt_dataset_open(&a, dir, 1, &err) == 0 && tt_dataset_open(&b, dir, 1, &err) == 0);
	CHECK(tt_dataset_open(&c, dir, 2, &err) == 0);
	CHECK(a.count == 200 && b.count == 200 && c.count == 200);
	for (size_t i = 0; i < a.count; i++) {
		CHECK(a.items[i].split == b.items[i].split);
		other = other || a.items[i].split != c.items[i].split;
	}
	CHECK(other);
	CHECK(tt_dataset_count(&a, TT_SPLIT_TRAIN) == 120 && tt_dataset_count(&a, TT_SPLIT_VAL) == 40);
	tt_dataset_done(&a);
	tt_dataset_done(&b);
	tt_dataset_done(&c);
	photos_remove(dir);
}

struct seen {
	unsigned rejected, progress, stop_after;
};

static void on_rejected(void *ctx, const char *path, const char *why)
{
	struct seen *s = ctx;

	CHECK(strstr(path, "bad.jpg") && why[0]);
	s->rejected++;
}

static void on_progress(void *ctx, size_t done, size_t all)
{
	struct seen *s = ctx;

	CHECK(done <= all);
	s->progress++;
}

static bool on_stop(void *ctx)
{
	struct seen *s = ctx;

	return s->stop_after && s->progress >= s->stop_after;
}

static void a_cache_is_made_once(void **state)
{
	const struct tt_decoder decoder = PHOTOS_DECODER;
	struct seen seen = { 0 };
	const struct tt_cache_watch watch = { on_progress, on_rejected, on_stop, &seen };
	struct tt_dataset d;
	struct tt_cache c;
	struct tt_err err = { 0 };
	char dir[64], path[96];

	(void)state;
	photos_folder(dir);
	photos_make(dir, 60);
	photos_add(dir, "above", "bad.jpg", "broken");
	(void)snprintf(path, sizeof path, "%s.cache", dir);
	CHECK(tt_dataset_open(&d, dir, 1, &err) == 0);
	seen.stop_after = 1;
	CHECK(tt_cache_open(&c, path, &d, 16, &decoder, &watch, &err) == TT_EBUSY && access(path, F_OK) != 0);
	seen = (struct seen){ 0 };
	CHECK(tt_cache_open(&c, path, &d, 16, &decoder, &watch, &err) == 0);
	CHECK(seen.rejected == 1 && seen.progress == 2);
	CHECK(c.count[0] + c.count[1] + c.count[2] == 120);
	CHECK(c.entry[0].pixels.h == 16 && c.entry[0].pixels.w == 19);
	for (size_t i = 0; i < 120; i++) /* the light half says which class it is */
		CHECK((c.entry[i].pixels.rgb[0] > 130) == (c.entry[i].label == 0));
	tt_cache_done(&c);
	CHECK(tt_cache_open(&c, path, &d, 16, &decoder, &watch, &err) == 0 && seen.progress == 2);
	tt_cache_done(&c);
	CHECK(tt_cache_open(&c, path, &d, 17, &decoder, &watch, &err) == 0 && seen.progress == 4);
	tt_cache_done(&c);
	CHECK(truncate(path, 1000) == 0);
	CHECK(tt_cache_open(&c, path, &d, 17, &decoder, &watch, &err) == 0 && seen.progress == 6);
	tt_cache_done(&c);
	tt_dataset_done(&d);
	(void)unlink(path);
	photos_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts),
		cmocka_unit_test(splits_follow_from_seed_and_name),
		cmocka_unit_test(a_cache_is_made_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
