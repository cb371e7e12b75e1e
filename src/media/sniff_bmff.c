/* ISO base media files (ISO 14496-12 §4.3): the brands of the first box say what it is; HEIF brands after ISO 23008-12,
 * AVIF's after the AVIF specification, QuickTime files of old have no such box at all. */
#include "media/sniff.h"

#include <string.h>

enum { BRANDS_MAX = 64 };

struct brand {
	const char *code;
	struct tt_sniffed is;
	const char *refusal;
};

static const struct brand brands[] = {
	{ "avif", { TT_MEDIA_AVIF, "image/avif", "avif" }, NULL },
	{ "avis", { TT_MEDIA_AVIF, "image/avif", "avif" }, NULL },
	{ "heic", { TT_MEDIA_HEIC, "image/heic", "heic" }, NULL },
	{ "heix", { TT_MEDIA_HEIC, "image/heif", "heif" }, NULL },
	{ "heim", { TT_MEDIA_HEIC, "image/heic", "heic" }, NULL },
	{ "heis", { TT_MEDIA_HEIC, "image/heic", "heic" }, NULL },
	{ "hevc", { TT_MEDIA_HEIC, "image/heic-sequence", "heic" }, NULL },
	{ "hevx", { TT_MEDIA_HEIC, "image/heic-sequence", "heic" }, NULL },
	{ "mif1", { TT_MEDIA_HEIC, "image/heif", "heif" }, NULL },
	{ "mif2", { TT_MEDIA_HEIC, "image/heif", "heif" }, NULL },
	{ "msf1", { TT_MEDIA_HEIC, "image/heif-sequence", "heif" }, NULL },
	{ "crx ", { TT_MEDIA_RAW, "image/x-canon-cr3", "cr3" }, NULL },
	{ "qt  ", { TT_MEDIA_VIDEO, "video/quicktime", "mov" }, NULL },
	{ "3gp", { TT_MEDIA_VIDEO, "video/3gpp", "3gp" }, NULL },
	{ "3g2", { TT_MEDIA_VIDEO, "video/3gpp2", "3g2" }, NULL },
	{ "M4V", { TT_MEDIA_VIDEO, "video/x-m4v", "m4v" }, NULL },
	{ "M4A", { TT_MEDIA_NONE, NULL, NULL }, "a sound recording (M4A)" },
	{ "M4B", { TT_MEDIA_NONE, NULL, NULL }, "an audio book (M4B)" },
	{ "jp2 ", { TT_MEDIA_NONE, NULL, NULL }, "a JPEG 2000 picture" },
	{ "jpx ", { TT_MEDIA_NONE, NULL, NULL }, "a JPEG 2000 picture" },
};

/* Boxes a QuickTime file without ftyp begins with. */
static const char *const quicktime_boxes[] = { "moov", "mdat", "wide", "free", "skip", "pnot" };

static const struct brand *find_brand(const uint8_t *code)
{
	for (size_t i = 0; i < TT_LEN(brands); i++)
		if (!memcmp(code, brands[i].code, strlen(brands[i].code)))
			return &brands[i];
	return NULL;
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The generic HEIF brands say nothing about the codec: a compatible brand does. */
static bool lists_brand(const uint8_t *head, size_t end, const char *a, const char *b)
{
	for (size_t at = 16; at + 4 <= end; at += 4)
		if (!memcmp(head + at, a, 4) || !memcmp(head + at, b, 4))
			return true;
	return false;
}

static const struct brand *first_compatible(const uint8_t *head, size_t end)
{
	for (size_t at = 16; at + 4 <= end; at += 4) {
		const struct brand *b = find_brand(head + at);

		if (b)
			return b;
	}
	return NULL;
}

bool tt_sniff_bmff(const uint8_t *head, size_t n, struct tt_sniffed *out, const char **refusal)
{
	const struct brand *b;
	size_t end;

	if (n < 12)
		return false;
	for (size_t i = 0; i < TT_LEN(quicktime_boxes); i++) {
		if (!memcmp(head + 4, quicktime_boxes[i], 4)) {
			*out = (struct tt_sniffed){ TT_MEDIA_VIDEO, "video/quicktime", "mov" };
			return true;
		}
	}
	if (memcmp(head + 4, "ftyp", 4) != 0)
		return false;
	end = be32(head);
	if (end > n)
		end = n;
	if (end > 16 + 4 * BRANDS_MAX)
		end = 16 + 4 * BRANDS_MAX;
	b = find_brand(head + 8);
	if (b && b->is.type == TT_MEDIA_HEIC && !strncmp(b->is.mime, "image/heif", 10) &&
	    lists_brand(head, end, "avif", "avis") && !lists_brand(head, end, "heic", "heix"))
		b = &brands[0];
	if (!b)
		b = first_compatible(head, end);
	if (b && b->refusal) {
		*refusal = b->refusal;
		return false;
	}
	*out = b ? b->is : (struct tt_sniffed){ TT_MEDIA_VIDEO, "video/mp4", "mp4" };
	return true;
}
