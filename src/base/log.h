/* Log: one line per event on standard error, key=value. Only http, cli, jobs and app log; libraries return errors.
 * Any thread; a line is written whole. */
#ifndef TT_BASE_LOG_H
#define TT_BASE_LOG_H

#include "base/err.h"

enum tt_level { TT_LOG_ERROR, TT_LOG_WARN, TT_LOG_INFO, TT_LOG_DEBUG };

void tt_log_set_level(enum tt_level level); /* default TT_LOG_INFO */
void tt_log(enum tt_level level, const char *area, const char *fmt, ...) TT_PRINTF(3, 4);

#endif
