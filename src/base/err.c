#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int tt_err_set(struct tt_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	err->code = code;
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	return code;
}

int tt_err_ctx(struct tt_err *err, const char *fmt, ...)
{
	char text[sizeof err->msg];
	va_list ap;
	int n;

	if (!err)
		return TT_EINTERNAL;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n + 2 >= sizeof text)
		return err->code;
	(void)snprintf(text + n, sizeof text - (size_t)n, ": %.*s", (int)(sizeof text - (size_t)n - 3), err->msg);
	memcpy(err->msg, text, sizeof text);
	return err->code;
}

const char *tt_code_name(int code)
{
	static const char *const names[] = {
		[-TT_EINTERNAL] = "internal",
		[-TT_ENOTFOUND] = "not_found",
		[-TT_EEXISTS] = "exists",
		[-TT_EINVALID] = "invalid",
		[-TT_ETOOBIG] = "too_big",
		[-TT_ENOMEM] = "no_memory",
		[-TT_EIO] = "io",
		[-TT_EDENIED] = "denied",
		[-TT_EAUTH] = "not_signed_in",
		[-TT_EBUSY] = "busy",
		[-TT_ETIMEOUT] = "timeout",
		[-TT_ECRASH] = "crash",
	};

	if (code >= 0 || (size_t)-code >= TT_LEN(names))
		return "internal";
	return names[-code];
}
