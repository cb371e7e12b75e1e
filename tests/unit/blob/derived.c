#include "blob/derived.h"

#include "blob/blob.h"

#include "test.h"

#include <string.h>

static void keys_follow_from_the_content(void **state)
{
	static const uint8_t sha256[32] = { 0xab, 0xcd, 0xef, [31] = 0x01 };
	char key[TT_DERIVED_KEY_SIZE];

	(void)state;
	tt_derived_key(TT_DERIVED_THUMB, sha256, key);
	CHECK(strcmp(key,
		     "derived/ab/cd/abcdef0000000000000000000000000000000000000000000000000000000001-thumb.webp") == 0);
	CHECK(tt_blob_key_valid(key));
	tt_derived_key(TT_DERIVED_PREVIEW, sha256, key);
	CHECK(strcmp(key,
		     "derived/ab/cd/abcdef0000000000000000000000000000000000000000000000000000000001-preview.webp") ==
	      0);
	CHECK(tt_blob_key_valid(key) && strlen(key) < sizeof key - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(keys_follow_from_the_content) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
