/* tintype model for the two networks for faces, whose files lie beside the others. */
#ifndef TT_CLI_MODEL_FACES_H
#define TT_CLI_MODEL_FACES_H

#include "cli/command.h"

/* "detector" or "embedder"; NULL: another file. */
const char *tt_cli_face_kind(const char *path);
/* What is in the file; NULL on failure, which is explained. */
struct json_t *tt_cli_face_describe(const char *path, const char *kind, struct tt_err *err);
/* Whether faces are looked for with this file. */
bool tt_cli_face_in_use(const struct tt_cli *cli, const char *path, const char *kind);
/* As tt_cli_bench(): the detector at the sizes that it sees photos in, the embedder for one face and for a batch. */
int tt_cli_face_bench(struct tt_cli *cli, const char *path, const char *kind, unsigned threads);

#endif
