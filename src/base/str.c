#include "base/str.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct tt_str tt_str_of(const char *s)
{
	return s ? (struct tt_str){ s, strlen(s) } : (struct tt_str){ "", 0 };
}

bool tt_str_eq(struct tt_str a, struct tt_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool tt_str_is(struct tt_str a, const char *s)
{
	return tt_str_eq(a, tt_str_of(s));
}

bool tt_str_starts(struct tt_str a, struct tt_str prefix)
{
	return a.len >= prefix.len && tt_str_eq((struct tt_str){ a.p, prefix.len }, prefix);
}

bool tt_str_ends_nocase(struct tt_str a, const char *suffix)
{
	size_t n = strlen(suffix);

	return a.len >= n && strncasecmp(a.p + a.len - n, suffix, n) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct tt_str tt_str_trim(struct tt_str a)
{
	while (a.len && is_space(a.p[0]))
		a = (struct tt_str){ a.p + 1, a.len - 1 };
	while (a.len && is_space(a.p[a.len - 1]))
		a.len--;
	return a;
}

bool tt_str_split(struct tt_str *rest, char sep, struct tt_str *part)
{
	const char *end;

	if (!rest->p)
		return false;
	end = rest->len ? memchr(rest->p, sep, rest->len) : NULL;
	if (!end) {
		*part = *rest;
		*rest = (struct tt_str){ NULL, 0 };
		return true;
	}
	*part = (struct tt_str){ rest->p, (size_t)(end - rest->p) };
	*rest = (struct tt_str){ end + 1, rest->len - part->len - 1 };
	return true;
}

bool tt_str_i64(struct tt_str s, int64_t min, int64_t max, int64_t *out)
{
	bool minus = s.len && s.p[0] == '-' && min < 0;
	int64_t n = 0;

	if (minus)
		s = (struct tt_str){ s.p + 1, s.len - 1 };
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, digit, &n))
			return false;
	}
	/* counted downwards, so that INT64_MIN fits */
	if (!minus && __builtin_sub_overflow((int64_t)0, n, &n))
		return false;
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}

bool tt_str_double(struct tt_str s, double *out)
{
	static locale_t c_locale;
	char text[64], *end;
	double v;

	if (s.len == 0 || s.len >= sizeof text || is_space(s.p[0]))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	if (!c_locale)
		c_locale = newlocale(LC_ALL_MASK, "C", NULL);
	v = strtod_l(text, &end, c_locale);
	if (end != text + s.len || !isfinite(v))
		return false;
	*out = v;
	return true;
}

/* Length of the well-formed sequence at p (RFC 3629, table in §4); 0 when there is none. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : 4;

	if (p[0] == 0 || (p[0] >= 0x80 && p[0] < 0xc2) || p[0] > 0xf4 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

bool tt_utf8_valid(const char *p, size_t n)
{
	for (size_t i = 0, len; i < n; i += len) {
		len = utf8_sequence((const unsigned char *)p + i, n - i);
		if (len == 0)
			return false;
	}
	return true;
}

void tt_utf8_copy(char *dst, size_t size, const char *src, size_t n)
{
	size_t at = 0;

	if (size == 0)
		return;
	for (size_t i = 0; i < n && src[i];) {
		size_t len = utf8_sequence((const unsigned char *)src + i, n - i);

		if (at + (len ? len : 1) >= size)
			break;
		if (len)
			memcpy(dst + at, src + i, len);
		else
			dst[at] = '?';
		at += len ? len : 1;
		i += len ? len : 1;
	}
	dst[at] = 0;
}

void tt_hex(char *out, const uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool tt_unhex(uint8_t *out, size_t n, struct tt_str s)
{
	if (s.len != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = hex_digit(s.p[2 * i]), lo = hex_digit(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}
