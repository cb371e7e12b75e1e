#include "http/static.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"
#include "http/context.h"
#include "http/range.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATIC_FILES_MAX 4096

enum coding { CODING_NONE, CODING_BR, CODING_GZIP, CODINGS };

static const struct {
	const char *extension, *name;
} codings[CODINGS] = { [CODING_BR] = { ".br", "br" }, [CODING_GZIP] = { ".gz", "gzip" } };

struct file {
	char *path;    /* on disk */
	char *address; /* "/assets/index-1a2b.js": points into path */
	char etag[2 + 32 + 1];
};

struct tt_static {
	struct file *files; /* by address */
	size_t count, cap;
	size_t root_len;
	const struct file *index;
};

static const struct {
	const char *extension, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".mjs", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".map", "application/json" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".ico", "image/x-icon" },
	{ ".webp", "image/webp" },
	{ ".jpg", "image/jpeg" },
	{ ".woff2", "font/woff2" },
	{ ".wasm", "application/wasm" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static const char *type_of(const char *address)
{
	for (size_t i = 0; i < TT_LEN(types); i++)
		if (tt_str_ends_nocase(tt_str_of(address), types[i].extension))
			return types[i].type;
	return "application/octet-stream";
}

static int by_address(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->address, ((const struct file *)b)->address);
}

static int add_file(void *ctx, const char *path, struct tt_err *err)
{
	struct tt_static *s = ctx;
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t sum[TT_SHA256_SIZE];
	char hex[TT_SHA256_HEX];
	struct file *f;
	int64_t size;
	int rc;

	if (fd < 0)
		return tt_err_set(err, TT_EIO, "cannot open the web file %s", path);
	rc = tt_sha256_fd(fd, sum, &size, err);
	if (rc < 0)
		return rc;
	if (s->count == STATIC_FILES_MAX)
		return tt_err_set(err, TT_ETOOBIG, "more than %d web files", STATIC_FILES_MAX);
	if (s->count == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 64;
		struct file *files = tt_realloc(s->files, cap * sizeof *files);

		if (!files)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		s->files = files;
		s->cap = cap;
	}
	f = &s->files[s->count];
	f->path = tt_strdup(path);
	if (!f->path)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	f->address = f->path + s->root_len;
	tt_hex(hex, sum, sizeof sum);
	f->etag[0] = f->etag[33] = '"';
	memcpy(f->etag + 1, hex, 32);
	f->etag[34] = '\0';
	s->count++;
	return 0;
}

static const struct file *find(const struct tt_static *s, const char *address)
{
	const struct file key = { .address = (char *)(uintptr_t)address };

	return s->count ? bsearch(&key, s->files, s->count, sizeof key, by_address) : NULL;
}

int tt_static_open(struct tt_static **out, const char *root, struct tt_err *err)
{
	struct tt_static *s = tt_calloc(1, sizeof *s);
	char *top = tt_strdup(root);
	int rc = 0;

	if (!s || !top) {
		rc = tt_err_set(err, TT_ENOMEM, "out of memory");
		goto out;
	}
	s->root_len = strlen(top);
	while (s->root_len > 1 && top[s->root_len - 1] == '/')
		top[--s->root_len] = '\0';
	rc = tt_fs_walk(top, add_file, s, err);
	if (rc < 0)
		goto out;
	if (s->count)
		qsort(s->files, s->count, sizeof *s->files, by_address);
	s->index = find(s, "/index.html");
	if (!s->index) {
		rc = tt_err_set(err, TT_ENOTFOUND, "there is no index.html in %s", root);
		goto out;
	}
	*out = tt_take(s);
out:
	tt_static_close(s);
	free(top);
	return rc < 0 ? rc : 0;
}

void tt_static_close(struct tt_static *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++)
		free(s->files[i].path);
	free(s->files);
	free(s);
}

static bool accepts(struct tt_str header, const char *coding)
{
	struct tt_str part, name;

	while (tt_str_split(&header, ',', &part)) {
		struct tt_str q = part;

		(void)tt_str_split(&q, ';', &name);
		q = tt_str_trim(q);
		if (tt_str_is(tt_str_trim(name), coding) && !tt_str_is(q, "q=0") && !tt_str_is(q, "q=0.0"))
			return true;
	}
	return false;
}

/* The compressed twin, when there is one that the client takes. */
static const struct file *best(const struct tt_static *s, struct tt_req *rq, const struct file *f, enum coding *coding)
{
	struct tt_str header = tt_req_header(rq, "Accept-Encoding");

	for (enum coding c = CODING_BR; c < CODINGS; c++) {
		char *address;
		const struct file *twin;

		if (!accepts(header, codings[c].name))
			continue;
		address = tt_arena_printf(&rq->arena, "%s%s", f->address, codings[c].extension);
		twin = address ? find(s, address) : NULL;
		if (twin) {
			*coding = c;
			return twin;
		}
	}
	*coding = CODING_NONE;
	return f;
}

static int send_file(struct tt_req *rq, struct tt_res *rs, const struct file *f, struct tt_err *err)
{
	bool hashed = strncmp(f->address, "/assets/", 8) == 0;
	const char *type = type_of(f->address);
	enum coding coding;
	struct stat st;
	int rc;

	f = best(rq->cx->files, rq, f, &coding);
	rs->own_cache = true;
	rc = tt_res_header(rs, "Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache", err);
	if (rc == 0)
		rc = tt_res_header(rs, "ETag", f->etag, err);
	if (rc == 0)
		rc = tt_res_header(rs, "Vary", "Accept-Encoding", err);
	if (rc < 0)
		return rc;
	if (tt_etag_matches(tt_req_header(rq, "If-None-Match"), tt_str_of(f->etag)))
		return tt_res_empty(rs, 304);
	rs->fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (rs->fd < 0 || fstat(rs->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return tt_err_set(err, TT_EIO, "the web file %s is gone; restart the server", f->path);
	rs->status = 200;
	rs->kind = TT_RES_FILE;
	rs->length = (uint64_t)st.st_size;
	if (coding != CODING_NONE)
		rc = tt_res_header(rs, "Content-Encoding", codings[coding].name, err);
	return rc < 0 ? rc : tt_res_header(rs, "Content-Type", type, err);
}

int tt_static_serve(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	const struct tt_static *s = rq->cx->files;
	const char *address = rq->uri.path.p, *last = strrchr(address, '/');
	const struct file *f;

	if (!s)
		return tt_err_set(err, TT_ENOTFOUND, "the web app is not installed; set http.web_root to its folder");
	f = find(s, strcmp(address, "/") == 0 ? "/index.html" : address);
	if (!f && last && !strchr(last, '.'))
		f = s->index;
	return f ? send_file(rq, rs, f, err) : tt_err_set(err, TT_ENOTFOUND, "there is no such file");
}
