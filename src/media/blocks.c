/* PNG after its third edition §11.3.4.5 (eXIf); XMP packets are plain text by XMP part 3, found by their first element.
 */
#include "media/blocks.h"

#include "base/alloc.h"

#include <string.h>
#include <zlib.h>

enum { JPEG_HEAD = 256 << 10, CHUNKS_MAX = 1 << 16, TEXT_MAX = 1 << 20 };

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "\nexif\n    1126\n" and hex digits in lines -> bytes, in place; the length that stands there is not believed. */
static size_t undo_hex(uint8_t *p, size_t n)
{
	size_t at = 0, out = 0;

	for (int lines = 0; lines < 3; at++) {
		if (at >= n)
			return 0;
		lines += p[at] == '\n';
	}
	for (int high = -1; at < n; at++) {
		int v = nibble(p[at]);

		if (v < 0)
			continue;
		if (high < 0) {
			high = v;
		} else {
			p[out++] = (uint8_t)(high << 4 | v);
			high = -1;
		}
	}
	return out;
}

/* A compressed text chunk: keyword, NUL, method 0, zlib data. */
static void read_text(const uint8_t *p, size_t n, struct tt_blocks *out)
{
	static const char exif[] = "Raw profile type exif", app1[] = "Raw profile type APP1";
	uLongf size = TEXT_MAX;
	size_t bytes, skip;

	if (out->owned || n < sizeof exif + 1 || (memcmp(p, exif, sizeof exif) && memcmp(p, app1, sizeof app1)))
		return;
	out->owned = tt_alloc(size);
	if (!out->owned || uncompress(out->owned, &size, p + sizeof exif + 1, n - sizeof exif - 1) != Z_OK)
		return;
	bytes = undo_hex(out->owned, size);
	skip = bytes > 6 && !memcmp(out->owned, "Exif\0", 6) ? 6 : 0;
	if (bytes < 8 + skip || (memcmp(out->owned + skip, "II", 2) && memcmp(out->owned + skip, "MM", 2)))
		return;
	out->exif = out->owned + skip;
	out->exif_size = bytes - skip;
}

static void find_png(const uint8_t *p, size_t n, struct tt_blocks *out)
{
	size_t at = 8;

	for (unsigned i = 0; i < CHUNKS_MAX && at + 12 <= n; i++) {
		size_t size = be32(p + at);

		if (size > n - at - 12)
			return;
		if (!memcmp(p + at + 4, "zTXt", 4))
			read_text(p + at + 8, size, out);
		if (!memcmp(p + at + 4, "eXIf", 4) && size > 8) {
			out->exif = p + at + 8;
			out->exif_size = size;
			return;
		}
		at += size + 12;
	}
}

static void find_packet(const uint8_t *p, size_t n, struct tt_blocks *out)
{
	static const char open[] = "<x:xmpmeta", close[] = "</x:xmpmeta>";
	const uint8_t *begin = memmem(p, n, open, sizeof open - 1), *end;

	if (!begin)
		return;
	end = memmem(begin, n - (size_t)(begin - p), close, sizeof close - 1);
	if (!end)
		return;
	out->xmp = begin;
	out->xmp_size = (size_t)(end - begin) + sizeof close - 1;
}

void tt_blocks_find(enum tt_media_type type, const uint8_t *p, size_t n, struct tt_blocks *out)
{
	*out = (struct tt_blocks){ .exif = NULL };
	if (type == TT_MEDIA_PNG)
		find_png(p, n, out);
	else if (type == TT_MEDIA_GIF)
		find_packet(p, n, out);
	else if (type == TT_MEDIA_JPEG) /* not further: the second picture of a file has a packet of its own */
		find_packet(p, n < JPEG_HEAD ? n : JPEG_HEAD, out);
}

void tt_blocks_done(struct tt_blocks *b)
{
	free(b->owned);
	b->owned = NULL;
}
