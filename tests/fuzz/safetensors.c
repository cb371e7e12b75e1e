/* A file of weights: every tensor that was let through can be read to its last byte. */
#include "nn/safetensors.h"

#include "memory_file.h"

#include <string.h>

static void read_tensor(const struct tt_safetensors *s, const struct tt_st_tensor *t)
{
	volatile uint8_t sum = 0;
	struct tt_err err = { 0 };
	float *values;

	PROMISE(t->rank <= TT_ST_MAX_RANK && strlen(t->name) <= TT_ST_MAX_NAME);
	PROMISE(tt_safetensors_find(s, t->name) == t);
	for (size_t i = 0; i < t->bytes; i++)
		sum = (uint8_t)(sum + ((const uint8_t *)t->data)[i]);
	values = malloc(tt_safetensors_elements(t) * sizeof *values + 1);
	PROMISE(values);
	PROMISE(tt_st_tensor_f32(t, values, &err) == 0 || err.msg[0]);
	free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_safetensors *s = NULL;
	struct tt_err err = { 0 };
	char path[MEMORY_PATH_SIZE];
	int fd = memory_file(data, size, path);
	int rc = tt_safetensors_open(&s, path, &err);

	PROMISE((rc < 0) == (err.msg[0] != 0) && (rc < 0) == (s == NULL));
	if (rc == 0) {
		(void)tt_safetensors_meta(s, "architecture");
		for (size_t i = 0; i < tt_safetensors_count(s); i++)
			read_tensor(s, tt_safetensors_at(s, i));
	}
	tt_safetensors_close(s);
	(void)close(fd);
	return 0;
}
