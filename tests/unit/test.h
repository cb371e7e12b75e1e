/* What every unit test includes: cmocka in its order, and rows that say their name when they fail. */
#ifndef TT_TESTS_UNIT_TEST_H
#define TT_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHECK(condition) assert_true(condition)
#define CHECK_ROW(condition, name)                                                                                     \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			fail_msg("row '%s': %s", (name), #condition);                                                  \
	} while (0)

#endif
