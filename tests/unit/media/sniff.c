#include "media/media.h"

#include "base/str.h"
#include "test.h"

#include <string.h>

#define BYTES(s) (s), sizeof(s) - 1

struct row {
	const char *what;
	const char *head;
	size_t n;
	const char *name;
	const char *mime;      /* NULL: refused */
	const char *extension; /* or a word of the refusal */
};

static const struct row rows[] = {
	{ "JPEG", BYTES("\xff\xd8\xff\xe0...."), "a.jpg", "image/jpeg", "jpg" },
	{ "JPEG with a raw's name", BYTES("\xff\xd8\xff\xe1...."), "a.nef", "image/jpeg", "jpg" },
	{ "PNG", BYTES("\x89PNG\r\n\x1a\n...."), "a.png", "image/png", "png" },
	{ "GIF", BYTES("GIF89a...."), "a.gif", "image/gif", "gif" },
	{ "WebP", BYTES("RIFF....WEBPVP8 "), "a.webp", "image/webp", "webp" },
	{ "WEBP without RIFF", BYTES("RIFT....WEBPVP8 \1"), "a.webp", NULL, "known kind" },
	{ "AVI", BYTES("RIFF....AVI LIST"), "a.avi", "video/x-msvideo", "avi" },
	{ "JXL codestream", BYTES("\xff\x0a......"), "a.jxl", "image/jxl", "jxl" },
	{ "JXL boxes", BYTES("\0\0\0\x0cJXL \r\n\x87\n"), "a.jxl", "image/jxl", "jxl" },
	{ "HEIC",
	  BYTES("\0\0\0\x18"
		"ftypheic\0\0\0\0mif1heic"),
	  "a.heic", "image/heic", "heic" },
	{ "HEIF by compatible brand",
	  BYTES("\0\0\0\x18"
		"ftypmif1\0\0\0\0mif1heic"),
	  "a.heic", "image/heif", "heif" },
	{ "AVIF behind mif1",
	  BYTES("\0\0\0\x18"
		"ftypmif1\0\0\0\0mif1avif"),
	  "a.avif", "image/avif", "avif" },
	{ "AVIF sequence",
	  BYTES("\0\0\0\x14"
		"ftypavis\0\0\0\0avis"),
	  "a.avif", "image/avif", "avif" },
	{ "CR3",
	  BYTES("\0\0\0\x18"
		"ftypcrx \0\0\0\1crx isom"),
	  "a.cr3", "image/x-canon-cr3", "cr3" },
	{ "MP4",
	  BYTES("\0\0\0\x18"
		"ftypisom\0\0\0\1isommp42"),
	  "a.mp4", "video/mp4", "mp4" },
	{ "QuickTime",
	  BYTES("\0\0\0\x14"
		"ftypqt  \0\0\0\0qt  "),
	  "a.mov", "video/quicktime", "mov" },
	{ "QuickTime of old", BYTES("\0\0\1\0moov....\0\0"), "a.mov", "video/quicktime", "mov" },
	{ "3GP",
	  BYTES("\0\0\0\x14"
		"ftyp3gp4\0\0\0\0"
		"3gp4"),
	  "a.3gp", "video/3gpp", "3gp" },
	{ "unknown brand",
	  BYTES("\0\0\0\x14"
		"ftypzzzz\0\0\0\0zzzz"),
	  "a.mp4", "video/mp4", "mp4" },
	{ "M4A",
	  BYTES("\0\0\0\x14"
		"ftypM4A \0\0\0\0M4A "),
	  "a.m4a", NULL, "sound recording" },
	{ "WebM", BYTES("\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"), "a.webm", "video/webm", "webm" },
	{ "Matroska", BYTES("\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"), "a.mkv", "video/x-matroska", "mkv" },
	{ "TIFF", BYTES("II*\0\x08\0\0\0\0\0"), "a.tif", "image/tiff", "tif" },
	{ "big TIFF", BYTES("MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10"), "a.tif", "image/x-tiff-big", "tif" },
	{ "CR2", BYTES("II*\0\x10\0\0\0CR\2\0"), "a.bin", "image/x-canon-cr2", "cr2" },
	{ "NEF by name", BYTES("MM\0*\0\0\0\x08\0\0"), "DSC_1.NEF", "image/x-nikon-nef", "nef" },
	{ "not its name's end only", BYTES("MM\0*\0\0\0\x08\0\0"), "a.xnef", "image/tiff", "tif" },
	{ "DNG by tag", BYTES("II*\0\x08\0\0\0\1\0\x12\xc6\1\0\4\0\0\0\1\4\0\0"), "a.tif", "image/x-adobe-dng", "dng" },
	{ "RAF", BYTES("FUJIFILMCCD-RAW 0201"), "a", "image/x-fujifilm-raf", "raf" },
	{ "ORF", BYTES("IIRO\x08\0\0\0"), "a", "image/x-olympus-orf", "orf" },
	{ "RW2", BYTES("IIU\0\x08\0\0\0"), "a", "image/x-panasonic-rw2", "rw2" },
	{ "X3F", BYTES("FOVb\0\0\2\0"), "a", "image/x-sigma-x3f", "x3f" },
	{ "MRW", BYTES("\0MRM\0\0\0\0"), "a", "image/x-minolta-mrw", "mrw" },
	{ "CRW", BYTES("II\x1a\0\0\0HEAPCCDR"), "a", "image/x-canon-crw", "crw" },
	{ "IIQ", BYTES("II*\0\0\0\0\0IIII...."), "a", "image/x-raw", "iiq" },
	{ "empty", BYTES(""), "a.jpg", NULL, "is empty" },
	{ "PDF", BYTES("%PDF-1.7"), "a.jpg", NULL, "PDF" },
	{ "ZIP", BYTES("PK\3\4...."), "a.jpg", NULL, "ZIP" },
	{ "SVG", BYTES("<?xml version='1.0'?>\n<svg xmlns='x'/>"), "a.svg", NULL, "SVG" },
	{ "HTML", BYTES("\n<!DOCTYPE html><html>"), "a.jpg", NULL, "HTML" },
	{ "XMP", BYTES("<x:xmpmeta xmlns:x='adobe:ns:meta/'>"), "a.xmp", NULL, "XMP sidecar" },
	{ "JSON", BYTES("{\"title\": \"x\"}"), "a.json", NULL, "JSON" },
	{ "text", BYTES("hello world\n"), "a.jpg", NULL, "text" },
	{ "BMP", BYTES("BM......"), "a.bmp", NULL, "BMP" },
	{ "JPEG 2000", BYTES("\0\0\0\x0cjP  \r\n\x87\n"), "a.jp2", NULL, "JPEG 2000" },
	{ "EXR", BYTES("\x76\x2f\x31\x01"), "a.exr", NULL, "OpenEXR" },
	{ "PNM", BYTES("P6\n1 1\n255\n"), "a.ppm", NULL, "PNM" },
	{ "MP3", BYTES("ID3\4...."), "a.mp3", NULL, "sound recording" },
	{ "noise", BYTES("\1\2\3\4\5\6\7\x08"), "a.jpg", NULL, "known kind" },
	{ "one byte", BYTES("\xff"), "a.jpg", NULL, "known kind" },
};

static void kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		const struct row *r = &rows[i];
		struct tt_sniffed got = { TT_MEDIA_NONE, NULL, NULL };
		struct tt_err err = { 0 };
		int rc = tt_media_sniff((const uint8_t *)r->head, r->n, r->name, &got, &err);

		if (r->mime) {
			CHECK_ROW(rc == 0 && !strcmp(got.mime, r->mime), r->what);
			CHECK_ROW(!strcmp(got.extension, r->extension) && got.type != TT_MEDIA_NONE, r->what);
		} else {
			CHECK_ROW(rc == TT_EINVALID && strstr(err.msg, r->extension), r->what);
		}
	}
}

/* Every length of every head, from a block of exactly that size: the sanitizers see a read behind it. */
static void cut_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		for (size_t n = 0; n <= rows[i].n; n++) {
			struct tt_sniffed got;
			struct tt_err err = { 0 };
			uint8_t *head = test_malloc(n + 1);

			memcpy(head + 1, rows[i].head, n);
			(void)!tt_media_sniff(head + 1, n, NULL, &got, &err);
			test_free(head);
		}
	}
}

/* A camera's TIFF: thumbnail with sub-directories and the maker's name; an exported one lacks the first two. */
static void raw_by_its_tags(void **state)
{
	uint8_t head[128] = "II*\0\x08\0\0\0\3\0"
			    "\xfe\0\4\0\1\0\0\0\1\0\0\0"
			    "\x0f\1\2\0\x06\0\0\0\x40\0\0\0"
			    "\x4a\1\4\0\1\0\0\0\x50\0\0\0";
	struct tt_sniffed got;
	struct tt_err err = { 0 };

	(void)state;
	memcpy(head + 0x40, "NIKON", 6);
	CHECK(tt_media_sniff(head, sizeof head, "x.tif", &got, &err) == 0);
	assert_string_equal(got.mime, "image/x-nikon-nef");
	memcpy(head + 0x40, "SONY\0", 6);
	CHECK(tt_media_sniff(head, sizeof head, "x", &got, &err) == 0);
	assert_string_equal(got.mime, "image/x-sony-arw");
	head[18] = 0; /* no thumbnail */
	CHECK(tt_media_sniff(head, sizeof head, "x.tif", &got, &err) == 0);
	assert_string_equal(got.mime, "image/tiff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(raw_by_its_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
