#include "http/range.h"

#include <string.h>

struct tt_range tt_range_parse(struct tt_str header, uint64_t size)
{
	const struct tt_range whole = { TT_RANGE_WHOLE, 0, size }, bad = { TT_RANGE_BAD, 0, 0 };
	struct tt_str unit, first, last = tt_str_trim(header);
	int64_t from, to = INT64_MAX;

	if (!tt_str_split(&last, '=', &unit) || !tt_str_is(tt_str_trim(unit), "bytes"))
		return whole;
	if (last.len == 0 || memchr(last.p, ',', last.len) || !memchr(last.p, '-', last.len))
		return whole;
	(void)tt_str_split(&last, '-', &first);
	first = tt_str_trim(first);
	last = tt_str_trim(last);
	if (first.len == 0) {
		if (!tt_str_i64(last, 0, INT64_MAX, &to))
			return whole;
		if (to == 0 || size == 0)
			return bad;
		if ((uint64_t)to > size)
			to = (int64_t)size;
		return (struct tt_range){ TT_RANGE_PART, size - (uint64_t)to, (uint64_t)to };
	}
	if (!tt_str_i64(first, 0, INT64_MAX, &from) || (last.len > 0 && !tt_str_i64(last, 0, INT64_MAX, &to)) ||
	    to < from)
		return whole;
	if ((uint64_t)from >= size)
		return bad;
	if ((uint64_t)to >= size)
		to = (int64_t)size - 1;
	return (struct tt_range){ TT_RANGE_PART, (uint64_t)from, (uint64_t)(to - from) + 1 };
}

bool tt_etag_matches(struct tt_str header, struct tt_str etag)
{
	struct tt_str part;

	while (tt_str_split(&header, ',', &part)) {
		part = tt_str_trim(part);
		if (tt_str_is(part, "*"))
			return true;
		if (tt_str_starts(part, TT_STR("W/")))
			part = (struct tt_str){ part.p + 2, part.len - 2 };
		if (part.len > 0 && tt_str_eq(part, etag))
			return true;
	}
	return false;
}
