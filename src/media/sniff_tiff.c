/* TIFF and what looks like it (TIFF 6.0; DNG 1.6 for its version tag). Every camera maker's raw is a TIFF with its own
 * twist: a changed magic, a mark in the head, a tag in the first directory; where nothing tells, the name does. */
#include "media/sniff.h"

#include "base/str.h"

#include <string.h>

enum {
	TAG_SUBFILE = 0x00fe,
	TAG_MAKE = 0x010f,
	TAG_SUB_IFDS = 0x014a,
	TAG_DNG_VERSION = 0xc612,
	MAX_ENTRIES = 512,
};

struct kind {
	const char *extension, *mime, *make;
};

/* `make`: how the maker's name begins in the first directory; such a file is that raw when it also is a thumbnail with
 * sub-directories, which is how cameras write them and programs that export a TIFF do not. */
static const struct kind kinds[] = {
	{ "nef", "image/x-nikon-nef", "NIKON" },
	{ "nrw", "image/x-nikon-nrw", NULL },
	{ "arw", "image/x-sony-arw", "SONY" },
	{ "sr2", "image/x-sony-sr2", NULL },
	{ "srf", "image/x-sony-srf", NULL },
	{ "pef", "image/x-pentax-pef", "PENTAX" },
	{ "dng", "image/x-adobe-dng", NULL },
	{ "cr2", "image/x-canon-cr2", NULL },
	{ "srw", "image/x-samsung-srw", "SAMSUNG" },
	{ "3fr", "image/x-hasselblad-3fr", NULL },
	{ "fff", "image/x-hasselblad-fff", NULL },
	{ "erf", "image/x-epson-erf", "SEIKO EPSON" },
	{ "kdc", "image/x-kodak-kdc", NULL },
	{ "dcr", "image/x-kodak-dcr", NULL },
	{ "iiq", "image/x-raw", NULL },
	{ "mef", "image/x-mamiya-mef", NULL },
	{ "mos", "image/x-raw", NULL },
	{ "orf", "image/x-olympus-orf", NULL },
	{ "rw2", "image/x-panasonic-rw2", NULL },
	{ "rwl", "image/x-leica-rwl", NULL },
};

struct tiff {
	const uint8_t *p;
	size_t n;
	bool big_endian, is_big;
};

struct found {
	bool whole, dng, sub_ifds, thumbnail;
	char make[16];
};

static uint64_t get(const struct tiff *t, size_t at, unsigned bytes)
{
	uint64_t v = 0;

	if (at > t->n || bytes > t->n - at)
		return 0;
	for (unsigned i = 0; i < bytes; i++)
		v |= (uint64_t)t->p[at + i] << 8 * (t->big_endian ? bytes - 1 - i : i);
	return v;
}

static void look_at_entry(const struct tiff *t, size_t at, struct found *f)
{
	unsigned tag = (unsigned)get(t, at, 2);
	size_t value = at + (t->is_big ? 12 : 8);
	uint64_t count = get(t, at + 4, t->is_big ? 8 : 4);

	if (tag == TAG_DNG_VERSION)
		f->dng = true;
	else if (tag == TAG_SUB_IFDS)
		f->sub_ifds = true;
	else if (tag == TAG_SUBFILE)
		f->thumbnail = get(t, value, 4) == 1;
	else if (tag == TAG_MAKE && count > 4) {
		uint64_t where = get(t, value, t->is_big ? 8 : 4);

		if (where < t->n)
			tt_utf8_copy(f->make, sizeof f->make, (const char *)t->p + where,
				     strnlen((const char *)t->p + where, t->n - where < 15 ? t->n - where : 15));
	}
}

static struct found look_at_first_ifd(const struct tiff *t)
{
	struct found f = { .whole = false };
	size_t entry = t->is_big ? 20 : 12;
	uint64_t at = t->is_big ? get(t, 8, 8) : get(t, 4, 4);
	uint64_t count;

	if (at < 8 || at >= t->n)
		return f;
	count = get(t, at, t->is_big ? 8 : 2);
	at += t->is_big ? 8 : 2;
	if (count > MAX_ENTRIES)
		return f;
	f.whole = at + count * entry <= t->n;
	for (uint64_t i = 0; i < count && at + entry <= t->n; i++, at += entry)
		look_at_entry(t, at, &f);
	return f;
}

static bool take(struct tt_sniffed *out, const char *mime, const char *extension)
{
	*out = (struct tt_sniffed){ TT_MEDIA_RAW, mime, extension };
	return true;
}

/* Raws with a magic of their own in place of TIFF's 42. */
static bool sniff_marked(const uint8_t *head, size_t n, struct tt_sniffed *out)
{
	if (n >= 4 && (!memcmp(head, "IIRO", 4) || !memcmp(head, "IIRS", 4) || !memcmp(head, "MMOR", 4)))
		return take(out, "image/x-olympus-orf", "orf");
	if (n >= 4 && !memcmp(head, "IIU\0", 4))
		return take(out, "image/x-panasonic-rw2", "rw2");
	if (n >= 12 && (!memcmp(head + 8, "IIII", 4) || !memcmp(head + 8, "MMMM", 4)))
		return take(out, "image/x-raw", "iiq");
	if (n >= 10 && !memcmp(head + 8, "CR", 2))
		return take(out, "image/x-canon-cr2", "cr2");
	return false;
}

bool tt_sniff_tiff(const uint8_t *head, size_t n, const char *name, struct tt_sniffed *out)
{
	struct tiff t = { .p = head, .n = n };
	const char *dot = name ? strrchr(name, '.') : NULL;
	struct found f;

	if (n < 8 || (memcmp(head, "II", 2) && memcmp(head, "MM", 2)))
		return false;
	if (sniff_marked(head, n, out))
		return true;
	t.big_endian = head[0] == 'M';
	if (get(&t, 2, 2) != 42 && get(&t, 2, 2) != 43)
		return false;
	t.is_big = get(&t, 2, 2) == 43;
	f = look_at_first_ifd(&t);
	if (f.dng)
		return take(out, "image/x-adobe-dng", "dng");
	for (size_t i = 0; i < TT_LEN(kinds); i++) {
		const struct kind *k = &kinds[i];

		if (dot && strlen(dot) < 8 && tt_str_ends_nocase(tt_str_of(dot + 1), k->extension) &&
		    strlen(dot + 1) == strlen(k->extension))
			return take(out, k->mime, k->extension);
		if (k->make && f.thumbnail && f.sub_ifds && !strncmp(f.make, k->make, strlen(k->make)))
			return take(out, k->mime, k->extension);
	}
	*out = (struct tt_sniffed){ TT_MEDIA_TIFF, t.is_big ? "image/x-tiff-big" : "image/tiff", "tif" };
	return true;
}
