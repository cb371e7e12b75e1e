/* Memory: malloc with a fault hook. What comes from here is released with free(). Any thread. */
#ifndef TT_BASE_ALLOC_H
#define TT_BASE_ALLOC_H

#include <stddef.h>
#include <stdlib.h>

void *tt_alloc(size_t n);                   /* NULL when there is none; n == 0 gives a pointer that can be freed */
void *tt_calloc(size_t count, size_t size); /* zeroed; checked product */
void *tt_realloc(void *p, size_t n);
char *tt_strdup(const char *s);
char *tt_strndup(const char *s, size_t n);
/* Aligned to a power of two (64 for vectors); released with free(). */
void *tt_alloc_aligned(size_t align, size_t n);

/* Frees on every way out of the scope; tt_take() hands ownership over and leaves NULL behind. */
#define TT_SCOPED(fn) __attribute__((cleanup(fn)))
#define tt_take(p)                                                                                                     \
	__extension__({                                                                                                \
		__typeof__(p) taken_ = (p);                                                                            \
		(p) = NULL;                                                                                            \
		taken_;                                                                                                \
	})

static inline void tt_freep(void *p)
{
	free(*(void **)p);
}

#endif
