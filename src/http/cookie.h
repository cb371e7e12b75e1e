/* Cookies of a request (RFC 6265 §4.2). Pure. */
#ifndef TT_HTTP_COOKIE_H
#define TT_HTTP_COOKIE_H

#include "base/str.h"

/* The value of the first cookie of that name, without quotes; false when there is none. The view points into `header`.
 */
bool tt_cookie_get(struct tt_str header, const char *name, struct tt_str *value);

#endif
