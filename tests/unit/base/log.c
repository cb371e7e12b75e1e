#include "test.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* What fn writes to standard error, as text. */
static void heard(char *out, size_t size, void (*fn)(const char *text), const char *text)
{
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	CHECK(saved >= 0 && pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) >= 0);
	fn(text);
	CHECK(dup2(saved, STDERR_FILENO) >= 0);
	(void)close(saved);
	(void)close(ends[1]);
	n = read(ends[0], out, size - 1);
	CHECK(n >= 0);
	out[n] = 0;
	(void)close(ends[0]);
}

static void say(const char *text)
{
	tt_log(TT_LOG_WARN, "http", "name=%s", text);
}

static void say_debug(const char *text)
{
	tt_log(TT_LOG_DEBUG, "http", "name=%s", text);
}

static void a_line_is_one_event(void **state)
{
	char longer[3000], line[4096];
	int64_t ms;

	(void)state;
	heard(line, sizeof line, say, "a\nb\x1b[31m");
	CHECK(strstr(line, "Z warn http: name=a b [31m\n") && strchr(line, '\n') == line + strlen(line) - 1);
	line[19] = 0; /* "2019-05-04T10:11:12" before ".123Z" */
	CHECK(tt_parse_wall(line, &ms));
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = 0;
	heard(line, sizeof line, say, longer);
	CHECK(strlen(line) < 1025 && strchr(line, '\n') == line + strlen(line) - 1);
}

static void levels(void **state)
{
	char line[256];

	(void)state;
	heard(line, sizeof line, say_debug, "x");
	assert_string_equal(line, "");
	tt_log_set_level(TT_LOG_DEBUG);
	heard(line, sizeof line, say_debug, "x");
	CHECK(strstr(line, " debug http: name=x\n"));
	tt_log_set_level(TT_LOG_ERROR);
	heard(line, sizeof line, say, "x");
	assert_string_equal(line, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_line_is_one_event), cmocka_unit_test(levels) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
