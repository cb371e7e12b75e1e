#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static atomic_int max_level = TT_LOG_INFO;

void tt_log_set_level(enum tt_level level)
{
	atomic_store(&max_level, level);
}

void tt_log(enum tt_level level, const char *area, const char *fmt, ...)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	char line[1024], when[20];
	int64_t now = tt_now_ms();
	va_list ap;
	int n, m;

	if ((int)level > atomic_load_explicit(&max_level, memory_order_relaxed))
		return;
	tt_format_wall(now, when);
	n = snprintf(line, sizeof line, "%s.%03dZ %s %s: ", when, (int)(now % 1000), names[level], area);
	va_start(ap, fmt);
	m = vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, ap);
	va_end(ap);
	n += m < 0 ? 0 : m;
	if ((size_t)n > sizeof line - 2)
		n = (int)sizeof line - 2;
	for (int i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = ' '; /* one event, one line: no text from outside starts another */
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nowhere left to say so */
}
