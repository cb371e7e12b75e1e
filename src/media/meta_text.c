#include "media/meta_text.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exactly `digits` of them, moving *s behind. */
static bool fixed(const char **s, int digits, int *out)
{
	int v = 0;

	for (int i = 0; i < digits; i++) {
		if (!isdigit((unsigned char)(*s)[i]))
			return false;
		v = v * 10 + ((*s)[i] - '0');
	}
	*s += digits;
	*out = v;
	return true;
}

static bool one_of(const char **s, const char *set)
{
	if (**s == '\0' || !strchr(set, **s))
		return false;
	(*s)++;
	return true;
}

bool tt_meta_subsec(const char *s, char out[10])
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	n = strspn(s, "0123456789");
	if (n == 0)
		return false;
	if (n > 9)
		n = 9;
	memcpy(out, s, n);
	out[n] = '\0';
	return true;
}

bool tt_meta_offset(const char *s, char out[7])
{
	int hours = 0, minutes = 0;
	char sign;

	while (isspace((unsigned char)*s))
		s++;
	if (*s == 'Z' || *s == 'z') {
		memcpy(out, "+00:00", 7);
		return true;
	}
	sign = *s;
	if (sign != '+' && sign != '-')
		return false;
	s++;
	if (!fixed(&s, 2, &hours) && !fixed(&s, 1, &hours))
		return false;
	(void)one_of(&s, ":");
	if (isdigit((unsigned char)*s) && !fixed(&s, 2, &minutes))
		return false;
	if (hours > 14 || minutes > 59)
		return false;
	snprintf(out, 7, "%c%02u:%02u", sign, (unsigned)hours % 100, (unsigned)minutes % 100);
	return true;
}

bool tt_meta_date(const char *s, struct tt_moment *out)
{
	struct tt_moment m = { .wall = "" };
	int year, month, day, hour, minute, second = 0;
	int64_t days;

	while (isspace((unsigned char)*s))
		s++;
	if (!fixed(&s, 4, &year) || !one_of(&s, ":-/. ") || !fixed(&s, 2, &month) || !one_of(&s, ":-/. ") ||
	    !fixed(&s, 2, &day) || !one_of(&s, " T:"))
		return false;
	if (!fixed(&s, 2, &hour) || !one_of(&s, ":") || !fixed(&s, 2, &minute))
		return false;
	if (*s == ':' && isdigit((unsigned char)s[1])) {
		s++;
		if (!fixed(&s, 2, &second))
			return false;
	}
	if (year < 1800 || !tt_days_from_civil(year, month, day, &days) || hour > 23 || minute > 59 || second > 60)
		return false;
	if (second == 60)
		second = 59;
	snprintf(m.wall, sizeof m.wall, "%04u-%02u-%02uT%02u:%02u:%02u", (unsigned)year % 10000, (unsigned)month % 100,
		 (unsigned)day % 100, (unsigned)hour % 100, (unsigned)minute % 100, (unsigned)second % 100);
	if (one_of(&s, ".,") && tt_meta_subsec(s, m.subsec))
		s += strspn(s, "0123456789");
	(void)tt_meta_offset(s, m.offset);
	*out = m;
	return true;
}

/* One "a/b" or decimal number, moving *s behind; false when there is none or it divides by zero. */
static bool number(const char **s, double *out)
{
	char *end;
	double v, d;

	while (isspace((unsigned char)**s))
		(*s)++;
	v = strtod(*s, &end);
	if (end == *s)
		return false;
	*s = end;
	if (**s == '/') {
		d = strtod(*s + 1, &end);
		if (end == *s + 1)
			return false;
		*s = end;
		if (d == 0)
			return false;
		v /= d;
	}
	if (!isfinite(v))
		return false;
	*out = v;
	return true;
}

bool tt_meta_number(const char *s, double *out)
{
	return number(&s, out);
}

static bool signed_degrees(double degrees, char ref, double max, double *out)
{
	if (!(degrees >= 0 && degrees <= max))
		return false;
	*out = ref == 'S' || ref == 'W' ? -degrees : degrees;
	return true;
}

static char compass(const char *ref, double max)
{
	char c = (char)toupper((unsigned char)ref[0]);

	return c != '\0' && strchr(max > 90 ? "EW" : "NS", c) ? c : '\0';
}

bool tt_meta_gps_exif(const char *degrees, const char *ref, double max, double *out)
{
	double part[3] = { 0, 0, 0 };
	char c = compass(ref, max);
	int i = 0;

	while (i < 3 && number(&degrees, &part[i]))
		i++;
	if (i == 0 || c == '\0' || part[0] < 0 || part[1] < 0 || part[2] < 0 || part[1] > 60 || part[2] > 60)
		return false;
	return signed_degrees(part[0] + part[1] / 60 + part[2] / 3600, c, max, out);
}

bool tt_meta_gps_xmp(const char *s, double max, double *out)
{
	double part[3] = { 0, 0, 0 };
	char c;

	for (int i = 0; i < 3; i++) {
		if (!number(&s, &part[i]))
			return false;
		if (*s != ',')
			break;
		s++;
	}
	while (isspace((unsigned char)*s))
		s++;
	c = *s ? compass(s, max) : 'N';
	if (c == '\0' || part[0] < 0 || part[1] < 0 || part[2] < 0)
		return false;
	return signed_degrees(part[0] + part[1] / 60 + part[2] / 3600, c, max, out);
}

bool tt_meta_gps_iso6709(const char *s, double *lat, double *lon, bool *has_alt, double *alt)
{
	double v[3] = { 0, 0, 0 };
	int n = 0;

	while (n < 3 && (*s == '+' || *s == '-')) {
		char *end;

		v[n] = strtod(s, &end);
		if (end == s)
			break;
		s = end;
		n++;
	}
	if (n < 2 || !isfinite(v[0]) || !isfinite(v[1]) || fabs(v[0]) > 90 || fabs(v[1]) > 180)
		return false;
	*lat = v[0];
	*lon = v[1];
	*has_alt = n == 3 && isfinite(v[2]);
	if (*has_alt)
		*alt = v[2];
	return true;
}

static void latin1_to_utf8(char *dst, size_t size, const char *src, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)src[i];

		if (at + 3 > size)
			break;
		if (c < 0x80) {
			dst[at++] = (char)c;
		} else {
			dst[at++] = (char)(0xc0 | c >> 6);
			dst[at++] = (char)(0x80 | (c & 0x3f));
		}
	}
	dst[at] = '\0';
}

void tt_meta_clean(char *dst, size_t size, const char *src)
{
	struct tt_str s = tt_str_trim(tt_str_of(src));

	if (tt_utf8_valid(s.p, s.len))
		tt_utf8_copy(dst, size, s.p, s.len);
	else
		latin1_to_utf8(dst, size, s.p, s.len);
	/* Control characters other than line ends and tabs only harm where the text is shown. */
	for (char *p = dst; *p; p++)
		if ((unsigned char)*p < 0x20 && *p != '\n' && *p != '\t')
			*p = ' ';
}

static size_t put_utf8(char *dst, unsigned c)
{
	if (c < 0x80) {
		dst[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		dst[0] = (char)(0xc0 | c >> 6);
		dst[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	dst[0] = (char)(0xe0 | c >> 12);
	dst[1] = (char)(0x80 | (c >> 6 & 0x3f));
	dst[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

bool tt_meta_ucs2(const char *numbers, char *dst, size_t size)
{
	size_t at = 0;

	for (;;) {
		char *end;
		unsigned long low = strtoul(numbers, &end, 10), high;

		if (end == numbers)
			break;
		high = strtoul(end, &end, 10);
		if (low > 255 || high > 255)
			return false;
		numbers = end;
		if ((low | high) == 0 || at + 4 > size)
			break;
		if (high >= 0xd8 && high < 0xe0) /* halves of a pair stand for themselves in UCS-2: not text */
			dst[at++] = '?';
		else
			at += put_utf8(dst + at, (unsigned)(high << 8 | low));
	}
	dst[at] = '\0';
	return at > 0;
}

void tt_meta_add_keyword(char *list, size_t size, const char *word)
{
	size_t len = strlen(list), add;
	struct tt_str rest = { list, len }, part;
	char clean[512];

	tt_meta_clean(clean, sizeof clean, word);
	for (char *p = clean; *p; p++)
		if (*p == '\n')
			*p = ' ';
	add = strlen(clean);
	while (len > 0 && tt_str_split(&rest, '\n', &part))
		if (tt_str_is(part, clean))
			return;
	if (add == 0 || len + add + 2 > size)
		return;
	if (len > 0)
		list[len++] = '\n';
	memcpy(list + len, clean, add + 1);
}
