#include "base/alloc.h"
#include "base/fs.h"
#include "base/json.h"
#include "nn/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* Wide types first, so that all stay aligned whatever their lengths; then by name, so that equal content gives equal
 * files. */
static int by_place(const void *a, const void *b)
{
	const struct tt_st_tensor *x = *(const struct tt_st_tensor *const *)a,
				  *y = *(const struct tt_st_tensor *const *)b;
	size_t n = tt_dtype_size(x->dtype), m = tt_dtype_size(y->dtype);

	return n != m ? (n > m ? -1 : 1) : strcmp(x->name, y->name);
}

static size_t bytes_of(const struct tt_st_tensor *t)
{
	size_t n = tt_dtype_size(t->dtype);

	for (unsigned i = 0; i < t->rank; i++)
		n *= t->shape[i];
	return n;
}

static int add_entry(json_t *header, const struct tt_st_tensor *t, size_t at, struct tt_err *err)
{
	json_t *entry = json_pack("{s:s, s:[], s:[I,I]}", "dtype", tt_dtype_name(t->dtype), "shape", "data_offsets",
				  (json_int_t)at, (json_int_t)(at + bytes_of(t)));
	json_t *shape = json_object_get(entry, "shape");
	int bad = json_object_get(header, t->name) != NULL;

	if (bad) {
		json_decref(entry);
		return tt_err_set(err, TT_EINVALID, "two tensors are named '%s'", t->name);
	}
	for (unsigned i = 0; i < t->rank; i++)
		bad |= json_array_append_new(shape, json_integer((json_int_t)t->shape[i]));
	bad |= json_object_set_new(header, t->name, entry);
	return bad ? tt_err_set(err, TT_EINVALID, "tensor name '%s' is not UTF-8, or out of memory", t->name) : 0;
}

static int make_header(struct tt_buf *text, const struct tt_st_meta *meta, size_t metas,
		       const struct tt_st_tensor *const *tensor, size_t count, struct tt_err *err)
{
	TT_SCOPED(tt_json_decrefp) json_t *header = json_object();
	json_t *m = json_object();
	int bad = json_object_set_new(header, "__metadata__", m), rc;
	size_t at = 0;

	for (size_t i = 0; i < metas; i++)
		bad |= json_object_set_new(m, meta[i].key, json_string(meta[i].value));
	if (bad)
		return tt_err_set(err, TT_EINVALID, "metadata is not UTF-8, or out of memory");
	for (size_t i = 0; i < count; i++) {
		rc = add_entry(header, tensor[i], at, err);
		if (rc < 0)
			return rc;
		at += bytes_of(tensor[i]);
	}
	rc = tt_buf_add(text, "\0\0\0\0\0\0\0", 8, err);
	if (rc == 0)
		rc = tt_json_write(text, header, err);
	while (rc == 0 && text->len % 64) /* data aligned for any type */
		rc = tt_buf_add(text, " ", 1, err);
	if (rc == 0) {
		uint64_t n = text->len - 8;

		memcpy(text->p, &n, sizeof n);
	}
	return rc;
}

static int write_out(const char *path, const char *temp, const struct tt_buf *text,
		     const struct tt_st_tensor *const *tensor, size_t count, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	TT_SCOPED(tt_freep) char *dir = tt_strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;
	int rc;

	if (fd < 0)
		return tt_err_set(err, TT_EIO, "cannot write '%.120s': %s", temp, strerror(errno));
	if (!dir)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = tt_fs_write_all(fd, text->p, text->len, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = tt_fs_write_all(fd, tensor[i]->data, bytes_of(tensor[i]), err);
	if (rc == 0)
		rc = tt_fs_sync(fd, err);
	if (rc == 0 && rename(temp, path) < 0)
		rc = tt_err_set(err, TT_EIO, "cannot rename to '%.120s': %s", path, strerror(errno));
	if (slash)
		slash[slash == dir] = 0;
	return rc < 0 ? rc : tt_fs_sync_dir(slash ? dir : ".", err);
}

int tt_safetensors_write(const char *path, const struct tt_st_meta *meta, size_t metas,
			 const struct tt_st_tensor *tensors, size_t count, struct tt_err *err)
{
	TT_SCOPED(tt_freep) const struct tt_st_tensor **sorted = tt_calloc(count + 1, sizeof *sorted);
	TT_SCOPED(tt_buf_free) struct tt_buf text = { .max = TT_ST_MAX_HEADER };
	TT_SCOPED(tt_buf_free) struct tt_buf temp = { .max = 8192 };
	int rc;

	if (!sorted)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++)
		sorted[i] = &tensors[i];
	qsort(sorted, count, sizeof *sorted, by_place);
	rc = make_header(&text, meta, metas, sorted, count, err);
	if (rc == 0)
		rc = tt_buf_addf(&temp, err, "%s.tmp", path);
	if (rc < 0)
		return rc;
	rc = write_out(path, temp.p, &text, sorted, count, err);
	if (rc < 0)
		(void)remove(temp.p);
	return rc;
}
