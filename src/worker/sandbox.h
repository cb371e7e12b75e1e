/* Gives up for good what a decoder does not need. Call last before the first foreign byte; whole process. */
#ifndef TT_WORKER_SANDBOX_H
#define TT_WORKER_SANDBOX_H

#include "base/err.h"

#include <stdint.h>

/* max_memory: bytes of address space over what is mapped now; 0 and sanitizer builds: no limit. */
int tt_sandbox_enter(uint64_t max_memory, struct tt_err *err) TT_CHECKED;

#endif
