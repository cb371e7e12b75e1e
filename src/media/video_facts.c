/* What a video says of itself: QuickTime's keys (com.apple.quicktime.*) first, then the older atoms, as FFmpeg names
 * them. */
#include "media/video.h"

#include "base/alloc.h"
#include "base/str.h"
#include "media/meta_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *value(const AVFormatContext *fc, const char *key)
{
	const AVDictionaryEntry *e = av_dict_get(fc->metadata, key, NULL, 0);

	return e && e->value[0] ? e->value : NULL;
}

static const char *first_value(const AVFormatContext *fc, const char *const *keys)
{
	for (; *keys; keys++) {
		const char *s = value(fc, *keys);

		if (s)
			return s;
	}
	return NULL;
}

static void set_taken(struct tt_facts *f, const struct tt_moment *t, const char *source)
{
	snprintf(f->taken, sizeof f->taken, "%s", t->wall);
	snprintf(f->subsec, sizeof f->subsec, "%s", t->subsec);
	snprintf(f->offset, sizeof f->offset, "%s", t->offset);
	snprintf(f->offset_source, sizeof f->offset_source, "%s", t->offset[0] ? source : "");
}

static void read_taken(const AVFormatContext *fc, struct tt_facts *f)
{
	static const char *const keys[] = { "com.apple.quicktime.creationdate", "date", "DATE_RECORDED", NULL };
	const char *s = first_value(fc, keys);
	struct tt_moment t;

	if (s && tt_meta_date(s, &t)) {
		set_taken(f, &t, "quicktime");
		return;
	}
	/* The standard says UTC; the fraction is FFmpeg's own. Zero stands for 1904 or 1970: no date. */
	s = value(fc, "creation_time");
	if (s && tt_meta_date(s, &t) && strncmp(t.wall, "1970-01-01", 10) > 0) {
		t.subsec[0] = '\0';
		set_taken(f, &t, "utc");
	}
}

static void read_position(const AVFormatContext *fc, struct tt_facts *f)
{
	static const char *const keys[] = { "com.apple.quicktime.location.ISO6709", "location", "location-eng", NULL };
	const char *s = first_value(fc, keys);

	if (s)
		f->has_position = tt_meta_gps_iso6709(s, &f->lat, &f->lon, &f->has_altitude, &f->alt);
}

static void read_texts(const AVFormatContext *fc, struct tt_facts *f)
{
	static const char *const makes[] = { "com.apple.quicktime.make", "com.android.manufacturer", "make", NULL };
	static const char *const models[] = { "com.apple.quicktime.model", "com.android.model", "model", NULL };
	static const char *const descriptions[] = { "com.apple.quicktime.description", "description", NULL };
	const char *s;

	if ((s = first_value(fc, makes)))
		tt_meta_clean(f->make, sizeof f->make, s);
	if ((s = first_value(fc, models)))
		tt_meta_clean(f->model, sizeof f->model, s);
	if ((s = first_value(fc, descriptions)))
		tt_meta_clean(f->description, sizeof f->description, s);
}

static void read_size(const AVStream *st, struct tt_header *h)
{
	int turn = tt_video_turn(st);
	uint32_t width = st->codecpar->width > 0 ? (uint32_t)st->codecpar->width : 0;
	uint32_t height = st->codecpar->height > 0 ? (uint32_t)st->codecpar->height : 0;
	AVRational aspect = st->sample_aspect_ratio.num > 0 ? st->sample_aspect_ratio
							    : st->codecpar->sample_aspect_ratio;

	if (aspect.num > 0 && aspect.den > 0 && width > 0) {
		double w = (double)width * aspect.num / aspect.den;

		if (w >= 1 && w <= 4.0 * width)
			width = (uint32_t)lround(w);
	}
	h->width = turn >= 5 ? height : width;
	h->height = turn >= 5 ? width : height;
}

int tt_video_facts(const struct tt_source *src, struct tt_header *h, struct tt_facts *f, struct tt_err *err)
{
	TT_SCOPED(tt_video_done) struct tt_video v = { .fd = -1 };
	int rc = tt_video_open(&v, src, err);

	if (rc < 0)
		return rc;
	h->frames = 0;
	if (v.stream >= 0)
		read_size(v.format->streams[v.stream], h);
	if (v.format->duration > 0)
		h->duration_s = (double)v.format->duration / AV_TIME_BASE;
	read_taken(v.format, f);
	read_position(v.format, f);
	read_texts(v.format, f);
	if (v.stream < 0)
		return tt_err_set(err, TT_EINVALID, "video has no pictures");
	return 0;
}

const struct tt_format tt_format_video = { tt_video_facts, tt_video_pixels, false };
