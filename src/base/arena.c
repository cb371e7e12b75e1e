#include "base/arena.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct tt_arena_block {
	struct tt_arena_block *next;
	size_t used, size;
	_Alignas(16) unsigned char bytes[];
};

void *tt_arena_alloc(struct tt_arena *a, size_t n)
{
	struct tt_arena_block *b = a->head;
	void *p;

	if (n > SIZE_MAX - 15)
		return NULL;
	n = (n + 15) & ~(size_t)15;
	if (!b || b->size - b->used < n) {
		size_t size = n > 4096 ? n : 4096;

		if (a->max - a->total < n || a->total > a->max)
			return NULL;
		if (size > a->max - a->total)
			size = n;
		b = tt_calloc(1, sizeof *b + size);
		if (!b)
			return NULL;
		b->size = size;
		b->next = a->head;
		a->head = b;
		a->total += size;
	}
	p = b->bytes + b->used;
	b->used += n;
	return p;
}

char *tt_arena_strndup(struct tt_arena *a, const char *s, size_t n)
{
	char *copy = tt_arena_alloc(a, n + 1);

	if (copy && n)
		memcpy(copy, s, n);
	return copy;
}

char *tt_arena_printf(struct tt_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	text = tt_arena_alloc(a, (size_t)n + 1);
	if (!text)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return text;
}

void tt_arena_free(struct tt_arena *a)
{
	while (a->head) {
		struct tt_arena_block *next = a->head->next;

		free(a->head);
		a->head = next;
	}
	a->total = 0;
}
