#include "base/buf.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

/* Makes room for n more bytes and the NUL. */
static int reserve(struct tt_buf *b, size_t n, struct tt_err *err)
{
	size_t cap = b->cap ? b->cap : 256;
	char *p;

	if (n > b->max || b->len > b->max - n)
		return tt_err_set(err, TT_ETOOBIG, "more than %zu bytes", b->max);
	if (b->len + n + 1 <= b->cap)
		return 0;
	while (cap < b->len + n + 1)
		cap = cap > SIZE_MAX / 2 ? b->len + n + 1 : cap * 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	p = tt_realloc(b->p, cap);
	if (!p)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	b->p = p;
	b->cap = cap;
	return 0;
}

int tt_buf_add(struct tt_buf *b, const void *src, size_t n, struct tt_err *err)
{
	int rc = reserve(b, n, err);

	if (rc < 0)
		return rc;
	if (n)
		memcpy(b->p + b->len, src, n);
	b->len += n;
	b->p[b->len] = 0;
	return 0;
}

int tt_buf_adds(struct tt_buf *b, const char *s, struct tt_err *err)
{
	return tt_buf_add(b, s, strlen(s), err);
}

int tt_buf_addf(struct tt_buf *b, struct tt_err *err, const char *fmt, ...)
{
	va_list ap;
	int n, rc;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return tt_err_set(err, TT_EINTERNAL, "cannot format '%s'", fmt);
	rc = reserve(b, (size_t)n, err);
	if (rc < 0)
		return rc;
	va_start(ap, fmt);
	(void)vsnprintf(b->p + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return 0;
}

char *tt_buf_detach(struct tt_buf *b)
{
	char *p = b->p;

	b->p = NULL;
	b->len = b->cap = 0;
	return p;
}

void tt_buf_free(struct tt_buf *b)
{
	free(b->p);
	b->p = NULL;
	b->len = b->cap = 0;
}
