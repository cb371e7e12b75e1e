#include "base/hash.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <string.h>
#include <unistd.h>

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(struct tt_sha256), "nettle's state fits");

static struct sha256_ctx *ctx_of(struct tt_sha256 *h)
{
	return (struct sha256_ctx *)(void *)h->state;
}

void tt_sha256_init(struct tt_sha256 *h)
{
	sha256_init(ctx_of(h));
}

void tt_sha256_add(struct tt_sha256 *h, const void *p, size_t n)
{
	if (n)
		sha256_update(ctx_of(h), n, p);
}

void tt_sha256_end(struct tt_sha256 *h, uint8_t out[TT_SHA256_SIZE])
{
	sha256_digest(ctx_of(h), TT_SHA256_SIZE, out);
}

int tt_sha256_fd(int fd, uint8_t out[TT_SHA256_SIZE], int64_t *size, struct tt_err *err)
{
	unsigned char chunk[65536];
	struct tt_sha256 h;
	int64_t at = 0;

	tt_sha256_init(&h);
	for (;;) {
		ssize_t n = pread(fd, chunk, sizeof chunk, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tt_err_set(err, TT_EIO, "cannot read: %s", strerror(errno));
		if (n == 0)
			break;
		tt_sha256_add(&h, chunk, (size_t)n);
		at += n;
	}
	tt_sha256_end(&h, out);
	*size = at;
	return 0;
}
