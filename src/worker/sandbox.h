/* Gives up for good what a decoder does not need. Call last before the first foreign byte; whole process. */
#ifndef TT_WORKER_SANDBOX_H
#define TT_WORKER_SANDBOX_H

#include "base/err.h"

#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TT_SANITIZED 1
#endif
#endif
#ifndef TT_SANITIZED
#define TT_SANITIZED 0
#endif

/* max_memory: bytes of address space over what is mapped now; 0 and sanitizer builds: no limit. */
int tt_sandbox_enter(uint64_t max_memory, struct tt_err *err) TT_CHECKED;

#endif
