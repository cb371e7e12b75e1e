/* Which kind of picture or video a file is, by its first bytes. The order matters where formats contain one another:
 * the camera raws look like TIFF, AVIF and HEIC like MP4. */
#include "media/sniff.h"

#include "base/str.h"

#include <string.h>

struct magic {
	uint16_t at;
	uint16_t len;
	const char *bytes;
	struct tt_sniffed is;
};

static const struct magic magics[] = {
	{ 0, 3, "\xff\xd8\xff", { TT_MEDIA_JPEG, "image/jpeg", "jpg" } },
	{ 0, 8, "\x89PNG\r\n\x1a\n", { TT_MEDIA_PNG, "image/png", "png" } },
	{ 0, 6, "GIF87a", { TT_MEDIA_GIF, "image/gif", "gif" } },
	{ 0, 6, "GIF89a", { TT_MEDIA_GIF, "image/gif", "gif" } },
	{ 8, 4, "WEBP", { TT_MEDIA_WEBP, "image/webp", "webp" } }, /* after RIFF: looked at below */
	{ 8, 4, "AVI ", { TT_MEDIA_VIDEO, "video/x-msvideo", "avi" } },
	{ 0, 2, "\xff\x0a", { TT_MEDIA_JXL, "image/jxl", "jxl" } },
	{ 0, 12, "\0\0\0\x0cJXL \r\n\x87\n", { TT_MEDIA_JXL, "image/jxl", "jxl" } },
	{ 0, 15, "FUJIFILMCCD-RAW", { TT_MEDIA_RAW, "image/x-fujifilm-raf", "raf" } },
	{ 0, 4, "FOVb", { TT_MEDIA_RAW, "image/x-sigma-x3f", "x3f" } },
	{ 0, 4, "\0MRM", { TT_MEDIA_RAW, "image/x-minolta-mrw", "mrw" } },
	{ 6, 8, "HEAPCCDR", { TT_MEDIA_RAW, "image/x-canon-crw", "crw" } },
	{ 0, 4, "\0\0\x01\xba", { TT_MEDIA_VIDEO, "video/mpeg", "mpg" } },
	{ 0, 4, "\0\0\x01\xb3", { TT_MEDIA_VIDEO, "video/mpeg", "mpg" } },
	{ 0, 8, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", { TT_MEDIA_VIDEO, "video/x-ms-wmv", "wmv" } },
	{ 0, 4, "FLV\x01", { TT_MEDIA_VIDEO, "video/x-flv", "flv" } },
};

static bool has(const uint8_t *head, size_t n, size_t at, const char *bytes, size_t len)
{
	return at + len <= n && memcmp(head + at, bytes, len) == 0;
}

static bool contains(const uint8_t *head, size_t n, const char *word)
{
	return n > 0 && memmem(head, n, word, strlen(word)) != NULL;
}

static bool sniff_magic(const uint8_t *head, size_t n, struct tt_sniffed *out)
{
	for (size_t i = 0; i < TT_LEN(magics); i++) {
		const struct magic *m = &magics[i];

		if (!has(head, n, m->at, m->bytes, m->len))
			continue;
		if (m->at == 8 && !has(head, n, 0, "RIFF", 4))
			continue;
		*out = m->is;
		return true;
	}
	return false;
}

/* Streams whose mark is spread over the head: MPEG transport streams (every 188 or 192 bytes), Matroska, Ogg. */
static bool sniff_stream(const uint8_t *head, size_t n, struct tt_sniffed *out)
{
	if (n > 376 && head[0] == 0x47 && head[188] == 0x47 && head[376] == 0x47) {
		*out = (struct tt_sniffed){ TT_MEDIA_VIDEO, "video/mp2t", "ts" };
		return true;
	}
	if (n > 388 && head[4] == 0x47 && head[196] == 0x47 && head[388] == 0x47) {
		*out = (struct tt_sniffed){ TT_MEDIA_VIDEO, "video/mp2t", "mts" };
		return true;
	}
	if (has(head, n, 0, "\x1a\x45\xdf\xa3", 4)) {
		if (contains(head, n < 256 ? n : 256, "webm"))
			*out = (struct tt_sniffed){ TT_MEDIA_VIDEO, "video/webm", "webm" };
		else
			*out = (struct tt_sniffed){ TT_MEDIA_VIDEO, "video/x-matroska", "mkv" };
		return true;
	}
	if (has(head, n, 0, "OggS", 4) && contains(head, n < 512 ? n : 512, "theora")) {
		*out = (struct tt_sniffed){ TT_MEDIA_VIDEO, "video/ogg", "ogv" };
		return true;
	}
	return false;
}

int tt_media_sniff(const uint8_t *head, size_t n, const char *name, struct tt_sniffed *out, struct tt_err *err)
{
	struct tt_sniffed is = { TT_MEDIA_NONE, NULL, NULL };
	const char *refusal = NULL;

	if (n == 0)
		return tt_err_set(err, TT_EINVALID, "is empty");
	if (sniff_magic(head, n, &is) || tt_sniff_tiff(head, n, name, &is) || tt_sniff_bmff(head, n, &is, &refusal) ||
	    sniff_stream(head, n, &is)) {
		*out = is;
		return 0;
	}
	if (!refusal)
		refusal = tt_sniff_foreign(head, n);
	if (refusal)
		return tt_err_set(err, TT_EINVALID, "is %s, not a photo or video that can be taken in", refusal);
	return tt_err_set(err, TT_EINVALID, "is no photo or video of a known kind");
}
