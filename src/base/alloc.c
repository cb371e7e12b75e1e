#include "base/alloc.h"

#include "base/fault.h"

#include <string.h>

void *tt_alloc(size_t n)
{
	if (tt_fault_strikes(TT_FAULT_ALLOC))
		return NULL;
	return malloc(n ? n : 1);
}

void *tt_calloc(size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n) || tt_fault_strikes(TT_FAULT_ALLOC))
		return NULL;
	return calloc(1, n ? n : 1);
}

void *tt_realloc(void *p, size_t n)
{
	if (tt_fault_strikes(TT_FAULT_ALLOC))
		return NULL;
	return realloc(p, n ? n : 1);
}

char *tt_strdup(const char *s)
{
	return tt_strndup(s, strlen(s));
}

char *tt_strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = tt_alloc(len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, s, len);
	copy[len] = 0;
	return copy;
}

void *tt_alloc_aligned(size_t align, size_t n)
{
	void *p;

	if (tt_fault_strikes(TT_FAULT_ALLOC) || posix_memalign(&p, align, n ? n : 1) != 0)
		return NULL;
	return p;
}
