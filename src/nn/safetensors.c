#include "nn/safetensors.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct tt_safetensors {
	json_t *header; /* names and metadata are borrowed from it */
	struct tt_st_tensor *tensor;
	size_t count;
	char *names; /* after a renaming */
	uint8_t *map;
	size_t size;
};

/* Also looked at while sorted by place in the file. */
static int by_data(const void *a, const void *b)
{
	const struct tt_st_tensor *x = a, *y = b;

	if (x->data != y->data)
		return x->data < y->data ? -1 : 1;
	return x->bytes < y->bytes ? -1 : x->bytes > y->bytes; /* an empty one first */
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct tt_st_tensor *)a)->name, ((const struct tt_st_tensor *)b)->name);
}

static int read_shape(struct tt_st_tensor *t, const json_t *entry, struct tt_err *err)
{
	const json_t *shape = json_object_get(entry, "shape");
	size_t n = tt_dtype_size(t->dtype);

	if (!json_is_array(shape) || json_array_size(shape) > TT_ST_MAX_RANK)
		return tt_err_set(err, TT_EINVALID, "tensor '%s' has no shape of at most %d numbers", t->name,
				  TT_ST_MAX_RANK);
	t->rank = (unsigned)json_array_size(shape);
	for (unsigned i = 0; i < t->rank; i++) {
		const json_t *side = json_array_get(shape, i);

		if (!json_is_integer(side) || json_integer_value(side) < 0)
			return tt_err_set(err, TT_EINVALID, "tensor '%s' has a side that is no count", t->name);
		t->shape[i] = (uint64_t)json_integer_value(side);
		if (__builtin_mul_overflow(n, t->shape[i], &n))
			return tt_err_set(err, TT_EINVALID, "tensor '%s' is too large to be true", t->name);
	}
	t->bytes = n;
	return 0;
}

static int read_entry(struct tt_st_tensor *t, const uint8_t *data, size_t room, const char *name, const json_t *entry,
		      struct tt_err *err)
{
	const json_t *offsets = json_object_get(entry, "data_offsets"), *from = json_array_get(offsets, 0),
		     *to = json_array_get(offsets, 1);
	const char *type = json_string_value(json_object_get(entry, "dtype"));
	int dtype = type ? tt_dtype_of(type) : -1, rc;

	if (name[0] == 0 || strlen(name) > TT_ST_MAX_NAME)
		return tt_err_set(err, TT_EINVALID, "a tensor's name is empty or longer than %d bytes", TT_ST_MAX_NAME);
	t->name = name;
	if (json_object_size(entry) != 3 || dtype < 0)
		return tt_err_set(err, TT_EINVALID,
				  "tensor '%s' is not described by a known dtype, shape and data_offsets", name);
	t->dtype = (enum tt_dtype)dtype;
	rc = read_shape(t, entry, err);
	if (rc < 0)
		return rc;
	if (json_array_size(offsets) != 2 || !json_is_integer(from) || !json_is_integer(to) ||
	    json_integer_value(from) < 0 || json_integer_value(to) < json_integer_value(from) ||
	    (uint64_t)json_integer_value(to) > room)
		return tt_err_set(err, TT_EINVALID, "tensor '%s' lies outside the file", name);
	if ((uint64_t)(json_integer_value(to) - json_integer_value(from)) != t->bytes)
		return tt_err_set(err, TT_EINVALID, "tensor '%s' has %lld bytes, its shape wants %zu", name,
				  (long long)(json_integer_value(to) - json_integer_value(from)), t->bytes);
	t->data = data + json_integer_value(from);
	if ((uintptr_t)t->data % tt_dtype_size(t->dtype))
		return tt_err_set(err, TT_EINVALID, "tensor '%s' is not aligned to its type", name);
	return 0;
}

/* The tensors must fill the data from end to end: what is neither theirs nor the header's would be hidden cargo. */
static int check_places(struct tt_st_tensor *t, size_t count, const uint8_t *data, size_t room, struct tt_err *err)
{
	const uint8_t *at = data;

	qsort(t, count, sizeof *t, by_data);
	for (size_t i = 0; i < count; i++) {
		if ((const uint8_t *)t[i].data != at)
			return tt_err_set(err, TT_EINVALID, "tensor '%s' overlaps another or leaves a gap", t[i].name);
		at += t[i].bytes;
	}
	if (at != data + room)
		return tt_err_set(err, TT_EINVALID, "%zu bytes at the end belong to no tensor",
				  (size_t)(data + room - at));
	qsort(t, count, sizeof *t, by_name);
	return 0;
}

static int check_metadata(const json_t *meta, struct tt_err *err)
{
	const char *key;
	json_t *value;

	if (!meta)
		return 0;
	if (!json_is_object(meta))
		return tt_err_set(err, TT_EINVALID, "__metadata__ is no object");
	json_object_foreach((json_t *)meta, key, value) if (!json_is_string(value)) return tt_err_set(
		err, TT_EINVALID, "__metadata__ has a value that is no text: '%.60s'", key);
	return 0;
}

static int read_header(struct tt_safetensors *s, struct tt_err *err)
{
	const uint8_t *data;
	const char *name;
	uint64_t n;
	size_t room, i = 0;
	json_t *entry;
	int rc;

	memcpy(&n, s->map, sizeof n);
	if (n > TT_ST_MAX_HEADER)
		return tt_err_set(err, TT_ETOOBIG, "no safetensors file, or its header is over %u bytes",
				  TT_ST_MAX_HEADER);
	if (n < 2 || n > s->size - 8)
		return tt_err_set(err, TT_EINVALID, "the header lies outside the file");
	rc = tt_json_parse(&s->header, (struct tt_str){ (const char *)s->map + 8, n }, TT_ST_MAX_HEADER, err);
	if (rc < 0)
		return rc;
	if (!json_is_object(s->header))
		return tt_err_set(err, TT_EINVALID, "the header is no JSON object");
	rc = check_metadata(json_object_get(s->header, "__metadata__"), err);
	if (rc < 0)
		return rc;
	data = s->map + 8 + n;
	room = s->size - 8 - n;
	if (json_object_size(s->header) > TT_ST_MAX_TENSORS)
		return tt_err_set(err, TT_ETOOBIG, "more than %d tensors", TT_ST_MAX_TENSORS);
	s->tensor = tt_calloc(json_object_size(s->header) + 1, sizeof *s->tensor);
	if (!s->tensor)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	json_object_foreach(s->header, name, entry)
	{
		if (strcmp(name, "__metadata__") == 0)
			continue;
		rc = read_entry(&s->tensor[i++], data, room, name, entry, err);
		if (rc < 0)
			return rc;
	}
	s->count = i;
	return check_places(s->tensor, s->count, data, room, err);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tensors are used as they lie in the file");

static int map_file(struct tt_safetensors *s, const char *path, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0)
		return tt_err_set(err, errno == ENOENT ? TT_ENOTFOUND : TT_EIO, "cannot open: %s", strerror(errno));
	if (fstat(fd, &st) < 0)
		return tt_err_set(err, TT_EIO, "cannot read: %s", strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size < 10)
		return tt_err_set(err, TT_EINVALID, "no safetensors file");
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return tt_err_set(err, TT_EIO, "cannot map: %s", strerror(errno));
	s->map = map;
	s->size = (size_t)st.st_size;
	return 0;
}

int tt_safetensors_open(struct tt_safetensors **out, const char *path, struct tt_err *err)
{
	TT_SCOPED(tt_safetensors_closep) struct tt_safetensors *s = tt_calloc(1, sizeof *s);
	int rc;

	if (!s)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = map_file(s, path, err);
	if (rc == 0)
		rc = read_header(s, err);
	if (rc < 0) {
		(void)tt_err_ctx(err, "model file '%.120s'", path);
		return rc;
	}
	*out = tt_take(s);
	return 0;
}

void tt_safetensors_close(struct tt_safetensors *s)
{
	if (!s)
		return;
	tt_json_decrefp(&s->header);
	free(s->names);
	free(s->tensor);
	if (s->map)
		munmap(s->map, s->size);
	free(s);
}

size_t tt_safetensors_count(const struct tt_safetensors *s)
{
	return s->count;
}

const struct tt_st_tensor *tt_safetensors_at(const struct tt_safetensors *s, size_t i)
{
	return &s->tensor[i];
}

const struct tt_st_tensor *tt_safetensors_find(const struct tt_safetensors *s, const char *name)
{
	struct tt_st_tensor key = { .name = name };

	return s->count ? bsearch(&key, s->tensor, s->count, sizeof *s->tensor, by_name) : NULL;
}

const char *tt_safetensors_meta(const struct tt_safetensors *s, const char *key)
{
	return json_string_value(json_object_get(json_object_get(s->header, "__metadata__"), key));
}

int tt_safetensors_shorten(struct tt_safetensors *s, tt_st_shorten_fn *fn, struct tt_err *err)
{
	TT_SCOPED(tt_freep) char *names = NULL;
	size_t room = 1;
	char *at;

	for (size_t i = 0; i < s->count; i++)
		room += strlen(s->tensor[i].name) + 1;
	names = at = tt_alloc(room);
	if (!names)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < s->count; i++) {
		size_t n = strlen(s->tensor[i].name) + 1;

		memcpy(at, s->tensor[i].name, n);
		fn(at);
		s->tensor[i].name = at;
		at += n;
	}
	free(s->names);
	s->names = tt_take(names);
	qsort(s->tensor, s->count, sizeof *s->tensor, by_name);
	for (size_t i = 1; i < s->count; i++)
		if (strcmp(s->tensor[i - 1].name, s->tensor[i].name) == 0)
			return tt_err_set(err, TT_EINVALID, "two tensors mean '%s'", s->tensor[i].name);
	return 0;
}

uint64_t tt_safetensors_elements(const struct tt_st_tensor *t)
{
	return t->bytes / tt_dtype_size(t->dtype);
}

void tt_safetensors_forget(const struct tt_safetensors *s)
{
	(void)madvise(s->map, s->size, MADV_DONTNEED);
}

int tt_st_tensor_f32(const struct tt_st_tensor *t, float *out, struct tt_err *err)
{
	size_t n = tt_safetensors_elements(t);
	const uint16_t *half = t->data;

	switch (t->dtype) {
	case TT_DT_F32:
		memcpy(out, t->data, t->bytes);
		return 0;
	case TT_DT_F16:
		for (size_t i = 0; i < n; i++)
			out[i] = tt_f16_to_f32(half[i]);
		return 0;
	case TT_DT_BF16:
		for (size_t i = 0; i < n; i++)
			out[i] = tt_bf16_to_f32(half[i]);
		return 0;
	default:
		return tt_err_set(err, TT_EINVALID, "tensor '%s' is of type %s, wanted a floating-point one", t->name,
				  tt_dtype_name(t->dtype));
	}
}
