/* Many files through sandboxed workers and the classifier, on all cores; answers come in the order of the files. */
#ifndef TT_CLI_MANY_H
#define TT_CLI_MANY_H

#include "cli/command.h"

#include "vision/classifier.h"

struct tt_many_answer {
	const char *path;
	int rc; /* negative: err says why */
	struct tt_err err;
	struct tt_classified result;
	float logits[TT_CLASSES]; /* if wished for */
	double ms;                /* decoding and classifying this file */
};

struct tt_many {
	const char *model; /* NULL: the setting model.path, or the one that ships */
	const char *const *paths;
	size_t count;
	bool logits;
	/* In the calling thread; not called after it returns negative. */
	int (*answer)(void *ctx, const struct tt_many_answer *answer, struct tt_err *err);
	void *ctx;
};

/* Must be called before the process has threads (it starts the workers). What fails for one file is in its answer;
 * negative is returned when nothing works at all. */
int tt_cli_many(const struct tt_cli *cli, const struct tt_many *many, struct tt_err *err) TT_CHECKED;

#endif
