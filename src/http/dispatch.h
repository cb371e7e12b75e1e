/* The way of every request: checks, handler, status, headers, one log line. Knows nothing of the server library.
 * server.c calls, in this order: begin; data for each piece of the body; run; done. Once begin or data return false the
 * reply is in rs and what is left of the body is thrown away. */
#ifndef TT_HTTP_DISPATCH_H
#define TT_HTTP_DISPATCH_H

#include "http/context.h"
#include "http/response.h"

bool tt_dispatch_begin(struct tt_req *rq, struct tt_res *rs);
bool tt_dispatch_data(struct tt_req *rq, struct tt_res *rs, const char *p, size_t n);
/* Whether what a refused request still sends is little enough to be read and thrown away before the reply. */
bool tt_dispatch_body_is_small(const struct tt_req *rq);
/* Where run belongs: reading is short work for the event loops; writing may wait for the disk or for another writer. */
enum tt_place { TT_PLACE_LOOP, TT_PLACE_WRITER, TT_PLACE_HASHER };
enum tt_place tt_dispatch_place(const struct tt_req *rq);
bool tt_dispatch_data_waits(const struct tt_req *rq, const char *p, size_t n); /* data belongs to a writer */
void tt_dispatch_run(struct tt_req *rq, struct tt_res *rs);
void tt_dispatch_busy(struct tt_req *rq, struct tt_res *rs); /* instead of run: too many slow requests wait already */
/* In any state. broken: the connection ended before the reply was sent. */
void tt_dispatch_done(struct tt_req *rq, struct tt_res *rs, bool broken);

#endif
