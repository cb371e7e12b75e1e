/* Names for what people drop into an album by mistake, so that the refusal can say what the file is. */
#include "media/sniff.h"

#include "base/str.h"

#include <string.h>

struct foreign {
	uint16_t at;
	uint16_t len;
	const char *bytes, *what;
};

static const struct foreign foreign[] = {
	{ 0, 4, "%PDF", "a PDF document" },
	{ 0, 4, "%!PS", "a PostScript document" },
	{ 0, 4, "PK\3\4", "a ZIP archive or office document" },
	{ 0, 4, "PK\5\6", "an empty ZIP archive" },
	{ 0, 2, "\x1f\x8b", "a gzip archive" },
	{ 0, 3, "BZh", "a bzip2 archive" },
	{ 0, 6, "\xfd\x37zXZ\0", "an xz archive" },
	{ 0, 6, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive" },
	{ 0, 4, "Rar!", "a RAR archive" },
	{ 257, 5, "ustar", "a tar archive" },
	{ 0, 4,
	  "\x7f"
	  "ELF",
	  "a program" },
	{ 0, 2, "MZ", "a Windows program" },
	{ 0, 16, "SQLite format 3", "a SQLite database" },
	{ 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document" },
	{ 0, 2, "BM", "a BMP picture" },
	{ 0, 4, "\0\0\1\0", "an icon" },
	{ 0, 4, "8BPS", "a Photoshop document" },
	{ 0, 4, "\x76\x2f\x31\x01", "an OpenEXR picture" },
	{ 0, 12, "\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture" },
	{ 0, 4, "\xff\x4f\xff\x51", "a JPEG 2000 picture" },
	{ 0, 10, "#?RADIANCE", "a Radiance HDR picture" },
	{ 0, 4, "qoif", "a QOI picture" },
	{ 0, 6, "SIMPLE", "a FITS picture" },
	{ 0, 8, "gimp xcf", "a GIMP document" },
	{ 0, 4, "AT&T", "a DjVu document" },
	{ 0, 3, "ID3", "a sound recording (MP3)" },
	{ 0, 2, "\xff\xfb", "a sound recording (MP3)" },
	{ 0, 4, "fLaC", "a sound recording (FLAC)" },
	{ 0, 4, "OggS", "a sound recording (Ogg)" },
	{ 8, 4, "WAVE", "a sound recording (WAV)" },
	{ 0, 5, "{\\rtf", "a text document" },
};

static struct tt_str skip_blank(const uint8_t *head, size_t n)
{
	struct tt_str s = { (const char *)head, n };

	if (n >= 3 && !memcmp(head, "\xef\xbb\xbf", 3))
		s = (struct tt_str){ s.p + 3, n - 3 };
	return tt_str_trim(s);
}

/* No byte that stands in no text of ASCII, UTF-8 or Latin-1. */
static bool looks_like_text(const uint8_t *head, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool white = head[i] == '\t' || head[i] == '\n' || head[i] == '\r' || head[i] == '\f';

		if ((head[i] < 0x20 && !white) || head[i] == 0x7f || head[i] >= 0xfe)
			return false;
	}
	return true;
}

static bool begins(struct tt_str s, const char *word)
{
	return s.len >= strlen(word) && strncasecmp(s.p, word, strlen(word)) == 0;
}

static bool contains(struct tt_str s, const char *word)
{
	return s.p && memmem(s.p, s.len, word, strlen(word)) != NULL;
}

static const char *sniff_markup(struct tt_str s)
{
	if (contains(s, "<x:xmpmeta"))
		return "an XMP sidecar";
	if (contains(s, "<svg"))
		return "an SVG drawing";
	if (begins(s, "<!doctype html") || begins(s, "<html"))
		return "an HTML page";
	if (begins(s, "<?xml"))
		return "an XML document";
	return NULL;
}

const char *tt_sniff_foreign(const uint8_t *head, size_t n)
{
	struct tt_str s = skip_blank(head, n);
	const char *what;

	for (size_t i = 0; i < TT_LEN(foreign); i++)
		if ((size_t)foreign[i].at + foreign[i].len <= n &&
		    !memcmp(head + foreign[i].at, foreign[i].bytes, foreign[i].len))
			return foreign[i].what;
	if (n >= 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '7' && (head[2] == '\n' || head[2] == ' '))
		return "a PNM picture";
	what = s.len > 0 ? sniff_markup(s) : NULL;
	if (what)
		return what;
	if (looks_like_text(head, n))
		return s.len > 0 && (s.p[0] == '{' || s.p[0] == '[') ? "a JSON document" : "a text document";
	return NULL;
}
