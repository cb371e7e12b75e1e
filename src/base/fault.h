/* Fault hooks for tests: the n-th allocation, write, fsync or statement fails. In a release build the hooks are
 * compiled in too (one relaxed load each), so that what is tested is what ships. Counters are process-wide. */
#ifndef TT_BASE_FAULT_H
#define TT_BASE_FAULT_H

#include <stdbool.h>

enum tt_fault { TT_FAULT_ALLOC, TT_FAULT_WRITE, TT_FAULT_FSYNC, TT_FAULT_SQL, TT_FAULT_KINDS };

/* Lets the n-th call of this kind from now on (0 is the next) fail once. */
void tt_fault_arm(enum tt_fault kind, long n);
/* Switches it off; true when it struck. */
bool tt_fault_disarm(enum tt_fault kind);
/* Asked by the product at each such place: true means fail now. */
bool tt_fault_strikes(enum tt_fault kind);

#endif
