/* Content-Disposition: what is sent with a file (RFC 6266, RFC 8187) and what comes with a part of a form (RFC 7578).
 * Pure. */
#ifndef TT_HTTP_DISPOSITION_H
#define TT_HTTP_DISPOSITION_H

#include "base/buf.h"

/* attachment or inline; filename="ASCII"; filename*=UTF-8''percent-encoded. Quotes, backslashes, slashes and control
 * characters never reach the header. */
int tt_disposition_write(struct tt_buf *out, bool attachment, struct tt_str name, struct tt_err *err) TT_CHECKED;

#define TT_FIELD_NAME_SIZE 64
#define TT_FILE_NAME_SIZE 256

struct tt_form_part {
	char name[TT_FIELD_NAME_SIZE];
	char filename[TT_FILE_NAME_SIZE]; /* the last component only, UTF-8, no control characters; "" when absent */
	bool has_filename;
};

/* The value of the header of a part: form-data; name="file"; filename="a.jpg". TT_EINVALID when it is not form-data,
 * has no name or is broken. Browsers send quotes as %22 and leave backslashes alone, so backslashes are not escapes
 * here. */
int tt_disposition_parse(struct tt_str value, struct tt_form_part *out, struct tt_err *err) TT_CHECKED;

#endif
