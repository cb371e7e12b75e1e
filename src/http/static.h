/* The web app's files. The folder is listed once, at the start: what is not in the list does not exist, whatever the
 * address says, and ETags are hashes of the content. Files under assets/ carry a hash in their name and never change; a
 * file with a compressed twin beside it (.br, .gz) is sent compressed to those who take it. Addresses without an
 * extension that are no file get index.html: the app has routes of its own. Read-only after opening; any thread. */
#ifndef TT_HTTP_STATIC_H
#define TT_HTTP_STATIC_H

#include "http/response.h"
#include "http/router.h"

struct tt_static;

/* TT_ENOTFOUND when there is no index.html in that folder. */
int tt_static_open(struct tt_static **out, const char *root, struct tt_err *err) TT_CHECKED;
void tt_static_close(struct tt_static *s); /* NULL is fine */
tt_handler tt_static_serve;

#endif
