/* Slows down guessing of passwords: failures are counted for each pair of name and address, in memory, in a table of
 * fixed size (a full table forgets the entry that was idle for longest). After `tries` failures each further one
 * doubles the wait. Time is handed in. Not locked: one thread at a time. */
#ifndef TT_ACCOUNTS_THROTTLE_H
#define TT_ACCOUNTS_THROTTLE_H

#include "base/str.h"

#define TT_THROTTLE_ENTRIES 1024
#define TT_THROTTLE_DOUBLINGS 6
#define TT_THROTTLE_FORGET_MS (60LL * 60 * 1000) /* after this long without a failure the count is 0 again */

struct tt_throttle_entry {
	uint8_t key[32]; /* hash of name and address */
	int64_t last_ms; /* of the latest failure; 0: free */
	unsigned failures;
};

struct tt_throttle {
	unsigned tries;
	int64_t wait_ms;
	struct tt_throttle_entry entry[TT_THROTTLE_ENTRIES];
};

void tt_throttle_init(struct tt_throttle *t, unsigned tries, int64_t wait_ms);
/* Milliseconds until the next try is allowed; 0: now. The case of ASCII letters in the name does not count. */
int64_t tt_throttle_wait(const struct tt_throttle *t, struct tt_str name, const char *address, int64_t now);
void tt_throttle_failed(struct tt_throttle *t, struct tt_str name, const char *address, int64_t now);
void tt_throttle_succeeded(struct tt_throttle *t, struct tt_str name, const char *address);

#endif
