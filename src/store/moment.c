#include "store/moment.h"

#include "base/clock.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

bool tt_month_parse(const char *s, int *month)
{
	struct tt_str rest = tt_str_of(s), year;
	int64_t y, m;

	if (rest.len != 7 || !tt_str_split(&rest, '-', &year) || year.len != 4 || rest.len != 2 ||
	    !tt_str_i64(year, 0, 9999, &y) || !tt_str_i64(rest, 1, 12, &m))
		return false;
	*month = (int)(12 * y + m - 1);
	return true;
}

void tt_month_format(int month, char out[8])
{
	unsigned m = month < 0 ? 0 : month >= 120000 ? 119999 : (unsigned)month;

	snprintf(out, 8, "%04u-%02u", m / 12 % 10000, m % 12 + 1);
}

static int month_of(int64_t ms)
{
	int year, month, day;

	tt_civil_from_days(ms / DAY_MS - (ms % DAY_MS < 0), &year, &month, &day);
	return year < 0 ? 0 : 12 * year + month - 1;
}

/* "+09:00"; false for anything that no clock on earth shows. */
static bool offset_of(const char *s, int64_t *ms)
{
	int64_t h, m;

	if (!s || strlen(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':' ||
	    !tt_str_i64((struct tt_str){ s + 1, 2 }, 0, 14, &h) || !tt_str_i64((struct tt_str){ s + 4, 2 }, 0, 59, &m))
		return false;
	*ms = (h * 60 + m) * (s[0] == '-' ? -60000 : 60000);
	return true;
}

struct tt_moment tt_moment_of(const char *taken, const char *subsec, const char *offset, int64_t fallback_ms)
{
	int64_t wall, shift = 0, fraction = 0;

	if (!taken || !taken[0] || !tt_parse_wall(taken, &wall))
		return (struct tt_moment){ fallback_ms, month_of(fallback_ms) };
	for (int i = 0, unit = 100; subsec && i < 3 && subsec[i] >= '0' && subsec[i] <= '9'; i++, unit /= 10)
		fraction += (subsec[i] - '0') * unit;
	if (!offset_of(offset, &shift))
		shift = 0;
	return (struct tt_moment){ wall - shift + fraction, month_of(wall) };
}
