/* A settings file. */
#include "conf/conf.h"
#include "memory_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_err err = { 0 };
	struct tt_conf conf;
	char path[MEMORY_PATH_SIZE];
	int fd = memory_file(data, size, path), rc;

	tt_conf_defaults(&conf);
	rc = tt_conf_file(&conf, path, &err);
	PROMISE((rc < 0) == (err.msg[0] != 0));
	PROMISE(conf.jobs.tries >= 1 && conf.jobs.tries <= 10 && conf.http.threads >= 1 && conf.http.threads <= 64);
	(void)close(fd);
	return 0;
}
