/* One response as handlers make it; server.c sends it. One thread at a time. */
#ifndef TT_HTTP_RESPONSE_H
#define TT_HTTP_RESPONSE_H

#include "base/buf.h"
#include "http/request.h"

#define TT_RES_HEADERS_MAX 16
#define TT_RES_BODY_MAX (16 * 1024 * 1024) /* one JSON reply; pages keep far below */

enum tt_res_kind {
	TT_RES_EMPTY,
	TT_RES_BYTES,  /* body */
	TT_RES_FILE,   /* length bytes of fd from offset */
	TT_RES_EVENTS, /* the stream of http/events.h */
};

struct tt_event_stream;

struct tt_res {
	int status;
	enum tt_res_kind kind;
	struct tt_buf body;
	int fd; /* -1, or owned */
	uint64_t offset, length;
	struct tt_event_stream *stream; /* owned */
	bool last;                      /* the connection ends with this reply */
	bool own_cache;                 /* Cache-Control is set by the handler; otherwise no-store */
	const char *code;               /* overrules the word for the error code of the handler */
	unsigned headers;
	struct {
		const char *name, *value; /* static or in the arena of the request */
	} header[TT_RES_HEADERS_MAX];
};

void tt_res_init(struct tt_res *rs);
void tt_res_done(struct tt_res *rs);
/* name and value must live as long as the request. */
int tt_res_header(struct tt_res *rs, const char *name, const char *value, struct tt_err *err) TT_CHECKED;
int tt_res_headerf(struct tt_req *rq, struct tt_res *rs, struct tt_err *err, const char *name, const char *fmt,
		   ...) TT_CHECKED TT_PRINTF(5, 6);
/* Takes `value` (also when it fails; NULL is out of memory). */
int tt_res_json(struct tt_res *rs, int status, json_t *value, struct tt_err *err) TT_CHECKED;
int tt_res_empty(struct tt_res *rs, int status);
/* {"error":{…}} in place of whatever was there. code is a word of the contract. Cannot fail: without memory it sends no
 * body. */
void tt_res_error(struct tt_req *rq, struct tt_res *rs, int status, const char *code, const char *message);

#endif
