/* When a photo was taken: the moment it is sorted by and the month it is shown under. Pure. */
#ifndef TT_STORE_MOMENT_H
#define TT_STORE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/* Months count from year 0: 12 × year + month - 1. 0 stands for "any month". */
bool tt_month_parse(const char *s, int *month); /* "2019-05" */
void tt_month_format(int month, char out[8]);

struct tt_moment {
	int64_t ms; /* UTC instant when the offset is known, else the wall time as if it were UTC */
	int month;  /* by the clock on the wall where it was taken */
};
/* taken "2019-05-04T10:11:12", subsec "25", offset "+09:00": each may be NULL or empty. Without a readable date it is
 * fallback_ms (the file's mtime). */
struct tt_moment tt_moment_of(const char *taken, const char *subsec, const char *offset, int64_t fallback_ms);

#endif
