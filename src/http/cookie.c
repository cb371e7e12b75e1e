#include "http/cookie.h"

bool tt_cookie_get(struct tt_str header, const char *name, struct tt_str *value)
{
	struct tt_str part, key;

	while (tt_str_split(&header, ';', &part)) {
		part = tt_str_trim(part);
		if (!tt_str_split(&part, '=', &key) || !part.p || !tt_str_is(key, name))
			continue;
		if (part.len >= 2 && part.p[0] == '"' && part.p[part.len - 1] == '"')
			part = (struct tt_str){ part.p + 1, part.len - 2 };
		*value = part;
		return true;
	}
	return false;
}
