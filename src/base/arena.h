/* Arena: one per request and per job, capped, freed in one call; what outlives it is copied out. One thread at a time.
 */
#ifndef TT_BASE_ARENA_H
#define TT_BASE_ARENA_H

#include "base/str.h"

struct tt_arena_block;
struct tt_arena {
	struct tt_arena_block *head;
	size_t total, max;
};

void *tt_arena_alloc(struct tt_arena *a, size_t n); /* zeroed, 16-aligned; NULL past max or out of memory */
char *tt_arena_strndup(struct tt_arena *a, const char *s, size_t n);
char *tt_arena_printf(struct tt_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tt_arena_free(struct tt_arena *a);

#endif
