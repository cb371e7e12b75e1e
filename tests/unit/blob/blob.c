#include "blob/blob.h"

#include "test.h"

#include <string.h>

static void keys(void **state)
{
	static const struct {
		const char *key;
		bool valid;
	} rows[] = {
		{ "a", true },           { "originals/2019/05/ab12-cat.jpg", true },
		{ "a/b..c/...d", true }, { "derived/ä ö/\xff", true }, /* bytes are bytes */
		{ "", false },           { "/a", false },
		{ "a/", false },         { "a//b", false },
		{ ".", false },          { "..", false },
		{ "a/../b", false },     { "a/./b", false },
		{ "../a", false },       { "a/..", false },
		{ "tmp/a", false },      { "tmpfile", true },
		{ "a\nb", false },       { "a\x7f", false },
	};
	char key[600];

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++)
		CHECK_ROW(tt_blob_key_valid(rows[i].key) == rows[i].valid, rows[i].key);
	CHECK(!tt_blob_key_valid(NULL));
	memset(key, 'a', sizeof key);
	key[255] = 0;
	CHECK(tt_blob_key_valid(key)); /* the longest part */
	key[255] = 'a';
	key[256] = 0;
	CHECK(!tt_blob_key_valid(key));
	key[256] = 'a';
	key[200] = key[400] = '/';
	key[512] = 0;
	CHECK(tt_blob_key_valid(key)); /* the longest key */
	key[512] = 'a';
	key[513] = 0;
	CHECK(!tt_blob_key_valid(key));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(keys) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
