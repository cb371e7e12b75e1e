#include "library/library.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "blob/blob.h"
#include "blob/derived.h"
#include "store/photos.h"
#include "store/store.h"

#include <string.h>

struct tt_library {
	struct tt_store *store;
	struct tt_blobs *blobs;
};

/* ---- deleting for good */

static int remove_key(struct tt_blobs *blobs, const char *key, struct tt_err *err)
{
	int rc = tt_blobs_remove(blobs, key, err);

	return rc == TT_ENOTFOUND ? 0 : rc;
}

struct crops {
	struct tt_blobs *blobs;
	const char *prefix;
};

static int remove_crop(void *ctx, const char *key, struct tt_err *err)
{
	const struct crops *c = ctx;

	return strncmp(key, c->prefix, strlen(c->prefix)) == 0 ? remove_key(c->blobs, key, err) : 0;
}

static int remove_crops(struct tt_blobs *blobs, const uint8_t sha256[32], struct tt_err *err)
{
	char folder[TT_DERIVED_KEY_SIZE], prefix[TT_DERIVED_KEY_SIZE];
	struct crops c = { blobs, prefix };
	int rc;

	tt_derived_face_folder(sha256, folder, prefix);
	rc = tt_blobs_list(blobs, folder, remove_crop, &c, err);
	return rc == TT_ENOTFOUND ? 0 : rc;
}

static int remove_files(void *ctx, enum tt_removal_kind kind, const char *key, struct tt_err *err)
{
	struct tt_library *l = ctx;
	uint8_t sha256[32];
	int rc = 0;

	if (kind == TT_REMOVE_ORIGINAL)
		return remove_key(l->blobs, key, err);
	if (!tt_unhex(sha256, sizeof sha256, tt_str_of(key)))
		return tt_err_set(err, TT_EINTERNAL, "'%.80s' is no SHA-256", key);
	for (unsigned kinds = 0; rc == 0 && kinds < TT_DERIVED_KINDS; kinds++) {
		char derived[TT_DERIVED_KEY_SIZE];

		tt_derived_key((enum tt_derived)kinds, sha256, derived);
		rc = remove_key(l->blobs, derived, err);
	}
	return rc < 0 ? rc : remove_crops(l->blobs, sha256, err);
}

int tt_library_sweep(struct tt_library *l, struct tt_err *err)
{
	return tt_store_removals_run(l->store, remove_files, l, err);
}

int tt_library_open(struct tt_library **out, struct tt_store *store, struct tt_blobs *blobs, struct tt_err *err)
{
	TT_SCOPED(tt_freep) struct tt_library *l = tt_alloc(sizeof *l);
	int rc;

	if (!l)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	*l = (struct tt_library){ store, blobs };
	rc = tt_library_sweep(l, err);
	if (rc == 0)
		*out = tt_take(l);
	return rc;
}

void tt_library_close(struct tt_library *l)
{
	free(l);
}

int tt_library_purge(struct tt_library *l, int64_t owner, const int64_t *ids, size_t n, int64_t now, int64_t *changed,
		     struct tt_err *err)
{
	int rc = tt_store_purge(l->store, owner, ids, n, now, changed, err);

	return rc < 0 ? rc : tt_library_sweep(l, err);
}
