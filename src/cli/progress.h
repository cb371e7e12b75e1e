/* The progress line of long work: count, rate and time left, on a terminal only. Any thread. */
#ifndef TT_CLI_PROGRESS_H
#define TT_CLI_PROGRESS_H

#include <stdint.h>

/* total 0: not known yet. Writes at most a few times a second. */
void tt_progress_show(const char *what, int64_t done, int64_t total, double per_second);
void tt_progress_clear(void);

#endif
