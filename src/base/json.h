/* JSON by jansson, with limits on what comes from outside. One value, one thread. */
#ifndef TT_BASE_JSON_H
#define TT_BASE_JSON_H

#include "base/buf.h"

#include <jansson.h>

#define TT_JSON_MAX_DEPTH 32

void tt_json_decrefp(json_t **value); /* for TT_SCOPED */
/* A whole document of at most max bytes, no duplicate keys, no NUL, depth <= TT_JSON_MAX_DEPTH. */
int tt_json_parse(json_t **out, struct tt_str text, size_t max, struct tt_err *err) TT_CHECKED;
/* Compact text at the end of out. */
int tt_json_write(struct tt_buf *out, const json_t *value, struct tt_err *err) TT_CHECKED;
/* A member of the type asked for: TT_EINVALID says which member is missing, of the wrong type or too long. */
int tt_json_get_str(const json_t *object, const char *key, size_t max, struct tt_str *out,
		    struct tt_err *err) TT_CHECKED;
int tt_json_get_i64(const json_t *object, const char *key, int64_t min, int64_t max, int64_t *out,
		    struct tt_err *err) TT_CHECKED;

#endif
