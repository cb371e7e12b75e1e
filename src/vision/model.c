#include "vision/model.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "vision/imagenet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define LABEL_THRESHOLD .2f

const char *const tt_class_names[TT_CLASSES] = { "people", "animals", "landscape", "vehicles", "buildings" };

int tt_class_of(const char *name)
{
	for (int i = 0; i < TT_CLASSES; i++)
		if (strcmp(tt_class_names[i], name) == 0)
			return i;
	return -1;
}

static int missing(struct tt_err *err, const char *key)
{
	return tt_err_set(err, TT_EINVALID, "the metadata '%s' is missing or not understood", key);
}

static int read_side(uint32_t *out, const struct tt_safetensors *f, const char *key, struct tt_err *err)
{
	int64_t n;

	if (!tt_str_i64(tt_str_of(tt_safetensors_meta(f, key)), 32, TT_INPUT_MAX, &n))
		return missing(err, key);
	*out = (uint32_t)n;
	return 0;
}

static int read_floats(float *out, unsigned n, float least, float most, const struct tt_safetensors *f, const char *key,
		       struct tt_err *err)
{
	struct tt_str rest = tt_str_of(tt_safetensors_meta(f, key)), part;
	double d;

	for (unsigned i = 0; i < n; i++) {
		if (!tt_str_split(&rest, ',', &part) || !tt_str_double(part, &d) || !(d >= least && d <= most))
			return missing(err, key);
		out[i] = (float)d;
	}
	return tt_str_split(&rest, ',', &part) ? missing(err, key) : 0;
}

static int read_optional(float *out, float otherwise, float least, float most, const struct tt_safetensors *f,
			 const char *key, struct tt_err *err)
{
	*out = otherwise;
	return tt_safetensors_meta(f, key) ? read_floats(out, 1, least, most, f, key, err) : 0;
}

static int read_classes(struct tt_model *m, struct tt_err *err)
{
	struct tt_str rest = tt_str_of(tt_safetensors_meta(m->file, "classes")), part;
	unsigned n = 0, seen = 0;

	while (tt_str_split(&rest, ',', &part)) {
		char name[32];
		int c;

		snprintf(name, sizeof name, "%.*s", (int)(part.len < 31 ? part.len : 31), part.p);
		c = tt_class_of(name);
		if (c < 0 || n == TT_CLASSES || (seen & 1u << c))
			return missing(err, "classes");
		seen |= 1u << c;
		m->class_at[n++] = (enum tt_class)c;
	}
	return n == TT_CLASSES ? 0 : missing(err, "classes");
}

static int read_labels(struct tt_model *m, struct tt_err *err)
{
	const char *list = tt_safetensors_meta(m->file, "labels");
	struct tt_str rest = tt_str_of(list), part;
	unsigned n = 1, i = 0;

	if (!list || !list[0])
		return 0;
	for (const char *p = list; *p; p++)
		n += *p == ',';
	if (n > TT_MODEL_MAX_LABELS)
		return missing(err, "labels");
	m->label = tt_calloc(n, sizeof *m->label);
	if (!m->label)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	while (i < n && tt_str_split(&rest, ',', &part))
		tt_label_readable(m->label[i++], part.p, part.len);
	m->labels = i;
	return 0;
}

static int read_meta(struct tt_model *m, struct tt_err *err)
{
	const struct tt_safetensors *f = m->file;
	const char *arch = tt_safetensors_meta(f, "architecture");
	int rc;

	m->outputs = TT_CLASSES;
	m->network = arch ? tt_network_find(arch) : NULL;
	if (!m->network)
		return missing(err, "architecture");
	rc = read_side(&m->input.crop, f, "input", err);
	if (rc == 0)
		rc = read_side(&m->input.resize, f, "resize", err);
	if (rc == 0 && m->input.resize < m->input.crop)
		rc = missing(err, "resize");
	if (rc == 0)
		rc = read_floats(m->input.mean, 3, -10, 10, f, "mean", err);
	if (rc == 0)
		rc = read_floats(m->input.std, 3, 1e-3f, 10, f, "std", err);
	if (rc == 0)
		rc = read_optional(&m->temperature, 1, .01f, 100, f, "temperature", err);
	if (rc == 0)
		rc = read_optional(&m->label_temperature, 1, .01f, 100, f, "label_temperature", err);
	if (rc == 0)
		rc = read_optional(&m->label_threshold, LABEL_THRESHOLD, 0, 1, f, "label_threshold", err);
	if (rc == 0)
		rc = read_classes(m, err);
	return rc < 0 ? rc : read_labels(m, err);
}

static int read_public(struct tt_model *m, struct tt_err *err)
{
	unsigned n = 0;
	int rc = tt_public_recognise(&m->form, m->file, err);

	if (rc < 0)
		return rc;
	m->imagenet = true;
	m->network = m->form.network;
	m->input = m->form.input;
	m->outputs = TT_IMAGENET_OUTPUTS;
	m->temperature = m->label_temperature = 1;
	m->label_threshold = LABEL_THRESHOLD;
	m->label = tt_calloc(tt_imagenet_labels(), sizeof *m->label);
	if (!m->label)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (unsigned i = 0; i < TT_IMAGENET_ROWS; i++)
		if (tt_imagenet_tree[i].depth > 0)
			snprintf(m->label[n++], sizeof *m->label, "%s", tt_imagenet_tree[i].name);
	m->labels = n;
	return 0;
}

/* The name is the file's, unless the metadata says another; the version adds what makes the content unmistakable. */
static int read_name(struct tt_model *m, const char *path, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *slash = strrchr(path, '/'), *stem = slash ? slash + 1 : path,
		   *name = tt_safetensors_meta(m->file, "name");
	uint8_t sum[TT_SHA256_SIZE];
	char hex[13];
	int64_t size;
	int rc;

	if (fd < 0)
		return tt_err_set(err, TT_EIO, "cannot read: %s", strerror(errno));
	rc = tt_sha256_fd(fd, sum, &size, err);
	if (rc < 0)
		return rc;
	tt_hex(hex, sum, 6);
	if (name && name[0]) {
		tt_utf8_copy(m->name, sizeof m->name, name, strlen(name));
	} else {
		size_t n = strlen(stem);

		if (tt_str_ends_nocase(tt_str_of(stem), ".safetensors"))
			n -= strlen(".safetensors");
		tt_utf8_copy(m->name, sizeof m->name, stem, n);
	}
	snprintf(m->version, sizeof m->version, "%s-%s", m->name, hex);
	return 0;
}

int tt_model_open(struct tt_model *out, const char *path, struct tt_err *err)
{
	struct tt_model m = { 0 };
	int rc = tt_safetensors_open(&m.file, path, err);

	if (rc < 0)
		return rc;
	rc = tt_safetensors_meta(m.file, "architecture") ? read_meta(&m, err) : read_public(&m, err);
	if (rc == 0)
		rc = read_name(&m, path, err);
	if (rc < 0) {
		(void)tt_err_ctx(err, "model file '%.120s'", path);
		tt_model_done(&m);
		return rc;
	}
	*out = m;
	return 0;
}

void tt_model_done(struct tt_model *m)
{
	tt_safetensors_close(m->file);
	free(m->label);
	*m = (struct tt_model){ 0 };
}

int tt_model_graph(const struct tt_model *m, struct tt_graph *g, struct tt_err *err)
{
	struct tt_head heads[] = { { "fc", TT_CLASSES }, { "fine", m->labels } };

	if (m->imagenet)
		return tt_public_graph(&m->form, g, err);
	tt_network_build(g, m->network, m->input.crop, heads, m->labels ? 2 : 1);
	return tt_graph_check(g, err);
}
