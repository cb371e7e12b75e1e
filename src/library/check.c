/* Looks a library over: rows against files, files against rows. */
#include "library/library.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "blob/blob.h"
#include "blob/derived.h"
#include "store/jobs.h"
#include "store/photos.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { FINDINGS_MAX = 1000, PAGE = 500 };

struct check {
	struct tt_store *store;
	struct tt_blobs *blobs;
	unsigned flags;
	struct tt_arena *arena;
	struct tt_findings *out;
};

static int find(struct check *c, bool serious, const char *what, const char *todo, struct tt_err *err)
{
	if (!what)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	if (c->out->count < FINDINGS_MAX)
		c->out->rows[c->out->count++] = (struct tt_finding){ serious, what, todo };
	return 0;
}

static int check_database(struct check *c, struct tt_err *err)
{
	struct tt_complaints complaints;
	int rc = tt_store_check(c->store, c->arena, &complaints, err);

	for (size_t i = 0; rc == 0 && i < complaints.count; i++)
		rc = find(c, true, tt_arena_printf(c->arena, "database: %s", complaints.lines[i]),
			  "stop the server, keep a copy of tintype.db and restore the last backup", err);
	return rc;
}

static int check_content(struct check *c, const struct tt_original *o, int fd, const char *where, struct tt_err *err)
{
	uint8_t sha256[TT_SHA256_SIZE];
	int64_t size;
	int rc = tt_sha256_fd(fd, sha256, &size, err);

	if (rc < 0 || memcmp(sha256, o->sha256, sizeof sha256) == 0)
		return rc;
	return find(c, true, tt_arena_printf(c->arena, "%s: its content has changed since it was imported", where),
		    "restore this file from a backup", err);
}

static int check_original(struct check *c, const struct tt_original *o, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = -1;
	const char *where = o->blob_key ? o->blob_key : o->in_place_path;
	struct stat st;
	struct tt_err why = { 0 };

	c->out->originals++;
	if (o->blob_key && tt_blobs_open(c->blobs, o->blob_key, &fd, NULL, &why) < 0)
		fd = -1;
	else if (!o->blob_key)
		fd = open(o->in_place_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return find(c, true, tt_arena_printf(c->arena, "%s: the original is missing or cannot be read", where),
			    o->blob_key ? "restore this file from a backup" : "put the file or its disk back", err);
	if (st.st_size != o->bytes)
		return find(c, true,
			    tt_arena_printf(c->arena, "%s: has %lld bytes, not %lld", where, (long long)st.st_size,
					    (long long)o->bytes),
			    "restore this file from a backup", err);
	return c->flags & TT_CHECK_HASH ? check_content(c, o, fd, where, err) : 0;
}

static int check_derived(struct check *c, const struct tt_original *o, struct tt_err *err)
{
	int rc = 0;

	for (unsigned kind = 0; rc == 0 && o->developed && kind < TT_DERIVED_KINDS; kind++) {
		char key[TT_DERIVED_KEY_SIZE];

		tt_derived_key((enum tt_derived)kind, o->sha256, key);
		if (tt_blobs_exists(c->blobs, key))
			continue;
		rc = find(c, false, tt_arena_printf(c->arena, "%s: is missing and can be made anew", key),
			  c->flags & TT_CHECK_REPAIR ? "it will be, when 'tintype serve' or 'import' runs"
						     : "run 'tintype doctor --repair'",
			  err);
		if (rc == 0 && (c->flags & TT_CHECK_REPAIR))
			rc = tt_store_job_develop(c->store, o->photo, tt_now_ms(), err);
	}
	return rc;
}

static int check_originals(struct check *c, struct tt_err *err)
{
	int64_t after = 0;
	size_t n = PAGE;
	int rc = 0;

	while (rc == 0 && n == PAGE) {
		struct tt_arena page = { .max = 16 << 20 };
		struct tt_original *rows;

		rc = tt_store_originals(c->store, after, PAGE, &page, &rows, &n, err);
		for (size_t i = 0; rc == 0 && i < n; i++) {
			rc = check_original(c, &rows[i], err);
			if (rc == 0)
				rc = check_derived(c, &rows[i], err);
			after = rows[i].photo;
		}
		tt_arena_free(&page);
	}
	return rc;
}

/* A file that no photo knows: its import was cut off between the file and the commit. */
static int check_known(void *ctx, const char *key, struct tt_err *err)
{
	struct check *c = ctx;
	const char *name = strrchr(key, '/');
	uint8_t head[8];
	bool known = false;
	int rc = 0;

	/* The name begins with the content's hash (ingest), by which the row is found. */
	if (name && strlen(name) > 17 && tt_unhex(head, sizeof head, (struct tt_str){ name + 1, 16 }))
		rc = tt_store_original_known(c->store, key, head, &known, err);
	if (rc < 0 || known)
		return rc;
	return find(c, false, tt_arena_printf(c->arena, "%s: no photo has this file, its import was cut off", key),
		    "import the same photo again, or import this file and then remove it", err);
}

static int count_derived(void *ctx, const char *key, struct tt_err *err)
{
	struct check *c = ctx;

	(void)key;
	(void)err;
	c->out->derived++;
	return 0;
}

int tt_library_check(struct tt_store *store, struct tt_blobs *blobs, unsigned flags, struct tt_arena *arena,
		     struct tt_findings *out, struct tt_err *err)
{
	struct check c = { store, blobs, flags, arena, out };
	int rc;

	*out = (struct tt_findings){ .rows = tt_arena_alloc(arena, FINDINGS_MAX * sizeof *out->rows) };
	if (!out->rows)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = check_database(&c, err);
	if (rc == 0)
		rc = check_originals(&c, err);
	if (rc == 0)
		rc = tt_blobs_list(blobs, "originals", check_known, &c, err);
	return rc < 0 ? rc : tt_blobs_list(blobs, "derived", count_derived, &c, err);
}
