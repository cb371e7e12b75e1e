/* The texts of EXIF, XMP, IPTC and QuickTime tags -> values. Pure, any thread; false means unreadable or out of range,
 * and leaves the output alone. Forms: EXIF 2.32 §4.6, XMP part 1 §8.2.1.1 (dates) and part 2 (GPSCoordinate). */
#ifndef TT_MEDIA_META_TEXT_H
#define TT_MEDIA_META_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct tt_moment {
	char wall[20];   /* "2019-05-04T10:11:12" */
	char subsec[10]; /* digits; empty when not said */
	char offset[7];  /* "+09:00"; empty when not said */
};

/* "2019:05:04 10:11:12", "2019-05-04T10:11:12.25+09:00", "…Z", seconds may be missing. */
bool tt_meta_date(const char *s, struct tt_moment *out);
/* "+09:00", "+0900", "+9", "Z". */
bool tt_meta_offset(const char *s, char out[7]);
bool tt_meta_subsec(const char *s, char out[10]);
/* "1/250", "0.004", "35": the first of a list. */
bool tt_meta_number(const char *s, double *out);
/* EXIF: "48/1 51/1 3014/100" and "N". max is 90 for a latitude, 180 for a longitude. */
bool tt_meta_gps_exif(const char *degrees, const char *ref, double max, double *out);
/* XMP: "48,51.502N" or "48,51,30.1N"; without a letter north and east. */
bool tt_meta_gps_xmp(const char *s, double max, double *out);
/* ISO 6709 as QuickTime writes it: "+48.8584+002.2945+082.1/". *has_alt says whether the height is there. */
bool tt_meta_gps_iso6709(const char *s, double *lat, double *lon, bool *has_alt, double *alt);
/* White space off the ends, UTF-8 made sure of: what is not is taken as Latin-1. */
void tt_meta_clean(char *dst, size_t size, const char *src);
/* Windows' texts, as exiv2 prints their bytes: "104 0 100 0 114 0" -> "hdr". */
bool tt_meta_ucs2(const char *numbers, char *dst, size_t size);
/* Adds `word` to a list joined by '\n' unless it is empty or there already; a full list stays as it is. */
void tt_meta_add_keyword(char *list, size_t size, const char *word);

#endif
