/* An upload's body: however it is cut into pieces, the same parts come out. */
#include "http/multipart.h"

#include "fuzz.h"

#include <string.h>

struct heard {
	uint64_t sum; /* over everything that was called, data by its bytes */
	size_t bytes;
	bool open;
};

static void add(struct heard *h, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h->sum = (h->sum ^ (uint8_t)p[i]) * UINT64_C(0x100000001b3);
}

static int on_begin(void *ctx, const struct tt_form_part *part, struct tt_err *err)
{
	struct heard *h = ctx;

	(void)err;
	PROMISE(!h->open);
	PROMISE(tt_utf8_valid(part->filename, strlen(part->filename)) && !strchr(part->filename, '/'));
	h->open = true;
	add(h, "<", 1);
	add(h, part->name, strlen(part->name));
	add(h, part->filename, strlen(part->filename));
	return 0;
}

static int on_data(void *ctx, const char *p, size_t n, struct tt_err *err)
{
	struct heard *h = ctx;

	(void)err;
	PROMISE(h->open);
	add(h, p, n);
	h->bytes += n;
	return 0;
}

static int on_end(void *ctx, struct tt_err *err)
{
	struct heard *h = ctx;

	(void)err;
	PROMISE(h->open);
	h->open = false;
	add(h, ">", 1);
	return 0;
}

static int parse(const char *p, size_t n, size_t step, struct heard *h)
{
	static const struct tt_multipart_ops ops = { on_begin, on_data, on_end };
	struct tt_multipart m;
	struct tt_err err = { 0 };
	int rc = 0;

	*h = (struct heard){ .sum = UINT64_C(0xcbf29ce484222325) };
	tt_multipart_init(&m, "XX", 8, &ops, h);
	for (size_t at = 0; at < n && rc == 0; at += step)
		rc = tt_multipart_feed(&m, p + at, n - at < step ? n - at : step, &err);
	if (rc == 0)
		rc = tt_multipart_finish(&m, &err);
	PROMISE((rc < 0) == (err.msg[0] != 0));
	PROMISE(rc < 0 || !h->open);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 2, 7 };
	const char *p = (const char *)data;
	char boundary[TT_BOUNDARY_MAX + 1];
	struct tt_err err = { 0 };
	struct heard whole, pieces;
	int rc;

	if (size == 0)
		return 0;
	rc = parse(p, size, size, &whole);
	PROMISE(whole.bytes <= size);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		PROMISE(parse(p, size, steps[i], &pieces) == rc);
		PROMISE(pieces.sum == whole.sum && pieces.bytes == whole.bytes);
	}
	if (tt_multipart_boundary((struct tt_str){ p, size }, boundary, &err) == 0)
		PROMISE(boundary[0] && strlen(boundary) <= TT_BOUNDARY_MAX);
	return 0;
}
