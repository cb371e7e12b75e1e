/* Range, ETag and If-None-Match of files (RFC 9110 §13, §14). Pure. */
#ifndef TT_HTTP_RANGE_H
#define TT_HTTP_RANGE_H

#include "base/str.h"

enum tt_range_kind {
	TT_RANGE_WHOLE, /* no range, or one that RFC 9110 lets a server ignore (several ranges, other units, nonsense)
			 */
	TT_RANGE_PART,
	TT_RANGE_BAD, /* 416 */
};

struct tt_range {
	enum tt_range_kind kind;
	uint64_t first, length;
};

/* `header` is the value of Range, empty when there is none; size is that of the whole file. */
struct tt_range tt_range_parse(struct tt_str header, uint64_t size);
/* Whether one of the list in If-None-Match is this ETag (quoted, strong), by weak comparison; "*" matches. */
bool tt_etag_matches(struct tt_str header, struct tt_str etag);

#endif
