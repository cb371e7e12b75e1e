#include "media/meta.h"

#include "base/str.h"
#include "media/meta_text.h"

#include <gexiv2/gexiv2.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4096, KEYWORDS_MAX = 512 };

static GExiv2Metadata *parse(const uint8_t *p, size_t n)
{
	GExiv2Metadata *m = gexiv2_metadata_new();
	GError *error = NULL;

	if (m && gexiv2_metadata_open_buf(m, p, (glong)n, &error))
		return m;
	g_clear_error(&error);
	g_clear_object(&m);
	return NULL;
}

void tt_meta_open(struct tt_meta *m, const uint8_t *file, size_t n)
{
	*m = (struct tt_meta){ .file = parse(file, n) };
}

void tt_meta_add_exif(struct tt_meta *m, const uint8_t *p, size_t n)
{
	if (p && n > 8 && !m->exif && !(m->file && gexiv2_metadata_has_exif(m->file)))
		m->exif = parse(p, n);
}

void tt_meta_add_exif_box(struct tt_meta *m, const uint8_t *p, size_t n)
{
	uint64_t skip;

	if (!p || n < 8)
		return;
	skip = 4 + ((uint64_t)p[0] << 24 | (uint64_t)p[1] << 16 | (uint64_t)p[2] << 8 | p[3]);
	if (skip < n)
		tt_meta_add_exif(m, p + skip, n - skip);
}

void tt_meta_add_xmp(struct tt_meta *m, const uint8_t *p, size_t n)
{
	if (p && n > 0 && !m->xmp && !(m->file && gexiv2_metadata_has_xmp(m->file)))
		m->xmp = parse(p, n);
}

void tt_meta_done(struct tt_meta *m)
{
	void *all[] = { m->file, m->exif, m->xmp };

	for (size_t i = 0; i < TT_LEN(all); i++)
		if (all[i])
			g_object_unref(all[i]);
	*m = (struct tt_meta){ NULL, NULL, NULL };
}

static bool text_of(GExiv2Metadata *m, const char *tag, char out[TEXT_MAX])
{
	GError *error = NULL;
	gchar *s;
	bool ok;

	if (!m || !gexiv2_metadata_try_has_tag(m, tag, &error)) {
		g_clear_error(&error);
		return false;
	}
	s = gexiv2_metadata_try_get_tag_string(m, tag, &error);
	g_clear_error(&error);
	ok = s && s[0] != '\0';
	if (ok)
		snprintf(out, TEXT_MAX, "%s", s);
	g_free(s);
	return ok;
}

static bool tag(const struct tt_meta *m, const char *name, char out[TEXT_MAX])
{
	/* exiv2 makes EXIF tags up from a lone XMP packet: those are not asked for. */
	return text_of(m->file, name, out) || text_of(m->exif, name, out) ||
	       (!strncmp(name, "Xmp.", 4) && text_of(m->xmp, name, out));
}

/* Some writers give a text the type BYTE, which exiv2 prints as decimal numbers. */
static void undo_numbers(char s[TEXT_MAX])
{
	char *from = s, *to = s;

	if (strspn(s, "0123456789 ") != strlen(s) || !strchr(s, ' '))
		return;
	while (*from) {
		unsigned long v = strtoul(from, &from, 10);

		if (v == 0 || v > 255)
			break;
		*to++ = (char)v;
		from += strspn(from, " ");
	}
	*to = '\0';
}

/* A text tag cleaned into a field, unless an earlier one has filled it. */
static void text(const struct tt_meta *m, const char *name, char *field, size_t size)
{
	char s[TEXT_MAX];

	if (field[0] != '\0' || !tag(m, name, s))
		return;
	undo_numbers(s);
	tt_meta_clean(field, size, s);
}

static double number(const struct tt_meta *m, const char *name)
{
	char s[TEXT_MAX];
	double v;

	return tag(m, name, s) && tt_meta_number(s, &v) ? v : 0;
}

struct date_source {
	const char *date, *subsec, *offset, *source;
};

/* In the order of trust; fractions and offsets only from the tags that belong to the date. */
static const struct date_source date_sources[] = {
	{ "Exif.Photo.DateTimeOriginal", "Exif.Photo.SubSecTimeOriginal", "Exif.Photo.OffsetTimeOriginal", "exif" },
	{ "Xmp.exif.DateTimeOriginal", NULL, NULL, "xmp" },
	{ "Exif.Photo.DateTimeDigitized", "Exif.Photo.SubSecTimeDigitized", "Exif.Photo.OffsetTimeDigitized", "exif" },
	{ "Xmp.xmp.CreateDate", NULL, NULL, "xmp" },
	{ "Exif.Image.DateTimeOriginal", NULL, NULL, "exif" },
};

static void read_taken(const struct tt_meta *m, struct tt_facts *f)
{
	char s[TEXT_MAX];

	for (size_t i = 0; i < TT_LEN(date_sources); i++) {
		const struct date_source *d = &date_sources[i];
		struct tt_moment t;

		if (!tag(m, d->date, s) || !tt_meta_date(s, &t))
			continue;
		if (d->subsec && !t.subsec[0] && tag(m, d->subsec, s))
			(void)tt_meta_subsec(s, t.subsec);
		if (d->offset && !t.offset[0] && tag(m, d->offset, s))
			(void)tt_meta_offset(s, t.offset);
		snprintf(f->taken, sizeof f->taken, "%s", t.wall);
		snprintf(f->subsec, sizeof f->subsec, "%s", t.subsec);
		snprintf(f->offset, sizeof f->offset, "%s", t.offset);
		snprintf(f->offset_source, sizeof f->offset_source, "%s", t.offset[0] ? d->source : "");
		return;
	}
}

static bool axis(const struct tt_meta *m, const char *name, const char *ref, const char *xmp, double max, double *out)
{
	char s[TEXT_MAX], r[TEXT_MAX];

	if (tag(m, name, s) && tag(m, ref, r) && tt_meta_gps_exif(s, r, max, out))
		return true;
	return tag(m, xmp, s) && tt_meta_gps_xmp(s, max, out);
}

static void read_position(const struct tt_meta *m, struct tt_facts *f)
{
	char s[TEXT_MAX], ref[TEXT_MAX];
	double alt;

	f->has_position = axis(m, "Exif.GPSInfo.GPSLatitude", "Exif.GPSInfo.GPSLatitudeRef", "Xmp.exif.GPSLatitude", 90,
			       &f->lat) &&
			  axis(m, "Exif.GPSInfo.GPSLongitude", "Exif.GPSInfo.GPSLongitudeRef", "Xmp.exif.GPSLongitude",
			       180, &f->lon);
	if (!f->has_position) {
		f->lat = f->lon = 0;
		return;
	}
	if (tag(m, "Exif.GPSInfo.GPSAltitude", s) && tt_meta_number(s, &alt)) {
		if (!tag(m, "Exif.GPSInfo.GPSAltitudeRef", ref))
			ref[0] = '\0';
	} else if (tag(m, "Xmp.exif.GPSAltitude", s) && tt_meta_number(s, &alt)) {
		if (!tag(m, "Xmp.exif.GPSAltitudeRef", ref))
			ref[0] = '\0';
	} else {
		return;
	}
	f->has_altitude = true;
	f->alt = ref[0] == '1' ? -fabs(alt) : alt;
}

static void read_camera(const struct tt_meta *m, struct tt_facts *f)
{
	double iso, orientation;

	text(m, "Exif.Image.Make", f->make, sizeof f->make);
	text(m, "Xmp.tiff.Make", f->make, sizeof f->make);
	text(m, "Exif.Image.Model", f->model, sizeof f->model);
	text(m, "Xmp.tiff.Model", f->model, sizeof f->model);
	text(m, "Exif.Photo.LensModel", f->lens, sizeof f->lens);
	text(m, "Xmp.exifEX.LensModel", f->lens, sizeof f->lens);
	text(m, "Xmp.aux.Lens", f->lens, sizeof f->lens);
	iso = number(m, "Exif.Photo.ISOSpeedRatings");
	if (iso <= 0)
		iso = number(m, "Exif.Image.ISOSpeedRatings");
	if (iso <= 0)
		iso = number(m, "Xmp.exif.ISOSpeedRatings");
	if (iso <= 0 || iso == 65535) { /* more than 16 bits: the sensitivity stands in its own tag (EXIF 2.3) */
		double more = number(m, "Exif.Photo.RecommendedExposureIndex");

		iso = more > 0 ? more : iso;
	}
	f->iso = iso > 0 && iso < 1e8 ? (uint32_t)iso : 0;
	orientation = number(m, "Exif.Image.Orientation");
	f->orientation = orientation >= 1 && orientation <= 8 ? (uint8_t)orientation : 0;
}

static double first_positive(const struct tt_meta *m, const char *const *names)
{
	for (; *names; names++) {
		double v = number(m, *names);

		if (v > 0 && v < 1e7)
			return v;
	}
	return 0;
}

static void read_exposure(const struct tt_meta *m, struct tt_facts *f)
{
	static const char *const f_number[] = { "Exif.Photo.FNumber", "Exif.Image.FNumber", "Xmp.exif.FNumber", NULL };
	static const char *const exposure[] = { "Exif.Photo.ExposureTime", "Exif.Image.ExposureTime",
						"Xmp.exif.ExposureTime", NULL };
	static const char *const focal[] = { "Exif.Photo.FocalLength", "Exif.Image.FocalLength", "Xmp.exif.FocalLength",
					     NULL };

	f->f_number = first_positive(m, f_number);
	f->exposure_s = first_positive(m, exposure);
	f->focal_mm = first_positive(m, focal);
}

static bool valid_rating(double v)
{
	return v >= -1 && v <= 5;
}

static void read_rating(const struct tt_meta *m, struct tt_facts *f)
{
	static const char *const names[] = { "Xmp.xmp.Rating", "Exif.Image.Rating" };
	char s[TEXT_MAX];
	double v;

	for (size_t i = 0; i < TT_LEN(names) && !f->has_rating; i++) {
		if (tag(m, names[i], s) && tt_meta_number(s, &v) && valid_rating(v)) {
			f->has_rating = true;
			f->rating = (int)v;
		}
	}
}

/* exiv2 writes a language alternative as `lang="x-default" text`. */
static const char *without_language(const char *s)
{
	const char *end;

	if (strncmp(s, "lang=\"", 6) != 0)
		return s;
	end = strchr(s + 6, '"');
	return end && end[1] == ' ' ? end + 2 : s;
}

static void add_words(GExiv2Metadata *from, const char *name, struct tt_facts *f)
{
	GError *error = NULL;
	gchar **words = from ? gexiv2_metadata_try_get_tag_multiple(from, name, &error) : NULL;

	g_clear_error(&error);
	for (size_t k = 0; words && words[k] && k < KEYWORDS_MAX; k++)
		tt_meta_add_keyword(f->keywords, sizeof f->keywords, words[k]);
	g_strfreev(words);
}

/* Windows' own tag: UCS-2, words parted by semicolons. */
static void add_windows_words(const struct tt_meta *m, struct tt_facts *f)
{
	char s[TEXT_MAX], utf8[TEXT_MAX], word[TEXT_MAX];
	struct tt_str rest, part;

	if (!tag(m, "Exif.Image.XPKeywords", s) || !tt_meta_ucs2(s, utf8, sizeof utf8))
		return;
	rest = tt_str_of(utf8);
	while (tt_str_split(&rest, ';', &part)) {
		tt_utf8_copy(word, sizeof word, part.p, part.len);
		tt_meta_add_keyword(f->keywords, sizeof f->keywords, word);
	}
}

static void read_texts(const struct tt_meta *m, struct tt_facts *f)
{
	static const char *const descriptions[] = { "Xmp.dc.description", "Iptc.Application2.Caption",
						    "Exif.Image.ImageDescription" };
	char s[TEXT_MAX];

	for (size_t i = 0; i < TT_LEN(descriptions) && f->description[0] == '\0'; i++)
		if (tag(m, descriptions[i], s))
			tt_meta_clean(f->description, sizeof f->description, without_language(s));
	add_words(m->file, "Xmp.dc.subject", f);
	add_words(m->exif, "Xmp.dc.subject", f);
	add_words(m->xmp, "Xmp.dc.subject", f);
	add_words(m->file, "Iptc.Application2.Keywords", f);
	add_windows_words(m, f);
}

void tt_meta_facts(const struct tt_meta *m, struct tt_facts *f)
{
	read_taken(m, f);
	read_position(m, f);
	read_camera(m, f);
	read_exposure(m, f);
	read_rating(m, f);
	read_texts(m, f);
}

void tt_meta_size(const struct tt_meta *m, uint32_t *width, uint32_t *height)
{
	gint w = m->file ? gexiv2_metadata_get_pixel_width(m->file) : 0;
	gint h = m->file ? gexiv2_metadata_get_pixel_height(m->file) : 0;

	*width = w > 0 && h > 0 ? (uint32_t)w : 0;
	*height = w > 0 && h > 0 ? (uint32_t)h : 0;
}

bool tt_meta_is_empty(const struct tt_facts *f)
{
	return !f->taken[0] && !f->make[0] && !f->model[0] && !f->has_position && !f->description[0] &&
	       !f->keywords[0] && !f->orientation && !f->iso && !f->has_rating;
}
