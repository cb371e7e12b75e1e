#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t tt_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t tt_mono_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, eras have 400 years. */
bool tt_days_from_civil(int year, int month, int day, int64_t *days)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;

	if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1] + (month == 2 && leap))
		return false;
	*days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
		(153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1 - 719468;
	return true;
}

void tt_civil_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

static bool digits(const char *s, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*out = *out * 10 + s[i] - '0';
	}
	return true;
}

bool tt_parse_wall(const char *s, int64_t *ms)
{
	int y, mo, d, h, mi, sec;
	int64_t days;

	if (strlen(s) != 19 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':')
		return false;
	if (!digits(s, 4, &y) || !digits(s + 5, 2, &mo) || !digits(s + 8, 2, &d) || !digits(s + 11, 2, &h) ||
	    !digits(s + 14, 2, &mi) || !digits(s + 17, 2, &sec))
		return false;
	if (h > 23 || mi > 59 || sec > 59 || !tt_days_from_civil(y, mo, d, &days))
		return false;
	*ms = ((days * 24 + h) * 60 + mi) * 60000 + (int64_t)sec * 1000;
	return true;
}

void tt_format_wall(int64_t ms, char out[20])
{
	int64_t s = ms / 1000 - (ms % 1000 < 0);
	int64_t days = s / 86400 - (s % 86400 < 0);
	int rest = (int)(s - days * 86400);
	int y, mo, d;

	tt_civil_from_days(days, &y, &mo, &d);
	if (y < 0 || y > 9999) {
		out[0] = 0;
		return;
	}
	(void)snprintf(out, 20, "%04u-%02u-%02uT%02u:%02u:%02u", (unsigned)y % 10000, (unsigned)mo % 100,
		       (unsigned)d % 100, (unsigned)rest / 3600 % 100, (unsigned)rest / 60 % 60, (unsigned)rest % 60);
}
