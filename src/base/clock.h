/* Time. Any thread. */
#ifndef TT_BASE_CLOCK_H
#define TT_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t tt_now_ms(void);  /* wall clock, milliseconds since 1970 UTC */
int64_t tt_mono_ns(void); /* monotonic */
/* Proleptic Gregorian calendar <-> days since 1970-01-01; false for a date that does not exist. */
bool tt_days_from_civil(int year, int month, int day, int64_t *days);
void tt_civil_from_days(int64_t days, int *year, int *month, int *day);
/* "2019-05-04T10:11:12" <-> milliseconds as if it were UTC. */
bool tt_parse_wall(const char *s, int64_t *ms);
void tt_format_wall(int64_t ms, char out[20]);

#endif
