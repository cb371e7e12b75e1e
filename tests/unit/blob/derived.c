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

static void faces_by_their_boxes(void **state)
{
	static const uint8_t sha256[32] = { 0xab, 0xcd, [31] = 0x01 };
	static const float boxes[][4] = { { 0.25F, 0.5F, 0.125F, 0.125F },
					  { 0.2501F, 0.5F, 0.125F, 0.125F },
					  { -0.5F, -9, 9, 1.4999F } };
	char folder[TT_DERIVED_KEY_SIZE], prefix[TT_DERIVED_KEY_SIZE], keys[TT_LEN(boxes)][TT_DERIVED_KEY_SIZE];

	(void)state;
	tt_derived_face_folder(sha256, folder, prefix);
	CHECK(strcmp(folder, "derived/ab/cd") == 0);
	for (size_t i = 0; i < TT_LEN(boxes); i++) {
		tt_derived_face_key(sha256, boxes[i], keys[i]);
		CHECK(tt_blob_key_valid(keys[i]) && strncmp(keys[i], prefix, strlen(prefix)) == 0);
		for (size_t k = 0; k < i; k++)
			CHECK(strcmp(keys[i], keys[k]) != 0);
	}
	CHECK(strstr(keys[0], "-face-6000800050005000.webp") != NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(keys_follow_from_the_content),
					    cmocka_unit_test(faces_by_their_boxes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
