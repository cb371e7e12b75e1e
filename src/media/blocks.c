/* PNG after its third edition §11.3.4.5 (eXIf); XMP packets are plain text by XMP part 3, found by their first element.
 */
#include "media/blocks.h"

#include <string.h>

enum { JPEG_HEAD = 256 << 10, CHUNKS_MAX = 1 << 16 };

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void find_png(const uint8_t *p, size_t n, struct tt_blocks *out)
{
	size_t at = 8;

	for (unsigned i = 0; i < CHUNKS_MAX && at + 12 <= n; i++) {
		size_t size = be32(p + at);

		if (size > n - at - 12)
			return;
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
