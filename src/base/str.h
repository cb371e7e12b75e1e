/* String views (pointer + length, not NUL-terminated) and small helpers on text. Views own nothing. Any thread. */
#ifndef TT_BASE_STR_H
#define TT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tt_str {
	const char *p;
	size_t len;
};

#define TT_STR(literal) ((struct tt_str){ (literal), sizeof(literal) - 1 })

struct tt_str tt_str_of(const char *s); /* NULL gives an empty view */
bool tt_str_eq(struct tt_str a, struct tt_str b);
bool tt_str_is(struct tt_str a, const char *s);
bool tt_str_starts(struct tt_str a, struct tt_str prefix);
bool tt_str_ends_nocase(struct tt_str a, const char *suffix); /* ASCII only */
struct tt_str tt_str_trim(struct tt_str a);                   /* ASCII white space off both ends */
/* Takes what stands before the next `sep` off *rest; false when *rest was used up. */
bool tt_str_split(struct tt_str *rest, char sep, struct tt_str *part);
/* A whole decimal number within [min, max]; false for anything else (signs only where min < 0). */
bool tt_str_i64(struct tt_str s, int64_t min, int64_t max, int64_t *out);
bool tt_str_double(struct tt_str s, double *out); /* finite, C locale, the whole string */
/* Well-formed UTF-8 (RFC 3629), no NUL. */
bool tt_utf8_valid(const char *p, size_t n);
/* Copies at most size-1 bytes without cutting a character, replaces what is not UTF-8 by '?', always terminates. */
void tt_utf8_copy(char *dst, size_t size, const char *src, size_t n);
void tt_hex(char *out, const uint8_t *p, size_t n);     /* 2n characters and NUL */
bool tt_unhex(uint8_t *out, size_t n, struct tt_str s); /* s must be exactly 2n hex digits */

#endif
