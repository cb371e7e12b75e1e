/* multipart/form-data (RFC 7578, RFC 2046 §5.1), incremental: bytes go in as they arrive, parts come out by callbacks.
 * Nothing of a body is kept but one header line; data is handed on where it lies. Pure but for the callbacks; one
 * thread. */
#ifndef TT_HTTP_MULTIPART_H
#define TT_HTTP_MULTIPART_H

#include "base/err.h"
#include "base/str.h"
#include "http/disposition.h"

#define TT_BOUNDARY_MAX 70       /* RFC 2046 */
#define TT_PART_HEADER_SIZE 4096 /* one header line of a part */
#define TT_PART_HEADERS_MAX 16

/* Each returns 0 or a negative code, which ends the parsing. */
struct tt_multipart_ops {
	int (*begin)(void *ctx, const struct tt_form_part *part, struct tt_err *err);
	int (*data)(void *ctx, const char *p, size_t n, struct tt_err *err);
	int (*end)(void *ctx, struct tt_err *err);
};

enum tt_multipart_state {
	TT_MP_PREAMBLE,
	TT_MP_BOUNDARY, /* right behind a delimiter */
	TT_MP_DASH,     /* behind the first of two closing dashes */
	TT_MP_PADDING,  /* white space behind a delimiter */
	TT_MP_LF,       /* behind its CR */
	TT_MP_HEADER,
	TT_MP_HEADER_LF,
	TT_MP_DATA,
	TT_MP_DONE,
};

struct tt_multipart {
	const struct tt_multipart_ops *ops;
	void *ctx;
	enum tt_multipart_state state;
	unsigned parts, max_parts;
	unsigned headers; /* lines of this part so far */
	bool has_part;    /* Content-Disposition seen */
	struct tt_form_part part;
	char delimiter[4 + TT_BOUNDARY_MAX]; /* "\r\n--boundary" */
	size_t delimiter_len;
	size_t matched; /* bytes of the delimiter seen so far */
	char line[TT_PART_HEADER_SIZE];
	size_t line_len;
};

/* The boundary of a Content-Type. TT_EINVALID when it is another type or the boundary is missing or malformed. */
int tt_multipart_boundary(struct tt_str content_type, char out[TT_BOUNDARY_MAX + 1], struct tt_err *err) TT_CHECKED;
void tt_multipart_init(struct tt_multipart *m, const char *boundary, unsigned max_parts,
		       const struct tt_multipart_ops *ops, void *ctx);
int tt_multipart_feed(struct tt_multipart *m, const char *p, size_t n, struct tt_err *err) TT_CHECKED;
/* Whether these bytes could complete a delimiter, and so end a part. */
bool tt_multipart_may_end(const struct tt_multipart *m, const char *p, size_t n);
/* At the end of the body: TT_EINVALID when the closing delimiter never came. */
int tt_multipart_finish(const struct tt_multipart *m, struct tt_err *err) TT_CHECKED;

#endif
