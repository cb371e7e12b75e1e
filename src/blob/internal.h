/* What blob.c and the kinds of store share. */
#ifndef TT_BLOB_INTERNAL_H
#define TT_BLOB_INTERNAL_H

#include "blob/blob.h"

/* First members of each kind's own structs. */
struct tt_blobs {
	const struct tt_blob_ops *ops;
};
struct tt_blob_writer {
	const struct tt_blob_ops *ops;
};

#endif
