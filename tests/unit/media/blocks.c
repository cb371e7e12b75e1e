#include "media/blocks.h"

#include "test.h"

#include <string.h>
#include <zlib.h>

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
		tt_blocks_done(&b);
	}
}

/* As ImageMagick writes it: hex digits in lines, packed by zlib. */
static size_t magick_png(const char *text, uint8_t out[512])
{
	static const char head[] = "\x89PNG\r\n\x1a\n\0\0\0\0zTXtRaw profile type exif\0";
	uLongf size = 256;
	size_t n = sizeof head; /* its NUL is the method */

	memcpy(out, head, n);
	CHECK(compress(out + n, &size, (const uint8_t *)text, strlen(text)) == Z_OK);
	out[11] = (uint8_t)(n - 16 + size);
	memset(out + n + size, 0, 4);
	return n + size + 4;
}

static void text_of_image_magick(void **state)
{
	static const struct {
		const char *text;
		size_t size; /* 0: not taken */
	} rows[] = {
		{ "\nexif\n      14\n49492a00080000000000\n00000000\n", 14 },
		{ "\nexif\n      20\n45786966000049492a00080000000000\n00000000\n", 14 },
		{ "\nexif\n 99999999\n4d4d002a0000000800\n", 9 },
		{ "\nexif\n      14\n", 0 },
		{ "\nexif\n", 0 },
		{ "", 0 },
		{ "\nexif\n      14\nzzzz", 0 },
		{ "\nexif\n      14\n0102030405060708090a", 0 },
	};
	uint8_t png[512];

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_blocks b;
		size_t n = magick_png(rows[i].text, png);

		tt_blocks_find(TT_MEDIA_PNG, png, n, &b);
		CHECK_ROW((b.exif ? b.exif_size : 0) == rows[i].size, rows[i].text);
		tt_blocks_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_there),
		cmocka_unit_test(text_of_image_magick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
