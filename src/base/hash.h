/* SHA-256 (FIPS 180-4) by nettle: the identity of a photo's content. One object, one thread. */
#ifndef TT_BASE_HASH_H
#define TT_BASE_HASH_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define TT_SHA256_SIZE 32
#define TT_SHA256_HEX 65 /* with NUL */

struct tt_sha256 {
	_Alignas(16) unsigned char state[128];
};

void tt_sha256_init(struct tt_sha256 *h);
void tt_sha256_add(struct tt_sha256 *h, const void *p, size_t n);
void tt_sha256_end(struct tt_sha256 *h, uint8_t out[TT_SHA256_SIZE]);
int tt_sha256_fd(int fd, uint8_t out[TT_SHA256_SIZE], int64_t *size,
		 struct tt_err *err) TT_CHECKED; /* from its start */

#endif
