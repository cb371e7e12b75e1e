/* Uploads: the parts of a form stream straight into the library; no file is ever held in memory. Each file succeeds or
 * fails for itself, and one that was reported, or finished before the line broke, is safe. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "http/context.h"
#include "http/multipart.h"
#include "http/response.h"
#include "http/routes.h"
#include "ingest/ingest.h"

#include <string.h>

#define MTIME_MIN INT64_C(-62135596800000) /* the year 1 */
#define MTIME_MAX INT64_C(253402300799000) /* the year 9999 */

static const char own_fault[] = "the server could not store it; its log says why";
static const char in_trash[] = "it is in the trash; restore it from there";

enum part { PART_OTHER, PART_FILE, PART_MTIME, PART_RESTORE };

struct tt_form {
	struct tt_req *rq;
	struct tt_multipart parser;
	uint64_t bytes;
	enum part part;
	char field[32]; /* value of a small part */
	size_t field_len;
	int64_t mtime; /* for the next file */
	bool restore;
	char name[TT_FILE_NAME_SIZE];
	struct tt_upload *upload; /* NULL: the file was refused already */
	char reason[sizeof((struct tt_err *)0)->msg];
	json_t *results;
};

/* Why a file was refused, for the user; what is not the user's to know goes to the log. */
static void refuse(struct tt_form *f, const struct tt_err *err)
{
	bool ours = err->code == TT_EINTERNAL || err->code == TT_EIO || err->code == TT_ENOMEM;

	if (ours)
		tt_log(TT_LOG_ERROR, "http", "req=%s upload failed: %s", f->rq->id, err->msg);
	tt_utf8_copy(f->reason, sizeof f->reason, ours ? own_fault : err->msg,
		     ours ? sizeof own_fault - 1 : strlen(err->msg));
	tt_upload_end(f->upload);
	f->upload = NULL;
}

static int begin_file(struct tt_form *f, const struct tt_form_part *part, struct tt_err *err)
{
	const struct tt_ingest_source source = { .owner = f->rq->user.id,
						 .name = part->filename,
						 .mtime_ms = f->mtime,
						 .priority = TT_PRIORITY_UPLOAD,
						 .restore = f->restore };
	struct tt_err why = { 0 };

	if (!part->has_filename)
		return tt_err_set(err, TT_EINVALID, "a 'file' part of the form has no file name");
	memcpy(f->name, part->filename, sizeof f->name);
	f->reason[0] = '\0';
	if (tt_ingest_begin(f->rq->cx->deps.ingest, &source, &f->upload, &why) < 0)
		refuse(f, &why);
	f->mtime = 0;
	f->restore = false;
	return 0;
}

static int on_begin(void *ctx, const struct tt_form_part *part, struct tt_err *err)
{
	struct tt_form *f = ctx;

	f->field_len = 0;
	f->part = strcmp(part->name, "file") == 0      ? PART_FILE
		  : strcmp(part->name, "mtime") == 0   ? PART_MTIME
		  : strcmp(part->name, "restore") == 0 ? PART_RESTORE
						       : PART_OTHER;
	if (f->part == PART_OTHER)
		return tt_err_set(err, TT_EINVALID, "the form has a part '%.64s' that is not known", part->name);
	return f->part == PART_FILE ? begin_file(f, part, err) : 0;
}

static int on_data(void *ctx, const char *p, size_t n, struct tt_err *err)
{
	struct tt_form *f = ctx;
	struct tt_err why = { 0 };

	if (f->part == PART_FILE) {
		if (f->upload && tt_upload_write(f->upload, p, n, &why) < 0)
			refuse(f, &why);
		return 0;
	}
	if (n > sizeof f->field - f->field_len)
		return tt_err_set(err, TT_EINVALID, "a number in the form is too long");
	memcpy(f->field + f->field_len, p, n);
	f->field_len += n;
	return 0;
}

static int end_file(struct tt_form *f, struct tt_err *err)
{
	struct tt_ingested done = { .photo = 0 };
	struct tt_err why = { 0 };
	json_t *result;

	if (f->upload && tt_upload_finish(f->upload, tt_now_ms(), &done, &why) < 0)
		refuse(f, &why);
	tt_upload_end(f->upload);
	f->upload = NULL;
	if (done.trashed)
		tt_utf8_copy(f->reason, sizeof f->reason, in_trash, sizeof in_trash - 1);
	result = json_pack("{s:s,s:s,s:o,s:o}", "name", f->name, "status",
			   !done.photo      ? "rejected"
			   : done.duplicate ? "duplicate"
					    : "imported",
			   "id", done.photo ? json_integer(done.photo) : json_null(), "reason",
			   f->reason[0] ? json_string(f->reason) : json_null());
	if (json_array_append_new(f->results, result) < 0)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	return 0;
}

static int on_end(void *ctx, struct tt_err *err)
{
	struct tt_form *f = ctx;
	const struct tt_str value = { f->field, f->field_len };
	int64_t restore;

	switch (f->part) {
	case PART_FILE:
		return end_file(f, err);
	case PART_MTIME:
		if (!tt_str_i64(value, MTIME_MIN, MTIME_MAX, &f->mtime))
			return tt_err_set(err, TT_EINVALID, "'mtime' must be milliseconds since 1970");
		return 0;
	case PART_RESTORE:
		if (!tt_str_i64(value, 0, 1, &restore))
			return tt_err_set(err, TT_EINVALID, "'restore' must be 0 or 1");
		f->restore = restore;
		return 0;
	case PART_OTHER:
		break;
	}
	return 0;
}

static const struct tt_multipart_ops ops = { on_begin, on_data, on_end };

static int sink_begin(struct tt_req *rq, struct tt_err *err)
{
	char boundary[TT_BOUNDARY_MAX + 1];
	struct tt_form *f;
	int rc = tt_multipart_boundary(tt_req_header(rq, "Content-Type"), boundary, err);

	if (rc < 0)
		return rc;
	f = tt_calloc(1, sizeof *f);
	if (!f)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	f->rq = rq;
	f->results = json_array();
	tt_multipart_init(&f->parser, boundary, rq->cx->opts.max_upload_parts, &ops, f);
	rq->form = f;
	return 0;
}

/* The end of a file is when it is flushed and becomes a row. */
static bool sink_waits(const struct tt_req *rq, const char *p, size_t n)
{
	return tt_multipart_may_end(&rq->form->parser, p, n);
}

static int sink_data(struct tt_req *rq, const char *p, size_t n, struct tt_err *err)
{
	struct tt_form *f = rq->form;

	f->bytes += n;
	if (f->bytes > rq->cx->opts.max_upload_bytes)
		return tt_err_set(err, TT_ETOOBIG, "the request is larger than %llu bytes; send fewer files at once",
				  (unsigned long long)rq->cx->opts.max_upload_bytes);
	return tt_multipart_feed(&f->parser, p, n, err);
}

static void sink_done(struct tt_req *rq)
{
	struct tt_form *f = rq->form;

	tt_upload_end(f->upload);
	tt_json_decrefp(&f->results);
	free(f);
	rq->form = NULL;
}

const struct tt_body_sink tt_upload_sink = { sink_begin, sink_waits, sink_data, sink_done };

int tt_handle_upload(struct tt_req *rq, struct tt_res *rs, struct tt_err *err)
{
	struct tt_form *f = rq->form;
	int rc = tt_multipart_finish(&f->parser, err);

	if (rc == 0 && json_array_size(f->results) == 0)
		rc = tt_err_set(err, TT_EINVALID, "the form holds no 'file'");
	return rc < 0 ? rc : tt_res_json(rs, 200, json_pack("{s:O}", "results", f->results), err);
}
