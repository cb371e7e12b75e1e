/* tintype model bench: how long a network takes on this machine, in each arithmetic that the processor has. */
#ifndef TT_CLI_BENCH_H
#define TT_CLI_BENCH_H

#include "cli/command.h"

#include "base/err.h"

typedef int tt_cli_once(void *ctx, struct tt_err *err);

/* Milliseconds of one call: the median and the best of many. The first call, which compiles, does not count. */
int tt_cli_measure(tt_cli_once *once, void *ctx, double *median, double *best, struct tt_err *err) TT_CHECKED;
/* Prints a row for each way of running a model that sorts photos; path NULL: the one in use. An enum tt_exit. */
int tt_cli_bench(struct tt_cli *cli, const char *path, unsigned threads);

#endif
