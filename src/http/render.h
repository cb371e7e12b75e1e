/* Rows as JSON, in the shapes of api/openapi.yaml. Each returns a new value, or NULL when memory is short (jansson's
 * way: the error surfaces in tt_res_json()). Pure. And the other direction: what list routes take from the query. */
#ifndef TT_HTTP_RENDER_H
#define TT_HTTP_RENDER_H

#include "http/request.h"
#include "store/albums.h"
#include "store/facts.h"
#include "store/photos.h"

json_t *tt_render_page(const struct tt_photo_page *page);
json_t *tt_render_detail(const struct tt_photo_detail *d);
json_t *tt_render_album(const struct tt_album *a);
json_t *tt_render_smart(const struct tt_smart_album *a);
json_t *tt_render_fact(const struct tt_fact *f);
json_t *tt_render_account(const struct tt_account *a);
json_t *tt_render_changed(int64_t changed);
/* null for an empty or absent text, and for an id that is 0. */
json_t *tt_render_text(const char *s);
json_t *tt_render_id(int64_t id);
json_t *tt_render_ids(const int64_t *ids, size_t n);

/* class, album, person, own_class, trash and (where `month`) month of the query. */
int tt_query_filter(const struct tt_req *rq, bool month, struct tt_photo_filter *out, struct tt_err *err) TT_CHECKED;
int tt_query_cursor(const struct tt_req *rq, struct tt_cursor *out, struct tt_err *err) TT_CHECKED;
int tt_query_limit(const struct tt_req *rq, unsigned *out, struct tt_err *err) TT_CHECKED;

#endif
