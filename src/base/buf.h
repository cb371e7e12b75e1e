/* A growing byte buffer with a declared maximum: struct tt_buf b = { .max = limit }; always NUL-terminated once
 * written. One thread at a time. */
#ifndef TT_BASE_BUF_H
#define TT_BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

#include <stdarg.h>

struct tt_buf {
	char *p;
	size_t len, cap, max;
};

int tt_buf_add(struct tt_buf *b, const void *src, size_t n, struct tt_err *err) TT_CHECKED; /* TT_ETOOBIG past max */
int tt_buf_adds(struct tt_buf *b, const char *s, struct tt_err *err) TT_CHECKED;
int tt_buf_addf(struct tt_buf *b, struct tt_err *err, const char *fmt, ...) TT_CHECKED TT_PRINTF(3, 4);
char *tt_buf_detach(struct tt_buf *b); /* hands the bytes over (free()); the buffer is empty again */
void tt_buf_free(struct tt_buf *b);

#endif
