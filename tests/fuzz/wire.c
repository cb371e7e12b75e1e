/* The answer of a worker that was taken over by the file it read. */
#include "worker/wire.h"
#include "worker/worker.h"

#include "base/str.h"
#include "memory_file.h"

#include <string.h>

static void read_all(const uint8_t *p, size_t n)
{
	volatile uint8_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + p[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t memory[sizeof(struct tt_wire_developed) + 4096];
	struct tt_developed d = { .memory = NULL };
	struct tt_err err = { 0 };
	char path[MEMORY_PATH_SIZE];
	size_t n = size < sizeof memory ? size : sizeof memory;
	int fd, rc;

	/* Short inputs are the sizes at the end of the head, so that a fuzzer need not write the whole of it. */
	memset(memory, 0x41, sizeof memory);
	if (n < sizeof(struct tt_wire_developed)) {
		size_t room = sizeof(struct tt_wire_developed) - sizeof(struct tt_wire_facts);

		memcpy(memory + sizeof(struct tt_wire_facts), data, n < room ? n : room);
		n = sizeof(struct tt_wire_developed) + 30;
	} else {
		memcpy(memory, data, n);
	}
	fd = memory_file(memory, n, path);
	PROMISE(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0);
	rc = tt_wire_unpack(fd, n, &d, &err);
	PROMISE((rc < 0) == (err.msg[0] != 0));
	if (rc == 0) {
		PROMISE(tt_utf8_valid(d.facts.make, strlen(d.facts.make)) && d.facts.orientation <= 8);
		PROMISE(strlen(d.blurhash) < sizeof d.blurhash);
		read_all(d.thumb, d.thumb_size);
		read_all(d.preview, d.preview_size);
		read_all(d.plane.rgb, (size_t)d.plane.width * d.plane.height * 3);
		read_all(d.faces_plane.rgb, (size_t)d.faces_plane.width * d.faces_plane.height * 3);
		tt_workers_developed_done(&d);
	}
	(void)close(fd);
	return 0;
}
