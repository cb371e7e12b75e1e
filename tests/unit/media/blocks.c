#include "media/blocks.h"

#include "test.h"

#include <string.h>

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static void finds_what_is_there(void **state)
{
	static const struct {
		const char *what;
		enum tt_media_type type;
		const uint8_t *p;
		size_t n;
		const char *exif, *xmp; /* what they begin with */
	} rows[] = {
		{ "PNG", TT_MEDIA_PNG,
		  BYTES("\x89PNG\r\n\x1a\n\0\0\0\1IHDRx....\0\0\0\x0a"
			"eXIfII*\0\x08\0\0\0\0\0...."),
		  "II*", NULL },
		{ "PNG cut in the chunk", TT_MEDIA_PNG,
		  BYTES("\x89PNG\r\n\x1a\n\0\0\0\x0a"
			"eXIfII*\0"),
		  NULL, NULL },
		{ "PNG with a chunk longer than the file", TT_MEDIA_PNG,
		  BYTES("\x89PNG\r\n\x1a\n\xff\xff\xff\xff"
			"eXIfII*\0....."),
		  NULL, NULL },
		{ "PNG of a head only", TT_MEDIA_PNG, BYTES("\x89PNG\r\n\x1a\n"), NULL, NULL },
		{ "GIF", TT_MEDIA_GIF, BYTES("GIF89a...<x:xmpmeta a='b'>text</x:xmpmeta>\0\0"), NULL, "<x:xmpmeta a" },
		{ "GIF with an open end", TT_MEDIA_GIF, BYTES("GIF89a...<x:xmpmeta a='b'>text"), NULL, NULL },
		{ "JPEG", TT_MEDIA_JPEG, BYTES("\xff\xd8<x:xmpmeta></x:xmpmeta>"), NULL, "<x:xmpmeta>" },
		{ "TIFF is exiv2's", TT_MEDIA_TIFF, BYTES("II*\0<x:xmpmeta></x:xmpmeta>"), NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_blocks b;

		tt_blocks_find(rows[i].type, rows[i].p, rows[i].n, &b);
		CHECK_ROW((b.exif != NULL) == (rows[i].exif != NULL), rows[i].what);
		CHECK_ROW((b.xmp != NULL) == (rows[i].xmp != NULL), rows[i].what);
		CHECK_ROW(!b.exif || !memcmp(b.exif, rows[i].exif, strlen(rows[i].exif)), rows[i].what);
		CHECK_ROW(!b.xmp || !memcmp(b.xmp, rows[i].xmp, strlen(rows[i].xmp)), rows[i].what);
		CHECK_ROW(!b.xmp || b.xmp + b.xmp_size <= rows[i].p + rows[i].n, rows[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
