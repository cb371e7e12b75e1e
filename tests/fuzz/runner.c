/* The engine-less main() of a fuzz target: every file of the corpus folder as it is, cut off at each length and with
 * each of its first bytes changed. Deterministic and short, so that it runs with the unit tests. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

enum { BYTES_MAX = 1 << 16, VARIED_MAX = 600 };

/* In memory of its exact size, so that a sanitizer sees every step beyond. */
static void feed(const uint8_t *data, size_t n, size_t flip, uint8_t mask)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		abort();
	memcpy(copy, data, n);
	if (mask)
		copy[flip] ^= mask;
	(void)LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void vary(const uint8_t *data, size_t n)
{
	static const uint8_t masks[] = { 0x01, 0x20, 0x80, 0xff };
	size_t varied = n < VARIED_MAX ? n : VARIED_MAX;

	feed(data, n, 0, 0);
	for (size_t i = 0; i < varied; i++) {
		feed(data, i, 0, 0);
		feed(data, n, i, masks[i % sizeof masks]);
	}
}

static int run_file(const char *folder, const char *name)
{
	static uint8_t data[BYTES_MAX];
	char path[4096];
	size_t n;
	FILE *in;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	in = fopen(path, "rb");
	if (!in) {
		perror(path);
		return -1;
	}
	n = fread(data, 1, sizeof data, in);
	(void)fclose(in);
	vary(data, n);
	return 0;
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *entry;
	unsigned files = 0;

	if (!folder) {
		(void)fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
		return 2;
	}
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.') {
			if (run_file(argv[1], entry->d_name) < 0)
				return 1;
			files++;
		}
	(void)closedir(folder);
	(void)printf("%u files\n", files);
	return files ? 0 : 1;
}
