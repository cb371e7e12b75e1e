#include "library_fixture.h"

#include "base/hash.h"
#include "blob/derived.h"
#include "library/library.h"

#include <stdio.h>
#include <string.h>

static const char content[] = "not really a photo";

/* Named as ingest does. */
static const char *key_of(const uint8_t sha256[TT_SHA256_SIZE])
{
	static char key[64];
	char hex[17];

	tt_hex(hex, sha256, 8);
	snprintf(key, sizeof key, "originals/2020/01/%s-a.jpg", hex);
	return key;
}

static int64_t add(struct library *l, const char *key, const uint8_t sha256[TT_SHA256_SIZE])
{
	struct tt_known_photo known;
	struct tt_err err = { 0 };
	struct tt_new_photo p = { .owner = l->fx->ann,
				  .name = "a.jpg",
				  .blob_key = key,
				  .mime = "image/jpeg",
				  .bytes = sizeof content,
				  .now = 1,
				  .mtime = 1,
				  .priority = TT_PRIORITY_IMPORT };

	memcpy(p.sha256, sha256, sizeof p.sha256);
	CHECK(tt_blobs_put(l->blobs, key, content, sizeof content, &err) == 0);
	CHECK(tt_store_photo_add(l->fx->store, &p, &known, &err) == 0);
	return known.id;
}

static void hash_content(uint8_t out[TT_SHA256_SIZE])
{
	struct tt_sha256 h;

	tt_sha256_init(&h);
	tt_sha256_add(&h, content, sizeof content);
	tt_sha256_end(&h, out);
}

static void deleting_for_good_removes_all_files(void **state)
{
	uint8_t sha256[TT_SHA256_SIZE];
	char thumb[TT_DERIVED_KEY_SIZE], preview[TT_DERIVED_KEY_SIZE];
	struct tt_library *lib = NULL;
	struct tt_err err = { 0 };
	struct library *l = NULL;
	int64_t id, n;

	(void)state;
	CHECK(library_open((void **)&l) == 0);
	hash_content(sha256);
	id = add(l, key_of(sha256), sha256);
	tt_derived_key(TT_DERIVED_THUMB, sha256, thumb);
	tt_derived_key(TT_DERIVED_PREVIEW, sha256, preview);
	CHECK(tt_blobs_put(l->blobs, thumb, "t", 1, &err) == 0 && tt_blobs_put(l->blobs, preview, "p", 1, &err) == 0);
	CHECK(tt_library_open(&lib, l->fx->store, l->blobs, &err) == 0);
	CHECK(tt_library_purge(lib, l->fx->ann, &id, 1, 5, &n, &err) == 0 && n == 0); /* not in the trash */
	CHECK(tt_store_trash(l->fx->store, l->fx->ann, &id, 1, 5, &n, &err) == 0 && n == 1);
	CHECK(library_files(l, "originals") == 1 && library_files(l, "derived") == 2);
	CHECK(tt_library_purge(lib, l->fx->ann, NULL, 0, 6, &n, &err) == 0 && n == 1);
	CHECK(library_files(l, "originals") == 0 && library_files(l, "derived") == 0);
	tt_library_close(lib);
	CHECK(library_close((void **)&l) == 0);
}

static void files_that_a_crash_left_go_at_the_next_start(void **state)
{
	uint8_t sha256[TT_SHA256_SIZE];
	struct tt_library *lib = NULL;
	struct tt_err err = { 0 };
	struct library *l = NULL;
	int64_t id, n;

	(void)state;
	CHECK(library_open((void **)&l) == 0);
	hash_content(sha256);
	id = add(l, key_of(sha256), sha256);
	CHECK(tt_store_trash(l->fx->store, l->fx->ann, &id, 1, 5, &n, &err) == 0);
	CHECK(tt_store_purge(l->fx->store, l->fx->ann, NULL, 0, 6, &n, &err) == 0); /* and here it ended */
	CHECK(library_files(l, "originals") == 1);
	CHECK(tt_library_open(&lib, l->fx->store, l->blobs, &err) == 0);
	CHECK(library_files(l, "originals") == 0);
	tt_library_close(lib);
	CHECK(library_close((void **)&l) == 0);
}

static size_t findings(struct library *l, bool hash, const char *says)
{
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_findings f;
	struct tt_err err = { 0 };
	size_t n;

	CHECK(tt_library_check(l->fx->store, l->blobs, hash ? TT_CHECK_HASH : 0, &arena, &f, &err) == 0);
	n = f.count;
	CHECK(!says || (n == 1 && f.rows[0].serious && strstr(f.rows[0].what, says) && f.rows[0].todo[0]));
	tt_arena_free(&arena);
	return n;
}

static void a_check_finds_what_is_wrong(void **state)
{
	uint8_t sha256[TT_SHA256_SIZE];
	struct tt_err err = { 0 };
	struct library *l = NULL;

	(void)state;
	CHECK(library_open((void **)&l) == 0);
	hash_content(sha256);
	add(l, key_of(sha256), sha256);
	CHECK(findings(l, true, NULL) == 0);
	CHECK(tt_blobs_put(l->blobs, key_of(sha256), "not really a photO", sizeof content, &err) == 0);
	CHECK(findings(l, false, NULL) == 0);
	CHECK(findings(l, true, "has changed") == 1);
	CHECK(tt_blobs_put(l->blobs, key_of(sha256), "x", 1, &err) == 0);
	CHECK(findings(l, false, "has 1 bytes") == 1);
	CHECK(tt_blobs_remove(l->blobs, key_of(sha256), &err) == 0);
	CHECK(findings(l, false, "missing") == 1);
	CHECK(tt_blobs_put(l->blobs, key_of(sha256), content, sizeof content, &err) == 0);
	CHECK(findings(l, false, NULL) == 0);
	CHECK(tt_blobs_put(l->blobs, "originals/2020/01/0300000000000000-b.jpg", "x", 1, &err) == 0);
	CHECK(findings(l, false, NULL) == 1);
	CHECK(library_close((void **)&l) == 0);
}

static void what_was_derived_is_made_anew(void **state)
{
	uint8_t sha256[TT_SHA256_SIZE] = { 2 };
	char thumb[TT_DERIVED_KEY_SIZE], preview[TT_DERIVED_KEY_SIZE];
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_findings f;
	struct tt_err err = { 0 };
	struct library *l = NULL;
	int64_t id;

	(void)state;
	CHECK(library_open((void **)&l) == 0);
	id = add(l, key_of(sha256), sha256);
	CHECK(findings(l, false, NULL) == 0); /* is yet to be developed */
	finish(l->fx, id, &(struct tt_facts){ .width = 4, .height = 3, .frames = 1 }, NULL, NULL, 0);
	tt_derived_key(TT_DERIVED_THUMB, sha256, thumb);
	tt_derived_key(TT_DERIVED_PREVIEW, sha256, preview);
	CHECK(tt_blobs_put(l->blobs, thumb, "t", 1, &err) == 0);
	for (unsigned repair = 0; repair < 2; repair++) {
		CHECK(tt_library_check(l->fx->store, l->blobs, repair ? TT_CHECK_REPAIR : 0, &arena, &f, &err) == 0);
		CHECK(f.count == 1 && !f.rows[0].serious && strstr(f.rows[0].what, preview) && f.rows[0].todo[0]);
		CHECK(rows(l->fx, "SELECT count(*) FROM job WHERE kind = 'develop'") == repair);
	}
	CHECK(tt_blobs_put(l->blobs, preview, "p", 1, &err) == 0);
	CHECK(findings(l, false, NULL) == 0);
	tt_arena_free(&arena);
	CHECK(library_close((void **)&l) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deleting_for_good_removes_all_files),
		cmocka_unit_test(files_that_a_crash_left_go_at_the_next_start),
		cmocka_unit_test(a_check_finds_what_is_wrong),
		cmocka_unit_test(what_was_derived_is_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
