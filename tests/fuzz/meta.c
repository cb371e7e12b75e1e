/* What a picture says of itself: an EXIF block, an XMP packet, and the texts of single tags. */
#include "media/meta.h"
#include "media/meta_text.h"

#include "base/clock.h"
#include "base/str.h"
#include "fuzz.h"

#include <math.h>
#include <string.h>

static void check_facts(const struct tt_facts *f)
{
	int64_t ms;

	PROMISE(f->orientation <= 8);
	PROMISE(!f->taken[0] || tt_parse_wall(f->taken, &ms));
	PROMISE(!f->has_position || (fabs(f->lat) <= 90 && fabs(f->lon) <= 180));
	PROMISE(!f->has_rating || (f->rating >= -1 && f->rating <= 5));
	PROMISE(isfinite(f->f_number) && isfinite(f->exposure_s) && isfinite(f->focal_mm));
	PROMISE(tt_utf8_valid(f->make, strlen(f->make)) && tt_utf8_valid(f->description, strlen(f->description)));
	PROMISE(tt_utf8_valid(f->keywords, strlen(f->keywords)));
}

static void check_texts(const char *s)
{
	struct tt_moment moment;
	char small[12], offset[7], subsec[10];
	double a, b, alt;
	int64_t ms;
	bool has_alt;

	if (tt_meta_date(s, &moment))
		PROMISE(tt_parse_wall(moment.wall, &ms));
	(void)tt_meta_offset(s, offset);
	(void)tt_meta_subsec(s, subsec);
	if (tt_meta_number(s, &a))
		PROMISE(isfinite(a));
	if (tt_meta_gps_exif(s, "S", 90, &a))
		PROMISE(fabs(a) <= 90);
	if (tt_meta_gps_xmp(s, 180, &a))
		PROMISE(fabs(a) <= 180);
	if (tt_meta_gps_iso6709(s, &a, &b, &has_alt, &alt))
		PROMISE(fabs(a) <= 90 && fabs(b) <= 180);
	tt_meta_clean(small, sizeof small, s);
	PROMISE(tt_utf8_valid(small, strlen(small)));
	if (tt_meta_ucs2(s, small, sizeof small))
		PROMISE(tt_utf8_valid(small, strlen(small)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready = 0;
	struct tt_meta meta = { NULL, NULL, NULL };
	struct tt_facts facts = { .width = 0 };
	struct tt_err err = { 0 };
	char *text = strndup(size ? (const char *)data : "", size);

	if (!ready)
		PROMISE(tt_media_init(&err) == 0);
	ready = 1;
	PROMISE(text);
	check_texts(text);
	free(text);
	if (size > 0 && data[0] == '<')
		tt_meta_add_xmp(&meta, data, size);
	else
		tt_meta_add_exif(&meta, data, size);
	tt_meta_facts(&meta, &facts);
	check_facts(&facts);
	tt_meta_done(&meta);
	return 0;
}
