#include "store/class.h"

#include "test.h"

#include <string.h>

static void names_and_numbers(void **state)
{
	static const struct {
		const char *name;
		int cls;
	} rows[] = { { "people", 0 },   { "animals", 1 },   { "landscape", 2 },
		     { "vehicles", 3 }, { "buildings", 4 }, { "none", TT_NO_CLASS },
		     { "", -2 },        { "Animals", -2 },  { "animal", -2 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CHECK_ROW(tt_store_class_of(rows[i].name) == rows[i].cls, rows[i].name);
		if (rows[i].cls >= TT_NO_CLASS)
			CHECK_ROW(strcmp(tt_store_class_name(rows[i].cls), rows[i].name) == 0, rows[i].name);
	}
	CHECK(tt_store_class_of(NULL) == -2 && strcmp(tt_store_class_name(99), "none") == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(names_and_numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
