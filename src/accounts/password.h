/* Password hashes: argon2id, 64 MiB, 2 passes (libsodium's string format, so that the cost can grow later). Any thread;
 * at most TT_PASSWORD_PARALLEL hashes run at once in the process, further callers wait. */
#ifndef TT_ACCOUNTS_PASSWORD_H
#define TT_ACCOUNTS_PASSWORD_H

#include "base/err.h"
#include "base/str.h"
#include "store/users.h"

#define TT_PASSWORD_PARALLEL 2

/* Once per process; may be called again. */
int tt_password_init(struct tt_err *err) TT_CHECKED;
int tt_password_hash(struct tt_str password, char out[TT_PASSWORD_HASH_MAX + 1], struct tt_err *err) TT_CHECKED;
/* Takes as long for a hash that is no hash ("") as for a real one. */
bool tt_password_matches(struct tt_str password, const char *hash);
void tt_random_bytes(void *out, size_t n); /* unpredictable; never fails once initialised */

#endif
