/* Values of single request headers: Range, If-None-Match, Cookie, Content-Disposition. */
#include "fuzz.h"
#include "http/cookie.h"
#include "http/disposition.h"
#include "http/range.h"

#include <string.h>

static void check_disposition(struct tt_str value)
{
	struct tt_buf out = { .max = 1 << 20 };
	struct tt_err err = { 0 };
	struct tt_form_part part;

	if (tt_disposition_parse(value, &part, &err) == 0) {
		PROMISE(tt_utf8_valid(part.filename, strlen(part.filename)));
		PROMISE(!strchr(part.filename, '/') && part.name[0]);
	}
	if (tt_disposition_write(&out, true, value, &err) == 0)
		for (size_t i = 0; i < out.len; i++)
			PROMISE((unsigned char)out.p[i] >= 0x20 && (unsigned char)out.p[i] < 0x7f);
	tt_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t sizes[] = { 0, 1, 1000, UINT64_C(1) << 62 };
	struct tt_str value = { (const char *)data, size }, found;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct tt_range r = tt_range_parse(value, sizes[i]);

		if (r.kind == TT_RANGE_PART)
			PROMISE(r.length >= 1 && r.first < sizes[i] && r.length <= sizes[i] - r.first);
	}
	(void)tt_etag_matches(value, TT_STR("\"a\""));
	if (tt_cookie_get(value, "a", &found))
		PROMISE(found.p >= value.p && found.p + found.len <= value.p + value.len);
	check_disposition(value);
	return 0;
}
