#include "train/teacher.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/str.h"
#include "vision/seresnext.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static bool same_classes(const char *text, char *const *classes, unsigned count)
{
	struct tt_str rest = tt_str_of(text), part;
	unsigned k = 0;

	while (tt_str_split(&rest, ',', &part)) {
		if (k == count || !tt_str_is(part, classes[k]))
			return false;
		k++;
	}
	return k == count;
}

static int read_file(struct tt_teacher *t, const struct tt_safetensors *file, unsigned side, char *const *classes,
		     unsigned count, struct tt_err *err)
{
	const char *name = tt_safetensors_meta(file, "architecture"),
		   *temperature = tt_safetensors_meta(file, "temperature");
	const struct tt_arch *arch = name ? tt_arch_find(name) : NULL;
	struct tt_head head = { .name = "fc", .out = count };
	double value = 1;
	unsigned missing;
	int rc;

	if (!arch)
		return tt_err_set(err, TT_EINVALID, "its network is not of this family");
	if (!same_classes(tt_safetensors_meta(file, "classes"), classes, count))
		return tt_err_set(err, TT_EINVALID, "its classes are other ones than the folders of the photos");
	if (temperature && (!tt_str_double(tt_str_of(temperature), &value) || value <= 0))
		return tt_err_set(err, TT_EINVALID, "its temperature is no number above 0");
	t->temperature = (float)value;
	tt_seresnext_build(&t->graph, arch, side, &head, 1);
	rc = tt_train_params_init(&t->params, &t->graph, err);
	if (rc < 0)
		return rc;
	t->values = tt_calloc(t->params.values, sizeof(float));
	t->statistics = tt_calloc(t->params.statistics, sizeof(float));
	if (!t->values || !t->statistics)
		return tt_err_set(err, TT_ENOMEM, "out of memory for its weights");
	rc = tt_train_params_load(&t->params, file, t->values, t->statistics, &missing, err);
	return rc || !missing ? rc : tt_err_set(err, TT_EINVALID, "%u of its tensors are missing", missing);
}

static int open_file(struct tt_teacher *t, const char *path, unsigned side, char *const *classes, unsigned count,
		     struct tt_err *err)
{
	TT_SCOPED(tt_safetensors_closep) struct tt_safetensors *file = NULL;
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	int64_t size;
	int rc;

	if (fd < 0)
		return tt_err_set(err, TT_EIO, "%s", strerror(errno));
	rc = tt_sha256_fd(fd, t->sum, &size, err);
	rc = rc ? rc : tt_safetensors_open(&file, path, err);
	return rc ? rc : read_file(t, file, side, classes, count, err);
}

int tt_teacher_open(struct tt_teacher *t, const char *path, unsigned side, char *const *classes, unsigned count,
		    struct tt_err *err)
{
	int rc;

	*t = (struct tt_teacher){ .temperature = 1 };
	tt_graph_init(&t->graph);
	rc = open_file(t, path, side, classes, count, err);
	if (rc < 0) {
		tt_teacher_done(t);
		return tt_err_ctx(err, "learn from '%s'", path);
	}
	return 0;
}

void tt_teacher_done(struct tt_teacher *t)
{
	tt_train_params_done(&t->params);
	tt_graph_done(&t->graph);
	free(t->values);
	free(t->statistics);
	*t = (struct tt_teacher){ 0 };
}
