/* A JSON body: what was read can be written and read again. */
#include "base/json.h"
#include "base/alloc.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TT_SCOPED(tt_json_decrefp) json_t *value = NULL, *again = NULL;
	struct tt_buf text = { .max = 1 << 24 };
	struct tt_err err = { 0 };
	int rc = tt_json_parse(&value, (struct tt_str){ (const char *)data, size }, 1 << 16, &err);

	PROMISE((rc < 0) == (err.msg[0] != 0) && (rc < 0) == (value == NULL));
	if (rc < 0)
		return 0;
	PROMISE(tt_json_write(&text, value, &err) == 0);
	PROMISE(tt_json_parse(&again, (struct tt_str){ text.p, text.len }, 1 << 24, &err) == 0);
	PROMISE(json_equal(value, again));
	tt_buf_free(&text);
	return 0;
}
