#include "store/search_fold.h"

#include <string.h>

/* U+00C0 to U+017F without accents. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo/ouuuuypy"
			    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
			    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

size_t tt_search_char(const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;
	size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return len < n ? len : n;
}

/* Of valid UTF-8. */
static uint32_t code_of(const char *p, size_t len)
{
	static const uint32_t first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = (unsigned char)*p & first[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)p[i] & 0x3f);
	return c;
}

static char *put2(char *out, uint32_t c)
{
	*out++ = (char)(0xc0 | c >> 6);
	*out++ = (char)(0x80 | (c & 0x3f));
	return out;
}

static char *put_folded(char *out, const char *p, size_t len)
{
	uint32_t c = code_of(p, len);

	if (c >= 'A' && c <= 'Z')
		*out++ = (char)(c + 32);
	else if (c >= 0xc0 && c <= 0x17f && c != 0xd7 && c != 0xf7)
		*out++ = latin[c - 0xc0];
	else if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		out = put2(out, c + 32);
	else if (c >= 0x400 && c <= 0x40f)
		out = put2(out, c + 80);
	else if (c >= 0x300 && c <= 0x36f) /* accents of their own */
		return out;
	else
		for (size_t i = 0; i < len; i++)
			*out++ = p[i];
	return out;
}

void tt_search_fold(const char *s, size_t n, char *out)
{
	for (size_t i = 0; i < n;) {
		size_t len = tt_search_char(s + i, n - i);

		out = put_folded(out, s + i, len);
		i += len;
	}
	*out = 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void tt_search_squeeze(char *s)
{
	char *out = s;

	for (const char *p = s; *p; p++) {
		if (!is_space(*p))
			*out++ = *p;
		else if (out > s && out[-1] != ' ')
			*out++ = ' ';
	}
	if (out > s && out[-1] == ' ')
		out--;
	*out = 0;
}

bool tt_search_is_cjk(const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len = tt_search_char(p + i, n - i);
		uint32_t c = code_of(p + i, len);

		if ((c >= 0x2e80 && c <= 0xabff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff))
			return true;
		i += len;
	}
	return false;
}

/* What stands between words and in none. */
static bool separates(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0xb7 || (c >= 0x2000 && c <= 0x206f) ||
	       (c >= 0x2190 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011) ||
	       (c >= 0xff01 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20) || (c >= 0x1f000 && c <= 0x1faff);
}

static bool is_word_char(uint32_t c)
{
	return c >= 0x80 ? !separates(c) : (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

bool tt_search_has_word(struct tt_str s)
{
	for (size_t i = 0; i < s.len;) {
		size_t len = tt_search_char(s.p + i, s.len - i);

		if (is_word_char(code_of(s.p + i, len)))
			return true;
		i += len;
	}
	return false;
}

struct tt_str tt_search_bare(struct tt_str s)
{
	struct tt_str all = s;

	while (s.len > 0 && (unsigned char)s.p[0] < 0x80 && !is_word_char((unsigned char)s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && (unsigned char)s.p[s.len - 1] < 0x80 && !is_word_char((unsigned char)s.p[s.len - 1]))
		s.len--;
	return s.len > 0 ? s : all;
}

bool tt_search_word(struct tt_str *rest, struct tt_str *word)
{
	while (rest->len > 0) {
		size_t n = 0, len = tt_search_char(rest->p, rest->len);

		if (separates(code_of(rest->p, len))) {
			rest->p += len;
			rest->len -= len;
			continue;
		}
		while (n < rest->len && !separates(code_of(rest->p + n, tt_search_char(rest->p + n, rest->len - n))))
			n += tt_search_char(rest->p + n, rest->len - n);
		*word = (struct tt_str){ rest->p, n };
		rest->p += n;
		rest->len -= n;
		return true;
	}
	return false;
}

const char *tt_search_within(const char *s, struct tt_str part)
{
	return part.len ? memmem(s, strlen(s), part.p, part.len) : NULL;
}
