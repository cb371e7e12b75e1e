#include "http/response.h"

#include "base/fs.h"
#include "base/json.h"
#include "http/events.h"

#include <stdarg.h>
#include <stdio.h>

void tt_res_init(struct tt_res *rs)
{
	*rs = (struct tt_res){ .status = 500, .fd = -1, .body = { .max = TT_RES_BODY_MAX } };
}

void tt_res_done(struct tt_res *rs)
{
	tt_buf_free(&rs->body);
	tt_closep(&rs->fd);
	tt_event_stream_free(rs->stream);
	tt_res_init(rs);
}

int tt_res_header(struct tt_res *rs, const char *name, const char *value, struct tt_err *err)
{
	if (rs->headers == TT_RES_HEADERS_MAX)
		return tt_err_set(err, TT_EINTERNAL, "too many headers in a reply");
	rs->header[rs->headers].name = name;
	rs->header[rs->headers++].value = value;
	return 0;
}

int tt_res_headerf(struct tt_req *rq, struct tt_res *rs, struct tt_err *err, const char *name, const char *fmt, ...)
{
	char text[512], *value;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof text)
		return tt_err_set(err, TT_EINTERNAL, "header %s is too long", name);
	value = tt_arena_strndup(&rq->arena, text, (size_t)n);
	return value ? tt_res_header(rs, name, value, err) : tt_err_set(err, TT_ENOMEM, "out of memory");
}

int tt_res_json(struct tt_res *rs, int status, json_t *value, struct tt_err *err)
{
	int rc;

	if (!value)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	tt_buf_free(&rs->body);
	rs->body.max = TT_RES_BODY_MAX;
	rc = tt_json_write(&rs->body, value, err);
	json_decref(value);
	if (rc < 0)
		return rc;
	rs->status = status;
	rs->kind = TT_RES_BYTES;
	return tt_res_header(rs, "Content-Type", "application/json", err);
}

int tt_res_empty(struct tt_res *rs, int status)
{
	rs->status = status;
	rs->kind = TT_RES_EMPTY;
	return 0;
}

void tt_res_error(struct tt_req *rq, struct tt_res *rs, int status, const char *code, const char *message)
{
	struct tt_err err;
	json_t *value;

	tt_res_done(rs);
	value = json_pack("{s:{s:s,s:s,s:s}}", "error", "code", code, "message", message, "request", rq->id);
	if (tt_res_json(rs, status, value, &err) < 0) {
		tt_res_done(rs);
		rs->status = status;
	}
}
