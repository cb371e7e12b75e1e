/* A fuzz target: one function that is fed bytes of unknown origin and must neither crash nor break a promise of the
 * code's headers. Built with libFuzzer (-Dfuzz=true, clang), or with runner.c, which walks the corpus once. */
#ifndef TT_TESTS_FUZZ_FUZZ_H
#define TT_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(condition)                                                                                             \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			(void)fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);          \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

#endif
