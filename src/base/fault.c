#include "base/fault.h"

#include <limits.h>
#include <stdatomic.h>

/* LONG_MAX: off. A positive count runs down with each call; the one that finds 0 is struck. */
static atomic_long left[TT_FAULT_KINDS] = { LONG_MAX, LONG_MAX, LONG_MAX, LONG_MAX };
static atomic_bool armed, struck[TT_FAULT_KINDS];

void tt_fault_arm(enum tt_fault kind, long n)
{
	atomic_store(&struck[kind], false);
	atomic_store(&left[kind], n);
	atomic_store(&armed, true);
}

bool tt_fault_disarm(enum tt_fault kind)
{
	atomic_store(&left[kind], LONG_MAX);
	return atomic_exchange(&struck[kind], false);
}

bool tt_fault_strikes(enum tt_fault kind)
{
	if (!atomic_load_explicit(&armed, memory_order_relaxed) || atomic_load(&left[kind]) == LONG_MAX)
		return false;
	if (atomic_fetch_sub(&left[kind], 1) != 0)
		return false;
	atomic_store(&left[kind], LONG_MAX);
	atomic_store(&struck[kind], true);
	return true;
}
